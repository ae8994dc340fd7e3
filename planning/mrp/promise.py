"""Available to promise: what of supply and stock no order has been promised yet.

Discrete: each receipt serves the orders until the next receipt, the first period adds stock on hand. Where orders
exceed what a receipt brings, what is missing is taken back from earlier receipts, latest first: it was there for
them. Cumulative: the running sum of the discrete figures. Source of the rule and of its worked example: Oracle JD
Edwards, cumulative available to promise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.mrp.codes import Integers
from planning.mrp.records import Records, records
from planning.mrp.result import Plan


@dataclass(frozen=True, slots=True)
class AvailableToPromise:
    """Millionths by node and period: `discrete` in periods with a receipt (0 in others), `cumulative` everywhere."""

    discrete: Integers
    cumulative: Integers


def available_to_promise(on_hand: Integers, supply: Integers, committed: Integers) -> AvailableToPromise:
    """`on_hand` (nodes), `supply` and `committed` (nodes, periods), all in millionths.

    A shortage that no earlier receipt covers stays negative in the first period.
    """
    periods = supply.shape[1]
    coming = supply.copy()
    coming[:, 0] += on_hand
    serves = supply > 0
    serves[:, 0] = True
    discrete = np.zeros_like(supply)
    open_orders = np.zeros_like(on_hand)
    lacking = np.zeros_like(on_hand)
    for period in range(periods - 1, -1, -1):
        open_orders = open_orders + committed[:, period]
        left = coming[:, period] - open_orders - lacking
        here = serves[:, period]
        kept = np.maximum(left, 0) if period else left
        discrete[:, period] = np.where(here, kept, 0)
        lacking = np.where(here, kept - left, lacking)
        open_orders = np.where(here, 0, open_orders)
    return AvailableToPromise(discrete, np.cumsum(discrete, axis=1))


def plan_promises(
    plan: Plan, edges: Integers, nodes: Integers | None = None, *, with_planned: bool = True
) -> AvailableToPromise:
    """Available to promise of a plan's nodes by bucket; the past counts in the first one.

    Committed is all demand but forecast: orders, and what other orders take. `with_planned` false counts only what is
    on order already.
    """
    return record_promises(records(plan, edges, nodes), with_planned=with_planned)


def record_promises(shown: Records, *, with_planned: bool = True) -> AvailableToPromise:
    """The same from records that are there already; shape (nodes, buckets), without the column of the past."""
    supply = shown.scheduled_receipts + (shown.planned_receipts if with_planned else 0)
    committed = shown.gross_requirements - shown.forecast
    on_hand = (
        shown.projected_on_hand[:, 0]
        - shown.scheduled_receipts[:, 0]
        - shown.planned_receipts[:, 0]
        - shown.passed_through[:, 0]
        + shown.gross_requirements[:, 0]
    )
    supply[:, 1] += supply[:, 0]
    committed[:, 1] += committed[:, 0]
    return available_to_promise(on_hand, supply[:, 1:], committed[:, 1:])
