"""Forecast netting: orders use up the forecast, so that both together are asked for once.

Every order first takes from the forecast of its own bucket, then from earlier ones, nearest first, as far as the
backward window of its node reaches, then from later ones. All orders take their own bucket before any takes a
neighbour's: no order starves another of its own forecast. Within one bucket the earlier order takes first. Inside the
demand time fence forecast does not count; what orders take there is taken all the same.
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
    order = np.lexsort((forecasts.day, forecasts.node))
    cell_node, cell_day = forecasts.node[order], forecasts.day[order]
    last_day = cell_day + np.maximum(forecasts.days[order], 1) - 1
    left = forecasts.quantity[order].copy()
    rows = np.flatnonzero((demands.for_supply == NONE) & (demands.quantity > 0))
    rows = rows[np.lexsort((demands.day[rows], demands.node[rows]))]
    node, day = demands.node[rows], demands.day[rows]
    open_ = demands.quantity[rows].copy()
    first, end = np.searchsorted(cell_node, node), np.searchsorted(cell_node, node, side="right")
    own = _own_cell(cell_node, cell_day, node, day)
    backward, forward = nodes.forecast_backward_days[node], nodes.forecast_forward_days[node]

    def take(cell: Integers, reached: Flags) -> None:
        taking = np.flatnonzero(reached & (open_ > 0))
        if taking.size:
            _take(left, open_, taking, cell[taking])

    inside = (own >= first) & (own < end)
    safe = np.clip(own, 0, max(left.size - 1, 0))
    if left.size:
        take(safe, inside & (day <= last_day[safe]))
        for direction, window in ((-1, backward), (1, forward)):
            # The bucket before the own one, or the last one that ended before the day.
            starts_inside = inside & (day <= last_day[safe])
            cell = np.where(starts_inside, own - 1, own) if direction < 0 else own + 1
            reached = window > 0
            while True:
                at = np.clip(cell, 0, left.size - 1)
                near = (last_day[at] >= day - window) if direction < 0 else (cell_day[at] <= day + window)
                reached = reached & (cell >= first) & (cell < end) & near & (open_ > 0)
                if not reached.any():
                    break
                take(at, reached)
                cell = cell + direction
    fence = nodes.demand_time_fence_days[cell_node]
    is_past = last_day < first_day
    ignored = is_past | ((fence > 0) & (cell_day < first_day + fence))
    quantity, consumed, is_ignored = (np.zeros(order.size, np.int64) for _ in range(3))
    quantity[order] = np.where(ignored, 0, left)
    consumed[order] = forecasts.quantity[order] - left
    is_ignored[order] = ignored
    unmatched = np.zeros(demands.count, np.int64)
    unmatched[rows] = np.where(end > first, open_, 0)
    return NetForecast(quantity, consumed, is_ignored.astype(np.bool_), unmatched)


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
