"""Pegging: which supply serves which demand, and the chains from there up to end demand and down to purchased parts.

Within each node (and hard-pegged order) demand and supply are two lists in date order; laid along one line, they are
cut wherever one of them ends, and every piece is a link. Nothing is pegged twice and nothing is left over on both
sides, so the quantities balance exactly. What stays in supply beyond all demand is safety stock, lot rest or excess.

Demand of one day is served by priority, orders before forecast, then by row. Supply is taken stock first (soonest
expiry first), then by the day on which it can really be there: an order that should have been released weeks ago hides
no receipt that comes before it. So components are pegged before what is made of them. Chains are walked one generation
at a time, from a few orders or from all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from planning.mrp.codes import FAR, NONE, Floats, Integers, SupplyKind
from planning.mrp.lateness import Waiting, hold_up, late_days_of, own_delay, possible_days
from planning.mrp.matching import matched
from planning.mrp.result import PeggingLinks, Plan
from planning.mrp.segments import csr, expanded, stable_order

# Ranks no further apart than this are used as they are.
_FEW = 2**20


class AllocationRule(IntEnum):
    """Who is served first: the earliest need, or the end demand of the lowest priority number.

    By priority a later order keeps its supply from an earlier, less important one, which may then be late.
    """

    DATE = 0
    PRIORITY = 1


def peg(plan: Plan, rule: AllocationRule = AllocationRule.DATE) -> PeggingLinks:
    """All links of a plan.

    By priority, dependent demand has that of the most important end demand its order serves, and supply is taken in
    the order in which it can be there when it is pegged by date.
    """
    asked, there = np.flatnonzero(plan.demand.quantity > 0), np.flatnonzero(plan.supply.quantity > 0)
    links, late = _by_date(plan, asked, there)
    if rule is AllocationRule.DATE:
        return links
    rank = plan.demand.priority.copy()
    of_supply = np.full(plan.supply.count, FAR)
    available = _available_on(plan, late)
    level, parent = plan.structure.level, plan.demand.parent
    parts = []
    for depth in range(plan.structure.levels):
        rows = asked[level[plan.demand.node[asked]] == depth]
        dependent = rows[parent[rows] >= 0]
        rank[dependent] = of_supply[parent[dependent]]
        links = _pegged(plan, rows, there[level[plan.supply.node[there]] == depth], rank, available, rule)
        np.minimum.at(of_supply, links.supply, rank[links.demand])
        parts.append(links)
    return _joined(parts)


def _by_date(plan: Plan, asked: Integers, there: Integers) -> tuple[PeggingLinks, Integers]:
    """Links by date, and how late each supply event is: components first, since they say when their parents come."""
    own, rule, rank = own_delay(plan), AllocationRule.DATE, plan.demand.priority
    late = own.copy()
    in_time = not own.any() and not plan.orders.days_moved.any() and plan.problem.settings.past_is_today
    if in_time:
        # Netting has put every receipt before its need: all levels at once.
        return _pegged(plan, asked, there, rank, _available_on(plan, late), rule), late
    waiting = Waiting.of(plan)
    asked_at, there_at = waiting.level[plan.demand.node[asked]], waiting.level[plan.supply.node[there]]
    parts = []
    for depth in range(waiting.levels - 1, -1, -1):
        waiting.pass_on(plan, late, depth)
        available = _available_on(plan, late)
        links = _pegged(plan, asked[asked_at == depth], there[there_at == depth], rank, available, rule)
        hold_up(plan, links.demand, possible_days(plan, late)[links.supply], own, late)
        parts.append(links)
    links = _joined(parts)
    order = stable_order(links.node)
    return PeggingLinks(*(getattr(links, column.name)[order] for column in fields(PeggingLinks))), late


def _joined(parts: Sequence[PeggingLinks]) -> PeggingLinks:
    return PeggingLinks(
        *(
            np.concatenate([np.zeros(0, np.int64), *(getattr(part, column.name) for part in parts)])
            for column in fields(PeggingLinks)
        )
    )


def _pegged(
    plan: Plan, asked: Integers, there: Integers, rank: Integers, available: Integers, rule: AllocationRule
) -> PeggingLinks:
    """Links between some demand and some supply events; `available` orders all supply events."""
    demand, supply = plan.demand, plan.supply
    wide = int(max(demand.tracking.max(initial=NONE), supply.tracking.max(initial=NONE))) + 3
    asked_by = demand.node[asked] * wide + demand.tracking[asked] + 2
    day = np.maximum(demand.day[asked], plan.problem.earliest_day)
    by_date = rule is AllocationRule.DATE
    order = _order(asked_by, day, rank[asked]) if by_date else _order(asked_by, rank[asked], day)
    asked, asked_by = asked[order], asked_by[order]
    there_for = supply.node[there] * wide + supply.tracking[there] + 2
    order = _order(there_for, available[there], _expiry_or_day(plan, there))
    there, there_for = there[order], there_for[order]
    pieces = matched(asked_by, demand.quantity[asked], there_for, supply.quantity[there])
    of_demand = asked[pieces.one]
    return PeggingLinks(of_demand, there[pieces.other], demand.node[of_demand], pieces.quantity)


def _order(key: Integers, first: Integers, second: Integers) -> Integers:
    """Rows by key, then by two ranks, then as they are; ranks are often all the same, or few."""
    if not key.size:
        return key
    sizes = []
    for rank in (first, second):
        if (rank == rank[0]).all():
            sizes.append((1, np.zeros(1, np.int64)))
        elif int(rank.max()) - int(rank.min()) < _FEW:
            sizes.append((int(rank.max()) - int(rank.min()) + 1, rank - rank.min()))
        else:
            distinct, ranked = np.unique(rank, return_inverse=True)
            sizes.append((distinct.size, ranked))
    (_, one), (wide, other) = sizes
    return stable_order((key * sizes[0][0] + one) * wide + other)


def _available_on(plan: Plan, late: Integers) -> Integers:
    """The day on which each supply event can be there; what is on hand before all others."""
    day = possible_days(plan, late)
    return np.where(plan.supply.kind == SupplyKind.ON_HAND, int(day.min(initial=0)) - 1, day)


def _expiry_or_day(plan: Plan, there: Integers) -> Integers:
    """What decides between supply of one day: of stock the expiry, else the day as stated."""
    day = plan.supply.day.copy()
    day[: plan.problem.stock.count] = plan.problem.stock.expiry_day
    return np.asarray(day[there])


@dataclass(frozen=True, slots=True)
class Chain:
    """One walk: rows of the links met, how many generations away each is, and how much of the start it carries.

    `start` is the position in the list walked from. `quantity` is in millionths of the link's own item; a shared lot is
    divided in proportion, so that the shares of all its users add up to it.
    """

    start: Integers
    generation: Integers
    link: Integers
    quantity: Floats


@dataclass(frozen=True, slots=True)
class Pegging:
    """Links with their indexes by demand and by supply, for walking."""

    plan: Plan
    links: PeggingLinks
    by_supply: Integers
    supply_first: Integers
    by_demand: Integers
    demand_first: Integers
    child_order: Integers
    child_first: Integers

    @classmethod
    def of(cls, plan: Plan, rule: AllocationRule = AllocationRule.DATE) -> Pegging:
        links = peg(plan, rule)
        by_supply, supply_first = csr(links.supply, plan.supply.count)
        by_demand, demand_first = csr(links.demand, plan.demand.count)
        dependent = np.flatnonzero(plan.demand.parent >= 0)
        child_order, child_first = csr(plan.demand.parent[dependent], plan.supply.count)
        return cls(plan, links, by_supply, supply_first, by_demand, demand_first, dependent[child_order], child_first)

    def up(self, supply: Integers) -> Chain:
        """From some supply events to all demand they serve, up to end demand.

        The links whose demand has no parent are the ends: sales orders and forecast.
        """
        links, demand = self.links, self.plan.demand
        start = np.arange(supply.size)
        share = np.ones(supply.size)
        parts: list[tuple[Integers, Integers, Integers, Floats]] = []
        generation = 0
        while supply.size:
            row, position = expanded(self.supply_first, supply)
            link = self.by_supply[position]
            start, carried = start[row], share[row] * links.quantity[link]
            parts.append((start, np.full(link.size, generation), link, carried))
            parent = demand.parent[links.demand[link]]
            goes_on = np.flatnonzero(parent >= 0)
            # The share of the parent order that this piece of its component stands for.
            whole = demand.quantity[links.demand[link[goes_on]]]
            supply, start, share = parent[goes_on], start[goes_on], carried[goes_on] / whole
            supply, start, share = _merged(supply, start, share)
            generation += 1
        return _chain(parts)

    def down(self, demand: Integers) -> Chain:
        """From some demand events to all supply that serves them, down to stock, receipts and purchased parts."""
        links, supply_events = self.links, self.plan.supply
        start = np.arange(demand.size)
        share = np.ones(demand.size)
        parts: list[tuple[Integers, Integers, Integers, Floats]] = []
        generation = 0
        while demand.size:
            row, position = expanded(self.demand_first, demand)
            link = self.by_demand[position]
            start, carried = start[row], share[row] * links.quantity[link]
            parts.append((start, np.full(link.size, generation), link, carried))
            maker = links.supply[link]
            # A by-product needs nothing of its own; what it comes out of is another order's.
            below, position = expanded(self.child_first, maker)
            child = self.child_order[position]
            whole = supply_events.quantity[maker[below]]
            demand, start, share = child, start[below], carried[below] / whole
            demand, start, share = _merged(demand, start, share)
            generation += 1
        return _chain(parts)

    def end_demand(self, supply: Integers) -> Chain:
        """Only the ends of the walk up: links to demand that no order of the plan asks for."""
        chain = self.up(supply)
        ends = np.flatnonzero(self.plan.demand.parent[self.links.demand[chain.link]] < 0)
        return Chain(chain.start[ends], chain.generation[ends], chain.link[ends], chain.quantity[ends])


def _merged(event: Integers, start: Integers, share: Floats) -> tuple[Integers, Integers, Floats]:
    """One row for each start and event, the shares added: paths that meet go on as one."""
    if not event.size:
        return event, start, share
    key = start * (int(event.max()) + 1) + event
    distinct, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return event[first], start[first], np.bincount(inverse, weights=share, minlength=distinct.size).astype(np.float64)


def _chain(parts: list[tuple[Integers, Integers, Integers, Floats]]) -> Chain:
    none = np.zeros(0, np.int64)
    columns = list(zip(*parts, strict=True)) or [(none,), (none,), (none,), (np.zeros(0),)]
    return Chain(*(np.concatenate(column) for column in columns))


def late_days(pegging: Pegging) -> Integers:
    """By how many days each supply event can at best be late, if everything were started as early as possible.

    `lateness` has the rule. Returns one figure for each supply event of the plan.
    """
    return late_days_of(pegging.plan, pegging.links)
