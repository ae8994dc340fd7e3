"""Use up what is there before more is ordered: free stock of substitutes covers what their first choice is short of.

A bill line names the first choice; others of its group follow by priority, each with its own quantity. Where the first
choice is short, requirements of its orders go to the stock of the next ones that nothing else needs, earliest first,
before anything is ordered. Only stock on hand beyond all needs is free, so that no plan of a substitute changes. For
that substitutes are netted before what they stand for; where two stand for each other, neither is used up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.mrp.calendars import WorkingDays
from planning.mrp.codes import NONE, TOLERANCE, DemandKind, Floats, Integers
from planning.mrp.events import DemandEvents
from planning.mrp.netting import Requirements, days_of_cover
from planning.mrp.problem import BillLines, PlanningProblem
from planning.mrp.segments import first_above, numbers_of, starts_of_runs


@dataclass(frozen=True, slots=True)
class UsedUp:
    """What goes from first choices to substitutes: `row` of the demand is `reduced`, `demand` comes instead."""

    row: Integers
    reduced: Integers
    demand: DemandEvents


def next_in_group(lines: BillLines) -> Integers:
    """For each line the next choice of its group in the same source, or NONE."""
    grouped = np.flatnonzero((lines.substitute_group >= 0) & ~lines.is_by_product)
    order = grouped[
        np.lexsort(
            (grouped, lines.substitute_priority[grouped], lines.substitute_group[grouped], lines.source[grouped])
        )
    ]
    source, group = lines.source[order], lines.substitute_group[order]
    follows = np.flatnonzero((source[1:] == source[:-1]) & (group[1:] == group[:-1]))
    following = np.full(lines.count, NONE)
    following[order[follows]] = order[follows + 1]
    return following


def free_stock(requirements: Requirements, free: Integers) -> None:
    """Write into `free` (by node) the stock that no need of the netted segments takes."""
    plain = np.flatnonzero(requirements.tracking == NONE)
    most = requirements.needed[requirements.first[plain + 1] - 1]
    free[requirements.node[plain]] = np.maximum(requirements.stock[plain] - np.maximum(most, 0), 0)


def use_up(
    problem: PlanningProblem,
    level: Integers,
    demand: DemandEvents,
    requirements: Requirements,
    following: Integers,
    per_unit: Floats,
    free: Integers,
) -> UsedUp | None:
    """Move short requirements of one level to free stock; `free` goes down by what is taken.

    `level` of each node, `following` from `next_in_group`, `per_unit` by line with scrap. None where nothing moves.
    """
    rows = np.flatnonzero(demand.kind == DemandKind.DEPENDENT)
    rows = rows[(following[demand.origin[rows]] >= 0) & (demand.quantity[rows] > 0)]
    if not rows.size:
        return None
    rows, short = _short(problem, demand, requirements, rows)
    line, first_line = following[demand.origin[rows]], demand.origin[rows]
    lines = problem.lines
    start = _starts(problem, demand.day[rows], first_line)
    reduced = np.zeros(rows.size, np.int64)
    moved: list[tuple[Integers, Integers, Integers]] = []
    while (line >= 0).any():
        component = lines.component[line]
        usable = (line >= 0) & (short > 0) & (per_unit[line] > 0) & (per_unit[first_line] > 0)
        usable &= (level[component] < level[demand.node[rows]]) & (free[component] > 0)
        usable &= (lines.valid_from[line] <= start) & (start <= lines.valid_to[line])
        at = np.flatnonzero(usable)
        at = at[np.lexsort((rows[at], demand.day[rows[at]], component[at]))]
        if at.size:
            ratio = per_unit[line[at]] / per_unit[first_line[at]]
            wanted = np.ceil(short[at] * ratio - TOLERANCE).astype(np.int64)
            taken = _in_turn(wanted, free[component[at]], component[at])
            covered = np.where(taken == wanted, short[at], np.floor(taken / ratio + TOLERANCE).astype(np.int64))
            np.subtract.at(free, component[at], taken)
            short[at] -= covered
            reduced[at] += covered
            moved.append((at, line[at], taken))
        line = np.where(line >= 0, following[line], NONE)
    if not moved:
        return None
    at, line, quantity = (np.concatenate(column) for column in zip(*moved, strict=True))
    kept = np.flatnonzero(quantity > 0)
    at, line, quantity = at[kept], line[kept], quantity[kept]
    return UsedUp(
        row=rows,
        reduced=reduced,
        demand=DemandEvents(
            node=lines.component[line],
            day=demand.day[rows[at]],
            quantity=quantity,
            tracking=np.full(at.size, NONE),
            kind=np.full(at.size, DemandKind.DEPENDENT),
            priority=np.zeros(at.size, np.int64),
            parent=demand.parent[rows[at]],
            origin=line,
        ),
    )


def _starts(problem: PlanningProblem, day: Integers, line: Integers) -> Integers:
    """The start of each order whose line takes its component on a day: its offset of working days before."""
    lines = problem.lines
    offset = lines.offset_days[line]
    if not offset.any():
        return day
    maker = problem.nodes.calendar[problem.sources.node[lines.source[line]]]
    return np.where(offset != 0, WorkingDays.of(problem.calendars).before(maker, day, offset), day)


def _short(
    problem: PlanningProblem, demand: DemandEvents, requirements: Requirements, rows: Integers
) -> tuple[Integers, Integers]:
    """The demand rows by cell, and how much of each its node lacks that day before anything is ordered."""
    wide = int(max(requirements.tracking.max(initial=NONE), demand.tracking.max(initial=NONE))) + 3
    asked = np.maximum(demand.day[rows] - days_of_cover(problem)[demand.node[rows]], problem.earliest_day)
    segment = np.searchsorted(
        requirements.node * wide + requirements.tracking, demand.node[rows] * wide + demand.tracking[rows]
    )
    cell = first_above(requirements.day, requirements.first[segment], requirements.first[segment + 1], asked - 1)
    order = np.argsort(cell, kind="stable")
    rows, cell = rows[order], cell[order]
    stock = requirements.stock[numbers_of(requirements.first)]
    met = np.maximum(requirements.needed, stock)
    before = np.append(0, met[:-1])
    before[requirements.first[:-1]] = requirements.stock
    return rows, _in_turn(demand.quantity[rows], (met - before)[cell], cell)


def _in_turn(wanted: Integers, there: Integers, key: Integers) -> Integers:
    """What each row gets of what is there for its key, those before it (rows sorted by key) served first."""
    starts = starts_of_runs(key)
    length = np.diff(np.append(starts, key.size))
    before = np.cumsum(wanted) - wanted
    before = before - np.repeat(before[starts], length)
    return np.clip(there - before, 0, wanted)
