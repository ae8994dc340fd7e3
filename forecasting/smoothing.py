"""Simple, Holt's and damped exponential smoothing of many series, every parameter combination together in time.

One recursion serves all three (error correction form, Hyndman and Athanasopoulos, "Forecasting: Principles and
Practice", 8.2): forecast = level + φ·trend, level = forecast + α·error, trend = φ·trend + α·β·error. Simple smoothing
is β = 0 with no trend, Holt's is φ = 1. Each series takes the combination with the smallest sum of squared one-step
errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.panel import Floats, Integers, blocks

ALPHAS = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.96, 1.0])
BETAS = np.array([0.01, 0.05, 0.1, 0.2, 0.35, 0.6])
PHIS = np.array([0.80, 0.88, 0.94, 0.98])
# As many first values say where level and trend begin.
OPENING = 10


@dataclass(frozen=True, slots=True)
class Smoothing:
    """Parameter combinations (combinations,) each: α, β, φ, and whether there is a trend at all."""

    alpha: Floats
    beta: Floats
    phi: Floats
    has_trend: Floats


@dataclass(frozen=True, slots=True)
class Smoothed:
    """What each series ends with, (series,) each: the last level, the last trend, φ, α, and the mean squared error."""

    level: Floats
    trend: Floats
    phi: Floats
    alpha: Floats
    mean_squared_error: Floats

    def forecast(self, horizon: int) -> Floats:
        """(series, horizon): the level plus the damped trend, summed."""
        damping = np.cumsum(self.phi[:, None] ** np.arange(1, horizon + 1), axis=1)
        return self.level[:, None] + damping * self.trend[:, None]


def simple_grid() -> Smoothing:
    """14 combinations of simple smoothing."""
    nothing = np.zeros_like(ALPHAS)
    return Smoothing(ALPHAS, nothing, np.ones_like(ALPHAS), nothing)


def holt_grid() -> Smoothing:
    """84 combinations of Holt's linear trend."""
    alpha, beta = (axis.ravel() for axis in np.meshgrid(ALPHAS, BETAS, indexing="ij"))
    return Smoothing(alpha, beta, np.ones_like(alpha), np.ones_like(alpha))


def damped_grid() -> Smoothing:
    """336 combinations of the damped trend."""
    alpha, beta, phi = (axis.ravel() for axis in np.meshgrid(ALPHAS, BETAS, PHIS, indexing="ij"))
    return Smoothing(alpha, beta, phi, np.ones_like(alpha))


def smooth(values: Floats, lengths: Integers, *grids: Smoothing) -> tuple[Smoothed, ...]:
    """The best combination of each grid for each series of a right-aligned (series, time) array, in one pass."""
    sizes = [grid.alpha.size for grid in grids]
    together = Smoothing(
        *(
            np.concatenate([getattr(grid, name) for grid in grids])
            for name in ("alpha", "beta", "phi", "has_trend")
        )
    )  # fmt: skip
    edges = np.cumsum([0, *sizes])
    results = [np.empty((5, lengths.size)) for _ in grids]
    first_value, level, trend = opening(values, lengths)
    for rows, active in blocks(lengths, together.alpha.size):
        errors, levels, trends = _advance(
            values[rows, values.shape[1] - active.size :], active, together,
            np.where(together.has_trend > 0, level[rows, None], first_value[rows, None]),
            trend[rows, None] * together.has_trend,
        )  # fmt: skip
        everyone = np.arange(rows.size)
        for result, start, end in zip(results, edges[:-1], edges[1:], strict=True):
            best = start + np.argmin(errors[:, start:end], axis=1)
            result[:, rows] = (
                levels[everyone, best],
                trends[everyone, best],
                together.phi[best],
                together.alpha[best],
                errors[everyone, best] / lengths[rows],
            )
    return tuple(Smoothed(*result) for result in results)


def opening(values: Floats, lengths: Integers) -> tuple[Floats, Floats, Floats]:
    """First value, and level one period before it with trend, from a line through the first ten values; (series,)."""
    starts = values.shape[1] - lengths
    steps = min(OPENING, values.shape[1])
    known = np.arange(steps) < np.minimum(lengths, OPENING)[:, None]
    columns = np.minimum(starts[:, None] + np.arange(steps), values.shape[1] - 1)
    begun = np.where(known, np.take_along_axis(values, columns, axis=1), 0.0)
    level, trend = fitted_line(begun, known)
    return begun[:, 0], level, trend


def fitted_line(values: Floats, known: Floats | np.ndarray) -> tuple[Floats, Floats]:
    """Intercept at time 0 and slope of a least squares line through the known values at times 1, 2, …; (series,)."""
    time = np.cumsum(known, axis=1) * known
    count = known.sum(axis=1)
    mean_time = time.sum(axis=1) / count
    mean = np.where(known, values, 0.0).sum(axis=1) / count
    spread = np.where(known, time - mean_time[:, None], 0.0)
    moved = np.where(known, values - mean[:, None], 0.0)
    square = (spread**2).sum(axis=1)
    slope = np.divide((spread * moved).sum(axis=1), square, out=np.zeros_like(mean), where=square > 0)
    return mean - slope * mean_time, slope


def _advance(
    values: Floats, active: Integers, grid: Smoothing, level: Floats, trend: Floats
) -> tuple[Floats, Floats, Floats]:
    """Sum of squared errors, last level and last trend, (series, combinations), of series sorted by length."""
    shape = (values.shape[0], grid.alpha.size)
    level, trend = np.array(np.broadcast_to(level, shape)), np.array(np.broadcast_to(trend, shape))
    squared, error, buffer = np.zeros(shape), np.empty(shape), np.empty(shape)
    trend_gain = grid.alpha * grid.beta
    for step, count in enumerate(active):
        now = slice(0, count)
        np.multiply(trend[now], grid.phi, out=trend[now])
        np.add(level[now], trend[now], out=level[now])
        np.subtract(values[now, step, None], level[now], out=error[now])
        np.multiply(error[now], error[now], out=buffer[now])
        np.add(squared[now], buffer[now], out=squared[now])
        np.multiply(error[now], grid.alpha, out=buffer[now])
        np.add(level[now], buffer[now], out=level[now])
        np.multiply(error[now], trend_gain, out=buffer[now])
        np.add(trend[now], buffer[now], out=trend[now])
    return squared, level, trend
