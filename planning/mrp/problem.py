"""The input of the engine: one frozen value of arrays.

A *node* is an item at a site. A *source* is one way to supply a node, with its lead time: a bill, a supplier, another
site. A *line* is what one unit from a source takes from another node: a component of a bill, or the same item at the
shipping site of a transfer (quantity 1). So bills and transfers are one network, and every table is arrays of one
length. Codes are row numbers; names stay with the caller.

`Sources.of(2, node=[0, 1], kind=[0, 1])` fills every column that is not named with its default.
"""

# ruff: noqa: RUF009 -- `_column` is dataclasses.field with the type and default of a column, called once by intent.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.errors import PlanningError
from planning.mrp.codes import (
    FAR,
    NONE,
    Flags,
    Floats,
    Integers,
    LotRule,
    ScrapFormula,
    SourceKind,
    Strategy,
    SupplyKind,
)

_REQUIRED = object()


def _column(dtype: type, default: object = _REQUIRED) -> Any:
    return field(metadata={"dtype": dtype, "default": default})


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one length."""

    @classmethod
    def of(cls, count: int, **given: ArrayLike) -> Self:
        """A table of `count` rows from the columns given, the others filled with their defaults.

        Raises PlanningError for a column that does not exist, is missing, or has another length.
        """
        names = {column.name for column in fields(cls)}
        unknown = sorted(set(given) - names)
        if unknown:
            raise PlanningError(f"{cls.__name__} has no column {unknown[0]}; it has {', '.join(sorted(names))}.")
        return cls(
            **{column.name: filled(cls.__name__, column.name, column.metadata, count, given) for column in fields(cls)}
        )

    @classmethod
    def empty(cls) -> Self:
        return cls.of(0, **{c.name: [] for c in fields(cls) if c.metadata["default"] is _REQUIRED})

    @property
    def count(self) -> int:
        first: NDArray[Any] = getattr(self, fields(self)[0].name)
        return int(first.size)


def filled(
    table: str, name: str, metadata: Mapping[str, Any], count: int, given: Mapping[str, ArrayLike]
) -> NDArray[Any]:
    """One column of `count` rows from what is given, else its default. Raises PlanningError where it does not fit."""
    value = given.get(name, metadata["default"])
    if value is _REQUIRED:
        raise PlanningError(f"{table} needs the column {name}.")
    raw = np.asarray(value)
    array = raw.astype(metadata["dtype"], copy=False)
    if raw.dtype.kind == "f" and array.dtype.kind != "f" and raw.size and not (array == raw).all():
        raise PlanningError(f"{table}.{name} holds whole numbers; {raw[array != raw][0]} is none. Round it first.")
    if array.ndim == 0:
        return np.full(count, array)
    if array.shape != (count,):
        raise PlanningError(f"{table}.{name} has {array.size} rows, not {count}.")
    return array


@dataclass(frozen=True, slots=True)
class Nodes(Table):
    """Items at sites with their policy. Quantities in millionths, 0: none; days and codes NONE (−1): not given.

    `calendar` is the site's (NONE: every day works). `has_policy` false: planned lot-for-lot with a message.
    `holding_cost` is money for one unit over one period of `period_days`; `ordering_cost` money for one order.
    Safety stock is days of cover where given, else the steps of `SafetyStockSteps`, else `safety_stock`.
    `safety_time_days` and `receiving_days` are working days of the site, except that the safety time of an item whose
    source is bought or transferred is in calendar days. Fences count calendar days from the first day.
    """

    item: Integers = _column(np.int64)
    site: Integers = _column(np.int64, 0)
    calendar: Integers = _column(np.int64, NONE)
    has_policy: Flags = _column(np.bool_, True)
    is_phantom: Flags = _column(np.bool_, False)
    strategy: Integers = _column(np.int64, 0)
    lot_rule: Integers = _column(np.int64, 0)
    fixed_lot: Integers = _column(np.int64, 0)
    min_lot: Integers = _column(np.int64, 0)
    max_lot: Integers = _column(np.int64, 0)
    lot_multiple: Integers = _column(np.int64, 0)
    periods_of_supply: Integers = _column(np.int64, 0)
    period_days: Integers = _column(np.int64, 7)
    ordering_cost: Floats = _column(np.float64, 0.0)
    holding_cost: Floats = _column(np.float64, 0.0)
    safety_stock: Integers = _column(np.int64, 0)
    days_of_cover: Integers = _column(np.int64, 0)
    safety_time_days: Integers = _column(np.int64, 0)
    reorder_point: Integers = _column(np.int64, NONE)
    max_stock: Integers = _column(np.int64, 0)
    yield_rate: Floats = _column(np.float64, 1.0)
    receiving_days: Integers = _column(np.int64, 0)
    planning_fence_days: Integers = _column(np.int64, NONE)
    frozen_fence_days: Integers = _column(np.int64, NONE)
    demand_time_fence_days: Integers = _column(np.int64, NONE)
    forecast_backward_days: Integers = _column(np.int64, 0)
    forecast_forward_days: Integers = _column(np.int64, 0)
    unit_value: Floats = _column(np.float64, 0.0)


@dataclass(frozen=True, slots=True)
class Sources(Table):
    """Ways to supply a node. Of those valid on the day the order starts, the lowest priority number counts.

    Several of that priority divide each lot by `share`. `lead_time_days` are working days of `calendar` where the kind
    is make (NONE: the node's calendar), else calendar days, and `calendar` is then that of who ships. Each unit adds
    `lead_time_days_per_unit`. `min_lot`, `max_lot` and `lot_multiple` above 0 replace those of the node.
    `lead_time_origin` is any code of the caller's; it is handed on to say where the figure came from. From
    `closed_from` to `closed_to`, both included, no order may be under way: it arrives before, or starts after.
    """

    node: Integers = _column(np.int64)
    kind: Integers = _column(np.int64)
    priority: Integers = _column(np.int64, 1)
    share: Floats = _column(np.float64, 1.0)
    lead_time_days: Integers = _column(np.int64, 0)
    lead_time_days_per_unit: Floats = _column(np.float64, 0.0)
    calendar: Integers = _column(np.int64, NONE)
    valid_from: Integers = _column(np.int64, -FAR)
    valid_to: Integers = _column(np.int64, FAR)
    min_lot: Integers = _column(np.int64, 0)
    max_lot: Integers = _column(np.int64, 0)
    lot_multiple: Integers = _column(np.int64, 0)
    supplier: Integers = _column(np.int64, NONE)
    from_site: Integers = _column(np.int64, NONE)
    lead_time_origin: Integers = _column(np.int64, NONE)
    closed_from: Integers = _column(np.int64, FAR)
    closed_to: Integers = _column(np.int64, -FAR)


@dataclass(frozen=True, slots=True)
class BillLines(Table):
    """What an order of a source takes (or, as a by-product, gives), valid by the day on which the order starts.

    `quantity` for one unit ordered, in units; `fixed_quantity` once an order. `scrap_rate` is the share lost of the
    component. `offset_days` after the start, in working days of the node, at most until the order is due. Lines of one
    source with the same `substitute_group` (NONE: none) stand for each other: of those valid, the lowest
    `substitute_priority` is taken; where it is short, free stock of the others is used up first.
    """

    source: Integers = _column(np.int64)
    component: Integers = _column(np.int64)
    quantity: Floats = _column(np.float64)
    fixed_quantity: Floats = _column(np.float64, 0.0)
    scrap_rate: Floats = _column(np.float64, 0.0)
    valid_from: Integers = _column(np.int64, -FAR)
    valid_to: Integers = _column(np.int64, FAR)
    offset_days: Integers = _column(np.int64, 0)
    is_by_product: Flags = _column(np.bool_, False)
    substitute_group: Integers = _column(np.int64, NONE)
    substitute_priority: Integers = _column(np.int64, 1)


@dataclass(frozen=True, slots=True)
class Demands(Table):
    """Sales orders, and open components of orders under way (`for_supply`: the row of `OpenSupply`).

    `tracking` names the order whose supply is hard-pegged (a code from 0). `priority`: lower first. `value` is money.
    """

    node: Integers = _column(np.int64)
    day: Integers = _column(np.int64)
    quantity: Integers = _column(np.int64)
    priority: Integers = _column(np.int64, 0)
    customer: Integers = _column(np.int64, NONE)
    value: Floats = _column(np.float64, 0.0)
    tracking: Integers = _column(np.int64, NONE)
    for_supply: Integers = _column(np.int64, NONE)


@dataclass(frozen=True, slots=True)
class Forecasts(Table):
    """Forecast of a bucket: from `day`, for `days`. Its net part is asked for on `day`.

    Buckets of a node with the same `period` (any code; NONE: alone) were stated as one, such as the weeks of a month.
    """

    node: Integers = _column(np.int64)
    day: Integers = _column(np.int64)
    quantity: Integers = _column(np.int64)
    days: Integers = _column(np.int64, 7)
    period: Integers = _column(np.int64, NONE)
    value: Floats = _column(np.float64, 0.0)


@dataclass(frozen=True, slots=True)
class OpenSupply(Table):
    """Open purchase, production and transfer orders and firm planned orders: what is still to come, expected good.

    Not firm: the plan makes its own order in its place. With a `start_day` the order has still to start: on that day it
    takes components by the lines of `source` for `start_quantity` (0: the quantity). An order under way has none; what
    it has still to take are rows of `Demands`.
    """

    node: Integers = _column(np.int64)
    day: Integers = _column(np.int64)
    quantity: Integers = _column(np.int64)
    kind: Integers = _column(np.int64)
    is_firm: Flags = _column(np.bool_, True)
    source: Integers = _column(np.int64, NONE)
    start_day: Integers = _column(np.int64, -FAR)
    start_quantity: Integers = _column(np.int64, 0)
    tracking: Integers = _column(np.int64, NONE)


@dataclass(frozen=True, slots=True)
class Stock(Table):
    """Stock by status and lot. `status` indexes `Settings.usable_status`; `expiry_day` is the last usable day."""

    node: Integers = _column(np.int64)
    quantity: Integers = _column(np.int64)
    status: Integers = _column(np.int64, 0)
    expiry_day: Integers = _column(np.int64, FAR)
    tracking: Integers = _column(np.int64, NONE)


@dataclass(frozen=True, slots=True)
class SafetyStockSteps(Table):
    """Time-phased safety stock: `quantity` holds from `day` until the next step of the node."""

    node: Integers = _column(np.int64)
    day: Integers = _column(np.int64)
    quantity: Integers = _column(np.int64)


@dataclass(frozen=True, slots=True)
class Operations(Table):
    """Load of an order of a source on a work centre, in hours, `offset_days` working days after the start."""

    source: Integers = _column(np.int64)
    work_centre: Integers = _column(np.int64)
    setup_hours: Floats = _column(np.float64, 0.0)
    run_hours_per_unit: Floats = _column(np.float64, 0.0)
    offset_days: Integers = _column(np.int64, 0)


@dataclass(frozen=True, slots=True)
class Calendars:
    """Working days: `is_working[c, k]` is day `first_day + k` of calendar `c`. Outside, the nearest week repeats."""

    first_day: int
    is_working: Flags

    @classmethod
    def none(cls) -> Self:
        return cls(0, np.ones((0, 7), dtype=np.bool_))


@dataclass(frozen=True, slots=True)
class Settings:
    """What is a choice of the company.

    `usable_status[s]`: stock of status s may be planned with. `past_is_today`: what is needed in the past is asked for
    today, the components of an order that should have started already included; false leaves it on its own day.
    """

    scrap_formula: ScrapFormula = ScrapFormula.DIVIDE
    usable_status: tuple[bool, ...] = (True,)
    past_is_today: bool = True


@dataclass(frozen=True, slots=True)
class PlanningProblem:
    """Everything that a plan depends on. `first_day` is today: a release before it is past due."""

    first_day: int
    nodes: Nodes
    sources: Sources
    lines: BillLines = field(default_factory=BillLines.empty)
    demands: Demands = field(default_factory=Demands.empty)
    forecasts: Forecasts = field(default_factory=Forecasts.empty)
    open_supply: OpenSupply = field(default_factory=OpenSupply.empty)
    stock: Stock = field(default_factory=Stock.empty)
    safety_stock_steps: SafetyStockSteps = field(default_factory=SafetyStockSteps.empty)
    operations: Operations = field(default_factory=Operations.empty)
    calendars: Calendars = field(default_factory=Calendars.none)
    settings: Settings = field(default_factory=Settings)

    @property
    def earliest_day(self) -> int:
        """No need is dated before it."""
        return self.first_day if self.settings.past_is_today else -FAR

    def __post_init__(self) -> None:
        """Raise PlanningError where a code points at a row that does not exist."""
        nodes, sources = self.nodes.count, self.sources.count
        _within("Sources.node", self.sources.node, nodes)
        _within("BillLines.source", self.lines.source, sources)
        _within("BillLines.component", self.lines.component, nodes)
        for name, table in (
            ("Demands", self.demands),
            ("Forecasts", self.forecasts),
            ("OpenSupply", self.open_supply),
            ("Stock", self.stock),
            ("SafetyStockSteps", self.safety_stock_steps),
        ):
            _within(f"{name}.node", table.node, nodes)
        _within("OpenSupply.source", self.open_supply.source, sources, lowest=NONE)
        _within("Demands.for_supply", self.demands.for_supply, self.open_supply.count, lowest=NONE)
        _within("Stock.status", self.stock.status, len(self.settings.usable_status))
        _within("Operations.source", self.operations.source, sources)
        _within("Nodes.lot_rule", self.nodes.lot_rule, len(LotRule))
        _within("Nodes.strategy", self.nodes.strategy, len(Strategy))
        _within("Sources.kind", self.sources.kind, len(SourceKind))
        _within("OpenSupply.kind", self.open_supply.kind, SupplyKind.PLANNED, lowest=SupplyKind.PURCHASE)
        calendars = self.calendars.is_working.shape[0]
        _within("Nodes.calendar", self.nodes.calendar, calendars, lowest=NONE)
        _within("Sources.calendar", self.sources.calendar, calendars, lowest=NONE)


def _within(name: str, codes: Integers, count: int, lowest: int = 0) -> None:
    wrong = np.flatnonzero((codes < lowest) | (codes >= count))
    if wrong.size:
        raise PlanningError(
            f"{name} of row {wrong[0]} is {codes[wrong[0]]}, but there are {count} rows to point at. "
            "Give every code a row of its own table."
        )
