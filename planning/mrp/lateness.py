"""When supply can really be there: the one rule for pegging, shortages, messages and every table.

A release in the past cannot be caught up: started today, its order comes later by as many days. What is asked of an
order's components counts from the day on which that order can really start. A component that can be there by then holds
nothing up, however late it is by itself; one that cannot holds its parent up by the days that are missing. Of several
components the slowest decides. A by-product is there with its order, however late that is; where its order in turn
waits for what is made of the by-product, only the order's own release counts. The frozen fence has already moved its
orders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.bom_structure import cycle_groups, low_level_codes
from planning.mrp.codes import Integers, SupplyKind
from planning.mrp.result import PeggingLinks, Plan


def own_delay(plan: Plan) -> Integers:
    """By how many days each supply event is late by its own release alone; a by-product by that of its order."""
    days = np.zeros(plan.supply.count, np.int64)
    for made in (plan.orders, plan.passes):
        days[made.supply] = np.maximum(plan.problem.first_day - made.release_day, 0)
    beside = by_products(plan)
    days[beside] = days[plan.supply.origin[beside]]
    return days


def possible_days(plan: Plan, late: Integers) -> Integers:
    """When each supply event can be there: its own day and what it is late by; what is overdue already, today at best.

    `late` is one figure for each supply event, as `late_days` gives it.
    """
    first_day, day = plan.problem.first_day, plan.supply.day
    kind, beside = plan.supply.kind, by_products(plan)
    is_ordered = kind < SupplyKind.PLANNED
    is_ordered[beside] = kind[plan.supply.origin[beside]] < SupplyKind.PLANNED
    return np.where(is_ordered, np.maximum(day, first_day) + late, np.maximum(day + late, first_day))


def by_products(plan: Plan) -> Integers:
    """The supply events that come out beside an order; their origin is the supply event of that order."""
    return np.flatnonzero(plan.supply.kind == SupplyKind.BY_PRODUCT)


@dataclass(frozen=True, slots=True)
class Waiting:
    """In which order lateness is passed on: by `level` of each node, deepest first, components before their orders.

    `beside`: by-products that are as late as their order, `order` the supply events of those orders.
    """

    level: Integers
    beside: Integers
    order: Integers

    @classmethod
    def of(cls, plan: Plan) -> Waiting:
        """Low-level codes where nothing comes out beside an order; else with by-products waiting for their orders."""
        beside, lines = by_products(plan), plan.problem.lines
        if not beside.size:
            return cls(plan.structure.level, beside, beside)
        nodes = plan.problem.nodes.count
        used = ~plan.structure.is_cut
        maker = plan.problem.sources.node[lines.source]
        waits = np.where(lines.is_by_product, lines.component, maker)[used]
        on = np.where(lines.is_by_product, maker, lines.component)[used]
        group = cycle_groups(nodes, waits, on)
        kept = ~lines.is_by_product[used] | (group[waits] != group[on])
        level = low_level_codes(nodes, waits[kept], on[kept], np.arange(nodes))
        order = plan.supply.origin[beside]
        follows = group[plan.supply.node[beside]] != group[plan.supply.node[order]]
        return cls(level, beside[follows], order[follows])

    @property
    def levels(self) -> int:
        return int(self.level.max(initial=-1)) + 1

    def pass_on(self, plan: Plan, late: Integers, depth: int) -> None:
        """Make the by-products of a level as late as their orders, in place."""
        if self.beside.size:
            here = self.level[plan.supply.node[self.beside]] == depth
            late[self.beside[here]] = late[self.order[here]]


def needed_days(plan: Plan, demand: Integers, own: Integers) -> Integers:
    """When some demand is needed at the latest: its day moves with the start of its order, `own` as of `own_delay`.

    What is given, and so has no release, keeps its day. Nothing is needed before today.
    """
    parent = plan.demand.parent[demand]
    starts_late = np.where(parent >= 0, own[np.maximum(parent, 0)], 0) if own.size else 0
    return np.asarray(np.maximum(plan.demand.day[demand] + starts_late, plan.problem.earliest_day))


def hold_up(plan: Plan, demand: Integers, possible: Integers, own: Integers, late: Integers) -> None:
    """Pass lateness up, in place: `demand` of some links (of one level), and when the supply of each is `possible`."""
    parent = plan.demand.parent[demand]
    waits = np.flatnonzero(parent >= 0)
    parent = parent[waits]
    needed = needed_days(plan, demand[waits], own)
    np.maximum.at(late, parent, own[parent] + np.maximum(possible[waits] - needed, 0))


def late_days_of(plan: Plan, links: PeggingLinks) -> Integers:
    """By how many days each supply event is late at best, by some links, if all were started as early as possible."""
    own = own_delay(plan)
    late = own.copy()
    waiting = Waiting.of(plan)
    level = waiting.level[links.node]
    waits = plan.demand.parent[links.demand] >= 0
    for depth in range(waiting.levels - 1, -1, -1):
        waiting.pass_on(plan, late, depth)
        rows = np.flatnonzero(waits & (level == depth))
        if rows.size:
            hold_up(plan, links.demand[rows], possible_days(plan, late)[links.supply[rows]], own, late)
    return late
