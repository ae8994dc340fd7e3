"""Forecast netting: orders use up the forecast, so that both together are asked for once.

Every order first takes from the buckets that hold its day, then from the rest of its period: where a month is asked for
week by week, the weeks of that month, earlier ones first, nearest first. Only then come neighbours, earlier ones as far
as the backward window of its node reaches, then later ones. All orders take their own bucket before any takes another
of its period, and their own period before any takes a neighbour's: no order starves another of its own forecast.
Within one bucket the earlier order takes first. Inside the demand time fence forecast does not count; what orders take
there is taken all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.mrp.codes import NONE, Flags, Integers
from planning.mrp.problem import Demands, Forecasts, Nodes
from planning.mrp.segments import starts_of_runs


@dataclass(frozen=True, slots=True)
class NetForecast:
    """`quantity` left of each forecast row, `consumed` of it by orders, and of each demand row what found no forecast.

    `is_ignored`: the row lies in the past or inside the demand time fence; its quantity is then 0.
    `unmatched` of a demand is 0 where its node has no forecast at all: nothing to be measured against.
    """

    quantity: Integers
    consumed: Integers
    is_ignored: Flags
    unmatched: Integers


def net_forecast(nodes: Nodes, demands: Demands, forecasts: Forecasts, first_day: int) -> NetForecast:
    """Consume the forecast by the sales orders. Rows for components of orders under way consume nothing."""
    order = np.lexsort((forecasts.period, forecasts.day, forecasts.node))
    cell_node, cell_day = forecasts.node[order], forecasts.day[order]
    last_day = cell_day + np.maximum(forecasts.days[order], 1) - 1
    begin, end = _periods(cell_node, forecasts.period[order], cell_day, last_day)
    left = forecasts.quantity[order].copy()
    rows = np.flatnonzero((demands.for_supply == NONE) & (demands.quantity > 0))
    rows = rows[np.lexsort((demands.day[rows], demands.node[rows]))]
    node, day = demands.node[rows], demands.day[rows]
    open_ = demands.quantity[rows].copy()
    lowest, beyond = np.searchsorted(cell_node, node), np.searchsorted(cell_node, node, side="right")
    own = _own_cell(cell_node, cell_day, node, day)
    backward, forward = nodes.forecast_backward_days[node], nodes.forecast_forward_days[node]

    def walk(step: int, from_day: Integers, to_day: Integers, earliest: Integers, latest: Integers) -> None:
        """All orders, one cell further at a time, take from cells whose earliest and latest day reach into theirs."""
        within = _furthest(cell_node, earliest, latest, step)
        cell = own if step < 0 else own + 1
        reached = open_ > 0
        while True:
            at = np.clip(cell, 0, left.size - 1)
            on = within[at] >= from_day if step < 0 else within[at] <= to_day
            reached = reached & (cell >= lowest) & (cell < beyond) & on & (open_ > 0)
            if not reached.any():
                return
            taking = np.flatnonzero(reached & (latest[at] >= from_day) & (earliest[at] <= to_day))
            if taking.size:
                _take(left, open_, taking, at[taking])
            cell = cell + step

    if left.size and rows.size:
        walk(-1, day, day, cell_day, last_day)
        for step in (-1, 1):
            walk(step, day, day, begin, end)
        walk(-1, day - np.maximum(backward, 0), day, cell_day, last_day)
        walk(1, day, day + np.maximum(forward, 0), cell_day, last_day)
    fence = nodes.demand_time_fence_days[cell_node]
    is_past = last_day < first_day
    ignored = is_past | ((fence > 0) & (cell_day < first_day + fence))
    quantity, consumed, is_ignored = (np.zeros(order.size, np.int64) for _ in range(3))
    quantity[order] = np.where(ignored, 0, left)
    consumed[order] = forecasts.quantity[order] - left
    is_ignored[order] = ignored
    unmatched = np.zeros(demands.count, np.int64)
    unmatched[rows] = np.where(beyond > lowest, open_, 0)
    return NetForecast(quantity, consumed, is_ignored.astype(np.bool_), unmatched)


def _periods(
    cell_node: Integers, period: Integers, cell_day: Integers, last_day: Integers
) -> tuple[Integers, Integers]:
    """First and last day of the period of each cell: of all cells of its node with that code; NONE stands alone."""
    order = np.lexsort((cell_day, period, cell_node))
    if not order.size:
        return cell_day, last_day
    node, code = cell_node[order], period[order]
    is_first = np.append(True, (node[1:] != node[:-1]) | (code[1:] != code[:-1]) | (code[1:] == NONE))
    starts, number = np.flatnonzero(is_first), np.cumsum(is_first) - 1
    begin, end = cell_day.copy(), last_day.copy()
    begin[order] = np.minimum.reduceat(cell_day[order], starts)[number]
    end[order] = np.maximum.reduceat(last_day[order], starts)[number]
    return begin, end


def _furthest(cell_node: Integers, earliest: Integers, latest: Integers, step: int) -> Integers:
    """The day up to which any cell of the node, from each one on in a direction, still reaches."""
    floor = min(int(earliest.min()), int(latest.min()))
    offset = cell_node * (max(int(earliest.max()), int(latest.max())) - floor + 1)
    if step < 0:
        return np.asarray(np.maximum.accumulate(offset + latest - floor) - offset + floor)
    return np.asarray(np.minimum.accumulate((offset + earliest - floor)[::-1])[::-1] - offset + floor)


def _own_cell(cell_node: Integers, cell_day: Integers, node: Integers, day: Integers) -> Integers:
    """The last bucket of the node that begins on the day or before; one less than the node's first where none does."""
    if not cell_day.size or not day.size:
        return np.full(node.size, NONE, np.int64)
    lowest = min(int(cell_day.min()), int(day.min()))
    span = max(int(cell_day.max()), int(day.max())) - lowest + 2
    found = np.searchsorted(cell_node * span + cell_day - lowest, node * span + day - lowest, side="right") - 1
    return np.asarray(found, dtype=np.int64)


def _take(left: Integers, open_: Integers, taking: Integers, cell: Integers) -> None:
    """Each of the orders in `taking` (in their order) takes from its cell what those before it left."""
    order = np.argsort(cell, kind="stable")
    taking, cell = taking[order], cell[order]
    wanted = open_[taking]
    starts = starts_of_runs(cell)
    length = np.diff(np.append(starts, cell.size))
    total = np.cumsum(wanted)
    before = total - wanted - np.repeat((total - wanted)[starts], length)
    taken = np.clip(left[cell] - before, 0, wanted)
    open_[taking] -= taken
    np.subtract.at(left, cell, taken)
