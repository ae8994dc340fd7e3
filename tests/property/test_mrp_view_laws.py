"""Laws of what is computed from a plan: records, promises, messages, pegging by priority."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.mrp import OpenSupply, Plan, plan
from planning.mrp.action_messages import action_messages
from planning.mrp.messages import MessageCode
from planning.mrp.pegging import AllocationRule, Pegging, late_days, peg
from planning.mrp.promise import available_to_promise, plan_promises
from planning.mrp.records import records
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import world_of

SEEDS = st.integers(0, 100_000)


def planned(seed: int, *, fences: bool = False) -> Plan:
    return world_of(random_plant(seed, fences=fences)).planned()


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_a_weekly_record_is_the_sum_of_the_daily_one(seed: int) -> None:
    found = planned(seed)
    first = found.problem.first_day
    daily, weekly = records(found, np.arange(first, first + 71)), records(found, np.arange(first, first + 71, 7))
    for name in ("gross_requirements", "scheduled_receipts", "planned_receipts", "planned_releases", "passed_through"):
        days, weeks = getattr(daily, name), getattr(weekly, name)
        assert np.array_equal(days[:, 1:].reshape(days.shape[0], 10, 7).sum(axis=2), weeks[:, 1:])
    assert np.array_equal(daily.projected_on_hand[:, 7::7], weekly.projected_on_hand[:, 1:])


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_without_fences_stock_never_falls_under_the_safety_stock(seed: int) -> None:
    """From the end of the first day on; a phantom passes everything on."""
    found = planned(seed)
    daily = records(found, np.arange(found.problem.first_day, found.problem.first_day + 80))
    nodes = found.problem.nodes
    plain = ~np.isin(nodes.lot_rule, (4, 5)) | nodes.is_phantom
    assert (daily.projected_on_hand[plain, 1:] >= daily.safety_stock[plain, 1:]).all()
    assert (daily.projected_on_hand[:, 1:] >= 0).all()


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_what_can_be_promised_in_the_end_is_supply_less_commitments(seed: int) -> None:
    found = planned(seed)
    edges = np.arange(found.problem.first_day, found.problem.first_day + 80)
    record = records(found, edges)
    promise = plan_promises(found, edges)
    assert np.array_equal(
        promise.cumulative[:, -1], record.projected_on_hand[:, -1] - record.passed_through.sum(axis=1)
    )
    assert (promise.discrete[:, 1:] >= 0).all()


rows = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8)


@given(rows, st.integers(0, 40))
def test_what_is_available_to_promise_can_be_taken_without_breaking_a_promise(
    pairs: list[tuple[int, int]], stock: int
) -> None:
    """Taking all of it at the end of each receipt's time leaves every earlier order covered."""
    supply, committed = (np.array([[pair[side] for pair in pairs]], dtype=np.int64) for side in (0, 1))
    promise = available_to_promise(np.array([stock]), supply, committed)
    left = stock + np.cumsum(supply - committed, axis=1)
    if promise.cumulative[0, 0] >= 0:
        assert (promise.cumulative <= left).all()
    assert promise.cumulative[0, -1] == left[0, -1]


def flat_plant(seed: int) -> Plan:
    """Bought parts, lot-for-lot, with open orders at the wrong time and in the wrong quantity."""
    chance = random.Random(seed)
    names = [f"P{number}" for number in range(6)]
    return world_of(
        {
            "items": [
                {"id": name, "on_hand": chance.choice([0, 5]), "safety_stock": chance.choice([0, 0, 4])}
                for name in names
            ],
            "demands": [
                {"item": chance.choice(names), "day": chance.randint(0, 40), "quantity": chance.randint(1, 20)}
                for _ in range(15)
            ],
            "open_supply": [
                {"item": chance.choice(names), "day": chance.randint(0, 40), "quantity": chance.randint(1, 25)}
                for _ in range(12)
            ],
        }
    ).planned()


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_who_follows_all_messages_about_open_orders_gets_none_again(seed: int) -> None:
    found = flat_plant(seed)
    messages = action_messages(Pegging.of(found))
    supply = found.problem.open_supply
    day, quantity = supply.day.copy(), supply.quantity.copy()
    first = found.problem.stock.count
    for code in (MessageCode.RESCHEDULE_IN, MessageCode.RESCHEDULE_OUT):
        moved = messages.of(code)
        day[moved.supply - first] = moved.to_day
    for code in (MessageCode.CANCEL, MessageCode.DECREASE):
        smaller = messages.of(code)
        quantity[smaller.supply - first] -= smaller.quantity
    # Orders moved to the same day keep the order they had: which of them comes first then is no question of the plan.
    kept = np.argsort(supply.day, kind="stable")
    kept = kept[quantity[kept] > 0]
    changed = OpenSupply.of(
        kept.size, node=supply.node[kept], day=day[kept], quantity=quantity[kept], kind=supply.kind[kept]
    )
    again = plan(replace(found.problem, open_supply=changed))
    about_orders = action_messages(Pegging.of(again))
    for code in (MessageCode.RESCHEDULE_IN, MessageCode.RESCHEDULE_OUT, MessageCode.CANCEL, MessageCode.DECREASE):
        assert about_orders.of(code).count == 0
    assert again.orders.quantity.sum() <= found.orders.quantity.sum()


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_by_priority_too_everything_is_pegged(seed: int) -> None:
    own = random_plant(seed)
    for number, row in enumerate(own["demands"]):
        row["priority"] = (number * 7) % 5
    found = world_of(own).planned()
    links = peg(found, AllocationRule.PRIORITY)
    assert np.array_equal(np.bincount(links.demand, links.quantity, found.demand.count), found.demand.quantity)
    given_away = np.bincount(links.supply, links.quantity, found.supply.count)
    assert (given_away <= found.supply.quantity).all()


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_an_order_is_as_late_as_its_slowest_component_makes_it(seed: int) -> None:
    """Nothing in the past and no fence: nothing is late. Otherwise no order is less late than its own release says."""
    found = planned(seed, fences=True)
    late = late_days(Pegging.of(found))
    own = np.maximum(found.problem.first_day - found.orders.release_day, 0)
    assert (late[found.orders.supply] >= own).all()
    if (
        (own == 0).all()
        and (found.orders.days_moved == 0).all()
        and (found.passes.release_day >= found.problem.first_day).all()
    ):
        assert (late == 0).all()
