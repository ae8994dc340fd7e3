"""What should become of orders that are open already: when they are needed, and what of them is needed at all.

The plan nets strictly by date and never moves an open order. Here open orders are matched, in the order of their
days, to all needs (demand and the level to keep) as if no order had been planned: the first unit of each order tells
when it is needed, what reaches beyond all needs is too much. Where a message is followed, the planned order made in
its place falls away with the next run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.mrp.codes import NONE, Flags, Integers, SupplyKind
from planning.mrp.netting import level_steps, net
from planning.mrp.result import Plan
from planning.mrp.segments import first_above, running_sum, stable_order, starts_of_runs


@dataclass(frozen=True, slots=True)
class OpenOrderNeeds:
    """One row an open order (`supply`, its number) that counts.

    `needed_day`: when its first unit is needed, safety time included, or NONE where nothing of it is; `excess`:
    millionths that nothing needs. `stock_excess` by node: usable stock that no need of the horizon takes.
    """

    supply: Integers
    needed_day: Integers
    demand: Integers
    is_needed: Flags
    excess: Integers
    stock_excess: Integers


def open_order_needs(plan: Plan, until_day: int | None = None) -> OpenOrderNeeds:
    """Match stock and open orders to all needs. `until_day`: stock beyond the needs up to that day counts as excess."""
    problem, supply = plan.problem, plan.supply
    given = np.flatnonzero(
        np.isin(
            supply.kind,
            (
                SupplyKind.ON_HAND,
                SupplyKind.PURCHASE,
                SupplyKind.PRODUCTION,
                SupplyKind.TRANSFER,
                SupplyKind.FIRM_PLANNED,
            ),
        )
        & (supply.quantity != 0)
    )
    # Stock and receipts, in the order in which they are there; the needs of all nodes without them.
    requirements = net(problem, plan.demand, supply.rows(np.zeros(0, np.int64)), level_steps(problem))
    wide = int(max(plan.demand.tracking.max(initial=NONE), supply.tracking.max(initial=NONE))) + 3
    segment_key = requirements.node * wide + requirements.tracking + 2
    on_hand = supply.kind[given] == SupplyKind.ON_HAND
    day = np.where(on_hand, problem.first_day - 1, np.maximum(supply.day[given], problem.first_day))
    key = supply.node[given] * wide + supply.tracking[given] + 2
    order = np.lexsort((day, key))
    given, key, on_hand = given[order], key[order], on_hand[order]
    quantity = supply.quantity[given]
    first = np.append(starts_of_runs(key), key.size)
    until = running_sum(quantity, first)
    segment = np.minimum(np.searchsorted(segment_key, key), max(segment_key.size - 1, 0))
    has_needs = segment_key[segment] == key if segment_key.size else np.zeros(key.size, np.bool_)
    low = np.where(has_needs, requirements.first[segment], 0)
    high = np.where(has_needs, requirements.first[np.minimum(segment + 1, requirements.first.size - 1)], 0)
    cell = first_above(requirements.needed, low, high, until - quantity)
    is_needed = cell < high
    most = np.where(has_needs & (high > low), _at(requirements.needed, high - 1), 0)
    excess = np.clip(until - np.maximum(most, 0), 0, quantity)
    nodes = problem.nodes
    needed_day = np.where(is_needed, _at(requirements.day, cell) - nodes.safety_time_days[supply.node[given]], NONE)
    stocked = np.flatnonzero(on_hand)
    soon = most
    if until_day is not None:
        last = first_above(requirements.day, low, high, np.full(low.size, until_day)) - 1
        soon = np.where(last >= low, _at(requirements.needed, last), 0)
    stock_excess = np.zeros(nodes.count, np.int64)
    np.add.at(
        stock_excess,
        supply.node[given[stocked]],
        np.clip(until[stocked] - np.maximum(soon[stocked], 0), 0, np.maximum(quantity[stocked], 0)),
    )
    need = np.where(is_needed, _at(requirements.day, cell), problem.first_day)
    reason = np.where(is_needed, _first_demand(plan, key, need, wide), NONE)
    opened = np.flatnonzero(~on_hand)
    return OpenOrderNeeds(
        supply=given[opened],
        needed_day=np.where(is_needed[opened], np.maximum(needed_day[opened], problem.first_day), NONE),
        demand=reason[opened],
        is_needed=is_needed[opened],
        excess=excess[opened],
        stock_excess=stock_excess,
    )


def _first_demand(plan: Plan, key: Integers, day: Integers, wide: int) -> Integers:
    """The first demand event of each segment on a day, or NONE."""
    demand = plan.demand
    rows = np.flatnonzero(demand.quantity > 0)
    if not rows.size:
        return np.full(key.size, NONE)
    asked = np.maximum(demand.day[rows], plan.problem.earliest_day)
    lowest = min(int(asked.min()), int(day.min(initial=0)))
    days = max(int(asked.max()), int(day.max(initial=0))) - lowest + 1
    at_day = (demand.node[rows] * wide + demand.tracking[rows] + 2) * days + asked - lowest
    order = stable_order(at_day)
    wanted = key * days + day - lowest
    position = np.minimum(np.searchsorted(at_day[order], wanted), rows.size - 1)
    found = order[position]
    return np.where(at_day[found] == wanted, rows[found], NONE)


def _at(values: Integers, position: Integers) -> Integers:
    """Values at positions that may lie outside, where they do not matter."""
    return values[np.clip(position, 0, values.size - 1)] if values.size else np.zeros(position.size, np.int64)
