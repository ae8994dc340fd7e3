"""The dispatch against the best that any plan can reach, on shops small enough for an exact answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planning.errors import PlanningError
from planning.finite.exact import least_lateness
from planning.finite.feasibility import violations
from planning.finite.network import Network
from planning.finite.problem import Capacity, EndDemands, FiniteProblem, Links, Operations, Orders
from planning.finite.schedule import Lateness, Objective
from planning.finite.search import finite_plan
from planning.mrp.codes import NONE, UNIT

TOLERANCE = 1e-4


def small_shop(seed: int) -> FiniteProblem:
    """Five orders on two work centres over eight weeks: two demands of an order with a component, one of a single order."""
    random = np.random.default_rng(seed)
    orders, buckets = 5, 8
    return FiniteProblem(
        first_day=0,
        demands=EndDemands(random.integers(0, 5, 3) * 7, np.full(3, UNIT), random.integers(1, 4, 3).astype(float), np.zeros(3)),
        orders=Orders(
            node=np.arange(orders),
            origin=np.arange(orders),
            quantity=np.full(orders, UNIT),
            earliest_day=random.choice([0, 0, 7], orders),
            wanted_day=np.zeros(orders, np.int64),
            may_move=np.ones(orders, np.bool_),
        ),
        operations=Operations(
            order=np.arange(orders),
            work_centre=random.integers(0, 2, orders),
            work=random.integers(2, 12, orders) * UNIT,
            days=random.integers(0, 3, orders) * 7,
            working_days=np.zeros(orders, np.int64),
            calendar=np.full(orders, NONE),
        ),
        links=Links(
            supply=np.array([0, 1, 2, 3, 4]),
            user=np.array([NONE, NONE, NONE, 0, 1]),
            demand=np.array([0, 1, 2, NONE, NONE]),
            quantity=np.full(orders, UNIT),
            offset_days=np.zeros(orders, np.int64),
        ),
        capacity=Capacity(np.arange(buckets + 1) * 7, random.integers(5, 11, (2, 1)).repeat(buckets, 1) * UNIT),
    )  # fmt: skip


def test_no_dispatch_beats_the_exact_plan_and_the_search_mostly_reaches_it() -> None:
    """Measured on twenty shops: 17 exact, the others 14, 21 and 35 above. What they miss is a gap in a week that the material
    of a more urgent order reaches only after a less urgent one has taken the hours."""
    above = []
    for seed in range(20):
        problem = small_shop(seed)
        objective = Objective(float(seed % 2) * 14)
        exact = least_lateness(problem, objective)
        found = finite_plan(Network.of(problem), objective, dispatches=60)
        assert violations(problem, found.schedule) == []
        assert exact.is_proved
        assert exact.objective <= found.objective + TOLERANCE
        above.append(found.objective - exact.objective)
    assert max(above) <= 35.0 + TOLERANCE
    assert sum(gap <= TOLERANCE for gap in above) >= 17


@pytest.mark.parametrize("seed", range(8))
def test_more_hours_never_make_the_best_plan_later(seed: int) -> None:
    problem = small_shop(seed)
    objective = Objective(0.0)
    work = problem.capacity.work.copy()
    work[seed % 2] += 3 * UNIT
    wider = replace(problem, capacity=replace(problem.capacity, work=work))
    assert least_lateness(wider, objective).objective <= least_lateness(problem, objective).objective + TOLERANCE


def test_with_hours_for_everything_only_lead_times_are_late() -> None:
    problem = small_shop(3)
    wide = replace(problem, capacity=replace(problem.capacity, work=problem.capacity.work * 100))
    found = finite_plan(Network.of(wide), Objective(0.0), dispatches=1)
    assert least_lateness(wide, Objective(0.0)).objective == pytest.approx(found.objective)
    assert np.array_equal(least_lateness(wide, Objective(0.0)).days > 0, Lateness.of(wide, found.schedule).is_late)


def test_what_the_buckets_do_not_hold_has_no_exact_plan() -> None:
    problem = small_shop(0)
    with pytest.raises(PlanningError, match="No plan does all the work within the buckets"):
        least_lateness(replace(problem, capacity=Capacity(np.array([0, 7]), np.full((2, 1), UNIT))), Objective(0.0))
    with pytest.raises(PlanningError, match="lead times of whole buckets"):
        least_lateness(replace(problem, operations=replace(problem.operations, days=np.full(5, 3))), Objective(0.0))
