"""What a plan is: dated orders, the demand and supply events behind them, pegging links, and data errors.

Everything else (records by bucket, messages, shortages, load) is a view computed from these values.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from planning.mrp.codes import Floats, Integers
from planning.mrp.events import DemandEvents, Events, SupplyEvents
from planning.mrp.findings import Finding
from planning.mrp.problem import PlanningProblem
from planning.mrp.structure import Structure


@dataclass(frozen=True, slots=True)
class PlannedOrders(Events):
    """Orders that the plan makes, with their whole arithmetic. Quantities in millionths.

    Gross to net: at `need_day` the node had `projected` available before this order, `kept_level` must stay (safety
    stock or reorder point), and `net_requirement` good units are missing for all needs up to `last_need_day`. Net to
    lot: the rule ordered `lot_quantity`; this order is `quantity` of it, of which `good_quantity` arrives. Offset:
    available on `due_day`, released (started, ordered, shipped) on `release_day`, which lies before the first day
    where it is past due. `days_moved`: by so many days the frozen fence made it late. `supply` is the number of its
    supply event, `source` the row of the source or NONE.
    """

    tracking: Integers
    source: Integers
    need_day: Integers
    last_need_day: Integers
    due_day: Integers
    release_day: Integers
    quantity: Integers
    good_quantity: Integers
    lot_quantity: Integers
    net_requirement: Integers
    projected: Integers
    kept_level: Integers
    days_moved: Integers
    supply: Integers


@dataclass(frozen=True, slots=True)
class PeggingLinks:
    """Which supply serves which demand: numbers of events, the node, and millionths. Rows by node and date."""

    demand: Integers
    supply: Integers
    node: Integers
    quantity: Integers


@dataclass(frozen=True, slots=True)
class Plan:
    """The result of one run.

    `problem` is what was planned: the input with impossible values mended, each named in `findings`; `given` the input
    as it was handed over, from which a change is planned again.
    `orders` holds the planned orders; `passes` what only passes through a phantom, or through an item assembled to
    order whose forecast plans its parts; both in the order of their low-level codes.
    `demand` and `supply` are all events, numbered by their row: rows 0 … of `demand` are the rows of the demand
    table, then those of the forecast with its net quantity, then dependent demand; rows 0 … of `supply` are the
    stock, then the open supply, then what was planned. Rows that do not count have the quantity 0.
    `consumed_forecast` by row of the forecast, `unmatched_demand` (millionths above the forecast) by row of the
    demand.
    """

    problem: PlanningProblem
    structure: Structure
    demand: DemandEvents
    supply: SupplyEvents
    orders: PlannedOrders
    passes: PlannedOrders
    consumed_forecast: Integers
    unmatched_demand: Integers
    findings: tuple[Finding, ...] = field(default=())
    given: PlanningProblem | None = field(default=None, repr=False)

    @property
    def low_level_code(self) -> Integers:
        return self.structure.level

    @property
    def lead_time_origin(self) -> Integers:
        """For each planned order the caller's code of where its lead time came from; NONE without a source."""
        origin = self.problem.sources.lead_time_origin
        return origin[self.orders.source] if origin.size else self.orders.source

    @property
    def order_value(self) -> Floats:
        """Money of each planned order, at the unit value of its node."""
        return self.orders.quantity / 1e6 * self.problem.nodes.unit_value[self.orders.node]
