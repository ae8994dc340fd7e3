"""The orders of a problem as a network, prepared once for many dispatches: who waits for whom, and how urgently.

The *latest start* of an operation is counted back from the end demand through the orders in between, with no limit to
capacity. An order that serves several has the earliest of theirs. Orders that no end demand waits for (safety stock,
the rest of a lot) rank after all others, by the day on which the plan wants them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from planning.errors import PlanningError
from planning.finite.problem import FiniteProblem
from planning.mrp.calendars import WorkingDays
from planning.mrp.codes import FAR, NONE, UNIT, Flags, Floats, Integers
from planning.mrp.segments import csr, expanded, starts_of_runs

# A latest start from here on belongs to an order that no end demand waits for.
UNNEEDED = FAR // 2


@dataclass(frozen=True, slots=True)
class Generation:
    """Links of the orders that are equally far from end demand, sorted by supply: `order[i]` has `first[i]` … ."""

    order: Integers
    first: Integers
    user: Integers
    demand: Integers
    offset_days: Integers


@dataclass(frozen=True, slots=True)
class Network:
    """A problem with its indexes.

    Of each order `first_operation` and `last_operation`; `supplies` counts the links it waits for. `link_order[
    link_first[o] : link_first[o + 1]]` are the links to users of order o. `lead_days[k]`: days from the start of
    operation k until its order is available, in calendar days, about. `has_work` marks operations with a limit,
    `is_workless` orders that have none.
    """

    problem: FiniteProblem
    working: WorkingDays
    first_operation: Integers
    last_operation: Integers
    is_last: Flags
    has_work: Flags
    is_workless: Flags
    supplies: Integers
    link_order: Integers
    link_first: Integers
    generations: tuple[Generation, ...]
    lead_days: Integers

    @classmethod
    def of(cls, problem: FiniteProblem) -> Network:
        """Raises PlanningError where orders wait for each other in a circle."""
        orders, operations, links = problem.orders.node.size, problem.operations, problem.links
        starts = starts_of_runs(operations.order)
        ends = np.append(starts, operations.order.size)[1:] - 1
        is_last = np.zeros(operations.order.size, np.bool_)
        is_last[ends] = True
        to_order = np.flatnonzero(links.user != NONE)
        order, first = csr(links.supply[to_order], orders)
        has_work = (operations.work_centre != NONE) & (operations.work > 0)
        return cls(
            problem=problem,
            working=WorkingDays.of(problem.calendars),
            first_operation=starts,
            last_operation=ends,
            is_last=is_last,
            has_work=has_work,
            is_workless=np.bincount(operations.order, has_work, orders) == 0,
            supplies=np.bincount(links.user[to_order], minlength=orders).astype(np.int64),
            link_order=to_order[order],
            link_first=first,
            generations=_generations(problem),
            lead_days=_lead_days(problem, ends),
        )

    def latest_starts(self, due_day: Integers) -> Integers:
        """Latest start of each operation if the end demands are due on `due_day`; from UNNEEDED on: nobody waits."""
        orders, operations = self.problem.orders, self.problem.operations
        start = UNNEEDED + np.maximum(orders.wanted_day - self.problem.first_day, 0)
        lead = self.lead_days[self.first_operation]
        needed = start + lead
        for generation in self.generations:
            # In links to end demand `user` is NONE; what is looked up for it then is not used.
            asked = start[generation.user] + generation.offset_days
            if due_day.size:
                asked = np.where(generation.demand >= 0, due_day[generation.demand], asked)
            soonest = np.minimum.reduceat(asked, generation.first)
            serves = soonest < UNNEEDED
            order, soonest = generation.order[serves], soonest[serves]
            needed[order], start[order] = soonest, soonest - lead[order]
        return np.asarray(needed[operations.order] - self.lead_days, dtype=np.int64)

    def not_before(self) -> Integers:
        """The day before which an operation is not loaded: `early_days` before its latest start by the due days.

        For orders that no end demand waits for: before the day on which the plan wants them.
        """
        latest = self.latest_starts(self.problem.demands.due_day)
        wanted = latest - UNNEEDED + self.problem.first_day
        return np.asarray(np.where(latest < UNNEEDED, latest, wanted) - self.problem.early_days, dtype=np.int64)

    def work_content(self) -> Floats:
        """Hours on limited work centres behind each end demand, through all orders that serve it, by quantity."""
        problem, operations, links = self.problem, self.problem.operations, self.problem.links
        hours = np.bincount(operations.order, operations.work * self.has_work, self.supplies.size) / UNIT
        generation = np.zeros(self.supplies.size, np.int64)
        for number, one in enumerate(self.generations):
            generation[one.order] = number
        share = links.quantity / np.maximum(problem.orders.quantity[links.supply], 1)
        to_order = np.flatnonzero(links.user != NONE)
        order, first = csr(generation[links.supply[to_order]], len(self.generations))
        for number in range(len(self.generations) - 1, -1, -1):
            rows = to_order[order[first[number] : first[number + 1]]]
            np.add.at(hours, links.user[rows], hours[links.supply[rows]] * share[rows])
        ends = np.flatnonzero(links.demand != NONE)
        content = np.bincount(links.demand[ends], hours[links.supply[ends]] * share[ends], problem.demands.due_day.size)
        return np.asarray(content, dtype=np.float64)


def _lead_days(problem: FiniteProblem, last_operation: Integers) -> Integers:
    """Working days are taken for calendar days by the share of days on which the calendar works."""
    operations, working = problem.operations, problem.calendars.is_working
    lag = operations.days.copy()
    if working.shape[0]:
        stretch = np.append(working.shape[1] / np.maximum(working.sum(axis=1), 1), 1.0)
        lag += np.ceil(operations.working_days * stretch[operations.calendar]).astype(np.int64)
    else:
        lag += operations.working_days
    total = np.cumsum(lag)
    return np.asarray(total[last_operation[operations.order]] - total + lag, dtype=np.int64)


def _generations(problem: FiniteProblem) -> tuple[Generation, ...]:
    """Generation 0 serves only end demand or nobody, generation n + 1 some order of generation n and none later."""
    links, orders = problem.links, problem.orders.node.size
    to_order = np.flatnonzero(links.user != NONE)
    users_left = np.bincount(links.supply[to_order], minlength=orders)
    by_user, first = csr(links.user[to_order], orders)
    supply_of = links.supply[to_order][by_user]
    generation = np.zeros(orders, np.int64)
    ripe = np.flatnonzero(users_left == 0)
    seen, number = 0, 0
    while ripe.size:
        generation[ripe] = number
        seen += ripe.size
        supply = supply_of[expanded(first, ripe)[1]]
        np.subtract.at(users_left, supply, 1)
        ripe = np.sort(supply[users_left[supply] == 0])
        ripe = ripe[starts_of_runs(ripe)]
        number += 1
    if seen < orders:
        circling = int(np.flatnonzero(users_left > 0)[0])
        raise PlanningError(
            f"Order {circling} waits for material that waits for the order itself. Cut one link of the circle."
        )
    row = np.argsort(generation[links.supply] * orders + links.supply, kind="stable")
    of_row = generation[links.supply[row]]
    bounds = np.searchsorted(of_row, np.arange(number + 1))
    found = []
    for begin, end in pairwise(bounds.tolist()):
        rows = row[begin:end]
        if rows.size:
            runs = starts_of_runs(links.supply[rows])
            found.append(
                Generation(
                    links.supply[rows][runs], runs, links.user[rows], links.demand[rows], links.offset_days[rows]
                )
            )
    return tuple(found)
