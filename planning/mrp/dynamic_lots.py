"""Lot rules that weigh ordering against holding cost: Silver-Meal, part-period, least unit cost, Wagner-Whitin.

Holding is paid for a unit and the days between the receipt of its lot and its own need. Time is counted in periods of
the policy (`period_days`); a need n periods after the first makes the lot cover n + 1 periods.

- Silver-Meal stops before the need that raises the cost per period covered; a period without need is covered by then.
- Least unit cost stops before the need that raises the cost per unit.
- Part-period stops before the need with which holding would cost more than one order.
- Wagner-Whitin (1958) is the cheapest division of all needs; of equally cheap ones that whose last lot starts first.

Where either cost is missing there is nothing to weigh, and the lot covers its own need alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planning.mrp.codes import NONE, UNIT, Floats, Integers, LotRule
from planning.mrp.lot_parameters import LotParameters
from planning.mrp.netting import Requirements
from planning.mrp.segments import expanded, first_above

# Costs closer than this share of each other count as equal.
_EQUAL = 1e-9
# Padded cells of one dynamic programme; more segments go one chunk after the other.
_CHUNK_CELLS = 4_000_000


def heuristic_last_cell(
    requirements: Requirements, parameters: LotParameters, segment: Integers, cell: Integers, supplied: Integers
) -> Integers:
    """The last cell that a lot for each segment's short cell covers, by its heuristic rule."""
    needed, day = requirements.needed, requirements.day
    end = requirements.first[segment + 1]
    rule = parameters.rule[segment]
    setup, holding = parameters.setup_cost[segment], parameters.holding_cost[segment]
    last = cell.copy()
    units = (needed[cell] - supplied) / UNIT
    cost, periods = setup.copy(), np.ones(cell.size)
    going = np.flatnonzero((setup > 0) & (holding > 0))
    while going.size:
        following = first_above(needed, last[going] + 1, end[going], needed[last[going]])
        inside = following < end[going]
        going, following = going[inside], following[inside]
        added = (needed[following] - needed[last[going]]) / UNIT
        days = (day[following] - day[cell[going]]).astype(np.float64)
        new_cost = cost[going] + added * days * holding[going]
        new_periods = days / parameters.period_days[segment[going]] + 1.0
        new_units = units[going] + added
        covered = np.maximum(new_periods - 1.0, periods[going])
        by_rule = rule[going]
        stops = np.select(
            [by_rule == LotRule.SILVER_MEAL, by_rule == LotRule.LEAST_UNIT_COST],
            [
                _is_more(new_cost * covered, cost[going] * new_periods),
                _is_more(new_cost * units[going], cost[going] * new_units),
            ],
            _is_more(new_cost - setup[going], setup[going]),
        ).astype(np.bool_)
        goes_on = ~stops
        going = going[goes_on]
        last[going], cost[going] = following[goes_on], new_cost[goes_on]
        periods[going], units[going] = new_periods[goes_on], new_units[goes_on]
    return last


def _is_more(one: Floats, other: Floats) -> NDArray[np.bool_]:
    return np.asarray(one > other * (1.0 + _EQUAL) + _EQUAL)


def wagner_whitin_last_cells(requirements: Requirements, parameters: LotParameters, segment: Integers) -> Integers:
    """For every cell with a need of its own, the last cell of its lot in the cheapest plan; NONE elsewhere.

    The plan is that of the needs before modifiers; a minimum or multiple that makes a lot larger only shortens later
    ones.
    """
    found = np.full(requirements.day.size, NONE)
    weighed = segment[(parameters.setup_cost[segment] > 0) & (parameters.holding_cost[segment] > 0)]
    row, cell = expanded(requirements.first, weighed)
    if not cell.size:
        return found
    owner = weighed[row]
    met = np.maximum(requirements.needed[cell], requirements.stock[owner])
    begins = np.append(True, row[1:] != row[:-1])
    before = np.where(begins, requirements.stock[owner], np.append(0, met[:-1]))
    rises = np.flatnonzero(met > before)
    row, cell, quantity = row[rises], cell[rises], (met - before)[rises] / UNIT
    count = np.bincount(row, minlength=weighed.size)
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(count)))
    position = np.arange(row.size) - first[row]
    longest = int(count.max(initial=0))
    chunk = max(1, _CHUNK_CELLS // max(longest, 1))
    for start in range(0, weighed.size, chunk):
        own = np.flatnonzero((row >= start) & (row < start + chunk))
        owners = weighed[start : start + chunk]
        shape = (owners.size, longest)
        quantities, days = np.zeros(shape), np.zeros(shape)
        quantities[row[own] - start, position[own]] = quantity[own]
        days[row[own] - start, position[own]] = requirements.day[cell[own]]
        last = wagner_whitin(
            quantities,
            days,
            np.broadcast_to(parameters.setup_cost[owners][:, None], shape),
            parameters.holding_cost[owners],
            count[start : start + chunk],
        )
        found[cell[own]] = cell[first[row[own]] + last[row[own] - start, position[own]]]
    return found


def wagner_whitin(quantity: Floats, day: Floats, setup: Floats, holding: Floats, count: Integers) -> Integers:
    """The cheapest division of each row's needs into lots: for each need the position of the last one in its lot.

    `quantity`, `day` and `setup` (cost of a lot received with that need) are (rows, needs); `holding` is the cost of
    one unit for one day; only the first `count` needs of a row are there. Forward recursion: the cheapest plan up to
    a need is the cheapest up to the start of its last lot plus that lot.
    """
    rows, longest = quantity.shape
    best = np.zeros((rows, longest + 1))
    held = np.zeros((rows, longest))
    start_of_last = np.zeros((rows, longest + 1), np.int64)
    for need in range(longest):
        upto = slice(0, need + 1)
        held[:, upto] += holding[:, None] * quantity[:, need, None] * (day[:, need, None] - day[:, upto])
        cost = best[:, upto] + setup[:, upto] + held[:, upto]
        least = cost.min(axis=1)
        # A period without need asks for no lot; one may still start there, where that is cheaper.
        idle = quantity[:, need] == 0.0
        best[:, need + 1] = np.where(idle, best[:, need], least)
        earliest = np.argmax(cost <= (least * (1.0 + _EQUAL) + _EQUAL)[:, None], axis=1)
        start_of_last[:, need + 1] = np.where(idle, need, earliest)
    last = np.zeros((rows, longest), np.int64)
    end = np.asarray(count, dtype=np.int64).copy()
    positions = np.arange(longest)
    while (end > 0).any():
        start = start_of_last[np.arange(rows), end]
        inside = (positions >= start[:, None]) & (positions < end[:, None])
        last = np.where(inside, (end - 1)[:, None], last)
        end = np.where(end > 0, start, 0)
    return last


def dynamic_cost(quantity: Floats, setup: Floats, holding: float, orders: Floats) -> float:
    """Cost of some orders for one row of needs: a setup for each order, holding on what is left each period."""
    left = np.cumsum(orders) - np.cumsum(quantity)
    return float(np.where(orders > 0, setup, 0.0).sum() + holding * np.maximum(left, 0.0).sum())
