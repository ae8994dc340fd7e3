"""Laws of promises on random plants: more is never sooner, what is there is promised, and no promised order suffers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.mrp import Demands, Forecasts, Plan, PlanningProblem, plan
from planning.mrp.codes import NONE, UNIT, Integers
from planning.mrp.lateness import possible_days
from planning.mrp.pegging import Pegging, late_days
from planning.mrp.promise import plan_promises
from planning.promise import Inquiry, OrderPlan, Part, WorkHours, promise
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import World, world_of

SEEDS = st.integers(0, 100_000)


def plant(seed: int, *, plain: bool = False) -> World:
    """A random plant; `plain`: lots depend on nothing but the need, so that less demand never means a later lot."""
    own: dict[str, Any] = random_plant(seed, items=8)
    chance = random.Random(seed)
    own["forecasts"] = [{"item": f"I{chance.randrange(8)}", "day": chance.randint(0, 30), "quantity": 20}]
    for item in own["items"] if plain else ():
        for name in ("periods_of_supply", "period_days", "max_stock", "days_of_cover", "min_lot", "lot_multiple",
                     "max_lot", "yield_rate", "reorder_point", "fixed_lot"):  # fmt: skip
            item.pop(name, None)
        item["lot_rule"] = "lot_for_lot"
    return world_of(own)


def inquiry_of(world: World, seed: int, quantity: int) -> Inquiry:
    chance = random.Random(seed)
    nodes = [code for code in range(8) if not world.problem.nodes.is_phantom[code]]
    first = world.problem.first_day
    return Inquiry(chance.choice(nodes), quantity * UNIT, first + chance.choice([0, 2, 9]))


def met_on(found: Plan) -> Integers:
    pegging = Pegging.of(found)
    days = np.maximum(found.demand.day, found.problem.first_day)
    np.maximum.at(days, pegging.links.demand, possible_days(found, late_days(pegging))[pegging.links.supply])
    return days


def with_promised(problem: PlanningProblem, inquiry: Inquiry, parts: Sequence[Part]) -> PlanningProblem:
    """The promise as orders that come last, written into the problem by hand."""
    old = problem.demands
    extra = len(parts)

    def longer(column: Integers, values: Sequence[int]) -> Integers:
        return np.concatenate((column, np.array(values, dtype=column.dtype)))

    demands = Demands.of(
        old.count + extra, node=longer(old.node, [inquiry.node] * extra),
        day=longer(old.day, [part.day for part in parts]),
        quantity=longer(old.quantity, [part.quantity for part in parts]),
        priority=longer(old.priority, [int(old.priority.max(initial=0)) + 1] * extra),
        for_supply=longer(old.for_supply, [NONE] * extra),
    )  # fmt: skip
    return replace(problem, demands=demands)


@given(SEEDS, st.integers(1, 80))
@settings(max_examples=25, deadline=None)
def test_a_promise_is_kept_and_makes_no_order_late_that_was_in_time(seed: int, quantity: int) -> None:
    """Planned anew from the beginning, with the promise among the orders."""
    world = plant(seed)
    inquiry = inquiry_of(world, seed, quantity)
    orders = replace(world.problem, forecasts=Forecasts.empty())
    found = promise(OrderPlan.of(world.problem), inquiry)
    assert found.day >= max(inquiry.wanted_day, orders.first_day)
    before = met_on(plan(orders))
    for parts in ((Part(found.day, inquiry.quantity),), found.parts):
        after = met_on(plan(with_promised(orders, inquiry, parts)))
        sold = orders.demands.count
        in_time = np.maximum(orders.demands.day, orders.first_day)
        assert (after[:sold] <= np.maximum(before[:sold], in_time)).all()
        assert (after[sold : sold + len(parts)] <= [part.day for part in parts]).all()


@given(SEEDS, st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=20, deadline=None)
def test_more_is_never_promised_sooner_nor_less_of_it(seed: int, quantity: int, more: int) -> None:
    world = plant(seed, plain=True)
    orders = OrderPlan.of(world.problem)
    small = promise(orders, inquiry_of(world, seed, quantity))
    large = promise(orders, inquiry_of(world, seed, quantity + more))
    assert small.day <= large.day
    assert small.on_wanted_day <= large.on_wanted_day
    assert small.on_wanted_day == min(large.on_wanted_day, small.inquiry.quantity)


@given(SEEDS, st.integers(1, 80))
@settings(max_examples=25, deadline=None)
def test_what_is_available_to_promise_of_stock_is_promised_today(seed: int, quantity: int) -> None:
    """Of stock and open orders: what all orders to come leave of it beyond the safety stock, which would be made again.

    By-products come with orders, late as they are; what is available to promise trusts the days of open orders, so
    items whose open orders wait for their own parts are left out.
    """
    own = random_plant(seed, items=8)
    own["bills"] = [bill for bill in own["bills"] if not bill.get("is_by_product")]
    world = world_of(own)
    base = plan(replace(world.problem, forecasts=Forecasts.empty()))
    first = base.problem.first_day
    edges = np.arange(first, first + 400)
    nodes = base.problem.nodes
    free = plan_promises(base, edges, with_planned=False).cumulative.min(axis=1)
    free = np.where(nodes.days_of_cover > 0, 0, free - np.maximum(nodes.safety_stock, nodes.reorder_point))
    orders = OrderPlan.of(world.problem)
    waits = np.zeros(free.size, np.bool_)
    waits[base.supply.node[late_days(Pegging.of(base)) > 0]] = True
    for node in np.flatnonzero((free >= UNIT) & ~waits & ~nodes.is_phantom)[:3]:
        asked = min(quantity * UNIT, int(free[node]) // UNIT * UNIT)
        assert promise(orders, Inquiry(int(node), asked, first)).day == first


@given(SEEDS, st.integers(1, 80))
@settings(max_examples=20, deadline=None)
def test_parts_add_up_and_come_no_later_than_the_whole(seed: int, quantity: int) -> None:
    world = plant(seed)
    found = promise(OrderPlan.of(world.problem), inquiry_of(world, seed, quantity))
    assert sum(part.quantity for part in found.parts) == found.inquiry.quantity
    days = [part.day for part in found.parts]
    assert days == sorted(set(days))
    assert days[-1] <= found.day
    assert (found.limits_day is None) == (found.day == max(found.inquiry.wanted_day, world.problem.first_day))


@given(SEEDS, st.integers(1, 80), st.integers(1, 30))
@settings(max_examples=12, deadline=None)
def test_hours_never_make_a_promise_sooner(seed: int, quantity: int, hours_a_week: int) -> None:
    own: dict[str, Any] = random_plant(seed, items=8)
    own["operations"] = [{"item": f"I{number}", "work_centre": "R", "run_hours_per_unit": 0.5} for number in range(8)]
    world = world_of(own)
    edges = np.arange(world.problem.first_day, world.problem.first_day + 371, 7)
    capacity = np.full((1, edges.size - 1), float(hours_a_week))
    inquiry = inquiry_of(world, seed, quantity)
    limited = promise(OrderPlan.of(world.problem, WorkHours(edges, capacity, np.zeros_like(capacity))), inquiry)
    free = promise(OrderPlan.of(world.problem), inquiry)
    assert limited.day == NONE or limited.day >= free.day
    assert limited.on_wanted_day <= free.on_wanted_day
