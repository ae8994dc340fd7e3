"""Order-up-to replenishment played period by period, many series together: what a level of stock would have served.

In each period: what is due arrives; at a review an order lifts the stock position to the level, due after its lead
time (0: at once); demand is met from stock, and what is short waits for the next arrivals. Orders may overtake.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.errors import ForecastError
from forecasting.panel import Floats, Integers


@dataclass(frozen=True, slots=True)
class StockOutcome:
    """Per path, (paths,): served and asked quantity, cycles (between reviews) and those without shortage, mean stock.

    `mean_stock` is on hand at the end of a period.
    """

    served: Floats
    asked: Floats
    cycles: Integers
    cycles_without_shortage: Integers
    mean_stock: Floats

    @property
    def fill_rate(self) -> float:
        """Of all paths together; NaN where nothing was asked."""
        return float(self.served.sum() / self.asked.sum()) if self.asked.sum() > 0 else float("nan")

    @property
    def cycle_service(self) -> float:
        """Of all paths together."""
        return float(self.cycles_without_shortage.sum() / self.cycles.sum())


def simulate_stock(
    demand: Floats, order_up_to: Floats, lead_times: Integers, review_periods: int, warm_up: int = 0
) -> StockOutcome:
    """Play demand (paths, periods) with levels (paths,) or (paths, periods) and lead times (paths, periods).

    `lead_times` are those of an order placed in the period. Stock begins at the level. The first `warm_up` periods are
    played but not counted. Raises ForecastError for negative demand or lead times or a review below one period.
    """
    if review_periods < 1 or demand.min(initial=0) < 0 or lead_times.min(initial=0) < 0:
        raise ForecastError("Demand and lead times must not be negative, and a review takes at least one period.")
    paths, periods = demand.shape
    levels = np.broadcast_to(order_up_to[:, None] if order_up_to.ndim == 1 else order_up_to, demand.shape)
    arrivals = np.zeros((paths, periods + int(lead_times.max(initial=0)) + 1))
    everyone = np.arange(paths)
    on_hand, position = levels[:, 0].astype(np.float64), levels[:, 0].astype(np.float64)
    served, asked, stock = np.zeros(paths), np.zeros(paths), np.zeros(paths)
    is_short = np.zeros(paths, dtype=np.bool_)
    cycles, good = np.zeros(paths, dtype=np.int64), np.zeros(paths, dtype=np.int64)
    for period in range(periods):
        if period % review_periods == 0:
            order = np.maximum(levels[:, period] - position, 0.0)
            np.add.at(arrivals, (everyone, period + lead_times[:, period]), order)
            position = position + order
        on_hand = on_hand + arrivals[:, period]
        met = np.minimum(demand[:, period], np.maximum(on_hand, 0.0))
        on_hand, position = on_hand - demand[:, period], position - demand[:, period]
        is_short |= on_hand < 0
        ends = (period + 1) % review_periods == 0
        if period >= warm_up:
            served, asked = served + met, asked + demand[:, period]
            stock = stock + np.maximum(on_hand, 0.0)
            cycles, good = cycles + ends, good + (ends & ~is_short)
        if ends:
            is_short = np.zeros(paths, dtype=np.bool_)
    return StockOutcome(served, asked, cycles, good, stock / max(1, periods - warm_up))
