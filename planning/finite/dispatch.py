"""Pegged dispatch: bucket by bucket, work centres do what is ready, the most urgent first.

In each bucket the operations whose material is there are ranked at each work centre (work centre, urgency, row) and
take its hours in that order; what does not fit is split and goes on in the next bucket. What is finished may let
others begin in the same bucket: they take what is left, in rounds. All work centres, and all operations of a round,
are handled at once.

Dates are days, capacity counts by bucket: an operation loaded in the bucket in which it gets ready begins on the day
it is ready, else on the first day of the bucket. What needs no work centre is dated at once, as early as its material
allows; see settling for moving it back.
"""

from __future__ import annotations

import numpy as np

from planning.finite.network import Network
from planning.finite.schedule import Load, Schedule
from planning.mrp.codes import FAR, NONE, Integers
from planning.mrp.segments import expanded, starts_of_runs

_NOBODY = np.zeros(0, np.int64)


def dispatch(network: Network, urgency: Integers | None = None, not_before: Integers | None = None) -> Schedule:
    """`urgency` by operation: lower goes first. `not_before`: the day before which an operation is not loaded.

    By default, the latest starts of the network rank and `early_days` before them limit.
    """
    urgency = network.latest_starts(network.problem.demands.due_day) if urgency is None else urgency
    not_before = network.not_before() if not_before is None else not_before
    run = _Run(network, urgency, not_before)
    run.open()
    for bucket in range(network.problem.capacity.buckets):
        run.fill(bucket)
    return run.finished()


class _Run:
    """State of one dispatch. Operations that wait for hours are known by their place in the ranking, `rank`."""

    def __init__(self, network: Network, urgency: Integers, not_before: Integers) -> None:
        problem = network.problem
        operations = problem.operations
        self.network, self.problem = network, problem
        self.limited = np.flatnonzero(network.has_work)
        self.by_rank = self.limited[_ranking(operations.work_centre[self.limited], urgency[self.limited])]
        self.rank_of = np.full(operations.order.size, NONE)
        self.rank_of[self.by_rank] = np.arange(self.by_rank.size)
        self.centre = operations.work_centre[self.by_rank]
        self.left = operations.work[self.by_rank].copy()
        self.not_before = not_before
        self.waits_for = network.supplies.copy()
        self.ready = np.full(operations.order.size, problem.first_day)
        self.ready[network.first_operation] = np.maximum(problem.orders.earliest_day, problem.first_day)
        self.is_ready = np.zeros(operations.order.size, np.bool_)
        self.begin = np.full(operations.order.size, FAR)
        self.available = np.full(problem.orders.node.size, FAR)
        edges = problem.capacity.edges
        # The bucket of each day from the first edge on.
        self.bucket_of = np.repeat(np.arange(edges.size - 1), np.diff(edges))
        self.coming: list[list[Integers]] = [[] for _ in range(edges.size - 1)]
        self.active = _NOBODY
        self.pieces: list[tuple[Integers, Integers, Integers]] = []

    def open(self) -> None:
        free = np.flatnonzero(self.waits_for == 0)
        self.release(self.network.first_operation[free], 0)

    def release(self, ready: Integers, bucket: int) -> None:
        """Operations that may begin: those with work queue up for their bucket, the others are done at once."""
        while ready.size:
            self.is_ready[ready] = True
            has_work = self.network.has_work[ready]
            self.queue_up(ready[has_work], bucket)
            ready = ready[~has_work]
            self.begin[ready] = self.ready[ready]
            ready = self.finish(ready)

    def queue_up(self, ready: Integers, bucket: int) -> None:
        edges = self.problem.capacity.edges
        day = np.maximum(self.ready[ready], self.not_before[ready]) - edges[0]
        within = day < self.bucket_of.size
        ready, day = ready[within], day[within]
        if not ready.size:
            return
        at = np.maximum(self.bucket_of[np.maximum(day, 0)], bucket)
        order = np.argsort(at, kind="stable")
        ready, at = self.rank_of[ready[order]], at[order]
        starts = starts_of_runs(at)
        ends = np.append(starts, at.size)[1:]
        for one, begin, end in zip(at[starts].tolist(), starts.tolist(), ends.tolist(), strict=True):
            self.coming[one].append(ready[begin:end])

    def finish(self, done: Integers, last_load: Integers | None = None) -> Integers:
        """Operations whose work is done; returns the operations that this makes ready."""
        network, operations = self.network, self.problem.operations
        last_load = self.begin[done] if last_load is None else last_load
        end = network.working.after(
            operations.calendar[done], last_load + operations.days[done], operations.working_days[done]
        )
        is_last = network.is_last[done]
        following = done[~is_last] + 1
        self.ready[following] = np.maximum(self.ready[following], end[~is_last])
        order = operations.order[done[is_last]]
        self.available[order] = end[is_last]
        row, position = expanded(network.link_first, order)
        link = network.link_order[position]
        links = self.problem.links
        user = links.user[link]
        first = network.first_operation[user]
        np.maximum.at(self.ready, first, self.available[order][row] - links.offset_days[link])
        np.subtract.at(self.waits_for, user, 1)
        complete = np.sort(user[self.waits_for[user] == 0])
        complete = complete[starts_of_runs(complete)]
        return np.concatenate((following, network.first_operation[complete]))

    def fill(self, bucket: int) -> None:
        capacity = self.problem.capacity
        hours = capacity.work[:, bucket].copy()
        day = int(capacity.edges[bucket])
        queue = self.active
        self.active = _NOBODY
        while True:
            new = self.coming[bucket]
            self.coming[bucket] = []
            queue = np.sort(np.concatenate((queue, *new)))
            if not queue.size:
                return
            waiting, done = self.load(queue, hours, bucket, day)
            # Whoever still waits leaves its work centre without hours, so only newcomers are asked again.
            self.active = np.concatenate((self.active, waiting))
            self.release(self.finish(done, np.maximum(self.ready[done], day)), bucket)
            queue = _NOBODY

    def load(self, queue: Integers, hours: Integers, bucket: int, day: int) -> tuple[Integers, Integers]:
        """Give the hours out along the queue; returns who still waits (ranks) and which operations are done."""
        centre, left = self.centre[queue], self.left[queue]
        starts = starts_of_runs(centre)
        through = np.cumsum(left)
        before = through - left
        before -= np.repeat(before[starts], np.diff(np.append(starts, centre.size)))
        given = np.minimum(hours[centre] - before, left)
        got = np.flatnonzero(given > 0)
        given, ranks = given[got], queue[got]
        operation = self.by_rank[ranks]
        fresh = operation[self.begin[operation] == FAR]
        self.begin[fresh] = np.maximum(self.ready[fresh], day)
        np.subtract.at(hours, centre[got], given)
        self.left[ranks] -= given
        self.pieces.append((operation, np.full(got.size, bucket), given))
        is_done = self.left[ranks] == 0
        still = np.ones(queue.size, np.bool_)
        still[got[is_done]] = False
        return queue[still], operation[is_done]

    def finished(self) -> Schedule:
        columns = list(zip(*self.pieces, strict=True)) or [(_NOBODY,)] * 3
        load = Load(*(np.concatenate(column) for column in columns))
        ready = np.where(self.is_ready, self.ready, FAR)
        return Schedule(self.begin[self.network.first_operation], self.available, ready, self.begin, load)


def _ranking(centre: Integers, urgency: Integers) -> Integers:
    """Sorted by work centre, then urgency, then row."""
    lowest = int(urgency.min(initial=0))
    span = int(urgency.max(initial=0)) - lowest + 1
    return np.argsort(centre * span + (urgency - lowest), kind="stable")
