"""The input of the finite-capacity planner: one frozen value of arrays, independent of how the orders were planned.

Everything that gives material is an *order*: a planned order, an order under way, a receipt, stock. An order has one
or more *operations*, done one after another; what only takes time has one operation without a work centre. *Links*
say which order serves which order or end demand. Days are whole numbers on one line, work is in millionths of an
hour, quantities are in millionths of a unit; codes are row numbers, NONE (−1) is "none".
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planning.errors import PlanningError
from planning.mrp.codes import NONE, UNIT, Flags, Floats, Integers
from planning.mrp.problem import Calendars


@dataclass(frozen=True, slots=True)
class EndDemands:
    """What is asked for in the end, one row a sales order line or forecast.

    `due_day` when it is asked, `quantity` in millionths, `weight` what one day of lateness counts, `value` money.
    """

    due_day: Integers
    quantity: Integers
    weight: Floats
    value: Floats


@dataclass(frozen=True, slots=True)
class Orders:
    """What gives material, one row each.

    `node` is the item at its site and `origin` any row of the caller's; both are only handed on. No order starts
    before `earliest_day`. `wanted_day` is the day on which the plan without limits to capacity has it available; it
    ranks orders that no end demand waits for. `may_move` false: it starts on its earliest day if its material is
    there (stock, receipts on their way), true: it may wait, so as not to be early without need.
    """

    node: Integers
    origin: Integers
    quantity: Integers
    earliest_day: Integers
    wanted_day: Integers
    may_move: Flags


@dataclass(frozen=True, slots=True)
class Operations:
    """Rows of one order stand together, in the order in which they are done; every order has at least one.

    `work` loads `work_centre` in one bucket or in several; `work_centre` NONE: no limit. The next operation (after
    the last one: the order's users) begins `days` calendar days and then `working_days` working days of `calendar`
    after the day of the last load.
    """

    order: Integers
    work_centre: Integers
    work: Integers
    days: Integers
    working_days: Integers
    calendar: Integers


@dataclass(frozen=True, slots=True)
class Links:
    """Material from the order `supply` goes to the order `user`, or (user NONE) to the end demand `demand`.

    The user may begin `offset_days` before the material is there, since it takes it that much later. Quantity 0: the
    user only waits for the order (a by-product for what it comes out of).
    """

    supply: Integers
    user: Integers
    demand: Integers
    quantity: Integers
    offset_days: Integers


@dataclass(frozen=True, slots=True)
class Capacity:
    """`work[c, b]`: millionths of an hour that work centre c has in bucket b, from `edges[b]` to `edges[b + 1]`."""

    edges: Integers
    work: Integers

    @property
    def buckets(self) -> int:
        return int(self.edges.size - 1)

    @classmethod
    def of(cls, edges: Integers, hours: Floats) -> Capacity:
        """From hours, shape (work centres, buckets)."""
        return cls(edges, np.rint(hours * UNIT).astype(np.int64))

    def joined(self, buckets: int) -> Capacity:
        """So many buckets put together into one each, from the first on: weeks of days. The last may be shorter."""
        starts = np.arange(0, self.buckets, buckets)
        return Capacity(np.append(self.edges[starts], self.edges[-1]), np.add.reduceat(self.work, starts, axis=1))

    def extended(self, until_day: int) -> Capacity:
        """The same, going on to `until_day` at least: the last week repeats (the last bucket, where it is longer)."""
        length = np.diff(self.edges)
        week = int(np.searchsorted(np.cumsum(length[::-1]), 7) + 1)
        cycle = np.arange(max(self.buckets - week, 0), self.buckets)
        span = int(length[cycle].sum())
        times = max(-((int(self.edges[-1]) - until_day) // span), 0)
        more = np.cumsum(np.tile(length[cycle], times)) + self.edges[-1]
        return Capacity(
            np.concatenate((self.edges, more)),
            np.concatenate((self.work, np.tile(self.work[:, cycle], times)), axis=1),
        )


@dataclass(frozen=True, slots=True)
class FiniteProblem:
    """Everything that a finite plan depends on. `first_day` is today: nothing begins before it.

    An order is begun at most `early_days` before the day on which it would have to begin without limits to capacity.
    """

    first_day: int
    demands: EndDemands
    orders: Orders
    operations: Operations
    links: Links
    capacity: Capacity
    calendars: Calendars = field(default_factory=Calendars.none)
    early_days: int = 100

    def __post_init__(self) -> None:
        """Raise PlanningError for columns of different length, codes without a row, negative figures."""
        demands, orders = _rows(self.demands), _rows(self.orders)
        operations, links = self.operations, self.links
        _rows(operations), _rows(links)
        centres, buckets = self.capacity.work.shape
        if self.capacity.edges.size != buckets + 1 or buckets < 1 or (np.diff(self.capacity.edges) < 1).any():
            raise PlanningError(f"Capacity has {buckets} buckets and needs {buckets + 1} rising edges, at least two.")
        if self.capacity.edges[0] > self.first_day:
            raise PlanningError("Capacity begins after the first day. Let its first bucket hold the first day.")
        _within("Operations.order", operations.order, orders, 0)
        _within("Operations.work_centre", operations.work_centre, centres, NONE)
        _within("Operations.calendar", operations.calendar, self.calendars.is_working.shape[0], NONE)
        _within("Links.supply", links.supply, orders, 0)
        _within("Links.user", links.user, orders, NONE)
        _within("Links.demand", links.demand, demands, NONE)
        for name, figures in (
            ("Operations.work", operations.work),
            ("Operations.days", operations.days),
            ("Operations.working_days", operations.working_days),
            ("Links.offset_days", links.offset_days),
            ("Capacity.work", self.capacity.work.ravel()),
        ):
            if (figures < 0).any():
                raise PlanningError(f"{name} is negative in row {int(np.argmax(figures < 0))}. Make it 0 or more.")
        if ((links.user == NONE) == (links.demand == NONE)).any():
            raise PlanningError("Each link needs a user or an end demand, and not both.")
        if (np.diff(operations.order, prepend=-1, append=orders) > 1).any() or (np.diff(operations.order) < 0).any():
            raise PlanningError("Each order needs at least one operation, and operations come in the order of orders.")


def _rows(table: Any) -> int:
    columns: list[NDArray[Any]] = [getattr(table, column.name) for column in fields(table)]
    if len({column.shape for column in columns}) != 1 or columns[0].ndim != 1:
        raise PlanningError(f"The columns of {type(table).__name__} have different lengths. Give each row a value.")
    return int(columns[0].size)


def _within(name: str, codes: Integers, count: int, lowest: int) -> None:
    wrong = np.flatnonzero((codes < lowest) | (codes >= count))
    if wrong.size:
        raise PlanningError(
            f"{name} of row {wrong[0]} is {codes[wrong[0]]}, but there are {count} rows to point at. "
            "Give every code a row of its own table."
        )
