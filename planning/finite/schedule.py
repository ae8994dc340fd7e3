"""What a finite plan is: dated orders, load by bucket, and how late each end demand is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.finite.problem import FiniteProblem
from planning.mrp.codes import FAR, Flags, Floats, Integers


@dataclass(frozen=True, slots=True)
class Load:
    """Work of operations by bucket, in millionths of an hour; one row an operation and bucket in which it has any."""

    operation: Integers
    bucket: Integers
    work: Integers


@dataclass(frozen=True, slots=True)
class Schedule:
    """Dates of all orders. FAR: not within the buckets that there are.

    `start_day` and `available_day` by order. By operation: `ready_day`, when its material is there and the operation
    before it is done, and `begin_day`, when it begins. `load` says when the work is done.
    """

    start_day: Integers
    available_day: Integers
    ready_day: Integers
    begin_day: Integers
    load: Load


def completion_days(problem: FiniteProblem, schedule: Schedule) -> Integers:
    """The day on which the last of each end demand is there. What has no link is there on the first day."""
    completion = np.full(problem.demands.due_day.size, problem.first_day)
    ends = np.flatnonzero(problem.links.demand >= 0)
    np.maximum.at(completion, problem.links.demand[ends], schedule.available_day[problem.links.supply[ends]])
    return completion


@dataclass(frozen=True, slots=True)
class Lateness:
    """`days` late by end demand (0: on time; never there: as if on `horizon_day`); `is_open`: never there."""

    completion_day: Integers
    days: Integers
    is_open: Flags

    @classmethod
    def of(cls, problem: FiniteProblem, schedule: Schedule) -> Lateness:
        completion = completion_days(problem, schedule)
        is_open = completion >= FAR
        counted = np.where(is_open, horizon_day(problem), completion)
        return cls(completion, np.maximum(counted - problem.demands.due_day, 0), is_open)

    @property
    def is_late(self) -> Flags:
        return self.is_open | (self.days > 0)


def horizon_day(problem: FiniteProblem) -> int:
    """The first day after the last bucket and all lead times: later than anything that can be scheduled."""
    operations = problem.operations
    lag = operations.days + 7 * operations.working_days
    return int(problem.capacity.edges[-1]) + int(lag.max(initial=0)) + 1


def load_by_bucket(problem: FiniteProblem, schedule: Schedule) -> Integers:
    """Work by work centre and bucket, in millionths of an hour; compare it with `Capacity.work` of the same shape."""
    load, capacity = schedule.load, problem.capacity
    total = np.zeros(capacity.work.size, np.int64)
    np.add.at(total, problem.operations.work_centre[load.operation] * capacity.buckets + load.bucket, load.work)
    return total.reshape(capacity.work.shape)


@dataclass(frozen=True, slots=True)
class Objective:
    """What is to be small: Σ weight × (days late + `days_for_being_late`, where it is late at all).

    With 0 the days count alone, and a plan may be a little late nearly everywhere; the higher the figure, the more
    one promise kept counts against a longer delay of another.
    """

    days_for_being_late: float = 28.0

    def of(self, problem: FiniteProblem, lateness: Lateness) -> float:
        charged: Floats = lateness.days + self.days_for_being_late * lateness.is_late
        return float((problem.demands.weight * charged).sum())
