"""Netting of one level, compiled: events in the order of their cells become cells and segments in one pass."""

from __future__ import annotations

import numpy as np

from planning.mrp.codes import Flags, Integers
from planning.mrp.compiled.declaration import FLAGS, INTEGER, INTEGERS, OUT, compiled, flags, room, whole


@compiled(INTEGERS, INTEGERS, INTEGERS, INTEGER, INTEGER, INTEGER, INTEGER, OUT)
def _packed(node, tracking, day, wide, lowest, days, begin, out):  # type: ignore[no-untyped-def]
    """Cell and row of each event in one number, the row in the last bits."""
    count = out.size
    bits = 0
    while (1 << bits) <= count:
        bits += 1
    for row in range(node.size):
        key = (node[row] * wide + tracking[row] + 2) * days + day[row] - lowest
        out[begin + row] = (key << bits) | (begin + row)


@compiled(INTEGERS, INTEGER, INTEGER, OUT)
def _counted(packed, bits, days, out):  # type: ignore[no-untyped-def]
    cells = 0
    segments = 0
    cell = -1
    segment = -1
    for at in range(packed.size):
        key = packed[at] >> bits
        if key != cell:
            cell = key
            cells += 1
            if key // days != segment:
                segment = key // days
                segments += 1
    out[0] = segments
    out[1] = cells


@compiled(
    INTEGERS, INTEGER, INTEGER, INTEGER, INTEGER, INTEGERS, INTEGERS, FLAGS, INTEGERS,
    OUT, OUT, OUT, OUT, OUT, OUT, OUT, OUT, OUT,
)  # fmt: skip
def _netted(  # type: ignore[no-untyped-def]  # noqa: PLR0915 -- a call would count references to arrays.
    packed, bits, wide, lowest, days, asked, came, at_start, step,
    out_node, out_tracking, out_stock, out_demanded, out_first, out_day, out_balance, out_needed, out_level,
):  # fmt: skip
    mask = (1 << bits) - 1
    demands = asked.size
    supplies = came.size
    cells = -1
    segments = -1
    last_cell = -1
    last_segment = -1
    balance = 0
    level = 0
    stock = 0
    demanded = 0
    for at in range(packed.size):
        key = packed[at] >> bits
        row = packed[at] & mask
        if key != last_cell:
            if cells >= 0:
                out_balance[cells] = balance
                out_level[cells] = level
            segment = key // days
            if segment != last_segment:
                if segments >= 0:
                    out_stock[segments] = stock
                    out_demanded[segments] = demanded
                segments += 1
                balance = 0
                level = 0
                stock = 0
                demanded = 0
                out_first[segments] = cells + 1
                out_node[segments] = segment // wide
                out_tracking[segments] = segment % wide - 2
                last_segment = segment
            cells += 1
            out_day[cells] = key % days + lowest
            last_cell = key
        if row < demands:
            balance += asked[row]
            demanded += asked[row]
        elif row < demands + supplies:
            if at_start[row - demands]:
                stock += came[row - demands]
            else:
                balance -= came[row - demands]
        else:
            balance += step[row - demands - supplies]
            level += step[row - demands - supplies]
    out_balance[cells] = balance
    out_level[cells] = level
    out_stock[segments] = stock
    out_demanded[segments] = demanded
    segments += 1
    cells += 1
    out_first[segments] = cells
    for segment in range(segments):
        most = out_balance[out_first[segment]]
        for cell in range(out_first[segment], out_first[segment + 1]):
            most = max(most, out_balance[cell])
            out_needed[cell] = most


def netted(
    events: tuple[tuple[Integers, Integers, Integers], ...],
    asked: Integers,
    came: Integers,
    at_start: Flags,
    step: Integers,
    wide: int,
    lowest: int,
    days: int,
) -> tuple[Integers, ...]:
    """The columns of `Requirements`. `events`: node, tracking and day of demand, supply and steps, in this order.

    Cell and row must fit one 64-bit number together; there must be at least one event.
    """
    count = sum(node.size for node, _, _ in events)
    bits = int(count).bit_length()
    packed = room(count)
    begin = 0
    for node, tracking, day in events:
        _packed(whole(node), whole(tracking), whole(day), wide, lowest, days, begin, packed)
        begin += node.size
    packed.sort()
    sizes = room(2)
    _counted(packed, bits, days, sizes)
    segments, cells = int(sizes[0]), int(sizes[1])
    node, tracking, stock, demanded = (room(segments) for _ in range(4))
    first = room(segments + 1)
    day, balance, needed, level = (room(cells) for _ in range(4))
    _netted(
        packed, bits, wide, lowest, days, whole(asked), whole(came), flags(at_start), whole(step),
        node, tracking, stock, demanded, first, day, balance, needed, level,
    )  # fmt: skip
    return node, tracking, stock, demanded, first, day, balance, needed, level


@compiled(INTEGERS, INTEGERS, OUT)
def _running_max(values, first, out):  # type: ignore[no-untyped-def]
    for segment in range(first.size - 1):
        if first[segment] < first[segment + 1]:
            most = values[first[segment]]
            for at in range(first[segment], first[segment + 1]):
                most = max(most, values[at])
                out[at] = most


def running_max(values: Integers, first: Integers) -> Integers:
    """As `segments.running_max`."""
    out = room(values.size)
    _running_max(whole(values), whole(first), out)
    return out


@compiled(INTEGERS, INTEGERS, INTEGERS, INTEGERS, OUT)
def _first_above(values, low, high, bound, out):  # type: ignore[no-untyped-def]
    for row in range(low.size):
        begin = low[row]
        end = high[row]
        while begin < end:
            middle = (begin + end) >> 1
            if values[middle] > bound[row]:
                end = middle
            else:
                begin = middle + 1
        out[row] = begin


def first_above(values: Integers, low: Integers, high: Integers, bound: Integers) -> Integers:
    """As `segments.first_above`."""
    out = room(low.size)
    _first_above(whole(values), whole(low), whole(high), whole(np.broadcast_to(bound, low.shape)), out)
    return out
