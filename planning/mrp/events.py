"""Demand and supply as events, kept by low-level code until their level is netted.

An event's number is its place in the order of arrival; it is what pegging links point at. Demand rows and forecasts
come first, then what orders ask of their components; stock and open supply come first, then what the plan makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Generic, Self, TypeVar

import numpy as np

from planning.mrp.codes import Flags, Integers

# The tracking of forecast that only passes through an item assembled to order.
PASSING = -2
Kind = TypeVar("Kind", bound="Events")


@dataclass(frozen=True, slots=True)
class Events:
    """Columns of events of one length; subclasses add to the node at which they happen."""

    node: Integers

    @property
    def count(self) -> int:
        return int(self.node.size)

    def rows(self, chosen: Integers | Flags) -> Self:
        return type(self)(*(getattr(self, column.name)[chosen] for column in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        if len(parts) == 1:
            return parts[0]
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))


@dataclass(frozen=True, slots=True)
class DemandEvents(Events):
    """What is asked for: `day` as asked (it may lie in the past); `parent` is the supply event that needs it, or NONE.

    `origin`: row of the demand or forecast table, line of the bill for dependent demand, row of the stock for expiry.
    """

    day: Integers
    quantity: Integers
    kind: Integers
    tracking: Integers
    priority: Integers
    parent: Integers
    origin: Integers


@dataclass(frozen=True, slots=True)
class SupplyEvents(Events):
    """What is there or comes: `day` it is available; `origin`: row of the stock or open supply, or the planned order.

    For a by-product `origin` is the supply event it comes out of.
    """

    day: Integers
    quantity: Integers
    kind: Integers
    tracking: Integers
    origin: Integers


class Pool(Generic[Kind]):
    """Events numbered as they arrive and handed out level by level."""

    def __init__(self, level: Integers, levels: int) -> None:
        self._level = level
        self._chunks: list[Kind] = []
        self._numbers: list[list[tuple[int, Integers]]] = [[] for _ in range(levels)]
        self.count = 0

    def add(self, events: Kind) -> Integers:
        """Take events in; returns their numbers."""
        numbers = np.arange(self.count, self.count + events.count)
        if events.count:
            level = self._level[events.node]
            lowest, highest = int(level.min()), int(level.max())
            for one in range(lowest, highest + 1):
                rows = np.arange(events.count) if lowest == highest else np.flatnonzero(level == one)
                if rows.size:
                    self._numbers[one].append((len(self._chunks), rows))
            self._chunks.append(events)
            self.count += events.count
        return numbers

    def at(self, level: int) -> list[Kind]:
        """The events of the nodes of one level."""
        return [self._chunks[chunk].rows(rows) for chunk, rows in self._numbers[level]]

    def all(self) -> list[Kind]:
        return self._chunks
