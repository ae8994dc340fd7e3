"""Whether a series is seasonal, and its seasonal indices by classical decomposition.

The test is that of the M4 competition: the autocorrelation at one period against a 90 % limit by Bartlett's formula.
Indices are multiplicative where every value is positive, additive where one is not. Sources: Makridakis, Spiliotis,
Assimakopoulos (2020), "The M4 Competition"; R `decompose`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.panel import Flags, Floats, Integers

# Two-sided 90 %.
SIGNIFICANT = 1.645
# Fewer whole periods than this say nothing about a season.
TESTED_PERIODS = 3
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Seasons:
    """Seasonal indices of many series.

    `indices` is (series, period): column j belongs to the forecast step j + 1, j + 1 + period, …; 1 (0 where additive)
    in a series without a season. `is_multiplicative` and `is_seasonal` are (series,).
    """

    indices: Floats
    is_multiplicative: Flags
    is_seasonal: Flags

    def of_history(self, steps: int) -> Floats:
        """Indices (series, steps) of the last `steps` periods, the very last in the last column."""
        period = self.indices.shape[1]
        found: Floats = self.indices[:, np.arange(-steps, 0) % period]
        return found

    def of_future(self, horizon: int) -> Floats:
        """Indices (series, horizon) of the coming periods."""
        found: Floats = self.indices[:, np.arange(horizon) % self.indices.shape[1]]
        return found

    def removed(self, values: Floats) -> Floats:
        """History (series, time) without its season."""
        found = self.of_history(values.shape[1])
        divisor = np.where(self.is_multiplicative[:, None], found, 1.0)
        adjusted: Floats = np.where(self.is_multiplicative[:, None], values / divisor, values - found)
        return adjusted

    def restored(self, forecasts: Floats) -> Floats:
        """Forecasts (series, horizon) with the season put back."""
        found = self.of_future(forecasts.shape[1])
        return np.where(self.is_multiplicative[:, None], forecasts * found, forecasts + found)


def autocorrelations(values: Floats, lengths: Integers, lags: int) -> Floats:
    """Autocorrelation (series, lags) at 1 … `lags`, 0 where a series is constant or too short."""
    known = ~np.isnan(values)
    mean = np.nansum(values, axis=1) / lengths
    centred = np.where(known, values - mean[:, None], 0.0)
    variance = np.einsum("st,st->s", centred, centred)
    floor = _TINY * np.einsum("st,st->s", np.where(known, values, 0.0), np.where(known, values, 0.0))
    found = np.zeros((values.shape[0], lags))
    for lag in range(1, min(lags, values.shape[1] - 1) + 1):
        found[:, lag - 1] = np.einsum("st,st->s", centred[:, lag:], centred[:, :-lag])
    varies = (variance > floor)[:, None]
    divided: Floats = np.divide(found, variance[:, None], out=np.zeros_like(found), where=varies)
    return divided


def seasonality_statistic(values: Floats, lengths: Integers, period: int) -> Floats:
    """|autocorrelation at one period| / its standard error, (series,); 0 below three whole periods."""
    if period < 2:
        return np.zeros(lengths.size)
    found = autocorrelations(values, lengths, period)
    error = np.sqrt((1 + 2 * (found[:, :-1] ** 2).sum(axis=1)) / lengths)
    return np.where(lengths >= TESTED_PERIODS * period, np.abs(found[:, -1]) / error, 0.0)


def seasonal_indices(values: Floats, lengths: Integers, period: int, is_multiplicative: Flags) -> Floats:
    """Indices (series, period) by ratio to (or difference from) the centred moving average, normalised.

    Column j belongs to forecast step j + 1. A phase that was never seen inside the average gets 1 (additive: 0).
    """
    trend = centred_average(values, period)
    detrended = values - trend
    ratio = np.divide(values, trend, out=np.full_like(values, np.nan), where=np.abs(trend) > _TINY)
    detrended = np.where(is_multiplicative[:, None], ratio, detrended)
    missing = -values.shape[1] % period
    padded = np.pad(detrended, ((0, 0), (missing, 0)), constant_values=np.nan).reshape(values.shape[0], -1, period)
    seen = (~np.isnan(padded)).sum(axis=1)
    neutral = is_multiplicative[:, None].astype(np.float64)
    figure = np.where(seen > 0, np.nansum(padded, axis=1) / np.maximum(seen, 1), neutral)
    mean = figure.mean(axis=1, keepdims=True)
    safe = np.where(np.abs(mean) > _TINY, mean, 1.0)
    figure = np.where(is_multiplicative[:, None], figure / safe, figure - mean)
    usable = (lengths >= 2 * period)[:, None] & (~is_multiplicative[:, None] | (figure.min(axis=1, keepdims=True) > 0))
    return np.where(usable, figure, neutral)


def seasons(values: Floats, lengths: Integers, period: int) -> Seasons:
    """Test every series of a right-aligned (series, time) array and decompose those that are seasonal."""
    is_positive = np.nanmin(values, axis=1) > 0
    is_seasonal = seasonality_statistic(values, lengths, period) > SIGNIFICANT
    indices = np.repeat(is_positive.astype(np.float64)[:, None], max(1, period), axis=1)
    if is_seasonal.any():
        chosen = np.flatnonzero(is_seasonal)
        indices[chosen] = seasonal_indices(values[chosen], lengths[chosen], period, is_positive[chosen])
    return Seasons(indices, is_positive, is_seasonal)


def centred_average(values: Floats, period: int) -> Floats:
    """Centred moving average over one period; half weight at both ends where the period is even. NaN at the edges."""
    weights = np.ones(period) if period % 2 else np.r_[0.5, np.ones(period - 1), 0.5]
    weights /= period
    found = np.full_like(values, np.nan)
    steps = values.shape[1] - weights.size + 1
    if steps > 0:
        total = np.zeros((values.shape[0], steps))
        for offset, weight in enumerate(weights):
            total += weight * values[:, offset : offset + steps]
        half = weights.size // 2
        found[:, half : half + steps] = total
    return found
