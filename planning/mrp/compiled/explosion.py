"""What orders take and give, compiled; and the rows of events sorted by the level of their node."""

from __future__ import annotations

import numpy as np

from planning.mrp.codes import NONE, Floats, Integers, Strategy
from planning.mrp.compiled.declaration import (
    FLAGS,
    FLOAT,
    FLOATS,
    INTEGER,
    INTEGERS,
    OUT,
    compiled,
    flags,
    real,
    room,
    whole,
)
from planning.mrp.problem import PlanningProblem

_MADE_TO_ORDER = int(Strategy.MAKE_TO_ORDER)
_NONE = NONE


@compiled(INTEGERS, INTEGERS)
def _most_lines(source, line_first):  # type: ignore[no-untyped-def]
    count = 0
    for order in range(source.size):
        if source[order] >= 0:
            count += line_first[source[order] + 1] - line_first[source[order]]
    return count


@compiled(
    INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS,
    INTEGERS, INTEGERS, INTEGERS, FLAGS, FLOATS, INTEGERS, INTEGERS, FLOAT,
    OUT, OUT, OUT, OUT, OUT, OUT, OUT, OUT, OUT, OUT, OUT,
)  # fmt: skip
def _exploded(  # type: ignore[no-untyped-def]
    supply, source, start_day, due_day, quantity, order_tracking, line_first, line_order,
    component, valid_from, valid_to, is_by_product, per_unit, per_order, strategy, largest,
    node, day, taken, tracking, parent, origin, out_node, out_day, given, out_tracking, out_origin,
):  # fmt: skip
    takes = 0
    gives = 0
    for order in range(source.size):
        if source[order] < 0:
            continue
        start = start_day[order]
        for number in range(line_first[source[order]], line_first[source[order] + 1]):
            line = line_order[number]
            if start < valid_from[line] or start > valid_to[line]:
                continue
            exact = quantity[order] * per_unit[line]
            if not exact < largest:
                return -1, -1
            amount = np.int64(np.rint(exact)) + per_order[line]
            if amount <= 0:
                continue
            item = component[line]
            own = _NONE
            if strategy[item] == _MADE_TO_ORDER and order_tracking[order] >= 0:
                own = order_tracking[order]
            if is_by_product[line]:
                out_node[gives] = item
                out_day[gives] = due_day[order]
                given[gives] = amount
                out_tracking[gives] = own
                out_origin[gives] = supply[order]
                gives += 1
            else:
                node[takes] = item
                day[takes] = start
                taken[takes] = amount
                tracking[takes] = own
                parent[takes] = supply[order]
                origin[takes] = line
                takes += 1
    return takes, gives


def exploded(
    problem: PlanningProblem,
    orders: tuple[Integers, Integers, Integers, Integers, Integers, Integers],
    line_first: Integers,
    line_order: Integers,
    per_unit: Floats,
    per_order: Integers,
    largest: float,
) -> tuple[tuple[Integers, ...], tuple[Integers, ...]] | None:
    """What is taken (node, day, quantity, tracking, parent, line) and given (node, day, quantity, tracking, origin).

    `orders`: the columns of `Exploding`. None where a requirement is too large to count. No line may stand for another.
    """
    lines = problem.lines
    columns = [whole(column) for column in orders]
    most = int(_most_lines(columns[1], whole(line_first)))
    takes = tuple(room(most) for _ in range(6))
    gives = tuple(room(most if lines.is_by_product.any() else 0) for _ in range(5))
    taken, given = _exploded(
        *columns, whole(line_first), whole(line_order),
        whole(lines.component), whole(lines.valid_from), whole(lines.valid_to), flags(lines.is_by_product),
        real(per_unit), whole(per_order), whole(problem.nodes.strategy), largest, *takes, *gives,
    )  # fmt: skip
    if taken < 0:
        return None
    return tuple(column[:taken] for column in takes), tuple(column[:given] for column in gives)


@compiled(INTEGERS, INTEGERS, INTEGER, OUT, OUT)
def _by_level(level, node, levels, first, rows):  # type: ignore[no-untyped-def]
    for at in range(levels + 1):
        first[at] = 0
    for row in range(node.size):
        first[level[node[row]] + 1] += 1
    for at in range(levels):
        first[at + 1] += first[at]
    for row in range(node.size):
        at = level[node[row]]
        rows[first[at]] = row
        first[at] += 1
    for at in range(levels, 0, -1):
        first[at] = first[at - 1]
    first[0] = 0


def by_level(level: Integers, node: Integers, levels: int) -> tuple[Integers, Integers]:
    """Rows of events by the level of their node, each level in the order of the rows, and where each level begins."""
    first, rows = room(levels + 1), room(node.size)
    _by_level(whole(level), whole(node), levels, first, rows)
    return first, rows


@compiled(INTEGERS, INTEGERS, INTEGERS, INTEGERS, OUT)
def _levels(parent_first, component, waiting, ready, level):  # type: ignore[no-untyped-def]
    left = waiting.copy()
    queue = np.empty(level.size, np.int64)
    end = ready.size
    queue[:end] = ready
    level[:] = 0
    done = 0
    at = 0
    while at < end:
        item = queue[at]
        at += 1
        for edge in range(parent_first[item], parent_first[item + 1]):
            below = component[edge]
            done += 1
            level[below] = max(level[below], level[item] + 1)
            left[below] -= 1
            if left[below] == 0:
                queue[end] = below
                end += 1
    return done


def levels_of(parent_first: Integers, component: Integers, waiting: Integers) -> Integers | None:
    """Low-level codes of a network (edges in CSR by parent), or None where it has a cycle."""
    level = room(waiting.size)
    ready = np.flatnonzero(waiting == 0)
    done = _levels(whole(parent_first), whole(component), whole(waiting), whole(ready), level)
    return level if done == component.size else None
