"""Pegging: which supply serves which demand, and the chains from there up to end demand and down to purchased parts.

Within each node (and hard-pegged order) demand and supply are two lists in date order; laid along one line, they are
cut wherever one of them ends, and every piece is a link. Nothing is pegged twice and nothing is left over on both
sides, so the quantities balance exactly. What stays in supply beyond all demand is safety stock, lot rest or excess.

Demand of one day is served by priority, orders before forecast, then by row. Supply is taken stock first (soonest
expiry first), then by day. Chains are walked one generation at a time, from a few orders or from all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.fifo_queues import match_queues
from planning.mrp.codes import NONE, Floats, Integers, SupplyKind
from planning.mrp.result import PeggingLinks, Plan
from planning.mrp.segments import csr, expanded, stable_order


def peg(plan: Plan) -> PeggingLinks:
    """All links of a plan."""
    demand, supply = plan.demand, plan.supply
    wide = int(max(demand.tracking.max(initial=NONE), supply.tracking.max(initial=NONE))) + 3
    asked = np.flatnonzero(demand.quantity > 0)
    asked_by = demand.node[asked] * wide + demand.tracking[asked] + 2
    order = _order(asked_by, _served_on(plan)[asked], demand.priority[asked])
    asked, asked_by = asked[order], asked_by[order]
    there = np.flatnonzero(supply.quantity > 0)
    there_for = supply.node[there] * wide + supply.tracking[there] + 2
    order = _order(there_for, _available_on(plan)[there], _expiry(plan)[there])
    there, there_for = there[order], there_for[order]
    demands = demand.count
    queues = match_queues(
        rows=demands + supply.count,
        arrivals=demands + there,
        arrival_key=there_for,
        departures=asked,
        departure_key=asked_by,
        quantity=np.concatenate((demand.quantity, supply.quantity)),
    )
    pieces = queues.segments
    linked = np.flatnonzero((pieces.arrival != NONE) & (pieces.departure != NONE))
    of_demand, of_supply = pieces.departure[linked], pieces.arrival[linked] - demands
    return PeggingLinks(
        demand=of_demand,
        supply=of_supply,
        node=demand.node[of_demand],
        quantity=pieces.end[linked] - pieces.start[linked],
    )


def _order(key: Integers, day: Integers, rank: Integers) -> Integers:
    """Rows by key, day and rank, then as they are; ranks are often all the same, or few."""
    if not key.size:
        return key
    lowest = int(day.min())
    days = int(day.max()) - lowest + 1
    distinct, ranked = np.unique(rank, return_inverse=True) if (rank != rank[0]).any() else (rank[:1], 0)
    return stable_order((key * days + day - lowest) * distinct.size + ranked)


def _served_on(plan: Plan) -> Integers:
    return np.maximum(plan.demand.day, plan.problem.earliest_day)


def _available_on(plan: Plan) -> Integers:
    """On hand before everything, overdue receipts next."""
    overdue = (plan.supply.kind < SupplyKind.PLANNED) & (plan.supply.day < plan.problem.first_day)
    earliest = min(int(plan.supply.day.min(initial=0)), plan.problem.first_day)
    day = np.where(overdue, earliest - 1, plan.supply.day)
    return np.where(plan.supply.kind == SupplyKind.ON_HAND, earliest - 2, day)


def _expiry(plan: Plan) -> Integers:
    expiry = np.zeros(plan.supply.count, np.int64)
    expiry[: plan.problem.stock.count] = plan.problem.stock.expiry_day
    return expiry


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
    def of(cls, plan: Plan, links: PeggingLinks | None = None) -> Pegging:
        links = peg(plan) if links is None else links
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

    A release in the past cannot be caught up: its order is late by as many days, and so is what waits for it. The
    frozen fence has already moved its orders. Returns one figure for each supply event of the plan.
    """
    plan = pegging.plan
    late = np.zeros(plan.supply.count, np.int64)
    for made in (plan.orders, plan.passes):
        late[made.supply] = np.maximum(plan.problem.first_day - made.release_day, 0)
    own = late.copy()
    level = plan.structure.level
    links, demand, supply = pegging.links, plan.demand, plan.supply
    waits = np.flatnonzero(demand.parent[links.demand] >= 0)
    for depth in range(plan.structure.levels - 1, 0, -1):
        rows = waits[level[links.node[waits]] == depth]
        by = links.supply[rows]
        parent = demand.parent[links.demand[rows]]
        # Later than asked: by what holds its own supply up, or by a receipt dated after the need.
        asked = np.maximum(demand.day[links.demand[rows]], plan.problem.earliest_day)
        delay = late[by] + np.maximum(supply.day[by] - asked, 0)
        # Needs of the past asked for today: what is lost at each level adds up. On their own day it is in them already.
        np.maximum.at(late, parent, own[parent] + delay if plan.problem.settings.past_is_today else delay)
    return late
