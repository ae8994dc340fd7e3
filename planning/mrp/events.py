"""Demand and supply as events, kept by low-level code until their level is netted.

An event's number is its place in the order of arrival; it is what pegging links point at. Demand rows and forecasts
come first, then what orders ask of their components; stock and open supply come first, then what the plan makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Generic, Self, TypeVar

import numpy as np

from planning import accelerator
from planning.mrp.codes import Flags, Integers

# The tracking of forecast that only passes through an item assembled to order.
PASSING = -2
Kind = TypeVar("Kind", bound="Events")
Part = TypeVar("Part", bound="Events")


@dataclass(frozen=True, slots=True)
class Events:
    """Columns of events of one length; subclasses add to the node at which they happen."""

    node: Integers

    @property
    def count(self) -> int:
        return int(self.node.size)

    def rows(self, chosen: Integers | Flags) -> Self:
        return type(self)(*(getattr(self, column.name)[chosen] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class Netted(Events):
    """What netting needs to know of an event."""

    day: Integers
    quantity: Integers
    tracking: Integers


@dataclass(frozen=True, slots=True)
class DemandEvents(Netted):
    """What is asked for: `day` as asked (it may lie in the past); `parent` is the supply event that needs it, or NONE.

    `origin`: row of the demand or forecast table, line of the bill for dependent demand, row of the stock for expiry.
    """

    kind: Integers
    priority: Integers
    parent: Integers
    origin: Integers


@dataclass(frozen=True, slots=True)
class SupplyEvents(Netted):
    """What is there or comes: `day` it is available; `origin`: row of the stock or open supply, or the planned order.

    For a by-product `origin` is the supply event it comes out of.
    """

    kind: Integers
    origin: Integers


class Pool(Generic[Kind]):
    """Events numbered as they arrive and handed out level by level.

    Columns are kept apart, so that joining them at the end never holds more than one column twice.
    """

    def __init__(self, kind: type[Kind], level: Integers, levels: int) -> None:
        self._kind, self._level = kind, level
        self._columns: dict[str, list[Integers]] = {column.name: [] for column in fields(kind)}
        self._rows: list[list[tuple[int, Integers | None]]] = [[] for _ in range(levels)]
        self.count = 0

    def add(self, events: Kind) -> None:
        """Take events in; the first of them gets the number `count`."""
        if not events.count:
            return
        chunk = len(self._columns["node"])
        for one, rows in self._by_level(events.node):
            self._rows[one].append((chunk, None if rows.size == events.count else rows))
        for name, arrays in self._columns.items():
            arrays.append(getattr(events, name))
        self.count += events.count

    def _by_level(self, node: Integers) -> Iterator[tuple[int, Integers]]:
        """The rows of each level that has any."""
        if loops := accelerator.loops():
            first, rows = loops.by_level(self._level, node, len(self._rows))
            for level in np.flatnonzero(np.diff(first)).tolist():
                yield level, rows[first[level] : first[level + 1]]
            return
        levels = self._level[node]
        for level in range(int(levels.min()), int(levels.max()) + 1):
            rows = np.flatnonzero(levels == level)
            if rows.size:
                yield level, rows

    def forget(self, level: int) -> None:
        """Give up which events are those of a level, as it is planned."""
        self._rows[level].clear()

    def at(self, level: int, columns: type[Part]) -> Part:
        """The events of the nodes of one level, with the columns of `columns`."""
        none = np.zeros(0, np.int64)

        def joined(arrays: Sequence[Integers]) -> Integers:
            parts = [arrays[chunk] if rows is None else arrays[chunk][rows] for chunk, rows in self._rows[level]]
            return parts[0] if len(parts) == 1 else np.concatenate([none, *parts])

        return columns(*(joined(self._columns[column.name]) for column in fields(columns)))

    def reduce(self, level: int, row: Integers, amount: Integers) -> None:
        """Take some quantity off rows of `at(level, …)`."""
        begin = 0
        for chunk, rows in self._rows[level]:
            quantity = self._columns["quantity"][chunk]
            count = quantity.size if rows is None else rows.size
            inside = (row >= begin) & (row < begin + count)
            at = row[inside] - begin
            quantity[at if rows is None else rows[at]] -= amount[inside]
            begin += count

    def all(self) -> Kind:
        """All events in the order of their numbers. The pool is empty afterwards."""
        self._rows.clear()
        return self._kind(*(_emptied(self._columns[column.name]) for column in fields(self._kind)))


def joined(kind: type[Part], parts: Sequence[Events]) -> Part:
    """The columns of `kind` of several tables of events, one behind the other."""
    return kind(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(kind)))


def _emptied(arrays: list[Integers]) -> Integers:
    joined = np.concatenate(arrays) if arrays else np.zeros(0, np.int64)
    arrays.clear()
    return joined
