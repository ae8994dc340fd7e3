"""After the dispatch: buy and transfer no earlier than the users need it.

A dispatch dates what needs no work centre as early as it can be, since only then is it known when its users begin.
Here such orders are moved back to the day that their first user, or the due day, asks for. Their own material waits
with them; nobody else's date changes, and nothing gets late.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planning.finite.network import Network
from planning.finite.schedule import Schedule
from planning.mrp.codes import FAR, Integers


def settled(network: Network, schedule: Schedule) -> Schedule:
    """The schedule with movable orders without work moved back, from the end demand down."""
    problem = network.problem
    begin, available = schedule.begin_day.copy(), schedule.available_day.copy()
    movable = problem.orders.may_move & network.is_workless & (available < FAR)
    for generation in network.generations:
        asked = begin[network.first_operation[generation.user]] + generation.offset_days
        if problem.demands.due_day.size:
            asked = np.where(generation.demand >= 0, problem.demands.due_day[generation.demand], asked)
        soonest = np.minimum.reduceat(asked, generation.first)
        later = movable[generation.order] & (soonest < FAR) & (soonest > available[generation.order])
        _move(network, generation.order[later], soonest[later], begin, available)
    return replace(schedule, start_day=begin[network.first_operation], available_day=available, begin_day=begin)


def _move(network: Network, order: Integers, available_on: Integers, begin: Integers, available: Integers) -> None:
    """Count back step by step from the day asked for; `begin` and `available` change in place."""
    operations, working = network.problem.operations, network.working
    step, day = network.last_operation[order], available_on
    arrival = available_on
    while order.size:
        calendar, days, working_days = operations.calendar[step], operations.days[step], operations.working_days[step]
        start = np.maximum(working.before(calendar, day, working_days) - days, begin[step])
        end = working.after(calendar, start + days, working_days)
        # On a day off counting back and forth may differ: then it stays where it was.
        start = np.where(end <= day, start, begin[step])
        end = working.after(calendar, start + days, working_days)
        begin[step] = start
        is_last = network.is_last[step]
        arrival = np.where(is_last, end, arrival)
        available[order] = arrival
        goes_on = step > network.first_operation[order]
        order, step, day, arrival = order[goes_on], step[goes_on] - 1, start[goes_on], arrival[goes_on]
