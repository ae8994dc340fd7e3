"""The distribution of demand over the next 1, 2, … periods, as equally likely points, and classical ways to make one.

Sums have distributions of their own: quantiles are never added up and never scaled by the square root of time, except
where a classical method, kept as a rival, does so by definition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats

from forecasting.errors import ForecastError
from forecasting.panel import Flags, Floats, Panel

# Points of a distribution: the middles of as many equal shares of probability.
POINTS = 200
PROBABILITIES: Floats = (np.arange(POINTS) + 0.5) / POINTS
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class DemandDistribution:
    """Equally likely values of the demand summed over the first 1 … K periods.

    `sums` is (series, K, POINTS), ascending in the last axis: point j is the quantile at (j + ½) / POINTS.
    """

    sums: Floats

    @property
    def longest(self) -> int:
        return int(self.sums.shape[1])

    def mean(self, periods: int) -> Floats:
        """(series,) expected demand over the first `periods`."""
        found: Floats = self.over(periods).mean(axis=1)
        return found

    def over(self, periods: int) -> Floats:
        """(series, POINTS) of the sum over the first `periods`; 0 periods are no demand."""
        if not 0 <= periods <= self.longest:
            raise ForecastError(
                f"Demand over {periods} periods was asked for; {self.longest} are forecast. Ask for more."
            )
        if periods == 0:
            return np.zeros((self.sums.shape[0], self.sums.shape[2]))
        found: Floats = self.sums[:, periods - 1]
        return found

    def quantile(self, probability: float, periods: int) -> Floats:
        """(series,) of the sum over the first `periods`, between neighbouring points by a straight line."""
        if not 0 < probability < 1:
            raise ForecastError(f"A quantile at {probability} does not exist. Ask for one between 0 and 1.")
        return quantiles_of(self.over(periods), probability)

    def frame(self, panel: Panel, probabilities: tuple[float, ...] = QUANTILES) -> pl.DataFrame:
        """series, periods (summed), probability, quantity."""
        parts = [
            pl.DataFrame({"series": panel.names, "quantity": self.quantile(probability, periods)}).with_columns(
                periods=pl.lit(periods, pl.Int64), probability=pl.lit(probability)
            )
            for periods in range(1, self.longest + 1)
            for probability in probabilities
        ]
        return pl.concat(parts).select("series", "periods", "probability", "quantity")


def quantiles_of(points: Floats, probability: float) -> Floats:
    """The quantile (…) of equally likely ascending points (…, count)."""
    count = points.shape[-1]
    place = min(max(probability * count - 0.5, 0.0), count - 1.0)
    below = int(place)
    above = min(below + 1, count - 1)
    found: Floats = points[..., below] + (place - below) * (points[..., above] - points[..., below])
    return found


def normal_sums(rate: Floats, deviation: Floats, longest: int) -> DemandDistribution:
    """Normal demand of independent periods with a rate and standard deviation per period (series,); not below 0."""
    periods = np.arange(1, longest + 1)[:, None]
    points = rate[:, None, None] * periods + deviation[:, None, None] * np.sqrt(periods) * stats.norm.ppf(PROBABILITIES)
    return DemandDistribution(np.maximum(points, 0.0))


def negative_binomial_sums(rate: Floats, variance: Floats, longest: int) -> DemandDistribution:
    """Negative binomial demand of independent periods, Poisson where the variance does not exceed the rate."""
    periods = np.arange(1, longest + 1)[:, None]
    mean = np.maximum(rate, 1e-9)[:, None, None] * periods
    # A tiny excess stands for Poisson.
    excess = np.maximum(variance - rate, 1e-6 * np.maximum(rate, 1e-9))[:, None, None] * periods
    points = stats.nbinom.ppf(PROBABILITIES, mean**2 / excess, mean / (mean + excess))
    return DemandDistribution(np.where(rate[:, None, None] > 0, points, 0.0))


def bootstrap_sums(panel: Panel, longest: int, seed: int, draws: int = 1000) -> DemandDistribution:
    """Demand resampled from each series' own history: whether it comes by a chain of two states, sizes as they were.

    After Willemain, Smart, Schwarz (2004), without their jitter. Transition probabilities are drawn half a period
    towards the series' share of periods with demand, so that a short history still moves between both states.
    """
    generator = np.random.default_rng(seed)
    values = np.maximum(np.nan_to_num(panel.values), 0.0)
    comes = values > 0
    known = ~np.isnan(panel.values)
    share = comes.sum(axis=1) / panel.lengths
    after = {}
    for came in (False, True):
        before = known[:, :-1] & (comes[:, :-1] == came)
        after[came] = ((before & comes[:, 1:]).sum(axis=1) + 0.5 * share) / (before.sum(axis=1) + 0.5)
    order = np.argsort(~comes, axis=1, kind="stable")
    sizes = np.take_along_axis(values, order, axis=1)
    count = comes.sum(axis=1)
    everyone = np.arange(panel.series_count)[:, None]
    state: Flags = np.broadcast_to(comes[:, -1:], (panel.series_count, draws))
    total = np.zeros((panel.series_count, draws))
    sums = np.empty((panel.series_count, longest, POINTS))
    for period in range(longest):
        chance = np.where(state, after[True][:, None], after[False][:, None])
        state = generator.random(chance.shape) < chance
        drawn = (generator.random(chance.shape) * np.maximum(count, 1)[:, None]).astype(np.int64)
        total = total + np.where(state & (count > 0)[:, None], sizes[everyone, drawn], 0.0)
        sums[:, period] = np.quantile(total, PROBABILITIES, axis=1, method="inverted_cdf").T
    return DemandDistribution(sums)


def history_moments(panel: Panel) -> tuple[Floats, Floats]:
    """Mean and sample variance of the demand per period, (series,); variance 0 with one period."""
    mean = np.nansum(panel.values, axis=1) / panel.lengths
    square = np.nansum((panel.values - mean[:, None]) ** 2, axis=1)
    return mean, square / np.maximum(panel.lengths - 1, 1)
