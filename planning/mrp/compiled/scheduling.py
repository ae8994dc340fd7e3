"""Dates of orders, compiled: as `scheduling` and `calendars` state them, order by order."""

from __future__ import annotations

import numpy as np

from planning.mrp.codes import TOLERANCE, UNIT, Flags, Integers, SourceKind
from planning.mrp.compiled.declaration import (
    FLAGS,
    FLOATS,
    INTEGER,
    INTEGERS,
    OUT,
    TABLE,
    compiled,
    flags,
    real,
    room,
    whole,
)
from planning.mrp.problem import PlanningProblem

_MAKE = int(SourceKind.MAKE)
_UNIT = UNIT
_TOLERANCE = TOLERANCE


@compiled(
    INTEGERS, INTEGERS, INTEGERS, INTEGERS, FLAGS,
    INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, FLOATS,
    INTEGER, TABLE, TABLE, OUT, OUT,
)  # fmt: skip
def _backward(  # type: ignore[no-untyped-def]
    node, source, need_day, quantity, passes,
    node_calendar, safety_time, receiving, source_kind, source_calendar, lead_time, lead_time_per_unit,
    first_day, counted, days_of, out_due, out_release,
):  # fmt: skip
    sources = source_kind.size
    # Days that the calendars state; 0 where there is none.
    stated = counted.shape[1] - 1 if counted.shape[0] > 0 else 0
    for row in range(node.size):
        need = need_day[row]
        if passes[row]:
            out_due[row] = need
            out_release[row] = need
            continue
        site = node_calendar[node[row]]
        at = source[row]
        makes = True
        shipper = site
        lead = 0
        if sources > 0 and at >= 0:
            makes = source_kind[at] == _MAKE
            own = source_calendar[at]
            shipper = site if makes and own < 0 else own
            lead = lead_time[at]
            if lead_time_per_unit[at] != 0.0:
                lead += np.int64(np.ceil(lead_time_per_unit[at] * quantity[row] / _UNIT - _TOLERANCE))
        # Due day, arrival and release, one counted back from the other. A function called for each would make the
        # compiler count references to the tables at every call.
        moved = need
        for step in range(3):
            calendar = site
            days = safety_time[node[row]]
            if step == 1:
                days = receiving[node[row]]
            elif step == 2:
                calendar = shipper
                days = lead
            day = moved
            if step != 1 and not makes:
                day -= days
                days = 0
            moved = day - days
            at = day - first_day
            if calendar >= 0 and 0 <= at < stated and 0 <= moved - first_day < stated:
                number = counted[calendar, at + 1] - 1 - days
                if 0 <= number < counted[calendar, stated]:
                    moved = days_of[calendar, number]
            if step == 0:
                out_due[row] = moved
        out_release[row] = moved


def backward(
    problem: PlanningProblem,
    calendars: tuple[int, Integers, Integers],
    node: Integers,
    source: Integers,
    need_day: Integers,
    quantity: Integers,
    passes: Flags,
) -> tuple[Integers, Integers]:
    """As `Scheduler.backward`; `calendars` are the columns of `WorkingDays`."""
    nodes, sources = problem.nodes, problem.sources
    first_day, counted, days_of = calendars
    due, release = room(node.size), room(node.size)
    _backward(
        whole(node), whole(source), whole(need_day), whole(quantity), flags(passes),
        whole(nodes.calendar), whole(nodes.safety_time_days), whole(nodes.receiving_days),
        whole(sources.kind), whole(sources.calendar), whole(sources.lead_time_days),
        real(sources.lead_time_days_per_unit), first_day, whole(counted), whole(days_of), due, release,
    )  # fmt: skip
    return due, release
