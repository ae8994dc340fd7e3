"""The finite plan of the stored instances beside the figures of another planner, where the instances are beside the repository."""

from __future__ import annotations

import numpy as np
import pytest

from planning.finite.feasibility import violations
from planning.finite.from_plan import finite_input
from planning.finite.network import Network
from planning.finite.search import finite_plan
from planning.mrp import plan
from planning.mrp.codes import UNIT
from tests.benchmarks.bench_finite import FOLDER, FREPPLE, instance


def lowest_stock(problem, own, found) -> float:
    """Units of the emptiest moment of any item, from the bills alone: pegging is not asked.

    Orders come in when they are available; what starts takes its components by the bill; a demand takes on the day it is met.
    """
    orders, schedule = own.problem.orders, found.schedule
    first = problem.stock.count
    begun = np.flatnonzero(own.supply_event >= first)
    by_parent = np.argsort(problem.sources.node[problem.lines.source], kind="stable")
    parents = problem.sources.node[problem.lines.source][by_parent]
    low, high = (np.searchsorted(parents, orders.node[begun], side=side) for side in ("left", "right"))
    row = np.repeat(begun, high - low)
    line = by_parent[np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)])]
    node = np.concatenate((orders.node, problem.lines.component[line], problem.demands.node))
    day = np.concatenate((schedule.available_day, schedule.start_day[row], found.lateness.completion_day))
    change = np.concatenate(
        (orders.quantity, -orders.quantity[row] * problem.lines.quantity[line], -problem.demands.quantity)
    )
    # What comes in on a day may be used on it.
    order = np.lexsort((change < 0, day, node))
    level = np.cumsum(change[order])
    starts = np.flatnonzero(np.diff(node[order], prepend=-1))
    before = np.repeat(level[starts] - change[order][starts], np.diff(np.append(starts, node.size)))
    return float((level - before).min() / UNIT)


@pytest.mark.parametrize("items", sorted(FREPPLE))
def test_as_many_demands_are_on_time_as_with_the_other_planner(items: int) -> None:
    if not (FOLDER / f"f{items}.npz").exists():
        pytest.skip(f"the planning instances are not at {'/'.join(FOLDER.parts[-3:])} beside the repository")
    problem, capacity = instance(items)
    own = finite_input(plan(problem), capacity)
    found = finite_plan(Network.of(own.problem))
    assert violations(own.problem, found.schedule) == []
    assert not found.lateness.is_open.any()
    assert np.array_equal(own.demand_event, np.arange(problem.demands.count))
    assert lowest_stock(problem, own, found) > -1e-3
    on_time = found.lateness.completion_day <= problem.demands.day
    assert on_time.size == FREPPLE[items].demands
    assert int(on_time.sum()) >= FREPPLE[items].on_time
    assert np.array_equal(on_time, ~found.lateness.is_late)
