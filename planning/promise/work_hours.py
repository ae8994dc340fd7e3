"""Free hours of work centres, week by week, and whether the hours that an inquiry adds find room among them.

Rough: an operation is counted on the day its order starts, with the share of the order that its end demand takes. So
hours for safety stock and the rests of lots are free. What orders ask of a week beyond its hours flows into the weeks
after it. The hours that an inquiry needs may be worked in any week from the first in which its material can be there to
the last that keeps its date: the sum of what is needed up to a week must fit into the sum of free hours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.mrp.capacity import load_by_bucket, load_lines
from planning.mrp.codes import FAR, Flags, Floats, Integers
from planning.mrp.pegging import Pegging

# Hours that do not count: rounding of sums.
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class WorkHours:
    """`edges` of the buckets; `capacity` and `opened` (hours of orders under way), shape (work centres, buckets).

    A work centre without any capacity has no limit, and nothing has one after the last edge.
    """

    edges: Integers
    capacity: Floats
    opened: Floats

    @property
    def work_centres(self) -> int:
        return int(self.capacity.shape[0])

    def needed(self, pegging: Pegging, ends: Flags, shift: Integers | None = None) -> Floats:
        """Hours of planned orders that some end demand (`ends` by demand event) takes; the past in the first bucket.

        With `shift` (days by supply event) each order is counted so many days later than it is planned.
        """
        lines = load_lines(pegging.plan)
        day = lines.day if shift is None else lines.day + shift[lines.supply]
        lines = replace(lines, day=day, hours=lines.hours * taken_shares(pegging, ends)[lines.supply])
        hours = load_by_bucket(lines, self.edges, self.work_centres)
        return np.concatenate((hours[:, :1] + hours[:, 1:2], hours[:, 2:]), axis=1)

    def free(self, promised: Floats) -> Floats:
        """Hours that are left beside those that orders need, by work centre and bucket."""
        free, backlog = np.zeros(self.capacity.shape), np.zeros(self.work_centres)
        for bucket in range(self.capacity.shape[1]):
            left = self.capacity[:, bucket] - self.opened[:, bucket] - promised[:, bucket] - backlog
            free[:, bucket], backlog = np.maximum(left, 0.0), np.maximum(-left, 0.0)
        free[~(self.capacity > 0).any(axis=1)] = np.inf
        return free


def taken_shares(pegging: Pegging, ends: Flags) -> Floats:
    """By supply event the share of its quantity that some end demand takes, over all levels.

    What an order under way takes counts as promised to whom that order serves.
    """
    plan, links = pegging.plan, pegging.links
    parent, level = plan.demand.parent[links.demand], plan.structure.level[links.node]
    taken = np.zeros(plan.supply.count)
    whole = np.maximum(plan.supply.quantity, 1)
    for depth in range(plan.structure.levels):
        rows = np.flatnonzero(level == depth)
        above = np.where(parent[rows] >= 0, taken[parent[rows]], ends[links.demand[rows]])
        carried = links.quantity[rows] / whole[links.supply[rows]] * above
        taken += np.bincount(links.supply[rows], carried, taken.size)
    return taken


def days_to_spare(pegging: Pegging, ends: Flags) -> Integers:
    """By supply event the days that it may come later without making some end demand late; 0 where that waits not."""
    plan, links = pegging.plan, pegging.links
    demand, level = plan.demand, plan.structure.level[links.node]
    spare = np.full(plan.supply.count, FAR)
    for depth in range(plan.structure.levels):
        rows = np.flatnonzero(level == depth)
        parent = demand.parent[links.demand[rows]]
        above = np.where(parent >= 0, spare[parent], np.where(ends[links.demand[rows]], 0, FAR))
        waits = above < FAR
        rows, above = rows[waits], above[waits]
        slack = demand.day[links.demand[rows]] + above - plan.supply.day[links.supply[rows]]
        np.minimum.at(spare, links.supply[rows], np.maximum(slack, 0))
    return np.where(spare < FAR, spare, 0)


@dataclass(frozen=True, slots=True)
class Lack:
    """The work centre that lacks most: `hours` needed up to a bucket, and the `free_hours` until then."""

    work_centre: int
    bucket: int
    hours: float
    free_hours: float


def first_buckets(needed: Floats) -> Integers:
    """The first bucket in which each work centre is needed; beyond the last one where it is not."""
    some = np.concatenate((needed > _NOTHING, np.ones((needed.shape[0], 1), np.bool_)), axis=1)
    return np.asarray(np.argmax(some, axis=1), dtype=np.int64)


def lack_of_hours(needed: Floats, free: Floats, begins: Integers) -> Lack | None:
    """None where the hours needed fit. `begins`: the bucket from which each work centre may begin with them."""
    if not needed.size:
        return None
    begin = np.minimum(begins, first_buckets(needed))
    open_ = np.where(np.arange(needed.shape[1])[None, :] >= begin[:, None], free, 0.0)
    wanted, there = np.cumsum(needed, axis=1), np.cumsum(open_, axis=1)
    lacking = np.where(wanted > _NOTHING, wanted - there, -np.inf)
    if not (lacking > _NOTHING).any():
        return None
    centre, bucket = np.unravel_index(int(np.argmax(lacking)), lacking.shape)
    return Lack(int(centre), int(bucket), float(wanted[centre, bucket]), float(there[centre, bucket]))
