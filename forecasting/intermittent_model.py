"""Intermittent demand: one Poisson model of the mean for all items, and a spread learnt from what it missed.

The mean of the demand over the next 1 … K periods comes from boosting with Poisson loss on what the item's past says.
The distribution is that mean times the ratios of actual to predicted demand that items with such a predicted mean have
had: pooled, because one item's few demands say little about its tail. Ratios come from items that the model which
predicted them has not seen. All quantities are divided by the item's own typical size of a demand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.boosting import Boosting, BoostingSettings, fit_boosting, sampled
from forecasting.demand_distribution import PROBABILITIES, DemandDistribution, bootstrap_sums
from forecasting.panel import Floats, Integers, Panel

FOLDS = 2
MOST_ROWS = 60_000
# Cutoffs go back this far, in periods, beside the longest sum.
DEEPEST = 24
# Cutoffs that the spread is learnt from: the latest ones.
SPREAD_CUTOFFS = 12
BINS = 12
# Of each bin, at least so many ratios.
BIN_ROWS = 150
# Fewer items than this have nothing to pool: each is resampled by itself.
FEWEST_SERIES = 30
# The longest history has at least so many periods beside the longest sum.
SHORTEST = 8
WINDOWS = (1, 2, 3, 6, 12, 24)
SETTINGS = BoostingSettings(trees=150, learning_rate=0.05, leaves=12, leaf_rows=60)
_LEAST_RATE = 1e-4


@dataclass(frozen=True, slots=True)
class _History:
    """Non-negative demand in units of each item's typical size, with running sums up to and including each column."""

    values: Floats
    starts: Integers
    size: Floats
    sums: Floats
    counts: Floats
    since: Integers


@dataclass(frozen=True, slots=True)
class IntermittentForecast:
    """`mean` (series, K) of demand over the first 1 … K periods, its distribution, and that of each period alone.

    `by_period` is (series, K, POINTS), ascending in the last axis.
    """

    mean: Floats
    distribution: DemandDistribution
    by_period: Floats


def forecast_intermittent(panel: Panel, longest: int, period: int, seed: int) -> IntermittentForecast:
    """Forecast the demand of every item over the next 1 … `longest` periods.

    `period` is the length of a season (1: none). With fewer than 30 items, or too short a history, each item is
    resampled by itself. No series raises; the order of the series changes nothing.
    """
    order = panel.names.arg_sort().to_numpy().astype(np.int64)
    found = _forecast_in_order(panel.rows(order), longest, period, seed)
    back = np.argsort(order)
    distribution = DemandDistribution(found.distribution.sums[back])
    return IntermittentForecast(found.mean[back], distribution, found.by_period[back])


def _forecast_in_order(panel: Panel, longest: int, period: int, seed: int) -> IntermittentForecast:
    history = _history(panel)
    last = panel.values.shape[1] - 1
    series, columns, steps = _cutoffs(history, longest)
    is_short = panel.values.shape[1] < longest + SHORTEST
    if is_short or panel.series_count < FEWEST_SERIES or series.size < 10 * SETTINGS.leaf_rows:
        resampled = bootstrap_sums(panel, longest, seed)
        by_period = np.repeat(resampled.sums[:, :1], longest, axis=1)
        return IntermittentForecast(resampled.sums.mean(axis=2), resampled, by_period)
    chosen = sampled(series.size, MOST_ROWS, seed)
    series, columns, steps = series[chosen], columns[chosen], steps[chosen]
    features = _features(history, series, columns, steps, period)
    target = _ahead(history, series, columns, steps) / steps
    # Items are dealt out to folds by their place: names carry no order that matters.
    fold = series % FOLDS
    models = [
        fit_boosting(
            features[fold != one], target[fold != one], "poisson", seed, SETTINGS, weights=steps[fold != one] * 1.0
        )
        for one in range(FOLDS)
    ]
    everyone, ahead = np.divmod(np.arange(panel.series_count * longest), longest)
    now = _features(history, everyone, np.full(everyone.size, last), ahead + 1, period)
    rate = np.mean([_rate(model, now) for model in models], axis=0).reshape(panel.series_count, longest)
    tables = _ratio_tables(history, models, longest, period)
    mean = rate * np.arange(1, longest + 1)
    points = np.stack([table.at(rate[:, number]) for number, table in enumerate(tables)], axis=1)
    # A longer sum is never smaller.
    sums = np.maximum.accumulate(points * (mean * history.size[:, None])[:, :, None], axis=1)
    alone = np.maximum(np.diff(mean, axis=1, prepend=0.0), _LEAST_RATE)
    by_period = tables[0].at(alone.ravel()).reshape(points.shape) * (alone * history.size[:, None])[:, :, None]
    return IntermittentForecast(sums.mean(axis=2), DemandDistribution(sums), by_period)


def _history(panel: Panel) -> _History:
    values = np.maximum(np.nan_to_num(panel.values), 0.0)
    count = (values > 0).sum(axis=1)
    size = values.sum(axis=1) / np.maximum(count, 1)
    # An item without any demand is taken for an ordinary one of the others.
    size = np.where(count > 0, size, np.median(size[count > 0]) if count.any() else 1.0)
    values = values / size[:, None]
    steps = np.arange(values.shape[1])
    starts = values.shape[1] - panel.lengths
    latest = np.maximum.accumulate(np.where(values > 0, steps, -1), axis=1)
    since = steps - np.maximum(latest, starts[:, None] - 1)
    return _History(values, starts, size, np.cumsum(values, axis=1), np.cumsum(values > 0, axis=1), since)


def _cutoffs(history: _History, longest: int) -> tuple[Integers, Integers, Integers]:
    """All (item, cutoff column, sum length) whose actual is known and whose item is at least six periods old."""
    last = history.values.shape[1] - 1
    columns = np.arange(max(0, last - longest - DEEPEST), last)
    steps = np.arange(1, longest + 1)
    known = columns[None, :, None] >= history.starts[:, None, None] + 5
    found = np.nonzero(known & (columns[None, :, None] + steps <= last))
    return found[0], columns[found[1]], steps[found[2]]


def _within(sums: Floats, series: Integers, columns: Integers, window: int) -> Floats:
    """Sum over the last `window` columns up to each cutoff."""
    before = columns - window
    earlier = np.where(before >= 0, sums[series, np.maximum(before, 0)], 0.0)
    found: Floats = sums[series, columns] - earlier
    return found


def _ahead(history: _History, series: Integers, columns: Integers, steps: Integers) -> Floats:
    found: Floats = history.sums[series, columns + steps] - history.sums[series, columns]
    return found


def _features(history: _History, series: Integers, columns: Integers, steps: Integers, period: int) -> Floats:
    """What was known at the cutoffs, (rows, …), in units of the item's typical size."""
    age = columns - history.starts[series] + 1.0
    found = []
    for window in WINDOWS:
        seen = np.minimum(age, window)
        found += [_within(history.sums, series, columns, window) / seen]
        if window > 2:
            found += [_within(history.counts, series, columns, window) / seen]
    total, count = history.sums[series, columns], history.counts[series, columns]
    before = np.maximum(columns - period, 0)
    last_season = np.where(
        (columns - period >= history.starts[series]) & (steps <= period),
        (history.sums[series, np.minimum(before + steps, columns)] - history.sums[series, before]) / steps,
        np.nan,
    )
    recent = found[WINDOWS.index(12) * 2 - 2]
    found += [
        total / age,
        count / age,
        np.log1p(history.since[series, columns]),
        np.log(age),
        history.since[series, columns] * count / age,
        recent - total / age,
        np.log(history.size[series]),
        steps,
    ]
    if period > 1:
        found.append(last_season)
    return np.column_stack(found)


def _rate(model: Boosting, features: Floats) -> Floats:
    return np.maximum(model.predict(features), _LEAST_RATE)


@dataclass(frozen=True, slots=True)
class _RatioTable:
    """Quantiles of actual / predicted demand (bins, POINTS) beside the mean log rate of each bin."""

    centres: Floats
    quantiles: Floats

    def at(self, rate: Floats) -> Floats:
        """(rows, POINTS) at some rates: between the middles of bins by a line in log rate."""
        bins = self.centres.size
        place = np.interp(np.log(rate), self.centres, np.arange(bins))
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, bins - 1)
        share = (place - below)[:, None]
        found: Floats = self.quantiles[below] * (1 - share) + self.quantiles[above] * share
        return found


def _ratio_tables(history: _History, models: list[Boosting], longest: int, period: int) -> list[_RatioTable]:
    """One table for each sum length, from the latest cutoffs and items unseen by the model that predicted them."""
    last = history.values.shape[1] - 1
    tables = []
    for length in range(1, longest + 1):
        columns = np.arange(max(0, last - length - SPREAD_CUTOFFS + 1), last - length + 1)
        series, place = np.nonzero(columns >= history.starts[:, None] + 5)
        cutoffs, steps = columns[place], np.full(series.size, length)
        features = _features(history, series, cutoffs, steps, period)
        predicted = np.empty(series.size)
        for fold, model in enumerate(models):
            unseen = series % FOLDS == fold
            predicted[unseen] = _rate(model, features[unseen])
        ratio = _ahead(history, series, cutoffs, steps) / (predicted * length)
        bins = max(1, min(BINS, predicted.size // BIN_ROWS))
        parts = np.array_split(np.argsort(predicted, kind="stable"), bins)
        tables.append(
            _RatioTable(
                np.array([np.log(predicted[part]).mean() for part in parts]),
                np.stack([np.quantile(ratio[part], PROBABILITIES) for part in parts]),
            )
        )
    return tables
