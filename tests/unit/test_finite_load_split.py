"""Load split over plants and make-or-buy, on figures that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from planning.errors import PlanningError
from planning.finite.feasibility import violations
from planning.finite.from_plan import finite_input
from planning.finite.load_split import Alternatives, split_load
from planning.finite.network import Network
from planning.finite.problem import Capacity
from planning.finite.search import finite_plan
from planning.finite.source_split import split_sources
from planning.mrp import Demands, Nodes, Operations, PlanningProblem, Sources, plan
from planning.mrp.capacity import load_by_bucket, load_lines
from planning.mrp.codes import UNIT, SourceKind

NORTH, SOUTH = 0, 1


def one_item_at_two_plants(hours: float = 16.0, south_cost: float = 120.0, south_hours: float = 16.0) -> Alternatives:
    """All of it asks for so many hours in the first week, at either plant; 100 money in the north."""
    return Alternatives(
        group=np.zeros(2, np.int64),
        cost=np.array([100.0, south_cost]),
        load_alternative=np.array([0, 1]),
        load_centre=np.array([NORTH, SOUTH]),
        load_bucket=np.zeros(2, np.int64),
        load_hours=np.array([hours, south_hours]),
    )


def test_the_dearer_plant_gets_what_does_not_fit_into_the_cheaper_one() -> None:
    """16 hours, 10 in the north: 10/16 there, 6/16 in the south; 100 × 10/16 + 120 × 6/16 = 107.50."""
    found = split_load(one_item_at_two_plants(), np.full((2, 3), 10.0), np.zeros((2, 3)), backlog_cost=50.0)
    assert found.share == pytest.approx([10 / 16, 6 / 16])
    assert found.cost == pytest.approx(107.5)
    assert found.backlog == pytest.approx(np.zeros((2, 3)))


def test_waiting_a_week_is_taken_where_it_costs_less_than_the_other_plant() -> None:
    """The 6 hours more cost 7.50 in the south (20 × 6/16), and 6 × 1 as backlog of one week."""
    found = split_load(one_item_at_two_plants(), np.full((2, 3), 10.0), np.zeros((2, 3)), backlog_cost=1.0)
    assert found.share == pytest.approx([1.0, 0.0])
    assert found.backlog[NORTH] == pytest.approx([6.0, 0.0, 0.0])
    assert found.cost == pytest.approx(106.0)


def test_buying_has_no_hours_and_takes_over_what_the_plant_cannot() -> None:
    buying = one_item_at_two_plants(south_cost=300.0, south_hours=0.0)
    fixed = np.zeros((2, 3))
    fixed[NORTH] = 10.0
    found = split_load(buying, np.full((2, 3), 10.0), fixed, backlog_cost=50.0)
    assert found.share == pytest.approx([0.0, 1.0])
    assert found.cost == pytest.approx(300.0)


def test_hours_left_in_an_earlier_week_are_used() -> None:
    late = one_item_at_two_plants()
    late = Alternatives(late.group, late.cost, late.load_alternative, late.load_centre, np.full(2, 1), late.load_hours)
    found = split_load(late, np.full((2, 3), 10.0), np.zeros((2, 3)), backlog_cost=50.0)
    assert found.share == pytest.approx([1.0, 0.0])


def test_a_negative_cost_of_backlog_is_refused() -> None:
    with pytest.raises(PlanningError, match="Make it 0 or more"):
        split_load(one_item_at_two_plants(), np.ones((2, 1)), np.zeros((2, 1)), backlog_cost=-1.0)


@pytest.mark.parametrize("seed", range(6))
def test_no_split_of_a_grid_costs_less(seed: int) -> None:
    """Two items at two plants: all pairs of shares in twentieths, backlog counted by a plain loop."""
    random = np.random.default_rng(seed)
    buckets = 4
    pairs = Alternatives(
        group=np.array([0, 0, 1, 1]),
        cost=random.integers(50, 150, 4).astype(float),
        load_alternative=np.repeat(np.arange(4), 2),
        load_centre=np.repeat(np.array([NORTH, SOUTH, NORTH, SOUTH]), 2),
        load_bucket=random.integers(0, buckets, 8),
        load_hours=random.integers(1, 15, 8).astype(float),
    )
    hours, fixed = random.integers(2, 8, (2, buckets)).astype(float), random.integers(0, 4, (2, buckets)).astype(float)
    found = split_load(pairs, hours, fixed, backlog_cost=3.0)
    assert np.bincount(pairs.group, found.share) == pytest.approx([1.0, 1.0])
    best = np.inf
    for first in np.linspace(0, 1, 21):
        for second in np.linspace(0, 1, 21):
            share = np.array([first, 1 - first, second, 1 - second])
            load = fixed.copy()
            np.add.at(load, (pairs.load_centre, pairs.load_bucket), pairs.load_hours * share[pairs.load_alternative])
            best = min(best, float(pairs.cost @ share) + plain_backlog_cost(load, hours, 3.0))
    assert found.cost <= best + 1e-6


def plain_backlog_cost(load: np.ndarray, hours: np.ndarray, backlog_cost: float) -> float:
    """Hours of a week go first to what is due by then, then to what is due later, the earliest first."""
    total = 0.0
    for centre in range(load.shape[0]):
        left = load[centre].copy()
        for week in range(left.size):
            room = hours[centre, week]
            for due in range(left.size):
                done = min(room, left[due])
                left[due] -= done
                room -= done
            backlog = left[: week + 1].sum()
            total += backlog_cost * backlog * (1 + left.size if week == left.size - 1 else 1)
    return total


def two_plants() -> PlanningProblem:
    """One item, 20 pieces a week for four weeks, one hour each; made in the north, or dearer in the south."""
    return PlanningProblem(
        first_day=0,
        nodes=Nodes.of(1, item=[0]),
        sources=Sources.of(
            2, node=[0, 0], kind=[SourceKind.MAKE, SourceKind.MAKE], lead_time_days=[7, 7], priority=[1, 2]
        ),
        demands=Demands.of(4, node=[0] * 4, day=[14, 21, 28, 35], quantity=[20 * UNIT] * 4),
        operations=Operations.of(2, source=[0, 1], work_centre=[NORTH, SOUTH], run_hours_per_unit=[1.0, 1.0]),
    )


def test_the_plan_divides_its_orders_by_the_new_shares_and_everything_is_on_time() -> None:
    """12 hours a week in the north: 60 of the 80 pieces by the end of week 4, in which the last order begins; 20 in the south."""
    problem = two_plants()
    planned = plan(problem)
    capacity = Capacity(np.arange(0, 50, 7), np.full((2, 7), 12 * UNIT))
    before = finite_plan(Network.of(finite_input(planned, capacity).problem))
    assert before.lateness.is_late.any()
    found = split_sources(planned, capacity, np.array([1.0, 1.2]), backlog_cost=5.0)
    assert found is not None
    assert found.split.share == pytest.approx([0.75, 0.25])
    again = plan(found.problem)
    load = load_by_bucket(load_lines(again), capacity.edges, 2)
    assert load.sum(axis=1).tolist() == [60.0, 20.0]
    own = finite_input(again, capacity)
    after = finite_plan(Network.of(own.problem))
    assert violations(own.problem, after.schedule) == []
    assert not after.lateness.is_late.any()


def test_without_alternatives_there_is_nothing_to_split() -> None:
    problem = two_plants()
    only = PlanningProblem(0, problem.nodes, Sources.of(1, node=[0], kind=[0]), demands=problem.demands)
    capacity = Capacity(np.array([0, 7]), np.full((2, 1), UNIT))
    assert split_sources(plan(only), capacity, np.ones(1), backlog_cost=1.0) is None
