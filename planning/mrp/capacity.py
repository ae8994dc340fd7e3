"""Rough-cut load: hours that the plan asks of work centres, and quantities of suppliers, with no limit to either.

An operation loads its work centre on the day its order starts, plus the operation's offset in working days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.mrp.calendars import WorkingDays
from planning.mrp.codes import FAR, NONE, UNIT, Floats, Integers
from planning.mrp.result import Plan
from planning.mrp.segments import csr, expanded


@dataclass(frozen=True, slots=True)
class LoadLines:
    """One row an operation of a planned or open order: hours on a work centre on a day; `supply` numbers the order."""

    work_centre: Integers
    day: Integers
    hours: Floats
    supply: Integers
    operation: Integers


def load_lines(plan: Plan) -> LoadLines:
    """Load of planned orders, and of open orders that have still to start (those with a start day)."""
    problem, orders = plan.problem, plan.orders
    operations, open_supply = problem.operations, problem.open_supply
    order, first = csr(operations.source, problem.sources.count)
    to_start = np.flatnonzero(open_supply.is_firm & (open_supply.start_day > -FAR) & (open_supply.source >= 0))
    made = np.flatnonzero(orders.source >= 0)
    started = np.where(open_supply.start_quantity > 0, open_supply.start_quantity, open_supply.quantity)
    source = np.concatenate((open_supply.source[to_start], orders.source[made]))
    start = np.concatenate((open_supply.start_day[to_start], orders.release_day[made]))
    quantity = np.concatenate((started[to_start], orders.quantity[made]))
    supply = np.concatenate((problem.stock.count + to_start, orders.supply[made]))
    row, position = expanded(first, source)
    operation = order[position]
    offset = operations.offset_days[operation]
    calendar = problem.nodes.calendar[problem.sources.node[source[row]]]
    day = np.where(offset > 0, WorkingDays.of(problem.calendars).after(calendar, start[row], offset), start[row])
    hours = operations.setup_hours[operation] + operations.run_hours_per_unit[operation] * quantity[row] / UNIT
    return LoadLines(operations.work_centre[operation], day, hours, supply[row], operation)


def load_by_bucket(lines: LoadLines, edges: Integers, work_centres: int) -> Floats:
    """Hours by work centre and bucket, shape (work centres, buckets + 1); column 0 lies before the first bucket.

    Operations without a work centre (NONE) load none.
    """
    column = np.searchsorted(edges, lines.day, side="right")
    inside = (column < edges.size) & (lines.work_centre >= 0)
    cell = lines.work_centre[inside] * edges.size + column[inside]
    cells = np.bincount(cell, lines.hours[inside], minlength=work_centres * edges.size)
    return np.asarray(cells.reshape(work_centres, edges.size), dtype=np.float64)


def supplier_load(plan: Plan, edges: Integers, suppliers: int) -> Integers:
    """Millionths to be released to each supplier by bucket, shape (suppliers, buckets + 1), over all its items."""
    orders, sources = plan.orders, plan.problem.sources
    supplier = np.where(orders.source >= 0, sources.supplier[orders.source], NONE) if sources.count else orders.source
    column = np.searchsorted(edges, orders.release_day, side="right")
    inside = np.flatnonzero((supplier >= 0) & (column < edges.size))
    cells = np.zeros(suppliers * edges.size, np.int64)
    np.add.at(cells, supplier[inside] * edges.size + column[inside], orders.quantity[inside])
    return cells.reshape(suppliers, edges.size)
