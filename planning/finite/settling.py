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
from planning.mrp.codes import FAR


def settled(network: Network, schedule: Schedule) -> Schedule:
    """The schedule with movable orders of one operation without work moved back, from the end demand down."""
    problem, operations = network.problem, network.problem.operations
    begin, available = schedule.begin_day.copy(), schedule.available_day.copy()
    single = network.first_operation == network.last_operation
    movable = problem.orders.may_move & single & ~network.has_work[network.first_operation] & (available < FAR)
    for generation in network.generations:
        asked = begin[network.first_operation[generation.user]] + generation.offset_days
        if problem.demands.due_day.size:
            asked = np.where(generation.demand >= 0, problem.demands.due_day[generation.demand], asked)
        soonest = np.minimum.reduceat(asked, generation.first)
        chosen = movable[generation.order] & (soonest < FAR)
        order, soonest = generation.order[chosen], soonest[chosen]
        operation = network.first_operation[order]
        calendar, days = operations.calendar[operation], operations.days[operation]
        working_days = operations.working_days[operation]
        latest_arrival = network.working.before(calendar, soonest, working_days)
        later = network.working.previous(calendar, latest_arrival - days)
        end = network.working.after(calendar, later + days, working_days)
        fits = (later > begin[operation]) & (end <= soonest)
        begin[operation[fits]], available[order[fits]] = later[fits], end[fits]
    return replace(schedule, start_day=begin[network.first_operation], available_day=available, begin_day=begin)
