"""What keeps each late end demand waiting: a work centre, or material and its lead time.

From the end demand the *critical chain* is walked down: the supply that came last, the material that this order
waited for longest, and so on to an order that waited for nothing else. An order's *wait* is how long its operations
stood ready, from their latest start on, until the last of their work was done. The limit of a demand is the work
centre with the most waiting along its chain; where what is left of its lateness is more than that, it is the material
at the chain's end: a receipt on its day, or an order whose lead time from today is too long.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from planning.finite.network import Network
from planning.finite.schedule import Lateness, Schedule
from planning.mrp.codes import FAR, NONE, Integers
from planning.mrp.segments import starts_of_runs


class LimitKind(IntEnum):
    """CAPACITY: the hours of a work centre. MATERIAL: the day on which material can be there at the earliest."""

    CAPACITY = 0
    MATERIAL = 1


@dataclass(frozen=True, slots=True)
class CriticalChain:
    """One row a late demand and order on its chain, from the top (`step` 0) down.

    `wait_days` the order lost at `work_centre` (NONE: nowhere), where it lost most.
    """

    demand: Integers
    step: Integers
    order: Integers
    work_centre: Integers
    wait_days: Integers


@dataclass(frozen=True, slots=True)
class Limits:
    """One row a late end demand: what limits it, for how many days; the chains behind it.

    `work_centre` is NONE where material limits. `order`: the order that waits for the work centre, or the one whose
    material cannot be there earlier.
    """

    demand: Integers
    kind: Integers
    work_centre: Integers
    order: Integers
    days: Integers
    chain: CriticalChain


def limits(network: Network, schedule: Schedule, lateness: Lateness) -> Limits:
    """The limit of each late end demand, by row. A demand that no order serves has no row."""
    links, orders = network.problem.links, network.problem.orders
    available = _earliest_available(network, schedule)
    arrival = np.where(available[links.supply] >= FAR, FAR, available[links.supply] - links.offset_days)
    of_order = _last_link(links.user, arrival, orders.node.size)
    of_demand = _last_link(links.demand, arrival, lateness.days.size)
    centre, wait = _waits(network, schedule)
    late = np.flatnonzero(lateness.is_late & (of_demand != NONE))
    order = links.supply[of_demand[late]]
    rows: list[tuple[Integers, Integers, Integers]] = []
    demand, step = late, 0
    while demand.size:
        rows.append((demand, np.full(demand.size, step), order))
        link = of_order[order]
        not_before = np.maximum(orders.earliest_day[order], network.problem.first_day)
        goes_on = np.flatnonzero((link != NONE) & (arrival[link] > not_before))
        demand, order, step = demand[goes_on], links.supply[link[goes_on]], step + 1
    none = np.zeros(0, np.int64)
    of_row, steps, chain_order = (np.concatenate(column) for column in zip(*[*rows, (none,) * 3], strict=True))
    sorting = np.lexsort((steps, of_row))
    chain_order = chain_order[sorting]
    chain = CriticalChain(of_row[sorting], steps[sorting], chain_order, centre[chain_order], wait[chain_order])
    return _judged(chain, lateness)


def _judged(chain: CriticalChain, lateness: Lateness) -> Limits:
    """The work centre with the most waiting of each chain against what is left of the lateness."""
    starts = starts_of_runs(chain.demand)
    demand = chain.demand[starts]
    ends = np.append(starts, chain.demand.size)[1:] - 1
    row_of = np.repeat(np.arange(starts.size), np.diff(np.append(starts, chain.demand.size)))
    waited = np.bincount(row_of, chain.wait_days, starts.size).astype(np.int64)
    # Waits of one chain at one work centre, added up; the longest comes last in its chain.
    centres = int(chain.work_centre.max(initial=NONE)) + 2
    pair, inverse = np.unique(row_of * centres + chain.work_centre + 1, return_inverse=True)
    total = np.bincount(inverse, chain.wait_days, pair.size).astype(np.int64)
    order = np.lexsort((-pair, total, pair // centres))
    longest = order[np.append(np.flatnonzero(np.diff(pair[order] // centres)), order.size - 1)] if order.size else order
    centre, days = pair[longest] % centres - 1, total[longest]
    rest = lateness.days[demand] - waited
    by_capacity = (centre != NONE) & (days > 0) & (days >= rest)
    # The order of the chain that waits longest at that work centre.
    here = np.flatnonzero(chain.work_centre == centre[row_of])
    here = here[np.lexsort((-here, chain.wait_days[here], row_of[here]))]
    waiting = chain.order[ends].copy()
    waiting[row_of[here]] = chain.order[here]
    return Limits(
        demand=demand,
        kind=np.where(by_capacity, LimitKind.CAPACITY, LimitKind.MATERIAL),
        work_centre=np.where(by_capacity, centre, NONE),
        order=np.where(by_capacity, waiting, chain.order[ends]),
        days=np.minimum(np.where(by_capacity, days, np.maximum(rest, 0)), lateness.days[demand]),
        chain=chain,
    )


def _earliest_available(network: Network, schedule: Schedule) -> Integers:
    """Availability before orders without work were moved back towards their users."""
    operations, available = network.problem.operations, schedule.available_day.copy()
    order = np.flatnonzero(network.is_workless & (available < FAR))
    # Only the first step is asked: the others follow it without a wait.
    day = schedule.ready_day[network.first_operation[order]]
    step = network.first_operation[order]
    while order.size:
        day = network.working.after(
            operations.calendar[step], day + operations.days[step], operations.working_days[step]
        )
        is_last = network.is_last[step]
        available[order[is_last]] = day[is_last]
        order, day, step = order[~is_last], day[~is_last], step[~is_last] + 1
    return available


def _last_link(receiver: Integers, arrival: Integers, count: int) -> Integers:
    """Of each receiver the link that arrives last, the first row among equals; NONE without links."""
    latest = np.full(count + 1, -FAR)
    np.maximum.at(latest, receiver, arrival)
    rows = np.flatnonzero((receiver != NONE) & (arrival == latest[receiver]))[::-1]
    found = np.full(count, NONE)
    found[receiver[rows]] = rows
    return found


def _waits(network: Network, schedule: Schedule) -> tuple[Integers, Integers]:
    """Of each order the work centre at which it waited longest (NONE: no wait) and the days waited in all."""
    problem, load = network.problem, schedule.load
    operations, edges = problem.operations, problem.capacity.edges
    latest = network.latest_starts(problem.demands.due_day)
    since = np.maximum(schedule.ready_day, latest)
    until = np.where(network.has_work, schedule.begin_day, since)
    done = np.zeros(operations.order.size, np.int64)
    np.add.at(done, load.operation, load.work)
    np.maximum.at(until, load.operation, edges[load.bucket])
    # Work that is not done by the last bucket waits until then; what never got ready does not wait.
    until[network.has_work & (done < operations.work)] = edges[-1]
    reached = np.where(network.has_work, schedule.ready_day < edges[-1], True)
    wait = np.where(reached, np.maximum(until - since, 0), 0)
    count = problem.orders.node.size
    total = np.bincount(operations.order, wait, count).astype(np.int64)
    centre = np.full(count, NONE)
    rows = np.flatnonzero(wait > 0)
    rows = rows[np.lexsort((-rows, wait[rows], operations.order[rows]))]
    centre[operations.order[rows]] = operations.work_centre[rows]
    return centre, total
