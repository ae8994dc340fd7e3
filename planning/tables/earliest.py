"""Pegging by the day on which supply can really be there, so that a late order hides no receipt that comes before it.

The plan nets by the day asked for: an order that should have been released weeks ago is due today, and pegged by that
day it would stand before a receipt of next week, though it cannot come before it. Here each node's supply is matched to
its demand in the order in which it can be there, components before what is made of them. Quantities balance as they
do in any pegging; only who waits for whom follows what can still happen.
"""

from __future__ import annotations

import numpy as np

from planning.fifo_queues import match_queues
from planning.mrp.codes import NONE, Integers, SupplyKind
from planning.mrp.pegging import Pegging
from planning.mrp.result import PeggingLinks, Plan
from planning.mrp.segments import csr


def earliest_pegging(plan: Plan) -> Pegging:
    """All links of a plan, from the deepest level up, each level's supply in the order of its possible days."""
    demand, supply, first_day = plan.demand, plan.supply, plan.problem.first_day
    own = np.zeros(supply.count, np.int64)
    for made in (plan.orders, plan.passes):
        own[made.supply] = np.maximum(first_day - made.release_day, 0)
    late = own.copy()
    asked_on = np.maximum(demand.day, plan.problem.earliest_day)
    expiry = np.zeros(supply.count, np.int64)
    expiry[: plan.problem.stock.count] = plan.problem.stock.expiry_day
    on_hand = supply.kind == SupplyKind.ON_HAND
    wide = int(max(demand.tracking.max(initial=NONE), supply.tracking.max(initial=NONE))) + 3
    quantity = np.concatenate((demand.quantity, supply.quantity))
    level = plan.structure.level
    parts: list[PeggingLinks] = []
    for depth in range(plan.structure.levels - 1, -1, -1):
        asked = np.flatnonzero((demand.quantity > 0) & (level[demand.node] == depth))
        asked = asked[np.lexsort((demand.priority[asked], asked_on[asked]))]
        there = np.flatnonzero((supply.quantity > 0) & (level[supply.node] == depth))
        possible = np.where(on_hand, first_day - 1, possible_days(plan, late))[there]
        there = there[np.lexsort((supply.day[there], expiry[there], possible))]
        pieces = match_queues(
            rows=demand.count + supply.count,
            arrivals=demand.count + there,
            arrival_key=supply.node[there] * wide + supply.tracking[there] + 2,
            departures=asked,
            departure_key=demand.node[asked] * wide + demand.tracking[asked] + 2,
            quantity=quantity,
        ).segments
        linked = np.flatnonzero((pieces.arrival != NONE) & (pieces.departure != NONE))
        by, of = pieces.arrival[linked] - demand.count, pieces.departure[linked]
        parts.append(PeggingLinks(of, by, demand.node[of], pieces.end[linked] - pieces.start[linked]))
        waits = np.flatnonzero(demand.parent[of] >= 0)
        delay = late[by[waits]] + np.maximum(supply.day[by[waits]] - asked_on[of[waits]], 0)
        parent = demand.parent[of[waits]]
        np.maximum.at(late, parent, own[parent] + delay)
    none = np.zeros(0, np.int64)
    parts.append(PeggingLinks(none, none, none, none))
    columns = ("demand", "supply", "node", "quantity")
    return _indexed(plan, PeggingLinks(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns)))


def possible_days(plan: Plan, late: Integers) -> Integers:
    """When each supply can be there: its own day and what it is late by; what is overdue already, today at best."""
    ordered = plan.supply.kind < SupplyKind.PLANNED
    return np.where(ordered, np.maximum(plan.supply.day, plan.problem.first_day), plan.supply.day) + late


def _indexed(plan: Plan, links: PeggingLinks) -> Pegging:
    by_supply, supply_first = csr(links.supply, plan.supply.count)
    by_demand, demand_first = csr(links.demand, plan.demand.count)
    dependent = np.flatnonzero(plan.demand.parent >= 0)
    child_order, child_first = csr(plan.demand.parent[dependent], plan.supply.count)
    return Pegging(plan, links, by_supply, supply_first, by_demand, demand_first, dependent[child_order], child_first)
