"""One model for all series and all horizons at once, learnt from lags at many cutoffs.

Everything is a difference from a damped trend, divided by the series' scale: boosting cannot extrapolate, so the trend
is added by the base. Seasonal lags are aligned with the period that is forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.boosting import Boosting, BoostingSettings, fit_boosting, sampled
from forecasting.panel import Floats, Integers, Panel

# The base: quick enough to follow, its trend slow and damped.
ALPHA, BETA, PHI = 0.5, 0.05, 0.9
LAGS = 6
SEASONS = 3
# One sample's luck is worth as much as a good feature: the mean of several takes it out.
SAMPLES = 3
MOST_ROWS = 60_000
# Cutoffs go back this many periods or horizons, whichever is more.
DEEPEST_PERIODS, DEEPEST_HORIZONS = 3, 12
SETTINGS = BoostingSettings(trees=200, learning_rate=0.07, leaves=60, leaf_rows=40)
_CAP = 50.0
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class _Paths:
    """What was known at every column, (series, time) each: base level and trend, running scale, sums of values."""

    values: Floats
    level: Floats
    trend: Floats
    scale: Floats
    sums: Floats
    starts: Integers


@dataclass(frozen=True, slots=True)
class _Rows:
    """Features (rows, columns); base forecast and scale (rows,)."""

    features: Floats
    base: Floats
    scale: Floats


@dataclass(frozen=True, slots=True)
class DirectModel:
    """Models fitted on samples of their own, whose mean is the answer, with what their features need."""

    models: tuple[Boosting, ...]
    period: int
    scale_period: int

    def forecast(self, panel: Panel, horizon: int) -> Floats:
        """(series, horizon) in units."""
        series = np.repeat(np.arange(panel.series_count), horizon)
        steps = np.tile(np.arange(1, horizon + 1), panel.series_count)
        columns = np.full(series.size, panel.values.shape[1] - 1)
        rows = _rows(_paths(panel, self.scale_period), series, columns, steps, horizon, self.period)
        mean = np.mean([model.predict(rows.features) for model in self.models], axis=0)
        found: Floats = rows.base + rows.scale * mean
        return found.reshape(panel.series_count, horizon)


def fit_direct(panel: Panel, horizon: int, period: int, scale_period: int, seed: int) -> DirectModel:
    """Learn from all cutoffs and horizons of the panel's last years, drawn at random where they are many."""
    paths = _paths(panel, scale_period)
    deepest = max(DEEPEST_PERIODS * period, DEEPEST_HORIZONS * horizon)
    least = min(period + 2, 14)
    last = panel.values.shape[1] - 1
    cutoffs = np.arange(max(0, last - horizon - deepest + 1), last)
    series, place = np.nonzero(cutoffs >= paths.starts[:, None] + least)
    known = np.minimum(last - cutoffs[place], horizon)
    ends = np.cumsum(known)
    models = []
    for sample in range(SAMPLES):
        chosen = sampled(int(known.sum()), MOST_ROWS, seed + sample)
        pair = np.searchsorted(ends, chosen, side="right")
        steps = chosen - (ends - known)[pair] + 1
        columns = cutoffs[place[pair]]
        rows = _rows(paths, series[pair], columns, steps, horizon, period)
        target = np.clip((panel.values[series[pair], columns + steps] - rows.base) / rows.scale, -_CAP, _CAP)
        models.append(fit_boosting(rows.features, target, "absolute_error", seed + sample, SETTINGS))
    return DirectModel(tuple(models), period, scale_period)


def _paths(panel: Panel, scale_period: int) -> _Paths:
    values = panel.values
    starts = values.shape[1] - panel.lengths
    level, trend = np.zeros_like(values), np.zeros_like(values)
    now, slope = np.zeros(starts.size), np.zeros(starts.size)
    for column in range(values.shape[1]):
        begins = starts == column
        expected = now + PHI * slope
        error = np.where(starts <= column, values[:, column] - expected, 0.0)
        now = np.where(begins, values[:, column], expected + ALPHA * error)
        slope = np.where(begins, 0.0, PHI * slope + ALPHA * BETA * error)
        level[:, column], trend[:, column] = now, slope
    return _Paths(values, level, trend, _running_scale(values, scale_period), _sums(values), starts)


def _running_scale(values: Floats, period: int) -> Floats:
    """Mean absolute difference at `period` up to each column; mean size, or 1, where it never changed."""
    moved = np.zeros_like(values)
    if values.shape[1] > period:
        moved[:, period:] = np.abs(values[:, period:] - values[:, :-period])
    known = np.cumsum(~np.isnan(moved) & ~np.isnan(values), axis=1)
    changes: Integers = known - np.minimum(known, period)
    total = np.cumsum(np.nan_to_num(moved), axis=1)
    size = np.cumsum(np.nan_to_num(np.abs(values)), axis=1) / np.maximum(known, 1)
    found = np.divide(total, changes, out=np.zeros_like(total), where=changes > 0)
    found = np.where(found > _TINY * size, found, size)
    return np.where(found > 0, found, 1.0)


def _sums(values: Floats) -> Floats:
    """Sums of values before each column, (series, time + 1)."""
    return np.concatenate((np.zeros((values.shape[0], 1)), np.cumsum(np.nan_to_num(values), axis=1)), axis=1)


def _at(paths: _Paths, series: Integers, columns: Integers) -> Floats:
    """Values at series × columns (any shape), NaN before a series begins."""
    found = paths.values[series, np.maximum(columns, 0)]
    return np.where(columns >= paths.starts[series], found, np.nan)


def _rows(paths: _Paths, series: Integers, columns: Integers, steps: Integers, horizon: int, period: int) -> _Rows:
    """The rows of some series at cutoff columns, some steps ahead; (rows,) each."""
    level, trend, scale = (path[series, columns] for path in (paths.level, paths.trend, paths.scale))
    base = level + np.cumsum(PHI ** np.arange(1, horizon + 1))[steps - 1] * trend
    lags = _at(paths, series[:, None], columns[:, None] - np.arange(LAGS))
    windows = sorted({3, max(6, period // 4), max(12, period), max(24, 2 * period)})
    means = np.column_stack([_mean(paths, series, columns, window) for window in windows])
    moves = np.abs(lags[:, :-1] - lags[:, 1:])
    scaled = [
        *(lags - level[:, None]).T,
        *(means - level[:, None]).T,
        np.nansum(moves, axis=1) / np.maximum((~np.isnan(moves)).sum(axis=1), 1),
        trend,
    ]
    if period > 1:
        scaled += _seasonal(paths, series, columns, base, steps, period)
    unscaled = (
        np.log(scale / np.maximum(np.abs(means[:, -1]), _TINY * scale)),
        np.log(columns - paths.starts[series] + 1.0),
        steps,
        steps / horizon,
    )
    features = np.column_stack((*(one / scale for one in scaled), *unscaled))
    return _Rows(np.clip(features, -_CAP, _CAP), base, scale)


def _seasonal(
    paths: _Paths, series: Integers, columns: Integers, base: Floats, steps: Integers, period: int
) -> list[Floats]:
    """For each of the last seasons, (rows,): the value of the same phase, and its change since that cutoff's phase."""
    found = []
    for season in range(SEASONS):
        back = period * (season + -(-steps // period))
        then = _at(paths, series, columns + steps - back)
        first = np.maximum(columns - back - 2, 0)
        has_before = columns - back - 2 >= paths.starts[series]
        before = (paths.sums[series, first + 3] - paths.sums[series, first]) / 3
        found += [then - base, np.where(has_before, then - before, np.nan)]
    return found


def _mean(paths: _Paths, series: Integers, columns: Integers, window: int) -> Floats:
    """Mean of the last `window` values up to each column, of fewer where a series is younger."""
    first = np.maximum(columns - window + 1, paths.starts[series])
    mean: Floats = (paths.sums[series, columns + 1] - paths.sums[series, first]) / (columns + 1 - first)
    return mean
