"""The input of the engine: one frozen value of arrays. Codes are row numbers or the caller's own, from 0; no names."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from planning.clear_to_build.codes import Flags, Floats, Integers, Policy, Rule, Scope, Substitution
from planning.errors import PlanningError


def _no_integers() -> Integers:
    return np.zeros(0, np.int64)


def _no_floats() -> Floats:
    return np.zeros(0, np.float64)


@dataclass(frozen=True, slots=True)
class _Table:
    """Columns of one length."""

    def __post_init__(self) -> None:
        """Raise PlanningError where the columns are not equally long."""
        lengths = {column.name: getattr(self, column.name).shape for column in fields(self)}
        first = next(iter(lengths))
        for name, shape in lengths.items():
            if shape != lengths[first] or len(shape) != 1:
                raise PlanningError(
                    f"{type(self).__name__}.{name} has the shape {shape}, {first} has {lengths[first]}. "
                    "Give every column one value a row."
                )

    @property
    def count(self) -> int:
        column: Any = getattr(self, fields(self)[0].name)
        return int(column.size)


@dataclass(frozen=True, slots=True)
class Orders(_Table):
    """Production orders that could start. `due_day`: when the order is to start, and so needs its parts.

    `priority`: lower first. `money`: what the order is worth; 0 where that is not known. `site`: code of the place that
    its parts come from. `quantity` still to be made and the smallest `batch` of it that makes sense (0: one unit), in
    millionths.
    """

    due_day: Integers
    priority: Integers
    money: Floats
    site: Integers
    quantity: Integers
    batch: Integers


@dataclass(frozen=True, slots=True)
class RequirementLines(_Table):
    """What an order (row of `Orders`) still takes of an item, in millionths; 0 or less requires nothing.

    `reserved_quantity` is set aside for this line and not part of the stock. `is_fixed`: needed once, whatever part of
    the order is built.
    """

    order: Integers
    item: Integers
    quantity: Integers
    reserved_quantity: Integers
    is_fixed: Flags


@dataclass(frozen=True, slots=True)
class Substitutes(_Table):
    """An item that may stand in for that of a requirement line (its row), `ratio` units for one; low priority first."""

    line: Integers = field(default_factory=_no_integers)
    item: Integers = field(default_factory=_no_integers)
    priority: Integers = field(default_factory=_no_integers)
    ratio: Floats = field(default_factory=_no_floats)


@dataclass(frozen=True, slots=True)
class Stock(_Table):
    """Usable, unreserved stock of an item at a site, in millionths; rows of the same place add up."""

    item: Integers
    site: Integers
    quantity: Integers


@dataclass(frozen=True, slots=True)
class Receipts(_Table):
    """What is expected of an item at a site on a day, ready to be used, in millionths."""

    item: Integers = field(default_factory=_no_integers)
    site: Integers = field(default_factory=_no_integers)
    day: Integers = field(default_factory=_no_integers)
    quantity: Integers = field(default_factory=_no_integers)


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of the planner. `overdue_delay_days`: how long after today an overdue receipt is expected."""

    rule: Rule = Rule.DUE_DATE
    policy: Policy = Policy.COMPLETE_KITS
    scope: Scope = Scope.STOCK_ONLY
    substitution: Substitution = Substitution.NONE
    overdue_delay_days: int = 1


@dataclass(frozen=True, slots=True)
class ClearToBuildProblem:
    """Everything that an answer depends on. Receipts after `horizon_day` do not count."""

    today: int
    horizon_day: int
    orders: Orders
    lines: RequirementLines
    stock: Stock
    receipts: Receipts = field(default_factory=Receipts)
    substitutes: Substitutes = field(default_factory=Substitutes)
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        """Raise PlanningError where a code points nowhere or a number cannot be computed with."""
        _within("RequirementLines.order", self.lines.order, self.orders.count)
        _within("Substitutes.line", self.substitutes.line, self.lines.count)
        for name, codes in (
            ("RequirementLines.item", self.lines.item),
            ("Substitutes.item", self.substitutes.item),
            ("Stock.item", self.stock.item),
            ("Receipts.item", self.receipts.item),
            ("Orders.site", self.orders.site),
            ("Stock.site", self.stock.site),
            ("Receipts.site", self.receipts.site),
        ):
            _refuse(name, codes < 0, "Give every item and site a code from 0.")
        _refuse("Orders.money", ~(np.isfinite(self.orders.money) & (self.orders.money >= 0)), "Give 0 if unknown.")
        _refuse("Orders.quantity", self.orders.quantity < 0, "Leave out orders with nothing left to make.")
        _refuse("Orders.batch", self.orders.batch < 0, "Give 0 for a batch of one unit.")
        _refuse("RequirementLines.reserved_quantity", self.lines.reserved_quantity < 0, "Nothing reserved is 0.")
        _refuse("Receipts.quantity", self.receipts.quantity < 0, "What leaves is not a receipt.")
        ratio = self.substitutes.ratio
        _refuse("Substitutes.ratio", ~(np.isfinite(ratio) & (ratio > 0)), "Give the units that replace one unit.")
        if self.settings.overdue_delay_days < 0:
            raise PlanningError("Settings.overdue_delay_days is negative; an overdue receipt is not there yet.")
        if self.horizon_day < self.today:
            raise PlanningError(f"The horizon ends on day {self.horizon_day}, before today, {self.today}.")


def _within(name: str, codes: Integers, count: int) -> None:
    _refuse(name, (codes < 0) | (codes >= count), f"There are {count} rows to point at.")


def _refuse(name: str, wrong: Flags, mend: str) -> None:
    rows = np.flatnonzero(wrong)
    if rows.size:
        raise PlanningError(f"{name} cannot be used in {rows.size} rows, the first is row {rows[0]}. {mend}")
