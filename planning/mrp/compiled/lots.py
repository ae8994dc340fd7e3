"""Lots, compiled: each segment is walked once from cell to cell, and every lot comes out in its place."""

from __future__ import annotations

import numpy as np

from planning.mrp.codes import TOLERANCE, Flags, Integers, LotRule
from planning.mrp.compiled.declaration import FLAGS, FLOATS, INTEGERS, OUT, compiled, flags, inlined, real, room, whole
from planning.mrp.lot_parameters import LotParameters
from planning.mrp.netting import Requirements

_TOLERANCE = TOLERANCE
_PERIODS = int(LotRule.PERIOD_OF_SUPPLY)


@inlined
def _whole_above(numerator, step):  # type: ignore[no-untyped-def]
    return numerator if step <= 1 else -(-numerator // step) * step


@inlined
def _started(good, rate):  # type: ignore[no-untyped-def]
    return good if rate == 1.0 else np.int64(np.ceil(good / rate - _TOLERANCE))


@compiled(
    INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, FLAGS, FLAGS,
    INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, FLOATS, INTEGERS,
    OUT, OUT, OUT, OUT, OUT, OUT, OUT, OUT, OUT,
)  # fmt: skip
def _walked(  # type: ignore[no-untyped-def]  # noqa: PLR0915 -- a call would count references to arrays.
    first, stock, day, balance, needed, level, closed, by_rounds,
    rule, minimum, maximum, multiple, window, up_to, rates, sources,
    out_segment, out_cell, out_last, out_projected, out_need, out_lot, out_ordered, out_good, out_source,
):  # fmt: skip
    lots = 0
    for segment in range(first.size - 1):
        end = first[segment + 1]
        supplied = stock[segment]
        if needed[end - 1] <= supplied or not (closed[segment] or by_rounds[segment]):
            continue
        rate = rates[segment]
        step = multiple[segment]
        cell = first[segment]
        if closed[segment]:
            begin = supplied
            while cell < end:
                if needed[cell] > supplied:
                    good = begin + _whole_above(needed[cell] - begin, step) - supplied
                    ordered = _started(good, rate)
                    out_segment[lots] = segment
                    out_cell[lots] = cell
                    out_last[lots] = cell
                    out_projected[lots] = supplied - (balance[cell] - level[cell])
                    out_need[lots] = needed[cell] - supplied
                    out_lot[lots] = ordered
                    out_ordered[lots] = ordered
                    out_good[lots] = good
                    out_source[lots] = sources[segment]
                    lots += 1
                    supplied += good
                cell += 1
            continue
        most = maximum[segment]
        full = up_to[segment]
        while cell < end:
            if needed[cell] <= supplied:
                cell += 1
                continue
            last = cell
            if rule[segment] == _PERIODS:
                until = day[cell] + window[segment]
                # A window of no days covers the cell before, as the search over the days says.
                last = cell - 1
                while last + 1 < end and day[last + 1] < until:
                    last += 1
            projected = supplied - (balance[cell] - level[cell])
            need = needed[last] - supplied
            if full > 0 and full - projected > need:
                need = full - projected
            started = _started(need, rate)
            lot = started // most * most if most > 0 else 0
            rest = started - lot
            if rest > 0:
                lot += _whole_above(max(rest, minimum[segment]), step)
            good = lot if rate == 1.0 else np.int64(np.floor(lot * rate + _TOLERANCE))
            good += max(need - good, 0)
            out_segment[lots] = segment
            out_cell[lots] = cell
            out_last[lots] = last
            out_projected[lots] = projected
            out_need[lots] = need
            out_lot[lots] = lot
            out_ordered[lots] = lot
            out_good[lots] = good
            out_source[lots] = sources[segment]
            lots += 1
            supplied += good
    return lots


def walked(
    requirements: Requirements, parameters: LotParameters, closed: Flags, by_rounds: Flags
) -> tuple[Integers, ...]:
    """The columns of `Lots` of the segments flagged, by segment and cell. A cell has one lot at most."""
    out = tuple(room(requirements.day.size) for _ in range(9))
    lots = _walked(
        whole(requirements.first), whole(requirements.stock), whole(requirements.day), whole(requirements.balance),
        whole(requirements.needed), whole(requirements.level), flags(closed), flags(by_rounds),
        whole(parameters.rule), whole(parameters.minimum), whole(parameters.maximum), whole(parameters.multiple),
        whole(parameters.window_days), whole(parameters.up_to), real(parameters.yield_rate), whole(parameters.source),
        *out,
    )  # fmt: skip
    return tuple(column[:lots] for column in out)
