"""Lot sizing: from the running need of each segment to lots.

Where a lot depends on nothing but the need (lot-for-lot, fixed and economic quantities, multiples) all lots follow in
one step. Every other rule is applied in rounds: each round finds the next short cell of every segment that still has
one, lets the rule say up to which cell the lot covers, raises it by the modifiers, and moves on. There are as many
rounds as the busiest segment has lots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from planning import accelerator
from planning.mrp.codes import NONE, TOLERANCE, Flags, Floats, Integers, LotRule
from planning.mrp.dynamic_lots import heuristic_last_cell, wagner_whitin_last_cells
from planning.mrp.lot_parameters import LotParameters
from planning.mrp.netting import Requirements
from planning.mrp.segments import first_above, numbers_of, whole_above

_RULES = np.arange(len(LotRule))
_IS_CLOSED = np.isin(
    _RULES, (LotRule.LOT_FOR_LOT, LotRule.FIXED_QUANTITY, LotRule.ECONOMIC_QUANTITY, LotRule.REORDER_POINT)
)
_IS_HEURISTIC = np.isin(_RULES, (LotRule.SILVER_MEAL, LotRule.PART_PERIOD, LotRule.LEAST_UNIT_COST))
_WEIGHS_COSTS = _IS_HEURISTIC | (_RULES == LotRule.WAGNER_WHITIN)
# More orders than this a lot is not divided into.
MOST_PARTS = 1_000
# (segments, cells, quantities ordered) → (row of those handed in, source, quantity from it)
Split = Callable[[Integers, Integers, Integers], tuple[Integers, Integers, Integers]]


@dataclass(frozen=True, slots=True)
class Lots:
    """One row a planned order. Quantities in millionths.

    `cell`: the short cell that the lot is for; `last_cell`: the last one it covers. `projected`: available at the cell
    before the lot; `need`: net requirement, good; `ordered` and `good`: of this order, `lot` of the whole lot before it
    was divided by a maximum or over sources.
    """

    segment: Integers
    cell: Integers
    last_cell: Integers
    projected: Integers
    need: Integers
    lot: Integers
    ordered: Integers
    good: Integers
    source: Integers

    @classmethod
    def joined(cls, parts: Sequence[Lots]) -> Lots:
        if len(parts) == 1:
            return parts[0]
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))

    def rows(self, chosen: Integers) -> Lots:
        return Lots(*(getattr(self, column.name)[chosen] for column in fields(self)))


def lots_of(requirements: Requirements, parameters: LotParameters, split: Split) -> Lots:
    """All lots of a level, by segment and cell. `split` divides lots of segments with several sources."""
    closed = (
        _IS_CLOSED[parameters.rule]
        & (parameters.up_to == 0)
        & (parameters.minimum <= parameters.multiple)
        & ((parameters.yield_rate == 1.0) | (parameters.multiple == 0))
        & ~parameters.is_split
    )
    # Orders of a split segment are as few as its lots, yet each moves the need; those go by rounds.
    if loops := accelerator.loops():
        walked = ~closed & ~parameters.is_split & ~_WEIGHS_COSTS[parameters.rule]
        parts = [Lots(*loops.walked(requirements, parameters, closed, walked))]
        open_ = np.flatnonzero(~closed & ~walked)
    else:
        parts = [_closed_lots(requirements, parameters, closed)]
        open_ = np.flatnonzero(~closed)
    if open_.size:
        parts.append(_lots_by_rounds(requirements, parameters, open_, split))
    lots = Lots.joined(parts)
    if len(parts) > 1:
        lots = lots.rows(np.lexsort((lots.cell, lots.segment)))
    return _split_at_maximum(lots, parameters)


def _closed_lots(requirements: Requirements, parameters: LotParameters, closed: Flags) -> Lots:
    segment = numbers_of(requirements.first)
    short = requirements.needed > requirements.stock[segment]
    short &= closed[segment]
    cell = np.flatnonzero(short)
    segment = segment[cell]
    stock = requirements.stock[segment]
    supplied = stock + whole_above(requirements.needed[cell] - stock, parameters.multiple[segment])
    before = np.concatenate((np.zeros(1, np.int64), supplied))[:-1]
    begins = np.concatenate((np.ones(1, np.bool_), segment[1:] != segment[:-1]))[: segment.size]
    before = np.where(begins, stock, before)
    rises = np.flatnonzero(supplied > before)
    cell, segment, before, supplied = cell[rises], segment[rises], before[rises], supplied[rises]
    good = supplied - before
    ordered = started_for(good, parameters.yield_rate[segment])
    return Lots(
        segment=segment,
        cell=cell,
        last_cell=cell,
        projected=before - (requirements.balance[cell] - requirements.level[cell]),
        need=requirements.needed[cell] - before,
        lot=ordered,
        ordered=ordered,
        good=good,
        source=parameters.source[segment],
    )


def _lots_by_rounds(requirements: Requirements, parameters: LotParameters, active: Integers, split: Split) -> Lots:
    needed, first = requirements.needed, requirements.first
    supplied = requirements.stock.copy()
    at = first[:-1].copy()
    optimal = _optimal_last_cells(requirements, parameters, active)
    found: list[Lots] = [_no_lots()]
    while active.size:
        cell = first_above(needed, at[active], first[active + 1], supplied[active])
        still = cell < first[active + 1]
        active, cell = active[still], cell[still]
        if not active.size:
            break
        last = _last_cells(requirements, parameters, optimal, active, cell, supplied[active])
        projected = supplied[active] - (requirements.balance[cell] - requirements.level[cell])
        need = needed[last] - supplied[active]
        up_to = parameters.up_to[active]
        filled = up_to - projected
        need = np.where((up_to > 0) & (filled > need), filled, need)
        rate = parameters.yield_rate[active]
        lot = lot_quantity(
            started_for(need, rate), parameters.minimum[active], parameters.multiple[active], parameters.maximum[active]
        )
        row, source, part = _parts(parameters, split, active, cell, lot)
        good = good_of(part, rate[row])
        # A lot is never short of its need by a rounding of the yield: the last part makes it up.
        ends = np.append(row[1:] != row[:-1], True)
        total = np.zeros(active.size, np.int64)
        np.add.at(total, row, good)
        good = good + np.where(ends, np.maximum(need - total, 0)[row], 0)
        found.append(Lots(active[row], cell[row], last[row], projected[row], need[row], lot[row], part, good, source))
        np.add.at(supplied, active[row], good)
        at[active] = cell
    return Lots.joined(found)


def _parts(
    parameters: LotParameters, split: Split, active: Integers, cell: Integers, lot: Integers
) -> tuple[Integers, Integers, Integers]:
    row, source = np.arange(active.size), parameters.source[active]
    divided = np.flatnonzero(parameters.is_split[active])
    if not divided.size:
        return row, source, lot
    whole = np.flatnonzero(~parameters.is_split[active])
    part_row, part_source, part = split(active[divided], cell[divided], lot[divided])
    rows = np.concatenate((whole, divided[part_row]))
    order = np.argsort(rows, kind="stable")
    return (
        rows[order],
        np.concatenate((source[whole], part_source))[order],
        np.concatenate((lot[whole], part))[order],
    )


def _last_cells(
    requirements: Requirements,
    parameters: LotParameters,
    optimal: Integers,
    active: Integers,
    cell: Integers,
    supplied: Integers,
) -> Integers:
    """The last cell whose need the lot covers, by the rule of each segment."""
    last = cell.copy()
    rule = parameters.rule[active]
    by_period = np.flatnonzero(rule == LotRule.PERIOD_OF_SUPPLY)
    if by_period.size:
        until = requirements.day[cell[by_period]] + parameters.window_days[active[by_period]]
        end = requirements.first[active[by_period] + 1]
        last[by_period] = first_above(requirements.day, cell[by_period], end, until - 1) - 1
    chosen = np.flatnonzero(_IS_HEURISTIC[rule])
    if chosen.size:
        last[chosen] = heuristic_last_cell(requirements, parameters, active[chosen], cell[chosen], supplied[chosen])
    by_optimum = np.flatnonzero(rule == LotRule.WAGNER_WHITIN)
    last[by_optimum] = np.maximum(optimal[cell[by_optimum]], cell[by_optimum])
    return last


def _optimal_last_cells(requirements: Requirements, parameters: LotParameters, active: Integers) -> Integers:
    chosen = active[parameters.rule[active] == LotRule.WAGNER_WHITIN]
    if not chosen.size:
        return np.full(requirements.day.size, NONE)
    return wagner_whitin_last_cells(requirements, parameters, chosen)


def lot_quantity(need: Integers, minimum: Integers, multiple: Integers, maximum: Integers) -> Integers:
    """What is ordered for a need: cut to the maximum, raised to the minimum, up to the multiple, again for the rest.

    The maximum is a whole multiple and not below the minimum; 0 is none. `_split_at_maximum` makes the single orders.
    """
    cut = np.where(maximum > 0, need // np.maximum(maximum, 1) * maximum, 0)
    rest = need - cut
    return cut + np.where(rest > 0, whole_above(np.maximum(rest, minimum), multiple), 0)


def started_for(good: Integers, yield_rate: Floats) -> Integers:
    """What must be started so that, after the yield, `good` is there."""
    if (yield_rate == 1.0).all():
        return good
    started = np.ceil(good / yield_rate - TOLERANCE).astype(np.int64)
    return np.where(yield_rate == 1.0, good, started)


def good_of(started: Integers, yield_rate: Floats) -> Integers:
    """What is good of what was started."""
    if (yield_rate == 1.0).all():
        return started
    return np.where(yield_rate == 1.0, started, np.floor(started * yield_rate + TOLERANCE).astype(np.int64))


def _split_at_maximum(lots: Lots, parameters: LotParameters) -> Lots:
    """Orders above the maximum become as many of the maximum as fit, and the rest raised by the modifiers.

    A lot of more than MOST_PARTS orders stays one: its maximum is a mistake, and nobody could work with them.
    """
    maximum = parameters.maximum[lots.segment]
    over = (maximum > 0) & (lots.ordered > maximum) & (lots.ordered <= maximum * MOST_PARTS)
    if not over.any():
        return lots
    count = np.where(over, -(-lots.ordered // np.maximum(maximum, 1)), 1)
    row = np.repeat(np.arange(count.size), count)
    position = np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)
    is_last = position == count[row] - 1
    ordered = np.where(is_last, lots.ordered[row] - position * maximum[row], maximum[row])
    rate = parameters.yield_rate[lots.segment[row]]
    full = good_of(maximum[row], rate)
    good = np.where(over[row], np.where(is_last, lots.good[row] - position * full, full), lots.good[row])
    parts = lots.rows(row)
    return Lots(
        parts.segment, parts.cell, parts.last_cell, parts.projected, parts.need, parts.lot,
        np.where(over[row], ordered, parts.ordered), good, parts.source,
    )  # fmt: skip


def _no_lots() -> Lots:
    return Lots(*(np.zeros(0, np.int64) for _ in fields(Lots)))
