"""Laws of the planning engine on random plants, and every plan against a plain reference planner."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.mrp import Plan, plan
from planning.mrp.action_messages import action_messages
from planning.mrp.codes import NONE, UNIT, DemandKind, SupplyKind
from planning.mrp.dynamic_lots import dynamic_cost, wagner_whitin
from planning.mrp.pegging import Pegging, peg
from planning.mrp.records import records
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.reference import reference_orders
from tests.golden.planning.world import World, orders_of, world_of

SEEDS = st.integers(0, 100_000)


def world(seed: int, items: int = 12) -> World:
    return world_of(random_plant(seed, items))


@pytest.mark.parametrize("seed", range(60))
def test_every_order_is_that_of_the_reference_planner(seed: int) -> None:
    content = random_plant(
        seed,
        items=8 + seed % 30,
        fences=seed % 2 == 1,
        calendars=seed % 3 == 2,
        forecasts=seed % 4 > 1,
        offsets=seed % 5 > 2,
    )
    own = world_of(content)
    found = [(item, release, due, float(quantity)) for item, release, due, quantity in orders_of(own, own.planned())]
    assert found == sorted(
        (item, release, due, round(quantity * UNIT) / UNIT)
        for item, release, due, quantity in reference_orders(content)
    )


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_all_demand_is_pegged_and_no_supply_more_than_it_holds(seed: int) -> None:
    found = world(seed).planned()
    links = peg(found)
    served = np.bincount(links.demand, links.quantity, found.demand.count)
    given_away = np.bincount(links.supply, links.quantity, found.supply.count)
    assert np.array_equal(served, found.demand.quantity)
    assert (given_away <= found.supply.quantity).all()
    assert (found.demand.node[links.demand] == found.supply.node[links.supply]).all()


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_what_is_pegged_is_there_in_time(seed: int) -> None:
    """Long enough before the first demand, so that nothing comes late: what does changes places with what does not."""
    found = world_of(random_plant(seed) | {"first_day": -200}).planned()
    links = peg(found)
    asked = np.maximum(found.demand.day[links.demand], found.problem.first_day)
    there = np.maximum(found.supply.day[links.supply], found.problem.first_day)
    assert (there <= asked).all()


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_material_is_neither_made_nor_lost(seed: int) -> None:
    """Dependent demand is what the bills say of every order; what is left at the end is supply less demand, never less than
    the safety stock at the end."""
    found = world(seed).planned()
    nodes = found.problem.nodes
    left = np.bincount(found.supply.node, found.supply.quantity, nodes.count) - np.bincount(
        found.demand.node, found.demand.quantity, nodes.count
    )
    keep = records(found, np.array([found.problem.first_day, 1_000])).safety_stock[:, -1]
    point = np.isin(nodes.lot_rule, (4, 5)) & (nodes.reorder_point >= 0) & ~nodes.is_phantom
    assert (left >= np.where(point, nodes.reorder_point, keep)).all()
    lines, taken = found.problem.lines, found.demand
    rows = np.flatnonzero(taken.kind == DemandKind.DEPENDENT)
    line = taken.origin[rows]
    started = started_quantity(found)[taken.parent[rows]]
    once = np.rint(lines.fixed_quantity[line] / (1 - lines.scrap_rate[line]) * UNIT)
    exact = started * lines.quantity[line] / (1 - lines.scrap_rate[line]) + once
    assert np.abs(taken.quantity[rows] - exact).max(initial=0.0) <= 1.0


def started_quantity(found: Plan) -> np.ndarray:
    started = found.supply.quantity.copy()
    for made in (found.orders, found.passes):
        started[made.supply] = made.quantity
    return started


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_phantom_is_never_ordered(seed: int) -> None:
    found = world(seed).planned()
    assert not found.problem.nodes.is_phantom[found.orders.node].any()
    passed = found.supply.kind == SupplyKind.BLOW_THROUGH
    assert found.problem.nodes.is_phantom[found.supply.node[passed]].all()


@given(SEEDS, st.integers(0, 12))
@settings(max_examples=40, deadline=None)
def test_no_order_is_released_inside_the_frozen_fence_and_none_is_lost(seed: int, fence: int) -> None:
    """The orders of end items, which no other order asks for, are the same with and without the fence, only later."""
    free = world(seed)
    problem = free.problem
    nodes = replace(problem.nodes, frozen_fence_days=np.full(problem.nodes.count, fence))
    fenced = plan(replace(problem, nodes=nodes))
    assert (fenced.orders.release_day >= problem.first_day + fence).all()
    before = free.planned().orders
    end_items = np.flatnonzero(fenced.low_level_code == 0)
    for item in end_items:
        own, moved = before.rows(before.node == item), fenced.orders.rows(fenced.orders.node == item)
        assert own.quantity.tolist() == moved.quantity.tolist()
        assert moved.due_day.tolist() == (own.due_day + moved.days_moved).tolist()
        assert ((moved.days_moved > 0) == (own.release_day < problem.first_day + fence)).all()


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_input_rows_changes_nothing(seed: int) -> None:
    own = world(seed)
    problem = own.problem
    shuffle = np.random.default_rng(seed).permutation
    demands, supply, lines = problem.demands, problem.open_supply, problem.lines

    def shuffled(table: object) -> object:
        order = shuffle(table.count)
        return type(table)(*(getattr(table, name)[order] for name in table.__dataclass_fields__))

    again = plan(replace(problem, demands=shuffled(demands), open_supply=shuffled(supply), lines=shuffled(lines)))
    assert orders_of(own, again) == orders_of(own, own.planned())


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_walking_up_from_everything_reaches_all_end_demand(seed: int) -> None:
    """From the supply that serves end demand directly, the shares add up to that demand; every walk ends at end demand."""
    found = world(seed).planned()
    pegging = Pegging.of(found)
    links = pegging.links
    ends = np.flatnonzero(found.demand.parent[links.demand] == NONE)
    direct = np.unique(links.supply[ends])
    chain = pegging.end_demand(direct)
    assert (found.demand.parent[links.demand[chain.link]] == NONE).all()
    first = chain.generation == 0
    assert chain.quantity[first].sum() == links.quantity[ends].sum()


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_what_a_demand_takes_below_is_what_its_supply_asked_for(seed: int) -> None:
    """Down from all end demand: the shares of each component never exceed what was pegged of it."""
    found = world(seed).planned()
    pegging = Pegging.of(found)
    ends = np.flatnonzero((found.demand.parent == NONE) & (found.demand.quantity > 0))
    chain = pegging.down(ends)
    carried = np.bincount(chain.link, chain.quantity, pegging.links.demand.size)
    assert (carried <= pegging.links.quantity * (1 + 1e-9) + 1e-6).all()


needs = st.lists(st.integers(0, 200), min_size=1, max_size=14).filter(lambda values: values[0] > 0)


def units_by_rule(rule: str, quantities: list[int], setup: float, holding: float) -> np.ndarray:
    policy = {"lot_rule": rule, "ordering_cost": setup, "holding_cost": holding, "period_days": 1}
    demands = [{"item": "A", "day": day, "quantity": quantity} for day, quantity in enumerate(quantities)]
    own = world_of({"items": [{"id": "A", **policy}], "demands": demands})
    orders = np.zeros(len(quantities))
    for _, _, due, quantity in orders_of(own, own.planned()):
        orders[due] += quantity
    return orders


@given(needs, st.floats(1, 500), st.floats(0.05, 10))
@settings(max_examples=60, deadline=None)
def test_no_rule_is_cheaper_than_wagner_whitin(quantities: list[int], setup: float, holding: float) -> None:
    demand = np.array(quantities, dtype=float)
    cost = {
        rule: dynamic_cost(
            demand, np.full(demand.size, setup), holding, units_by_rule(rule, quantities, setup, holding)
        )
        for rule in ("wagner_whitin", "silver_meal", "least_unit_cost", "part_period", "lot_for_lot")
    }
    assert all(cost["wagner_whitin"] <= other * (1 + 1e-9) for other in cost.values())


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.lists(st.integers(1, 150), min_size=8, max_size=8))
@settings(max_examples=60, deadline=None)
def test_wagner_whitin_is_as_cheap_as_the_best_of_all_divisions(quantities: list[int], setups: list[int]) -> None:
    """With a setup cost that differs by period, and periods without need, every way to divide them tried out."""
    demand = np.array(quantities, dtype=float)
    setup = np.array(setups[: demand.size], dtype=float)
    size = demand.size
    last = wagner_whitin(
        demand[None, :], np.arange(size, dtype=float)[None, :], setup[None, :], np.ones(1), np.array([size])
    )[0]

    def cost(starts: list[int]) -> float:
        total = 0.0
        for start, end in zip(starts, [*starts[1:], size], strict=True):
            if demand[start:end].any():
                total += setup[start] + sum(demand[need] * (need - start) for need in range(start, end))
        return total

    starts = [0]
    while last[starts[-1]] + 1 < size:
        starts.append(int(last[starts[-1]]) + 1)
    best = min(
        cost([0, *[period for period in range(1, size) if mask >> (period - 1) & 1]]) for mask in range(2 ** (size - 1))
    )
    assert cost(starts) == pytest.approx(best)


def everything_at_once(seed: int) -> World:
    """A random plant with strategies, forecast, lots that expire, reserved stock, substitutes and second sources as well."""
    content = random_plant(seed, fences=True, calendars=True)
    chance = random.Random(seed)
    names = [item["id"] for item in content["items"]]
    for item in content["items"]:
        item["strategy"] = chance.choice(["make_to_stock", "make_to_stock", "make_to_order", "assemble_to_order"])
        item["forecast_backward_days"], item["demand_time_fence_days"] = chance.choice([0, 10]), chance.choice([-1, 6])
    content["forecasts"] = [
        {
            "item": chance.choice(names),
            "day": 7 * chance.randint(0, 6),
            "quantity": chance.randint(1, 40),
            "period": number % 4 - 1,
        }
        for number in range(8)
    ]
    content["stock"] = [
        {
            "item": chance.choice(names),
            "quantity": chance.randint(1, 30),
            "expiry_day": chance.randint(0, 40),
            "tracking": chance.choice([-1, 0]),
        }
        for _ in range(6)
    ]
    for bill in content["bills"]:
        if chance.random() < 0.4:
            bill |= {"substitute_group": chance.randint(0, 1), "substitute_priority": chance.randint(1, 3)}
    for row in content["demands"][::3]:
        row["tracking"] = 0
    split = chance.sample(names, 3)
    content["sources"] = [
        {
            "item": name,
            "id": f"{name}-{number}",
            "kind": "buy",
            "share": chance.choice([0.3, 1.0]),
            "lead_time_days": number,
        }
        for name in split
        for number in range(2)
    ]
    content["bills"] = [bill for bill in content["bills"] if bill["parent"] not in split]
    return world_of(content)


@pytest.mark.parametrize("seed", range(60))
def test_with_everything_at_once_all_demand_is_pegged_and_within_its_own_order(seed: int) -> None:
    own = everything_at_once(seed)
    found = own.planned()
    links = peg(found)
    assert np.array_equal(np.bincount(links.demand, links.quantity, found.demand.count), found.demand.quantity)
    assert (np.bincount(links.supply, links.quantity, found.supply.count) <= found.supply.quantity).all()
    assert np.array_equal(found.demand.tracking[links.demand], found.supply.tracking[links.supply])
    assert not found.problem.nodes.is_phantom[found.orders.node].any()
    messages = action_messages(Pegging.of(found))
    assert (messages.at_risk >= 0).all()
    forecast = found.problem.demands.count + np.arange(found.problem.forecasts.count)
    assert (found.demand.quantity[forecast] + found.consumed_forecast <= found.problem.forecasts.quantity).all()
