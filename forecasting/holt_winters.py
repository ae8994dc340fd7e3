"""Holt-Winters smoothing with a damped trend, additive and multiplicative season, of many series together.

48 parameter combinations are tried on every series, then twice 12 around its own best. Error correction form of
Hyndman, Koehler, Ord, Snyder (2008), "Forecasting with Exponential Smoothing", table 2.1. Level, trend and season
begin with a line through the first two periods without season, and the indices of the classical decomposition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.panel import Flags, Floats, Integers, blocks
from forecasting.seasonality import Seasons, seasonal_indices
from forecasting.smoothing import fitted_line

TRIED = 48
REFINED = (12, 12)
SPREADS = (0.15, 0.06)
SEED = 20_000
# α, β, γ, φ: the smallest and the largest tried.
LOWEST = np.array([0.005, 0.001, 0.001, 0.80])
HIGHEST = np.array([0.95, 0.50, 0.60, 0.99])
# A multiplicative season or level is kept above this share of a series' scale: it divides.
_FLOOR = 1e-3


@dataclass(frozen=True, slots=True)
class _Fit:
    """Sum of squared errors and last level and trend (series, combinations); last season (period, series, comb.)."""

    squared: Floats
    level: Floats
    trend: Floats
    season: Floats


def holt_winters(values: Floats, lengths: Integers, period: int, horizon: int, *, is_multiplicative: bool) -> Floats:
    """Forecasts (series, horizon) of right-aligned history scaled to a largest absolute value of 1.

    Every series must hold at least two whole periods; with `is_multiplicative` every value must be positive.
    """
    flags = np.full(lengths.size, is_multiplicative)
    indices = seasonal_indices(values, lengths, period, flags)
    level, trend = _opening(values, lengths, Seasons(indices, flags, flags), period)
    forecasts = np.empty((lengths.size, horizon))
    for rows, active in blocks(lengths, TRIED):
        # In the block the first column may have another phase than column 0 of the indices.
        season = indices[rows][:, np.arange(-active.size, period - active.size) % period].T
        forecasts[rows] = _forecast_block(
            values[rows, values.shape[1] - active.size :], active, level[rows], trend[rows], season, horizon,
            is_multiplicative,
        )  # fmt: skip
    return forecasts


def _opening(values: Floats, lengths: Integers, found: Seasons, period: int) -> tuple[Floats, Floats]:
    """Level before the first value and trend, (series,), from a line through the first two periods."""
    adjusted = found.removed(values)
    starts = values.shape[1] - lengths
    place = np.arange(values.shape[1])
    known: Flags = (place >= starts[:, None]) & (place < (starts + np.minimum(2 * period, lengths))[:, None])
    return fitted_line(np.where(known, adjusted, 0.0), known)


def _forecast_block(
    values: Floats,
    active: Integers,
    level: Floats,
    trend: Floats,
    season: Floats,
    horizon: int,
    is_multiplicative: bool,
) -> Floats:
    generator = np.random.default_rng(SEED)
    everyone = np.arange(values.shape[0])
    drawn = generator.random((TRIED, 4))
    drawn[:, :3] **= 2  # most series want little smoothing
    tried = np.broadcast_to(LOWEST + drawn * (HIGHEST - LOWEST), (values.shape[0], TRIED, 4))
    best_squared = np.full(values.shape[0], np.inf)
    best = np.zeros((values.shape[0], 4))
    forecasts = np.zeros((values.shape[0], horizon))
    for spread, count in zip((*SPREADS, 0.0), (*REFINED, 0), strict=True):
        fit = _advance(values, active, tried, (level, trend, season), is_multiplicative)
        chosen = np.argmin(fit.squared, axis=1)
        better = fit.squared[everyone, chosen] < best_squared
        best_squared = np.where(better, fit.squared[everyone, chosen], best_squared)
        best = np.where(better[:, None], tried[everyone, chosen], best)
        found = _ahead(fit, everyone, chosen, best[:, 3], values.shape[1], horizon, is_multiplicative)
        forecasts = np.where(better[:, None], found, forecasts)
        moved = generator.standard_normal((count, 4)) * spread * (HIGHEST - LOWEST)
        tried = np.clip(best[:, None, :] + moved, LOWEST, HIGHEST)
    return forecasts


def _ahead(
    fit: _Fit, everyone: Integers, chosen: Integers, phi: Floats, steps: int, horizon: int, is_multiplicative: bool
) -> Floats:
    damping = np.cumsum(phi[:, None] ** np.arange(1, horizon + 1), axis=1)
    base = fit.level[everyone, chosen][:, None] + damping * fit.trend[everyone, chosen][:, None]
    phases = (steps + np.arange(horizon)) % fit.season.shape[0]
    season = fit.season[phases[:, None], everyone, chosen].T
    found: Floats = base * season if is_multiplicative else base + season
    return found


def _advance(
    values: Floats, active: Integers, tried: Floats, opening: tuple[Floats, Floats, Floats], is_multiplicative: bool
) -> _Fit:
    """Run `tried` (series, combinations, 4) over series sorted by length from level, trend, and season by phase."""
    alpha, beta, gamma, phi = (np.ascontiguousarray(tried[:, :, number]) for number in range(4))
    trend_gain, season_gain = alpha * beta, gamma * (1 - alpha)
    shape = alpha.shape
    level = np.repeat(opening[0][:, None], shape[1], axis=1)
    trend = np.repeat(opening[1][:, None], shape[1], axis=1)
    season = np.repeat(opening[2][:, :, None], shape[1], axis=2)
    squared, error, buffer = np.zeros(shape), np.empty(shape), np.empty(shape)
    period = season.shape[0]
    for step, count in enumerate(active):
        now = slice(0, count)
        phase = season[step % period, now]
        trend[now] *= phi[now]
        level[now] += trend[now]
        if is_multiplicative:
            np.maximum(level[now], _FLOOR, out=level[now])
            base = level[now].copy()
            np.multiply(base, phase, out=buffer[now])
        else:
            np.add(level[now], phase, out=buffer[now])
        np.subtract(values[now, step, None], buffer[now], out=error[now])
        np.multiply(error[now], error[now], out=buffer[now])
        squared[now] += buffer[now]
        if is_multiplicative:
            np.divide(error[now], phase, out=buffer[now])
            np.divide(error[now], base, out=error[now])
        else:
            buffer[now] = error[now]
        level[now] += alpha[now] * buffer[now]
        trend[now] += trend_gain[now] * buffer[now]
        phase += season_gain[now] * error[now]
        if is_multiplicative:
            np.maximum(phase, _FLOOR, out=phase)
    return _Fit(squared, level, trend, season)
