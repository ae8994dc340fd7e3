"""Every series forecast by itself, by a dozen classical methods at once: the candidates that all else combines.

Methods of smoothing and Theta run on history without season and get it back; Holt-Winters smooths its own. A method
that a series is too short for is replaced by the next simpler one: seasonal naive by naive, Holt-Winters
multiplicative by additive by damped. Mean6 is the plain mean of damped, Theta, optimised Theta, both Holt-Winters and
Comb; for period 1 the median of damped, Theta and optimised Theta.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.errors import ForecastError
from forecasting.holt_winters import holt_winters
from forecasting.panel import Flags, Floats, Integers, Panel
from forecasting.seasonality import seasons
from forecasting.smoothing import damped_grid, holt_grid, simple_grid, smooth
from forecasting.theta import optimised_theta, theta

CANDIDATES = (
    "naive", "seasonal_naive", "naive2", "ses", "holt", "damped", "theta", "optimised_theta", "holt_winters_additive",
    "holt_winters_multiplicative", "comb", "mean6",
)  # fmt: skip
MEAN6 = ("damped", "theta", "optimised_theta", "holt_winters_additive", "holt_winters_multiplicative", "comb")
MEDIAN3 = ("damped", "theta", "optimised_theta")
# A forecast may leave the range that the history spans by as many times its width: an exploding trend is no forecast.
WIDEST = 3.0


@dataclass(frozen=True, slots=True)
class CandidateForecasts:
    """Forecasts of several methods: `values` is (candidates, series, horizon) in the order of `candidates`."""

    candidates: tuple[str, ...]
    values: Floats

    def of(self, candidate: str) -> Floats:
        """(series, horizon) of one candidate."""
        found: Floats = self.values[self.candidates.index(candidate)]
        return found


def local_forecasts(panel: Panel, horizon: int, period: int) -> CandidateForecasts:
    """Forecast every series by every method, `horizon` periods ahead; `period` is the length of a season (1: none).

    Raises ForecastError for a horizon or period below 1. No series raises.
    """
    if horizon < 1 or period < 1:
        raise ForecastError(f"Horizon {horizon} and period {period} must both be 1 or more.")
    scale = np.nanmax(np.abs(panel.values), axis=1)
    scale = np.where(scale > 0, scale, 1.0)
    found = _scaled_forecasts(panel.values / scale[:, None], panel.lengths, horizon, period)
    values = np.stack([found[name] for name in CANDIDATES]) * scale[:, None]
    return CandidateForecasts(CANDIDATES, values)


def seasonal_naive(values: Floats, lengths: Integers, horizon: int, period: int) -> Floats:
    """The value one period before, (series, horizon); the last value where a series is shorter than a period."""
    last = np.repeat(values[:, -1:], horizon, axis=1)
    if values.shape[1] < period:
        return last
    before = values[:, values.shape[1] - period + np.arange(horizon) % period]
    return np.where((lengths >= period)[:, None], before, last)


def _scaled_forecasts(values: Floats, lengths: Integers, horizon: int, period: int) -> dict[str, Floats]:
    season = seasons(values, lengths, period)
    adjusted = season.removed(values)
    simple, holt, damped = smooth(adjusted, lengths, simple_grid(), holt_grid(), damped_grid())
    without_season = {
        "naive2": np.repeat(adjusted[:, -1:], horizon, axis=1),
        "ses": simple.forecast(horizon),
        "holt": holt.forecast(horizon),
        "damped": damped.forecast(horizon),
        "theta": theta(adjusted, lengths, horizon),
        "optimised_theta": optimised_theta(adjusted, lengths, horizon),
    }
    found = {name: _bounded(season.restored(forecast), values) for name, forecast in without_season.items()}
    found["naive"] = np.repeat(values[:, -1:], horizon, axis=1)
    found["seasonal_naive"] = seasonal_naive(values, lengths, horizon, period)
    found["comb"] = (found["ses"] + found["holt"] + found["damped"]) / 3
    additive, multiplicative = _seasonal_smoothing(values, lengths, horizon, period, found["damped"])
    found["holt_winters_additive"] = _bounded(additive, values)
    found["holt_winters_multiplicative"] = _bounded(multiplicative, values)
    found["mean6"] = (
        np.median([found[name] for name in MEDIAN3], axis=0)
        if period == 1
        else np.mean([found[name] for name in MEAN6], axis=0)
    )
    return found


def _seasonal_smoothing(
    values: Floats, lengths: Integers, horizon: int, period: int, damped: Floats
) -> tuple[Floats, Floats]:
    """Holt-Winters additive and multiplicative (series, horizon), with their stand-ins where they cannot run."""
    additive = damped.copy()
    multiplicative = damped.copy()
    is_long: Flags = (lengths >= 2 * period) & (period > 1)
    if is_long.any():
        rows = np.flatnonzero(is_long)
        additive[rows] = holt_winters(values[rows], lengths[rows], period, horizon, is_multiplicative=False)
        multiplicative[rows] = additive[rows]
    rows = np.flatnonzero(is_long & (np.nanmin(values, axis=1) > 0))
    if rows.size:
        multiplicative[rows] = holt_winters(values[rows], lengths[rows], period, horizon, is_multiplicative=True)
    return additive, multiplicative


def _bounded(forecasts: Floats, values: Floats) -> Floats:
    """Forecasts within reach of the history: not below zero where it never was, not far outside its range."""
    lowest, highest = np.nanmin(values, axis=1)[:, None], np.nanmax(values, axis=1)[:, None]
    width = WIDEST * (highest - lowest)
    least = np.where(lowest >= 0, np.maximum(lowest - width, 0.0), lowest - width)
    return np.clip(forecasts, least, highest + width)
