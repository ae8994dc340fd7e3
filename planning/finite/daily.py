"""From weeks to days: the same orders dispatched again by day, in the sequence that the weekly plan found.

Weeks are coarse and quick, good for the search; days say what to do tomorrow. The dates of the weekly plan rank the
operations at each work centre (its begin, then the latest start that it ranked by); the hours are those of each day.
An order of one week may begin some days into it here, and a lead time counts from the day of the last load instead
of the first day of its week: the days late of the daily plan are the honest ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.finite.dispatch import dispatch
from planning.finite.network import Network
from planning.finite.problem import Capacity, FiniteProblem
from planning.finite.schedule import Lateness, Schedule
from planning.finite.search import FinitePlan
from planning.finite.settling import settled


@dataclass(frozen=True, slots=True)
class DailyPlan:
    """The problem with hours by day, its schedule and lateness."""

    problem: FiniteProblem
    schedule: Schedule
    lateness: Lateness


def daily_plan(network: Network, weekly: FinitePlan, daily: Capacity) -> DailyPlan:
    """Dispatch by day in the sequence of the weekly plan. `daily`: capacity of the same work centres."""
    problem = replace(network.problem, capacity=daily)
    by_day = replace(network, problem=problem)
    latest = network.latest_starts(problem.demands.due_day + weekly.shift_days)
    sequence = np.empty(latest.size, np.int64)
    sequence[np.lexsort((latest, weekly.schedule.begin_day))] = np.arange(latest.size)
    schedule = settled(by_day, dispatch(by_day, sequence))
    return DailyPlan(problem, schedule, Lateness.of(problem, schedule))
