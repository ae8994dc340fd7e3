"""Work that is left on open orders: it takes hours beside that of planned orders, and dates the order anew.

A material plan knows an open order only by the day on which it says it comes. Where its remaining operations are known,
they stand in its place: each on its work centre, the next one as many days later as the order's own dates say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.finite.from_plan import FiniteInput
from planning.finite.problem import Operations
from planning.mrp.codes import NONE, Integers
from planning.mrp.segments import starts_of_runs


@dataclass(frozen=True, slots=True)
class OpenWork:
    """One row a remaining operation: supply event of its order, work centre, millionths of an hour, day it is to start.

    Operations of an order are done in the order of their days, then of the rows.
    """

    supply: Integers
    work_centre: Integers
    work: Integers
    start_day: Integers


def with_open_work(own: FiniteInput, supply_day: Integers, work: OpenWork) -> FiniteInput:
    """The problem with the operations of open orders in place of their day; `supply_day` by supply event of the plan.

    Such an order begins no earlier than its first remaining operation says, and takes as long as its own dates say, at
    the least; what is overdue moves as a whole. Orders without remaining work keep their day.
    """
    problem = own.problem
    orders, operations = problem.orders, problem.operations
    row_of = np.full(supply_day.size, NONE)
    row_of[own.supply_event] = np.arange(own.supply_event.size)
    known = np.flatnonzero(row_of[work.supply] != NONE)
    known = known[np.lexsort((known, work.start_day[known], row_of[work.supply[known]]))]
    order, start = row_of[work.supply[known]], work.start_day[known]
    if not known.size:
        return own
    begins = starts_of_runs(order)
    is_last = np.zeros(order.size, np.bool_)
    is_last[np.append(begins, order.size)[1:] - 1] = True
    following = np.where(is_last, supply_day[work.supply[known]], np.roll(start, -1))
    replaced = np.zeros(orders.node.size, np.bool_)
    replaced[order] = True
    kept = np.flatnonzero(~replaced[operations.order])
    none = np.full(order.size, NONE)
    columns = {
        "order": (operations.order[kept], order),
        "work_centre": (operations.work_centre[kept], work.work_centre[known]),
        "work": (operations.work[kept], work.work[known]),
        "days": (operations.days[kept], np.maximum(following - start, 0)),
        "working_days": (operations.working_days[kept], np.zeros(order.size, np.int64)),
        "calendar": (operations.calendar[kept], none),
    }
    together = {name: np.concatenate(parts) for name, parts in columns.items()}
    sorting = np.argsort(together["order"], kind="stable")
    earliest = orders.earliest_day.copy()
    earliest[order[begins]] = np.maximum(start[begins], problem.first_day)
    changed = replace(
        problem,
        orders=replace(orders, earliest_day=earliest),
        operations=Operations(**{name: column[sorting] for name, column in together.items()}),
    )
    return replace(own, problem=changed)
