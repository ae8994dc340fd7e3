"""The best that any plan of a small problem can reach, by mixed-integer programming: the yardstick of the dispatch.

Time counts in buckets: for each operation and bucket, whether it has begun, whether it is done, and how much work it
has there. A bucket holds what the dispatch would allow in it and more (an order may begin as early as it likes), so
the figure is a true bound: no dispatch beats it. Solved by HiGHS; made for a handful of orders, not for a plant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from planning.errors import PlanningError
from planning.finite.network import Network
from planning.finite.problem import FiniteProblem
from planning.finite.schedule import Objective
from planning.mrp.codes import NONE, UNIT, Floats


@dataclass(frozen=True, slots=True)
class ExactPlan:
    """The least objective, the days late of each end demand in a plan that reaches it, and whether it is proved."""

    objective: float
    days: Floats
    is_proved: bool


def least_lateness(problem: FiniteProblem, objective: Objective, seconds: float = 20.0) -> ExactPlan:
    """The least objective of any plan that does all the work within the buckets.

    Raises PlanningError where lead times are not whole buckets, where calendars have days off, or where the buckets
    do not hold the work.
    """
    model = _Model(problem)
    for step in range(model.steps):
        model.do(step)
    for centre in range(problem.capacity.work.shape[0]):
        model.limit(centre)
    for link in range(problem.links.supply.size):
        model.connect(link)
    return model.solved(objective, seconds)


class _Model:
    """Variables: work (steps × buckets, hours), begun and done (0 or 1), then days late and late at all by demand."""

    def __init__(self, problem: FiniteProblem) -> None:
        self.problem, self.network = problem, Network.of(problem)
        self.length = _bucket_days(problem)
        operations = problem.operations
        self.buckets = problem.capacity.buckets
        self.steps, demands = operations.order.size, problem.demands.due_day.size
        self.lag = (operations.days + operations.working_days) // self.length
        self.size = self.steps * self.buckets
        self.work, self.begun, self.done = (
            np.arange(self.size).reshape(self.steps, self.buckets) + part * self.size for part in range(3)
        )
        self.late = 3 * self.size + np.arange(demands)
        self.is_late = self.late + demands
        self.origin = int(problem.capacity.edges[0])
        self.row: list[int] = []
        self.column: list[int] = []
        self.coefficient: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, terms: list[tuple[int, float]], lower: float = -np.inf, upper: float = np.inf) -> None:
        """One constraint: lower ≤ Σ coefficient × variable ≤ upper."""
        for column, coefficient in terms:
            self.row.append(len(self.lower))
            self.column.append(column)
            self.coefficient.append(coefficient)
        self.lower.append(lower)
        self.upper.append(upper)

    def do(self, step: int) -> None:
        """Work only once begun, done only with all work behind it, both for good; the steps of an order in a row."""
        operations = self.problem.operations
        work, begun, done = self.work[step], self.begun[step], self.done[step]
        hours = float(operations.work[step]) / UNIT if operations.work_centre[step] != NONE else 0.0
        for bucket in range(self.buckets):
            self.add([(work[bucket], 1.0), (begun[bucket], -hours)], upper=0.0)
            self.add([(done[bucket], 1.0), (begun[bucket], -1.0)], upper=0.0)
            self.add([*((work[b], 1.0) for b in range(bucket + 1)), (done[bucket], -hours)], lower=0.0)
        for bucket in range(1, self.buckets):
            self.add([(begun[bucket], 1.0), (begun[bucket - 1], -1.0)], lower=0.0)
            self.add([(done[bucket], 1.0), (done[bucket - 1], -1.0)], lower=0.0)
        self.add([(done[-1], 1.0)], lower=1.0)
        order = int(operations.order[step])
        if step != self.network.first_operation[order]:
            self.wait(step, step - 1, int(self.lag[step - 1]))
            return
        earliest = max(int(self.problem.orders.earliest_day[order]), self.problem.first_day)
        for bucket in range(min((earliest - self.origin) // self.length, self.buckets)):
            self.add([(begun[bucket], 1.0)], upper=0.0)

    def wait(self, step: int, before: int, apart: int) -> None:
        """`step` begins in a bucket only if `before` is done `apart` buckets earlier."""
        for bucket in range(self.buckets):
            if bucket < apart:
                self.add([(self.begun[step, bucket], 1.0)], upper=0.0)
            elif bucket - apart < self.buckets:
                self.add([(self.begun[step, bucket], 1.0), (self.done[before, bucket - apart], -1.0)], upper=0.0)

    def limit(self, centre: int) -> None:
        """No more than the hours of a work centre in each bucket."""
        of_centre = np.flatnonzero(self.problem.operations.work_centre == centre).tolist()
        for bucket in range(self.buckets if of_centre else 0):
            hours = float(self.problem.capacity.work[centre, bucket]) / UNIT
            self.add([(self.work[step, bucket], 1.0) for step in of_centre], upper=hours)

    def connect(self, link: int) -> None:
        """A user begins after its material is there; an end demand is late by what its last supply is."""
        links, demands = self.problem.links, self.problem.demands
        last = int(self.network.last_operation[links.supply[link]])
        if links.user[link] != NONE:
            apart = int(self.lag[last]) - int(links.offset_days[link]) // self.length
            self.wait(int(self.network.first_operation[links.user[link]]), last, apart)
            return
        demand = int(links.demand[link])
        # It is there after all buckets in which it is not done yet, and the lead time.
        lead = self.length * (self.buckets + int(self.lag[last]))
        done = [(self.done[last, bucket], float(self.length)) for bucket in range(self.buckets)]
        due = float(demands.due_day[demand] - self.origin)
        self.add([(int(self.late[demand]), 1.0), *done], lower=lead - due)

    def solved(self, objective: Objective, seconds: float) -> ExactPlan:
        weight = self.problem.demands.weight
        horizon = float(self.length * (self.buckets + int(self.lag.max(initial=0))))
        for late, is_late in zip(self.late.tolist(), self.is_late.tolist(), strict=True):
            self.add([(late, 1.0), (is_late, -horizon)], upper=0.0)
        count = 3 * self.size + 2 * weight.size
        cost, whole, upper = np.zeros(count), np.zeros(count), np.ones(count)
        cost[self.late], cost[self.is_late] = weight, weight * objective.days_for_being_late
        whole[self.size : 3 * self.size] = whole[self.is_late] = 1
        upper[: self.size], upper[self.late] = np.inf, horizon
        matrix = csr_array((self.coefficient, (self.row, self.column)), shape=(len(self.lower), count))
        found = milp(
            cost,
            integrality=whole,
            bounds=Bounds(0.0, upper),
            constraints=LinearConstraint(matrix, self.lower, self.upper),
            options={"time_limit": seconds},
        )
        if found.x is None:
            raise PlanningError("No plan does all the work within the buckets. Give more buckets or more hours.")
        return ExactPlan(float(found.fun), np.rint(found.x[self.late] * UNIT) / UNIT, found.status == 0)


def _bucket_days(problem: FiniteProblem) -> int:
    """The length of all buckets."""
    edges, operations = problem.capacity.edges, problem.operations
    length = int(edges[1] - edges[0])
    limited = operations.calendar[operations.calendar != NONE]
    off = bool((~problem.calendars.is_working[limited]).any()) if limited.size else False
    days = np.concatenate(
        (np.diff(edges), operations.days + operations.working_days, problem.links.offset_days, [problem.first_day])
    )
    if off or (days % length).any() or (problem.first_day - edges[0]) % length:
        raise PlanningError(
            "The exact plan counts in buckets. Give buckets of one length, lead times of whole buckets and no days off."
        )
    return length
