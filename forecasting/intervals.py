"""How far off regular forecasts have been: the distribution of demand per horizon and of its sums over 1 … K periods.

Split conformal, pooled: errors of the base forecast at earlier cutoffs are divided by the series' own error, drawn
towards that of all, and the quantiles of what results, for each horizon, are the shape of everyone's interval. A
series' own error comes from its other cutoffs, so that no error is divided by itself. Sums have their own quantiles.
Few cutoffs of one series alone would promise far too much, so its shape is never its own.

Where voices were mixed, the base forecast's shape, made as much smaller as the mix did better, is half of the answer:
its tails are those of another forecast. The other half are the errors of the mix itself at the gate's cutoff.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats

from forecasting.demand_distribution import PROBABILITIES, QUANTILES, DemandDistribution, quantiles_of
from forecasting.panel import Flags, Floats, Panel
from forecasting.recipe import BASE, Forecast
from forecasting.rolling_origins import Origin
from forecasting.series_features import safe_scale

# A series' own error counts as many cutoffs as it has, that of all as this many.
DRAWN_TOWARDS = 2.0
# With fewer pooled errors the shape is normal.
FEWEST_ERRORS = 40
# The mix is not taken to be better, against the base forecast that errors were measured of, than this.
SHARPEST, WIDEST = 0.6, 1.1
# Mean absolute error of a normal distribution, in standard deviations.
_NORMAL_MEAN_ERROR = 0.7979
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Intervals:
    """`by_period` (series, horizon, POINTS), ascending in the last axis, and the distribution of sums."""

    by_period: Floats
    sums: DemandDistribution

    def quantile(self, probability: float) -> Floats:
        """(series, horizon) of each period alone."""
        return quantiles_of(self.by_period, probability)

    def frame(self, panel: Panel, probabilities: tuple[float, ...] = QUANTILES) -> pl.DataFrame:
        """series, period, horizon, probability, quantity."""
        return pl.concat(
            [panel.forecast_frame(self.quantile(one)).with_columns(probability=pl.lit(one)) for one in probabilities]
        ).select("series", "period", "horizon", "probability", "quantity")


@dataclass(frozen=True, slots=True)
class _Errors:
    """Signed errors of all series at all cutoffs, (cutoffs, series, horizon), over the scale; NaN: took no part."""

    of_periods: Floats

    @property
    def count(self) -> int:
        """How many series at how many cutoffs took part."""
        return int((~np.isnan(self.of_periods)).all(axis=2).sum())

    @property
    def of_sums(self) -> Floats:
        return np.cumsum(self.of_periods, axis=2)

    def own(self) -> tuple[Floats, Floats]:
        """Typical error (series,) of each series, and without each cutoff in turn (cutoffs, series)."""
        size = np.abs(self.of_periods).mean(axis=2)
        known = ~np.isnan(size)
        everyone = float(np.median(size[known])) if known.any() else 1.0
        total, count = np.where(known, size, 0.0).sum(axis=0), known.sum(axis=0)
        others = np.where(known, total - np.nan_to_num(size), total)
        drawn = DRAWN_TOWARDS * everyone
        own = (total + drawn) / (count + DRAWN_TOWARDS)
        without = (others + drawn) / (count - known + DRAWN_TOWARDS)
        return np.maximum(own, _LEAST), np.maximum(without, _LEAST)


def intervals(panel: Panel, found: Forecast, scale_period: int) -> Intervals:
    """The distribution around the recipe's forecast of every series, from the errors at its cutoffs."""
    horizon = found.values.shape[1]
    scale = safe_scale(panel, scale_period)
    errors = _errors(panel, found.origins, horizon, scale_period)
    rehearsed = _rehearsed(panel, found, horizon, scale_period)
    own, without = errors.own()
    sharpness = _sharpness(found)
    width = scale * own
    never_negative: Flags = np.nanmin(panel.values, axis=1) >= 0
    both = []
    for centre, error, mixed, growth in (
        (found.values, errors.of_periods, rehearsed.of_periods, np.ones(horizon)),
        (np.cumsum(found.values, axis=1), errors.of_sums, rehearsed.of_sums, np.sqrt(np.arange(1, horizon + 1))),
    ):
        shape = sharpness * _shape(error / without[:, :, None], growth)
        if rehearsed.count >= FEWEST_ERRORS:
            shape = (shape + _shape(mixed / without[:1, :, None], growth)) / 2
        points = centre[:, :, None] + width[:, None, None] * shape
        both.append(np.where(never_negative[:, None, None], np.maximum(points, 0.0), points))
    by_period, sums = both
    # A longer sum is never smaller where demand is never negative.
    grown = np.maximum.accumulate(sums, axis=1)
    return Intervals(by_period, DemandDistribution(np.where(never_negative[:, None, None], grown, sums)))


def _errors(panel: Panel, origins: Sequence[Origin], horizon: int, scale_period: int) -> _Errors:
    found = np.full((len(origins), panel.series_count, horizon), np.nan)
    for number, origin in enumerate(origins):
        error = origin.actuals - origin.forecasts.of(BASE)
        found[number, origin.rows] = error / safe_scale(origin.history, scale_period)[:, None]
    # A cutoff whose horizon is not over yet would count its first steps only.
    found[np.isnan(found).any(axis=2)] = np.nan
    return _Errors(found)


def _rehearsed(panel: Panel, found: Forecast, horizon: int, scale_period: int) -> _Errors:
    """Errors of the mix at the gate's cutoff, the first one; none where the gate was not opened."""
    if not found.rehearsed.size:
        return _Errors(np.full((0, panel.series_count, horizon), np.nan))
    origin = found.origins[0]
    error = np.full((1, panel.series_count, horizon), np.nan)
    error[0, origin.rows] = (origin.actuals - found.rehearsed) / safe_scale(origin.history, scale_period)[:, None]
    error[np.isnan(error).any(axis=2)] = np.nan
    return _Errors(error)


def _shape(error: Floats, growth: Floats) -> Floats:
    """Quantiles (horizon, POINTS) of errors (cutoffs, series, horizon); normal, growing as told, where too few."""
    pooled = error.reshape(-1, error.shape[2])
    pooled = pooled[~np.isnan(pooled).any(axis=1)]
    if pooled.shape[0] < FEWEST_ERRORS:
        normal: Floats = growth[:, None] * stats.norm.ppf(PROBABILITIES) / _NORMAL_MEAN_ERROR
        return normal
    shape: Floats = np.quantile(pooled, PROBABILITIES, axis=0).T
    return shape


def _sharpness(found: Forecast) -> float:
    """How much smaller the errors of the mix were than those of the base forecast; 1 where not measured."""
    if BASE not in found.gate.voices or not np.isfinite(found.gate.mixed):
        return 1.0
    base = float(found.gate.measured[found.gate.voices.index(BASE)])
    return float(np.clip(found.gate.mixed / max(base, _LEAST), SHARPEST, WIDEST))
