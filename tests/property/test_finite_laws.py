"""Laws of the finite planner on random problems and random plants; every plan goes before the independent checker."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.finite.dispatch import dispatch
from planning.finite.feasibility import violations
from planning.finite.from_plan import FiniteInput, finite_input
from planning.finite.limits import limits
from planning.finite.network import UNNEEDED, Network
from planning.finite.problem import Capacity, EndDemands, FiniteProblem, Links, Operations, Orders
from planning.finite.schedule import Lateness, Objective, Schedule
from planning.finite.search import finite_plan
from planning.finite.settling import settled
from planning.mrp import Plan, plan
from planning.mrp.codes import FAR, NONE, UNIT, DemandKind, SupplyKind
from planning.mrp.problem import Calendars
from planning.mrp.problem import Operations as PlanOperations
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import world_of

SEEDS = st.integers(0, 100_000)


def random_problem(seed: int, orders: int = 25, bucket_days: int = 7) -> FiniteProblem:
    """Orders with one to three operations on few work centres, a random network, some calendars and receipts on their way."""
    random = np.random.default_rng(seed)
    centres, buckets, demands = 3, 30, 8
    steps = random.integers(1, 4, orders)
    operations = int(steps.sum())
    links = []
    for user in range(orders):
        for supply in random.choice(
            np.arange(user + 1, orders), min(random.integers(0, 3), orders - user - 1), replace=False
        ):
            links.append((supply, user, NONE, int(random.integers(0, 4)) * (random.random() < 0.3)))
    links += [
        (int(random.integers(orders)), NONE, demand, 0)
        for demand in range(demands)
        for _ in range(random.integers(0, 3))
    ]
    columns = np.array(links, dtype=np.int64).reshape(-1, 4).T
    uses = np.bincount(columns[0], minlength=orders)
    centre = np.where(random.random(operations) < 0.7, random.integers(0, centres, operations), NONE)
    return FiniteProblem(
        first_day=3,
        demands=EndDemands(
            random.integers(3, 100, demands), np.full(demands, UNIT), random.integers(0, 4, demands) / 2, np.zeros(demands)
        ),
        orders=Orders(
            node=np.arange(orders),
            origin=np.arange(orders),
            quantity=np.maximum(uses, 1) * UNIT,
            earliest_day=np.where(random.random(orders) < 0.2, random.integers(0, 40, orders), 0),
            wanted_day=random.integers(0, 100, orders),
            may_move=random.random(orders) < 0.7,
        ),
        operations=Operations(
            order=np.repeat(np.arange(orders), steps),
            work_centre=centre,
            work=np.where(centre == NONE, 0, random.integers(0, 15, operations) * UNIT),
            days=random.integers(0, 9, operations),
            working_days=random.integers(0, 4, operations),
            calendar=random.integers(-1, 2, operations),
        ),
        links=Links(columns[0], columns[1], columns[2], np.full(columns.shape[1], UNIT), columns[3]),
        capacity=Capacity(
            np.arange(buckets + 1) * bucket_days, random.integers(0, 11, (centres, buckets)) * UNIT * bucket_days // 7
        ).extended(400),
        calendars=Calendars(0, np.array([[1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1, 0]], dtype=np.bool_)),
        early_days=int(random.choice([0, 20, 100])),
    )  # fmt: skip


def dispatched(network: Network) -> Schedule:
    return settled(network, dispatch(network))


@given(SEEDS, st.sampled_from([1, 7]))
@settings(max_examples=80, deadline=None)
def test_a_dispatch_can_be_carried_out(seed: int, bucket_days: int) -> None:
    problem = random_problem(seed, bucket_days=bucket_days)
    assert violations(problem, dispatched(Network.of(problem))) == []


@given(SEEDS)
@settings(max_examples=80, deadline=None)
def test_an_order_has_a_date_when_all_it_waits_for_and_its_own_work_have_one(seed: int) -> None:
    problem = random_problem(seed)
    schedule = dispatched(Network.of(problem))
    done = np.zeros(problem.operations.order.size, np.int64)
    np.add.at(done, schedule.load.operation, schedule.load.work)
    is_done = (done == problem.operations.work) | (problem.operations.work_centre == NONE)
    complete = np.ones(problem.orders.node.size, np.bool_)
    np.logical_and.at(complete, problem.operations.order, is_done)
    to_order = problem.links.user != NONE
    here = schedule.available_day < FAR
    np.logical_and.at(complete, problem.links.user[to_order], here[problem.links.supply[to_order]])
    assert np.array_equal(here, complete)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_search_never_ends_worse_than_it_began_and_what_it_finds_can_be_carried_out(seed: int) -> None:
    problem = random_problem(seed)
    network = Network.of(problem)
    objective = Objective(float(seed % 3) * 14)
    found = finite_plan(network, objective, dispatches=12)
    assert all(later <= earlier for earlier, later in zip(found.history, found.history[1:], strict=False))
    assert found.history[0] == objective.of(problem, Lateness.of(problem, dispatch(network)))
    assert found.objective == found.history[-1] == objective.of(problem, Lateness.of(problem, found.schedule))
    assert violations(problem, found.schedule) == []
    longer = finite_plan(network, objective, dispatches=20)
    assert longer.history[: len(found.history)] == found.history


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_every_late_demand_has_a_limit_and_a_chain_down_to_it(seed: int) -> None:
    problem = random_problem(seed)
    network = Network.of(problem)
    schedule = dispatched(network)
    lateness = Lateness.of(problem, schedule)
    found = limits(network, schedule, lateness)
    served = np.unique(problem.links.demand[problem.links.demand != NONE])
    assert np.array_equal(found.demand, np.intersect1d(np.flatnonzero(lateness.is_late), served))
    assert ((found.work_centre != NONE) == (found.kind == 0)).all()
    assert (found.days <= lateness.days[found.demand]).all()
    pairs = {*zip(problem.links.supply.tolist(), problem.links.user.tolist(), strict=True)}
    chain = found.chain
    for row in range(1, chain.order.size):
        if chain.step[row]:
            assert (int(chain.order[row]), int(chain.order[row - 1])) in pairs


@pytest.mark.parametrize("seed", range(12))
def test_with_hours_without_end_the_dispatch_is_the_earliest_there_can_be(seed: int) -> None:
    """Counted forward order by order in a plain loop."""
    problem = random_problem(seed, bucket_days=1)
    problem = replace(
        problem,
        capacity=replace(problem.capacity, work=np.full_like(problem.capacity.work, 10**12)),
        early_days=10_000,
        orders=replace(problem.orders, may_move=np.zeros(problem.orders.node.size, np.bool_)),
    )
    network = Network.of(problem)
    schedule = dispatched(network)
    ready = np.maximum(problem.orders.earliest_day, problem.first_day)
    for order in range(problem.orders.node.size - 1, -1, -1):
        for link in np.flatnonzero(problem.links.user == order):
            arrives = schedule.available_day[problem.links.supply[link]] - problem.links.offset_days[link]
            ready[order] = max(ready[order], arrives)
        first = network.first_operation[order]
        assert ready[order] <= schedule.start_day[order] <= ready[order] + 2
        assert schedule.ready_day[first] == ready[order]


def random_capacity(seed: int, centres: int, days: int) -> Capacity:
    random = np.random.default_rng(seed)
    weeks = days // 7 + 2
    return Capacity(np.arange(weeks + 1) * 7 - 7, random.integers(5, 60, (centres, weeks)) * UNIT).extended(days * 3)


def plant(seed: int, gap: int | None, calendars: bool) -> tuple[Plan, FiniteInput]:
    """A random plant whose made items have one or two operations, every third seed with frozen fences."""
    content = random_plant(seed, items=10 + seed % 20, calendars=calendars, fences=seed % 3 == 0)
    problem = world_of(content).problem
    random = np.random.default_rng(seed)
    made = np.flatnonzero(problem.sources.kind == 0)
    source = np.sort(np.concatenate((made, made[random.random(made.size) < 0.4])))
    operations = PlanOperations.of(
        source.size,
        source=source,
        work_centre=random.integers(0, 3, source.size),
        setup_hours=random.choice([0.0, 0.5], source.size),
        run_hours_per_unit=random.random(source.size) / 2,
        offset_days=random.integers(0, 3, source.size),
    )
    problem = replace(problem, operations=operations)
    planned = plan(problem)
    return planned, finite_input(planned, random_capacity(seed, 3, 60), divide_days=gap)


@given(SEEDS, st.sampled_from([None, 1, 7]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_finite_plan_of_a_random_plant_can_be_carried_out(seed: int, gap: int | None, calendars: bool) -> None:
    planned, own = plant(seed, gap, calendars)
    found = finite_plan(Network.of(own.problem), dispatches=4)
    assert violations(own.problem, found.schedule) == []
    made = np.isin(own.supply_event, planned.orders.supply)
    fence = np.maximum(planned.problem.nodes.frozen_fence_days[own.problem.orders.node], 0)
    assert (found.schedule.start_day >= planned.problem.first_day + fence)[made].all()


@given(SEEDS, st.sampled_from([None, 1, 7]))
@settings(max_examples=60, deadline=None)
def test_parts_add_up_to_their_orders_and_links_to_what_is_asked(seed: int, gap: int | None) -> None:
    planned, own = plant(seed, gap, calendars=False)
    problem, links = own.problem, own.problem.links
    supply = planned.supply
    whole = np.bincount(problem.orders.origin, problem.orders.quantity, supply.count)
    assert np.array_equal(whole, supply.quantity)
    served = np.bincount(
        links.demand[links.demand != NONE], links.quantity[links.demand != NONE], own.demand_event.size
    )
    assert np.array_equal(served, planned.demand.quantity[own.demand_event])
    # What an order takes of each node is what its parts take.
    to_order = np.flatnonzero(links.user != NONE)
    taken = np.zeros((supply.count, problem.orders.node.max() + 1), np.int64)
    np.add.at(
        taken,
        (own.supply_event[links.user[to_order]], problem.orders.node[links.supply[to_order]]),
        links.quantity[to_order],
    )
    asked = np.zeros_like(taken)
    demand = planned.demand
    rows = np.flatnonzero((demand.parent != NONE) & (supply.quantity[demand.parent] > 0))
    np.add.at(asked, (demand.parent[rows], demand.node[rows]), demand.quantity[rows])
    assert np.array_equal(taken, asked)
    given_away = np.bincount(links.supply, links.quantity, problem.orders.node.size)
    assert (given_away <= problem.orders.quantity).all()
    comes_out = np.flatnonzero(supply.kind[problem.orders.origin] == SupplyKind.BY_PRODUCT)
    waits = np.isin(comes_out, links.user[to_order])
    assert np.array_equal(comes_out[~waits], own.untied)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_every_part_keeps_the_minimum_lot_and_the_multiple(seed: int) -> None:
    planned, own = plant(seed, 1, calendars=False)
    orders, nodes = planned.orders, planned.problem.nodes
    event_of = np.full(planned.supply.count, NONE)
    event_of[orders.supply] = np.arange(orders.count)
    order = event_of[own.problem.orders.origin]
    parts = np.bincount(order[order != NONE], minlength=orders.count)
    for row in np.flatnonzero((order != NONE) & (parts[order] > 1)):
        node, quantity = orders.node[order[row]], own.problem.orders.quantity[row]
        assert quantity >= nodes.min_lot[node]
        last = row + 1 == order.size or order[row + 1] != order[row]
        assert quantity % max(nodes.lot_multiple[node], 1) == 0 or last


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_end_demand_is_served_before_what_nobody_waits_for(seed: int) -> None:
    """An order that only refills stock has no link to anyone, or only to orders of its kind."""
    planned, own = plant(seed, 1, calendars=False)
    network = Network.of(own.problem)
    latest = network.latest_starts(own.problem.demands.due_day)[network.first_operation]
    links = own.problem.links
    to_order = links.user != NONE
    needed = latest < UNNEEDED
    assert needed[links.supply[links.demand != NONE]].all()
    assert (needed[links.supply[to_order]] | ~needed[links.user[to_order]]).all()
    assert (planned.demand.kind[own.demand_event] != DemandKind.EXPIRY).all()
