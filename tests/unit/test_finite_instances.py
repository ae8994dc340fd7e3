"""The finite plan of the stored instances beside the figures of another planner, where the instances are beside the repository."""

from __future__ import annotations

import numpy as np
import pytest

from planning.finite.feasibility import violations
from planning.finite.from_plan import finite_input
from planning.finite.network import Network
from planning.finite.search import finite_plan
from planning.mrp import plan
from tests.benchmarks.bench_finite import FOLDER, FREPPLE, instance


@pytest.mark.parametrize("items", sorted(FREPPLE))
def test_as_many_demands_are_on_time_as_with_the_other_planner(items: int) -> None:
    if not (FOLDER / f"f{items}.npz").exists():
        pytest.skip(f"the planning instances are not at {'/'.join(FOLDER.parts[-3:])} beside the repository")
    problem, capacity = instance(items)
    own = finite_input(plan(problem), capacity)
    found = finite_plan(Network.of(own.problem))
    assert violations(own.problem, found.schedule) == []
    assert not found.lateness.is_open.any()
    on_time = found.lateness.completion_day <= problem.demands.day[own.demand_event]
    assert on_time.size == FREPPLE[items].demands
    assert int(on_time.sum()) >= FREPPLE[items].on_time
    assert np.array_equal(on_time, ~found.lateness.is_late)
