"""The arithmetic of planned orders as data: gross to net to lot to dates, each figure with its parameter and source.

Screens render it as a sentence, workbooks as formulas; `recomputed` does the sum again from the figures alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from planning.mrp.calendars import WorkingDays
from planning.mrp.codes import NONE, Floats, Integers, LotRule
from planning.mrp.lot_parameters import horizon_days, lot_parameters
from planning.mrp.lots import lot_quantity, started_for
from planning.mrp.netting import Requirements, has_reorder_point
from planning.mrp.result import Plan
from planning.mrp.scheduling import Scheduler


class LevelOrigin(IntEnum):
    """Which parameter says how much must be kept."""

    NOTHING = 0
    SAFETY_STOCK = 1
    SAFETY_STOCK_STEP = 2
    DAYS_OF_COVER = 3
    REORDER_POINT = 4


class LotOrigin(IntEnum):
    """Whose minimum, maximum and multiple hold. ECONOMIC: the multiple is the quantity that costs least, made whole."""

    POLICY = 0
    SOURCE = 1
    ECONOMIC = 2


@dataclass(frozen=True, slots=True)
class OrderArithmetic:
    """One row for each order asked for, in the order of `order` (rows of `Plan.orders`). Quantities in millionths.

    Gross to net. `gross_requirement` is asked for on `need_day`; `projected` is what is available that day after it,
    before this order; `kept_level` must stay, by `kept_level_origin`; `filled_to` is the stock that min/max fills up
    to (0: none); `net_requirement` is missing for the needs up to `last_need_day`. Net to lot. `started` = net /
    `yield_rate`; then cut to `maximum`, raised to `minimum`, up to `multiple` by `rule` (0: none) gives
    `lot_quantity`, of which this order is `quantity`, with `good_quantity` expected. Offset. From `need_day` back
    `safety_time_days` to `due_day`, `receiving_days`, `lead_time_days` (whose source the caller named in
    `lead_time_origin`) to `release_day`; `days_moved` by the frozen fence. `kind` is that of the source, or NONE.
    """

    order: Integers
    node: Integers
    gross_requirement: Integers
    projected: Integers
    kept_level: Integers
    kept_level_origin: Integers
    filled_to: Integers
    net_requirement: Integers
    yield_rate: Floats
    started: Integers
    rule: Integers
    minimum: Integers
    maximum: Integers
    multiple: Integers
    lot_origin: Integers
    window_days: Integers
    lot_quantity: Integers
    quantity: Integers
    good_quantity: Integers
    need_day: Integers
    last_need_day: Integers
    safety_time_days: Integers
    due_day: Integers
    receiving_days: Integers
    kind: Integers
    lead_time_days: Integers
    lead_time_origin: Integers
    release_day: Integers
    days_moved: Integers


def arithmetic(plan: Plan, order: Integers | None = None) -> OrderArithmetic:
    """The arithmetic of some planned orders (all where none are named)."""
    problem = plan.problem
    rows = np.arange(plan.orders.count) if order is None else np.asarray(order, dtype=np.int64)
    orders = plan.orders.rows(rows)
    nodes, sources, node = problem.nodes, problem.sources, orders.node
    gross, demanded = _demand_of(plan, node, orders.tracking, orders.need_day)
    nothing = np.zeros(0, np.int64)
    parameters = lot_parameters(
        problem,
        Requirements(node, orders.tracking, demanded, demanded, nothing, nothing, nothing, nothing, nothing),
        plan.structure.source_first,
        plan.structure.source_order,
        horizon_days(problem),
    )
    scheduler = Scheduler(problem, plan.structure, WorkingDays.of(problem.calendars))
    known = orders.source >= 0
    at = np.maximum(orders.source, 0)

    def of_source(column: Integers) -> Integers:
        return np.where(known, column[at], NONE) if column.size else np.full(node.size, NONE)

    single = parameters.source >= 0
    own = np.zeros(node.size, np.bool_)
    for column in (sources.min_lot, sources.max_lot, sources.lot_multiple):
        own |= of_source(column) > 0
    # A stated fixed lot goes before the economic quantity, and without a cost or demand there is none.
    economic = (
        (parameters.rule == LotRule.ECONOMIC_QUANTITY) & (nodes.fixed_lot[node] == 0) & (demanded > 0)
        & (nodes.ordering_cost[node] > 0) & (nodes.holding_cost[node] > 0)
    )  # fmt: skip
    return OrderArithmetic(
        order=rows,
        node=node,
        gross_requirement=gross,
        projected=orders.projected,
        kept_level=orders.kept_level,
        kept_level_origin=_level_origin(plan)[node],
        filled_to=parameters.up_to,
        net_requirement=orders.net_requirement,
        yield_rate=parameters.yield_rate,
        started=started_for(orders.net_requirement, parameters.yield_rate),
        rule=parameters.rule,
        minimum=parameters.minimum,
        maximum=parameters.maximum,
        multiple=parameters.multiple,
        lot_origin=np.where(economic, LotOrigin.ECONOMIC, np.where(own & single, LotOrigin.SOURCE, LotOrigin.POLICY)),
        window_days=parameters.window_days,
        lot_quantity=orders.lot_quantity,
        quantity=orders.quantity,
        good_quantity=orders.good_quantity,
        need_day=orders.need_day,
        last_need_day=orders.last_need_day,
        safety_time_days=nodes.safety_time_days[node],
        due_day=orders.due_day,
        receiving_days=nodes.receiving_days[node],
        kind=np.where(known, of_source(sources.kind), NONE),
        lead_time_days=scheduler.lead_time(orders.source, orders.quantity),
        lead_time_origin=of_source(sources.lead_time_origin),
        release_day=orders.release_day,
        days_moved=orders.days_moved,
    )


def recomputed(one: OrderArithmetic) -> tuple[Integers, Integers]:
    """Net requirement and lot from the other figures of each row.

    The net requirement is that of the need day alone: a lot for several needs, or one that fills up, has at least as
    much.
    """
    net = one.kept_level - one.projected
    return net, lot_quantity(one.started, one.minimum, one.multiple, one.maximum)


def _demand_of(plan: Plan, node: Integers, tracking: Integers, day: Integers) -> tuple[Integers, Integers]:
    """What is asked of each (node, tracking): on the day, and over the whole plan."""
    demand, problem = plan.demand, plan.problem
    asked = np.maximum(demand.day, problem.earliest_day)
    wide = int(max(demand.tracking.max(initial=NONE), tracking.max(initial=NONE))) + 3
    lowest = min(int(asked.min(initial=problem.first_day)), int(day.min(initial=problem.first_day)))
    days = int(max(asked.max(initial=lowest), day.max(initial=lowest))) - lowest + 2
    key = (demand.node * wide + demand.tracking + 2) * days + asked - lowest
    order = np.argsort(key, kind="stable")
    key, until = key[order], np.concatenate((np.zeros(1, np.int64), np.cumsum(demand.quantity[order])))
    owner = (node * wide + tracking + 2) * days
    at = owner + day - lowest

    def between(low: Integers, high: Integers) -> Integers:
        return until[np.searchsorted(key, high)] - until[np.searchsorted(key, low)]

    return between(at, at + 1), between(owner, owner + days)


def _level_origin(plan: Plan) -> Integers:
    nodes, steps = plan.problem.nodes, plan.problem.safety_stock_steps
    stated = np.zeros(nodes.count, np.bool_)
    stated[steps.node] = True
    return np.select(
        [has_reorder_point(plan.problem), nodes.days_of_cover > 0, stated, nodes.safety_stock > 0],
        [LevelOrigin.REORDER_POINT, LevelOrigin.DAYS_OF_COVER, LevelOrigin.SAFETY_STOCK_STEP, LevelOrigin.SAFETY_STOCK],
        LevelOrigin.NOTHING,
    ).astype(np.int64)
