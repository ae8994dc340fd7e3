"""Action and exception messages: the catalogue of codes, the dampers, and the table that holds them.

Every message that applies is kept, not only the most important one of an order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from planning.mrp.codes import NONE, Floats, Integers


class MessageCode(StrEnum):
    """The catalogue; `seeds` hold what each means, in words, and how urgent it is."""

    RESCHEDULE_IN = "EXP"
    RESCHEDULE_OUT = "DEF"
    CANCEL = "CAN"
    INCREASE = "INC"
    DECREASE = "DEC"
    RELEASE = "REL"
    START_IN_PAST = "STP"
    FINISH_IN_PAST = "FNP"
    PAST_DUE_DEMAND = "PDS"
    EXCESS = "EXC"
    BELOW_SAFETY_STOCK = "SSV"
    SHORTAGE = "SHT"
    LEAD_TIME_TOO_SHORT = "LTE"
    OVERLOAD = "CAP"
    DEMAND_AT_RISK = "DNS"
    SUBSTITUTE_USED = "SUB"
    DATA_ERROR = "MDE"
    FORECAST_CONSUMPTION = "FCO"
    FROZEN_FENCE = "FRZ"
    PLANNING_FENCE = "FNC"


CODES: tuple[MessageCode, ...] = tuple(MessageCode)


@dataclass(frozen=True, slots=True)
class Dampers:
    """What is too small to say. Days, millionths and money; a message goes under if it is under any that applies.

    `expedite_days` and `defer_days`: reschedule by fewer days is not said. `quantity`: smaller changes and excess are
    not. `value`: of rescheduling, quantity changes and excess. `release_days`: planned orders to be released within
    so many days are said. `increase_days`: a planned order so close to an open one asks to increase that instead
    (NONE: never). `excess_days`: stock beyond the needs of so many days is excess (NONE: beyond all needs of the
    plan).
    """

    expedite_days: int = 0
    defer_days: int = 0
    quantity: int = 0
    value: float = 0.0
    release_days: int = 0
    increase_days: int = NONE
    excess_days: int = NONE


@dataclass(frozen=True, slots=True)
class Messages:
    """One row a message.

    `code` indexes CODES; `day` is where the thing stands, `to_day` where it should be (equal where nothing moves),
    `days` how far that is or how late. `quantity` in millionths, `value` the money of that quantity itself, `at_risk`
    the money of the end demand that waits for it. `demand` and `supply` number the events meant; beside an order,
    `demand` is the first need that it serves: its reason. `order` is the planned order, `finding` the data error. NONE
    where there is none.
    """

    code: Integers
    node: Integers
    day: Integers
    to_day: Integers
    days: Integers
    quantity: Integers
    value: Floats
    at_risk: Floats
    demand: Integers
    supply: Integers
    order: Integers
    finding: Integers

    @property
    def count(self) -> int:
        return int(self.code.size)

    def of(self, code: MessageCode) -> Messages:
        """The messages of one code."""
        return self.rows(np.flatnonzero(self.code == CODES.index(code)))

    def rows(self, chosen: Integers | NDArray[np.bool_]) -> Messages:
        return Messages(*(getattr(self, column.name)[chosen] for column in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Messages]) -> Messages:
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))


def messages_of(
    code: MessageCode,
    node: Integers,
    day: Integers,
    *,
    to_day: Integers | None = None,
    days: Integers | None = None,
    quantity: Integers | None = None,
    value: Floats | None = None,
    demand: Integers | None = None,
    supply: Integers | None = None,
    order: Integers | None = None,
    finding: Integers | None = None,
) -> Messages:
    """A part of the table with one code; what is not given is 0, NONE, or the same day."""
    count = node.size
    nothing, none = np.zeros(count, np.int64), np.full(count, NONE)
    return Messages(
        code=np.full(count, CODES.index(code)),
        node=node,
        day=day,
        to_day=day if to_day is None else to_day,
        days=nothing if days is None else days,
        quantity=nothing if quantity is None else quantity,
        value=np.zeros(count) if value is None else value,
        at_risk=np.zeros(count),
        demand=none if demand is None else demand,
        supply=none if supply is None else supply,
        order=none if order is None else order,
        finding=none if finding is None else finding,
    )
