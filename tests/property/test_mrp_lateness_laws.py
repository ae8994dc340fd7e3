"""Laws of lateness: against a plain walk from order to order, and pegging by the day on which supply can be there."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.mrp import Plan
from planning.mrp.codes import SupplyKind
from planning.mrp.lateness import possible_days
from planning.mrp.pegging import AllocationRule, Pegging, late_days
from planning.mrp.shortages import shortages
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import world_of

SEEDS = st.integers(0, 100_000)


def late_by_walking(found: Plan, pegging: Pegging) -> list[int]:
    """One order after the other: started today at the earliest, and not before its slowest component is there."""
    first, demand, supply, links = found.problem.first_day, found.demand, found.supply, pegging.links
    release = {int(event): int(day) for made in (found.orders, found.passes)
               for event, day in zip(made.supply, made.release_day, strict=True)}  # fmt: skip

    def own(event: int) -> int:
        if supply.kind[event] == SupplyKind.BY_PRODUCT:
            event = int(supply.origin[event])
        return max(first - release.get(event, first), 0)

    waits_for: list[list[int]] = [[] for _ in range(found.problem.nodes.count)]
    lines = found.problem.lines
    for line in np.flatnonzero(~found.structure.is_cut):
        maker, other = int(found.problem.sources.node[lines.source[line]]), int(lines.component[line])
        waits_for[other if lines.is_by_product[line] else maker].append(maker if lines.is_by_product[line] else other)

    @cache
    def all_below(node: int) -> set[int]:
        """What a node waits for, directly or not."""
        seen: set[int] = set()
        todo = [node]
        while todo:
            for one in waits_for[todo.pop()]:
                if one not in seen:
                    seen.add(one)
                    todo.append(one)
        return seen

    @cache
    def late(event: int) -> int:
        if supply.kind[event] == SupplyKind.BY_PRODUCT:
            order = int(supply.origin[event])
            closes_a_circle = int(supply.node[event]) in all_below(int(supply.node[order]))
            return own(event) if closes_a_circle else late(order)
        waits = 0
        for link in np.flatnonzero(demand.parent[links.demand] == event):
            by = int(links.supply[link])
            there = int(supply.day[by])
            comes_with = int(supply.origin[by]) if supply.kind[by] == SupplyKind.BY_PRODUCT else by
            if supply.kind[comes_with] < SupplyKind.PLANNED:
                there = max(there, first)
            needed = max(int(demand.day[links.demand[link]]) + own(event), first)
            waits = max(waits, there + late(by) - needed)
        return own(event) + waits

    return [late(event) for event in range(supply.count)]


@given(SEEDS, st.booleans())
@settings(max_examples=30, deadline=None)
def test_lateness_is_that_of_a_plain_walk(seed: int, calendars: bool) -> None:
    found = world_of(random_plant(seed, fences=True, calendars=calendars, offsets=True)).planned()
    pegging = Pegging.of(found)
    assert late_days(pegging).tolist() == late_by_walking(found, pegging)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_no_demand_waits_for_supply_while_a_later_one_takes_what_is_there_before(seed: int) -> None:
    found = world_of(random_plant(seed, fences=True)).planned()
    pegging = Pegging.of(found)
    links, demand = pegging.links, found.demand
    there = possible_days(found, late_days(pegging))
    there[found.supply.kind == SupplyKind.ON_HAND] = -(10**6)
    asked = np.maximum(demand.day[links.demand], found.problem.first_day)
    for node in np.unique(links.node):
        rows = np.flatnonzero(links.node == node)
        tracking = demand.tracking[links.demand[rows]]
        for one in np.unique(tracking):
            own = rows[tracking == one]
            own = own[np.argsort(asked[own], kind="stable")]
            earliest_of_later = np.minimum.accumulate(there[links.supply[own]][::-1])[::-1]
            assert (there[links.supply[own]] <= earliest_of_later).all()


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_all_is_pegged_and_every_shortage_has_a_cause(seed: int) -> None:
    found = world_of(random_plant(seed, fences=True)).planned()
    for rule in AllocationRule:
        links = Pegging.of(found, rule).links
        assert np.array_equal(np.bincount(links.demand, links.quantity, found.demand.count), found.demand.quantity)
    short = shortages(Pegging.of(found))
    assert not short.link.size or short.is_cause.any()
