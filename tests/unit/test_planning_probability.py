"""Dates with their chances: a late part delays what needs it, and only that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import PlanningError
from planning.mrp.codes import SupplyKind
from planning.mrp.pegging import Pegging
from planning.probability import ObservedLateness, SampleTable, drivers, simulate, summarised
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import World, world_of

BIKE = {
    "items": [
        {"id": "BIKE", "lead_time_days": 2},
        {"id": "FRAME", "lead_time_days": 5},
        {"id": "MOTOR", "lead_time_days": 8},
    ],
    "bills": [
        {"parent": "BIKE", "component": "FRAME", "quantity": 1},
        {"parent": "BIKE", "component": "MOTOR", "quantity": 1},
    ],
    "demands": [{"item": "BIKE", "day": 20, "quantity": 10}],
}


def observed(
    own: World, late: dict[str, list[float]], yields: dict[str, list[float]] | None = None
) -> ObservedLateness:
    """Lateness (and yields) by the item that a source supplies."""
    sources = own.problem.sources
    tables = []
    for told in (late, yields or {}):
        pairs = [
            (row, value) for row, node in enumerate(sources.node.tolist()) for value in told.get(own.items[node], [])
        ]
        tables.append(SampleTable.of(sources.count, [pair[0] for pair in pairs], [pair[1] for pair in pairs]))
    return ObservedLateness(tables[0], SampleTable.none(own.problem.open_supply.count), tables[1])


def lived(
    content: dict[str, Any], late: dict[str, list[float]], draws: int = 4000, **more: Any
) -> tuple[World, Any, Any]:
    own = world_of(content)
    pegging = Pegging.of(own.planned())
    return own, pegging, simulate(pegging, observed(own, late, **more), draws=draws, seed=3)


def test_without_observations_every_date_is_the_plans() -> None:
    _, _, outcomes = lived(BIKE, {}, draws=5)
    assert (outcomes.day == 20).all()
    assert summarised(outcomes).in_time_rate.tolist() == [1.0]


def test_a_part_that_is_late_half_the_time_makes_the_order_late_half_the_time() -> None:
    own, pegging, outcomes = lived(BIKE, {"MOTOR": [0, 10]})
    table = summarised(outcomes)
    assert table.in_time_rate[0] == pytest.approx(0.5, abs=0.03)
    assert table.p90_day.tolist() == [30]
    assert table.mean_days_late[0] == pytest.approx(5.0, abs=0.3)
    found = drivers(outcomes)
    supplied = pegging.plan.supply.node[found.supply]
    assert [own.items[node] for node in supplied] == ["MOTOR"]
    assert found.late_draws[0] == (outcomes.day[0] > 20).sum()


def test_two_parts_must_both_be_there() -> None:
    _, _, outcomes = lived(BIKE, {"MOTOR": [0, 10], "FRAME": [0, 4]})
    table = summarised(outcomes)
    assert table.in_time_rate[0] == pytest.approx(0.25, abs=0.03)
    # Late by ten if the motor is, else by four if the frame is: 0.5 × 10 + 0.25 × 4.
    assert table.mean_days_late[0] == pytest.approx(6.0, abs=0.3)
    assert len(drivers(outcomes).supply) == 2


def test_an_early_part_does_not_make_the_order_early() -> None:
    _, _, outcomes = lived(BIKE, {"MOTOR": [-6, -2]})
    assert (outcomes.day == 20).all()


def test_stock_bridges_a_late_part() -> None:
    content = {**BIKE, "stock": [{"item": "MOTOR", "quantity": 10}]}
    _, _, outcomes = lived(content, {"MOTOR": [50]}, draws=20)
    assert (outcomes.day == 20).all()


def test_an_open_receipt_that_is_overdue_is_at_least_so_late() -> None:
    content = {
        **BIKE,
        "first_day": 12,
        "open_supply": [{"item": "MOTOR", "day": 8, "quantity": 10, "kind": "purchase"}],
    }
    own = world_of(content)
    late = ObservedLateness(
        SampleTable.none(own.problem.sources.count), SampleTable.of(1, [0, 0, 0, 0], [0.0, 2.0, 12.0, 22.0])
    )
    outcomes = simulate(Pegging.of(own.planned()), late, draws=2000, seed=5)
    # Due on day 8 and not there on day 12: only the 12 and the 22 are left. Needed on day 18, so two or twelve late.
    assert sorted(set((outcomes.day[0] - 20).tolist())) == [2, 12]
    assert (outcomes.day[0] == 22).mean() == pytest.approx(0.5, abs=0.05)


def test_a_poor_yield_makes_the_last_of_a_lot_wait_for_a_second() -> None:
    content = {
        "items": [{"id": "A", "lead_time_days": 3, "lot_rule": "fixed_quantity", "fixed_lot": 10},
                  {"id": "B", "lead_time_days": 1}],
        "bills": [{"parent": "A", "component": "B", "quantity": 1}],
        "demands": [{"item": "A", "day": 20, "quantity": 5}, {"item": "A", "day": 20, "quantity": 5}],
    }  # fmt: skip
    _, _, outcomes = lived(content, {}, draws=10, yields={"A": [0.7]})
    assert outcomes.day[:, 0].tolist() == [20, 23]


def test_the_same_seed_draws_the_same() -> None:
    first, second = (lived(BIKE, {"MOTOR": [0, 3, 9]}, draws=200)[2] for _ in range(2))
    assert np.array_equal(first.day, second.day)


def test_an_observation_that_is_no_number_is_refused() -> None:
    with pytest.raises(PlanningError, match="missing or infinite"):
        SampleTable.of(2, [0], [np.nan])
    with pytest.raises(PlanningError, match="there are 2 rows"):
        SampleTable.of(2, [2], [1.0])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.integers(0, 20))
def test_every_date_is_that_of_a_walk_through_the_pegging(seed: int, most: int) -> None:
    """Each source has one observation, so that a plain recursion over events can say what must come out."""
    own = world_of(random_plant(seed, items=14))
    plan = own.planned()
    pegging = Pegging.of(plan)
    late = np.random.default_rng(seed).integers(0, most + 1, own.problem.sources.count)
    rows = np.arange(late.size)
    table = ObservedLateness(
        SampleTable.of(late.size, rows, late.astype(np.float64)), SampleTable.none(own.problem.open_supply.count)
    )
    outcomes = simulate(pegging, table, draws=1, seed=1)
    first = own.problem.first_day
    source, release = {}, {}
    for made in (plan.orders, plan.passes):
        for number in range(made.count):
            source[int(made.supply[number])] = int(made.source[number])
            release[int(made.supply[number])] = int(made.release_day[number])
    served: dict[int, list[int]] = {}
    for link in range(pegging.links.demand.size):
        served.setdefault(int(pegging.links.demand[link]), []).append(int(pegging.links.supply[link]))
    children: dict[int, list[int]] = {}
    for demand in range(plan.demand.count):
        if plan.demand.quantity[demand] > 0 and plan.demand.parent[demand] >= 0:
            children.setdefault(int(plan.demand.parent[demand]), []).append(demand)

    def there(demand: int) -> int:
        return max(comes(supply) for supply in served[demand])

    def comes(supply: int) -> int:
        day = max(int(plan.supply.day[supply]), first)
        if supply in release:
            day += max(first - release[supply], 0)
            if source[supply] >= 0:
                day += int(late[source[supply]])
        waits = [there(child) - max(int(plan.demand.day[child]), first) for child in children.get(supply, [])]
        return day + max([0, *waits])

    for row, demand in enumerate(outcomes.demand.tolist()):
        if plan.supply.kind[served[demand]].max() != SupplyKind.BY_PRODUCT:
            assert int(outcomes.day[row, 0]) == there(demand)
