"""When supply can really be there: the one rule for pegging, shortages, messages and every table.

A release in the past cannot be caught up: started today, its order comes later by as many days. What is asked of an
order's components counts from the day on which that order can really start. A component that can be there by then holds
nothing up, however late it is by itself; one that cannot holds its parent up by the days that are missing. Of several
components the slowest decides. The frozen fence has already moved its orders.
"""

from __future__ import annotations

import numpy as np

from planning.mrp.codes import Integers, SupplyKind
from planning.mrp.result import PeggingLinks, Plan


def own_delay(plan: Plan) -> Integers:
    """By how many days each supply event is late by its own release alone; a by-product by that of its order."""
    days = np.zeros(plan.supply.count, np.int64)
    for made in (plan.orders, plan.passes):
        days[made.supply] = np.maximum(plan.problem.first_day - made.release_day, 0)
    beside = np.flatnonzero(plan.supply.kind == SupplyKind.BY_PRODUCT)
    days[beside] = days[plan.supply.origin[beside]]
    return days


def possible_days(plan: Plan, late: Integers) -> Integers:
    """When each supply event can be there: its own day and what it is late by; what is overdue already, today at best.

    `late` is one figure for each supply event, as `late_days` gives it.
    """
    first_day, day = plan.problem.first_day, plan.supply.day
    is_ordered = plan.supply.kind < SupplyKind.PLANNED
    return np.where(is_ordered, np.maximum(day, first_day) + late, np.maximum(day + late, first_day))


def hold_up(plan: Plan, demand: Integers, possible: Integers, own: Integers, late: Integers) -> None:
    """Pass lateness up, in place: `demand` of some links (of one level), and when the supply of each is `possible`."""
    parent = plan.demand.parent[demand]
    waits = np.flatnonzero(parent >= 0)
    parent = parent[waits]
    starts_late = own[parent]
    # The day stated moves with the start of its order; what is given, and so has no release, keeps its day.
    needed = np.maximum(plan.demand.day[demand[waits]] + starts_late, plan.problem.earliest_day)
    np.maximum.at(late, parent, starts_late + np.maximum(possible[waits] - needed, 0))


def late_days_of(plan: Plan, links: PeggingLinks) -> Integers:
    """By how many days each supply event is late at best, by some links, if all were started as early as possible."""
    own = own_delay(plan)
    late = own.copy()
    level = plan.structure.level[links.node]
    waits = plan.demand.parent[links.demand] >= 0
    for depth in range(plan.structure.levels - 1, -1, -1):
        rows = np.flatnonzero(waits & (level == depth))
        if rows.size:
            hold_up(plan, links.demand[rows], possible_days(plan, late)[links.supply[rows]], own, late)
    return late
