"""The stock that a service target asks for: order-up-to level and safety stock, with both measures of service.

Every review period an order fills the stock position up to S; it arrives after a lead time that varies as observed, and
what is short waits. S is searched on the equally likely demands of the forecast: a cycle's shortage is what demand over
lead time + review exceeds S by, less what demand over the lead time alone did (Silver, Pyke, Thomas 2017, 7.9). So a
fill-rate target is met by fill rate: the quantile of the same number gives another, mostly lower one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from forecasting.demand_distribution import DemandDistribution
from forecasting.errors import ForecastError
from forecasting.panel import Floats, Integers, Panel

Measure = Literal["fill_rate", "cycle_service"]
TARGETS = (0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99)
# Halvings of the interval that S is searched in.
_HALVINGS = 50
# Shares add up to 1 only so far.
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """How long supply takes: `share` (series, L + 1) of orders that took 0 … L periods, each row adding up to 1."""

    share: Floats

    @classmethod
    def fixed(cls, periods: Integers | Sequence[int]) -> LeadTimes:
        """The same lead time every time, (series,) whole periods."""
        found = np.asarray(periods, dtype=np.int64)
        if found.size == 0 or found.min() < 0:
            raise ForecastError("Lead times must be 0 or more periods, one for each series.")
        return cls((found[:, None] == np.arange(found.max() + 1)).astype(np.float64))

    @classmethod
    def observed(cls, series: Integers, periods: Integers, series_count: int) -> LeadTimes:
        """Counted from receipts: the series (row number) and lead time of each. A series without any has all others'.

        Raises ForecastError without any receipt, or with a negative lead time.
        """
        if periods.size == 0 or periods.min() < 0:
            raise ForecastError(
                "Lead times are counted from receipts of 0 or more periods; there is none, or a negative."
            )
        counts = np.zeros((series_count, int(periods.max()) + 1))
        np.add.at(counts, (series, periods), 1.0)
        total = counts.sum(axis=1, keepdims=True)
        pooled = counts.sum(axis=0) / periods.size
        return cls(np.where(total > 0, counts / np.maximum(total, 1), pooled))

    @property
    def longest(self) -> int:
        return int(self.share.shape[1]) - 1


@dataclass(frozen=True, slots=True)
class StockPolicy:
    """Per series, (series,) each, in units of quantity.

    `order_up_to`; `safety_stock` = that less `protected_demand`, the mean demand over lead time and review;
    `fill_rate` (share of demand met from stock) and `cycle_service` (share of cycles without shortage), NaN where
    nothing is demanded; `expected_stock` on hand, between just after and just before a delivery.
    """

    order_up_to: Floats
    safety_stock: Floats
    protected_demand: Floats
    fill_rate: Floats
    cycle_service: Floats
    expected_stock: Floats

    def frame(self, panel: Panel) -> pl.DataFrame:
        """series and the policy's columns; service is null where nothing is demanded."""
        columns = {name: getattr(self, name) for name in self.__slots__}
        return pl.DataFrame({"series": panel.names, **columns}).with_columns(
            pl.col("fill_rate", "cycle_service").fill_nan(None)
        )


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """Equally likely demands with their weights, (series, outcomes): over lead time + review, and over lead time."""

    protected: Floats
    waiting: Floats
    weight: Floats

    def fill_rate(self, level: Floats) -> Floats:
        asked = (self.weight * (self.protected - self.waiting)).sum(axis=1)
        short = (
            self.weight
            * (np.maximum(self.protected - level[:, None], 0) - np.maximum(self.waiting - level[:, None], 0))
        ).sum(axis=1)
        found: Floats = 1 - np.divide(short, asked, out=np.full_like(asked, np.nan), where=asked > 0)
        return found

    def cycle_service(self, level: Floats) -> Floats:
        found: Floats = (self.weight * (self.protected <= level[:, None])).sum(axis=1)
        return np.where(self.protected[:, -1] > 0, found, np.nan)

    def policy(self, level: Floats) -> StockPolicy:
        mean = (self.weight * self.protected).sum(axis=1)
        left = np.maximum(level[:, None] - self.waiting, 0) + np.maximum(level[:, None] - self.protected, 0)
        expected = (self.weight * left).sum(axis=1) / 2
        return StockPolicy(level, level - mean, mean, self.fill_rate(level), self.cycle_service(level), expected)


def stock_for_target(
    demand: DemandDistribution,
    lead_times: LeadTimes,
    review_periods: int,
    target: float | Floats,
    measure: Measure = "fill_rate",
    unit: float | Floats = 0.0,
) -> StockPolicy:
    """The smallest order-up-to level of each series that reaches the target; a multiple of `unit` where that is not 0.

    `target` is one for all or (series,).

    Raises ForecastError for a target outside 0 … 1, a review below one period, or demand that is forecast for fewer
    periods than the longest lead time and the review together.
    """
    wrong = [one for one in np.atleast_1d(target).tolist() if not 0 < one < 1]
    if wrong:
        raise ForecastError(f"A service target of {wrong[0]} cannot be planned for. Set one above 0 and below 1.")
    outcomes = _outcomes(demand, lead_times, review_periods)
    reached = outcomes.fill_rate if measure == "fill_rate" else outcomes.cycle_service
    low, high = np.zeros(outcomes.protected.shape[0]), outcomes.protected.max(axis=1)
    high = np.where(np.nan_to_num(reached(low), nan=1.0) >= target - _EXACT, 0.0, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_enough = np.nan_to_num(reached(middle), nan=1.0) >= target - _EXACT
        high = np.where(is_enough, middle, high)
        low = np.where(is_enough, low, middle)
    step = np.broadcast_to(np.asarray(unit, dtype=np.float64), high.shape)
    # The search ends a hair above a whole number where that is the answer.
    whole = np.ceil(high / np.where(step > 0, step, 1.0) - 1e-9) * step
    return outcomes.policy(np.where(step > 0, whole, high))


def service_of(
    demand: DemandDistribution, lead_times: LeadTimes, review_periods: int, order_up_to: Floats
) -> StockPolicy:
    """What given order-up-to levels (series,) achieve."""
    return _outcomes(demand, lead_times, review_periods).policy(np.asarray(order_up_to, dtype=np.float64))


def trade_off(
    demand: DemandDistribution,
    lead_times: LeadTimes,
    review_periods: int,
    panel: Panel,
    targets: Sequence[float] = TARGETS,
) -> pl.DataFrame:
    """Stock against service: one row per series × fill-rate target, with the columns of StockPolicy."""
    parts = [
        stock_for_target(demand, lead_times, review_periods, target)
        .frame(panel)
        .with_columns(target_fill_rate=pl.lit(target))
        for target in targets
    ]
    return pl.concat(parts).sort("series", "target_fill_rate", maintain_order=True)


def _outcomes(demand: DemandDistribution, lead_times: LeadTimes, review_periods: int) -> _Outcomes:
    """Every lead time that occurs × every point of its demand, sorted by nothing: sums do not mind."""
    if review_periods < 1:
        raise ForecastError(f"A review every {review_periods} periods cannot be. It takes at least one.")
    count, _, points = demand.sums.shape
    if lead_times.share.shape[0] != count:
        raise ForecastError(f"There are lead times for {lead_times.share.shape[0]} series and demand for {count}.")
    lengths = range(lead_times.longest + 1)
    protected = np.concatenate([demand.over(length + review_periods) for length in lengths], axis=1)
    waiting = np.concatenate([demand.over(length) for length in lengths], axis=1)
    return _Outcomes(protected, waiting, np.repeat(lead_times.share, points, axis=1) / points)
