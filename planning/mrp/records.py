"""The time-phased record of a node: a view of dated orders at any bucket, with a column for what is past due.

Column 0 holds what lies before the first bucket. Projected on hand starts with the usable stock and carries on from
column to column; net requirements = gross + safety stock − projected before − receipts already on order, never
negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from planning.errors import PlanningError
from planning.mrp.codes import NONE, DemandKind, Flags, Integers, SupplyKind
from planning.mrp.netting import days_of_cover, safety_stock_steps
from planning.mrp.result import Plan

Bucket = Literal["day", "week", "month"]
_LONGEST_BUCKET = 31
# (node, day, quantity) of events → (nodes, buckets + 1)
ByBucket = Callable[[Integers, Integers, Integers], Integers]


@dataclass(frozen=True, slots=True)
class Records:
    """One row a node (`node`), one column a bucket after column 0, all in millionths: shape (nodes, buckets + 1).

    `forecast` is the part of the gross requirements that no order stands behind. `passed_through` went on to the
    components of a phantom, or of an item assembled to order, without an order. `planned_releases` by release day.
    """

    node: Integers
    edges: Integers
    gross_requirements: Integers
    forecast: Integers
    scheduled_receipts: Integers
    planned_receipts: Integers
    planned_releases: Integers
    passed_through: Integers
    projected_on_hand: Integers
    net_requirements: Integers
    safety_stock: Integers


def bucket_edges(first_day: int, last_day: int, bucket: Bucket, day_zero: date) -> Integers:
    """Where buckets begin, and at the end where the last one ends, to cover both days.

    `day_zero` is the date of day 0; weeks begin on Monday. The first bucket begins on the first day even inside a week
    or month, so that nothing past due gets into it. Raises PlanningError where the days are in the wrong order.
    """
    if last_day < first_day:
        raise PlanningError(f"The record ends on day {last_day}, before it begins on day {first_day}. Turn them round.")
    days = np.arange(first_day, last_day + 1 + _LONGEST_BUCKET, dtype=np.int64)
    dates = np.datetime64(day_zero, "D") + days.astype("timedelta64[D]")
    begins = {
        "day": np.ones(days.size, np.bool_),
        # 1970-01-01 was a Thursday.
        "week": (dates.astype(np.int64) + 3) % 7 == 0,
        "month": dates == dates.astype("datetime64[M]").astype("datetime64[D]"),
    }[bucket]
    begins[0] = True
    edges = days[begins]
    return np.asarray(edges[: int(np.searchsorted(edges, last_day, side="right")) + 1], dtype=np.int64)


def records(plan: Plan, edges: Integers, nodes: Integers | None = None) -> Records:
    """Records of some nodes (all where none are named). What lies after the last edge is left out."""
    problem = plan.problem
    node = np.arange(problem.nodes.count) if nodes is None else np.asarray(nodes, dtype=np.int64)
    row_of = np.full(problem.nodes.count, NONE)
    row_of[node] = np.arange(node.size)
    shape = (node.size, edges.size)

    def by_bucket(where: Integers, day: Integers, quantity: Integers) -> Integers:
        column = np.searchsorted(edges, day, side="right")
        kept = np.flatnonzero((row_of[where] >= 0) & (column < edges.size))
        cells = np.zeros(shape[0] * shape[1], np.int64)
        np.add.at(cells, row_of[where[kept]] * shape[1] + column[kept], quantity[kept])
        return cells.reshape(shape)

    demand, supply, orders = plan.demand, plan.supply, plan.orders
    gross = by_bucket(demand.node, demand.day, demand.quantity)
    is_forecast = demand.kind == DemandKind.FORECAST
    scheduled = np.isin(
        supply.kind,
        (
            SupplyKind.PURCHASE,
            SupplyKind.PRODUCTION,
            SupplyKind.TRANSFER,
            SupplyKind.FIRM_PLANNED,
            SupplyKind.BY_PRODUCT,
        ),
    )
    planned = supply.kind == SupplyKind.PLANNED
    passed = (supply.kind == SupplyKind.BLOW_THROUGH) | (supply.kind == SupplyKind.FORECAST_BLOW_THROUGH)

    def receipts(chosen: Flags) -> Integers:
        return by_bucket(supply.node[chosen], supply.day[chosen], supply.quantity[chosen])

    scheduled_receipts, planned_receipts, passed_through = receipts(scheduled), receipts(planned), receipts(passed)
    on_hand = np.zeros(node.size, np.int64)
    stock = np.flatnonzero((supply.kind == SupplyKind.ON_HAND) & (row_of[supply.node] >= 0))
    np.add.at(on_hand, row_of[supply.node[stock]], supply.quantity[stock])
    projected = on_hand[:, None] + np.cumsum(scheduled_receipts + planned_receipts + passed_through - gross, axis=1)
    before = np.concatenate((on_hand[:, None], projected[:, :-1]), axis=1)
    keep = _safety_stock(plan, by_bucket)
    return Records(
        node=node,
        edges=edges,
        gross_requirements=gross,
        forecast=by_bucket(demand.node[is_forecast], demand.day[is_forecast], demand.quantity[is_forecast]),
        scheduled_receipts=scheduled_receipts,
        planned_receipts=planned_receipts,
        planned_releases=by_bucket(orders.node, orders.release_day, orders.quantity),
        passed_through=passed_through,
        projected_on_hand=projected,
        net_requirements=np.maximum(gross + keep - before - scheduled_receipts - passed_through, 0),
        safety_stock=keep,
    )


def _safety_stock(plan: Plan, by_bucket: ByBucket) -> Integers:
    """What must be there at the end of each bucket: steps so far, or the demand of the days of cover that follow."""
    steps = safety_stock_steps(plan.problem)
    changes = by_bucket(steps.node, steps.day, steps.change)
    cover = days_of_cover(plan.problem)[plan.demand.node]
    covered = np.flatnonzero(cover > 0)
    node, quantity = plan.demand.node[covered], plan.demand.quantity[covered]
    first_day = plan.problem.first_day
    needed_on = np.maximum(plan.demand.day[covered], first_day)
    asked_on = np.maximum(needed_on - cover[covered], first_day)
    changes = changes + by_bucket(node, asked_on, quantity) - by_bucket(node, needed_on, quantity)
    return np.cumsum(changes, axis=1)
