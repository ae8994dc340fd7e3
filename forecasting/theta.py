"""The Theta method, and the dynamic optimised Theta method.

Theta (Assimakopoulos and Nikolopoulos 2000): the mean of a line through the whole history and simple smoothing of the
line θ = 2. Dynamic optimised Theta (Fiorucci, Pellegrini, Louzada, Petropoulos, Koehler 2016, section 2): line and
smoothing are brought up to date with every value, and θ and α are those with the smallest squared one-step errors.
Here the smoothed line begins at its own first value instead of 0, so that the forecast moves with a shift of the data
and the intercept falls out of the formula.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.panel import Floats, Integers, blocks
from forecasting.smoothing import ALPHAS, fitted_line, simple_grid, smooth

# The first value counts as so many periods of evidence about the level that the smoothing opens with.
OPENING_EVIDENCE = 0.1
THETAS = np.array([1.0, 1.3, 1.7, 2.0, 3.0, 5.0])


@dataclass(slots=True)
class _State:
    """Where the recursion stands: `level` and `decay` = (1 − α)^t per combination; the rest per series, (series, 1)."""

    level: Floats
    decay: Floats
    count: Floats
    mean: Floats
    slope: Floats


def theta(values: Floats, lengths: Integers, horizon: int) -> Floats:
    """Theta forecasts (series, horizon) of right-aligned history without season."""
    known = ~np.isnan(values)
    intercept, slope = fitted_line(np.where(known, values, 0.0), known)
    times = np.cumsum(known, axis=1)
    line = intercept[:, None] + slope[:, None] * times
    (smoothed,) = smooth(2 * values - line, lengths, simple_grid())
    ahead = intercept[:, None] + slope[:, None] * (lengths[:, None] + np.arange(1, horizon + 1))
    return (smoothed.forecast(horizon) + ahead) / 2


def optimised_theta(values: Floats, lengths: Integers, horizon: int) -> Floats:
    """Dynamic optimised Theta forecasts (series, horizon) of right-aligned history without season."""
    thetas, alphas = (axis.ravel() for axis in np.meshgrid(THETAS, ALPHAS, indexing="ij"))
    forecasts = np.empty((lengths.size, horizon))
    for rows, active in blocks(lengths, alphas.size):
        block = values[rows, values.shape[1] - active.size :]
        state, squared = _fitted(block, lengths[rows], active, 1 - 1 / thetas, alphas)
        best = np.argmin(squared, axis=1)
        forecasts[rows] = _continued(state, best, (1 - 1 / thetas)[best], alphas[best], horizon)
    return forecasts


def _fitted(values: Floats, lengths: Integers, active: Integers, share: Floats, alpha: Floats) -> tuple[_State, Floats]:
    """The state after the last value and the sum of squared errors (series, combinations)."""
    shape = (values.shape[0], alpha.size)
    first = values[np.arange(lengths.size), values.shape[1] - lengths][:, None]
    state = _State(
        np.array(np.broadcast_to(first, shape)), np.ones(shape), *(np.zeros((shape[0], 1)) for _ in range(3))
    )
    # An opening level lower by 1 raises every error by the decay of its period: its best value follows at the end.
    squared, crossed, decayed = np.zeros(shape), np.zeros(shape), np.full(shape, OPENING_EVIDENCE)
    for step, count in enumerate(active):
        now = slice(0, count)
        part = _State(
            state.level[now], state.decay[now], state.count[now], state.mean[now], state.slope[now]
        )  # views: what is written here is written there
        actual = values[now, step, None]
        # The first two values only open the recursion: one value has no line.
        error = np.where(part.count >= 2, actual - _next(part, share, alpha), 0.0)
        felt = np.where(part.count >= 2, part.decay, 0.0)
        squared[now] += error * error
        crossed[now] += error * felt
        decayed[now] += felt * felt
        _update(part, actual, alpha)
    lifted = crossed / decayed
    state.level += lifted * state.decay
    return state, squared - lifted * crossed


def _next(state: _State, share: Floats, alpha: Floats) -> Floats:
    """One step ahead: level + (1 − 1/θ)·slope·(1 − (1 − α)^t)/α."""
    return state.level + share * state.slope * (1 - state.decay) / alpha


def _update(state: _State, actual: Floats, alpha: Floats) -> None:
    """Take in one value, in place. The line is kept by its recursive least squares form."""
    state.count += 1
    count = state.count
    # At the first value the slope is 0: mean is 0 then and (count − 2) negative.
    gain = np.where(count >= 2, 6 / np.maximum(count, 1) * (actual - state.mean), 0.0)
    state.slope[...] = np.where(count >= 2, ((count - 2) * state.slope + gain) / (count + 1), 0.0)
    state.mean += (actual - state.mean) / count
    state.level += alpha * (actual - state.level)
    state.decay *= 1 - alpha


def _continued(state: _State, best: Integers, share: Floats, alpha: Floats, horizon: int) -> Floats:
    """Forecasts (series, horizon): each step is taken in as if it had happened."""
    everyone = np.arange(best.size)
    chosen = _State(
        state.level[everyone, best], state.decay[everyone, best],
        state.count[:, 0].copy(), state.mean[:, 0].copy(), state.slope[:, 0].copy(),
    )  # fmt: skip
    forecasts = np.empty((best.size, horizon))
    for step in range(horizon):
        forecasts[:, step] = np.where(chosen.count >= 2, _next(chosen, share, alpha), chosen.level)
        _update(chosen, forecasts[:, step], alpha)
    return forecasts
