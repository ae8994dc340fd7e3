"""Forecasts that need a person: bias that lasts, intervals that miss too often, demand that has changed its shape.

Every alarm is a code with numbers, not a sentence: the screen words it. The rows of all kinds share one shape, so that
they can be ranked by money together.

Sources: Brown 1963 (tracking signal); Page 1954 (cumulative sum); Lucas and Crosier 1982 (limited scores).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy.stats import binom

from forecasting.errors import ForecastError
from forecasting.evaluation.error_panel import ErrorPanel
from forecasting.panel import Flags, Floats, Integers

# The mean absolute difference of two independent normal values over their standard deviation: 2 / √π.
_CHANGE_TO_DEVIATION = 2 / np.sqrt(np.pi)
# A series without a known error in so many of the newest periods is judged no more: nobody forecasts it.
STALE_AFTER = 3
NUMBERS = {
    "since": pl.Date, "last_period": pl.Date, "periods": pl.Int64, "quantity": pl.Float64,
    "actual_quantity": pl.Float64, "value": pl.Float64, "limit": pl.Float64, "probability": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AlarmLimits:
    """When an alarm sounds.

    Bias: the tracking signal of the last `window` periods is beyond ±`tracking_signal`, or the last `streak` errors
    have one sign; and the sum of these errors exceeds `deviations` times what independent errors of the series' own
    size add up to. Coverage: so many misses of the `interval` in the last `coverage_window` periods have a probability
    below `probability`. Shape: the cumulative sum of scaled errors beyond `slack` exceeds `decision`; scores end at
    ±`score`.
    """

    window: int = 12
    tracking_signal: float = 4.0
    streak: int = 6
    deviations: float = 2.5
    coverage_window: int = 24
    interval: tuple[str, str, float] = ("p05", "p95", 0.9)
    probability: float = 0.01
    slack: float = 0.5
    decision: float = 5.0
    score: float = 3.0


def bias_alarms(rows: pl.DataFrame, by: Sequence[str], limits: AlarmLimits | None = None) -> pl.DataFrame:
    """`forecast_too_high` and `forecast_too_low`: compared rows of one stage, bucket and lag, each series of `by`.

    `value` is the tracking signal, `quantity` the sum of the errors since `since`: the point from which they have added
    up to the most. The root mean square of all errors of the series says what size is usual, so that an item that
    sells rarely does not alarm between two sales.
    """
    limits = limits or AlarmLimits()
    panel = ErrorPanel.from_rows(rows, by)
    usual = np.sqrt(_mean(panel.values**2))
    recent = panel.last(limits.window)
    errors = np.nan_to_num(recent.values)
    count = recent.known.sum(axis=1)
    size = _mean(np.abs(recent.values))
    signal = np.divide(errors.sum(axis=1), size, out=np.zeros(count.size), where=size > 0)
    streak = _streak(panel)
    is_long = np.abs(streak) >= limits.streak
    beyond = (np.abs(signal) > limits.tracking_signal) & (count >= limits.streak)
    sign = np.where(is_long, np.sign(streak), np.sign(signal))
    # A streak may reach back further than the window.
    since = np.where(
        is_long, _streak_start(panel), _turning_point(errors, sign) + panel.periods.len() - errors.shape[1]
    )
    quantity = panel.sum_from(since)
    length = (panel.known & (np.arange(panel.periods.len()) >= since[:, None])).sum(axis=1)
    is_large = np.abs(quantity) > limits.deviations * usual * np.sqrt(length)
    alarm = (is_long | beyond) & is_large & (sign != 0)
    code = np.where(sign > 0, "forecast_too_high", "forecast_too_low")
    return _rows(panel, alarm, code, since, quantity, signal, limits.tracking_signal)


def coverage_alarms(rows: pl.DataFrame, by: Sequence[str], limits: AlarmLimits | None = None) -> pl.DataFrame:
    """`interval_too_narrow`: actuals outside the interval more often than chance allows (one-sided binomial test).

    `value` is the share that lay outside, `limit` the share that should, `quantity` how far outside they lay in all:
    negative above the interval (the forecast was too low). `probability` is that of so many misses by chance: with many
    series, that share of them alarms without a reason.
    """
    limits = limits or AlarmLimits()
    low, high, inside = limits.interval
    known = rows.filter(pl.col(low).is_not_null() & pl.col(high).is_not_null())
    if known.select(*by, "period_start").is_duplicated().any():
        raise ForecastError("Coverage is judged per series: name all columns that tell series apart.")
    nearest = pl.col("actual").clip(pl.col(low), pl.col(high))
    panel = ErrorPanel.from_rows(known.with_columns(quantity=nearest), by).last(limits.coverage_window)
    missed = panel.known & (panel.values != 0)
    misses, count = missed.sum(axis=1), panel.known.sum(axis=1)
    probability = binom.sf(misses - 1, count, 1 - inside)
    alarm = (misses > 0) & (probability < limits.probability)
    since = missed.argmax(axis=1)
    share = np.divide(misses, count, out=np.zeros(count.size), where=count > 0)
    code = np.full(count.size, "interval_too_narrow")
    return _rows(panel, alarm, code, since, panel.sum_from(since), share, 1 - inside, probability)


def level_alarms(rows: pl.DataFrame, by: Sequence[str], limits: AlarmLimits | None = None) -> pl.DataFrame:
    """`demand_rose` and `demand_fell`: the level has left the forecast behind, by a two-sided cumulative sum.

    Errors are divided by the spread that the history had when the forecast was made (`scale`, never the errors
    themselves, which a shift widens). `since` is the period after the sum was last 0, `value` the sum.
    """
    limits = limits or AlarmLimits()
    panel = ErrorPanel.from_rows(rows, by)
    deviation = panel.scale / _CHANGE_TO_DEVIATION
    usable = panel.known & (np.nan_to_num(deviation) > 0)
    scores = np.divide(-panel.values, deviation, out=np.zeros(panel.values.shape), where=usable)
    scores = np.clip(scores, -limits.score, limits.score)
    sums, starts = np.zeros((2, scores.shape[0])), np.zeros((2, scores.shape[0]), dtype=np.int64)
    for time in range(scores.shape[1]):
        step = np.stack([scores[:, time], -scores[:, time]]) - np.where(usable[:, time], limits.slack, 0.0)
        sums = np.maximum(sums + step, 0.0)
        starts = np.where(sums == 0, time + 1, starts)
    side = sums.argmax(axis=0)
    largest = sums.max(axis=0)
    since = np.minimum(np.take_along_axis(starts, side[None], axis=0)[0], scores.shape[1] - 1)
    code = np.where(side == 0, "demand_rose", "demand_fell")
    return _rows(panel, largest > limits.decision, code, since, panel.sum_from(since), largest, limits.decision)


def class_alarms(before: pl.DataFrame, now: pl.DataFrame, by: Sequence[str], as_of: date) -> pl.DataFrame:
    """`class_changed`: series whose demand class is not what it was.

    Both frames: `by`, demand_class; `now` also actual_quantity, what its history holds of the last year. The classes
    stand in `class_before` and `class_now`; nothing says how many units it is about, so `quantity` is null.
    """
    earlier = before.select(*by, class_before="demand_class")
    both = now.join(earlier, on=list(by), how="inner", nulls_equal=True)
    day = pl.lit(as_of, pl.Date())
    return (
        both.filter(pl.col("demand_class") != pl.col("class_before"))
        .select(
            pl.lit("class_changed").alias("alarm"), *by, day.alias("since"), day.alias("last_period"),
            "actual_quantity", "class_before", class_now="demand_class",
        )
        .sort(*by)
    )  # fmt: skip


def ranked(alarms: Sequence[pl.DataFrame], unit_costs: pl.DataFrame | None = None, on: str = "item_id") -> pl.DataFrame:
    """All alarms, the most money first, with `money` = |quantity| × unit cost; those without a cost come last.

    `unit_costs`: `on`, unit_cost. At levels above the item there is no unit cost, and money is null.
    """
    table = pl.concat(alarms, how="diagonal_relaxed")
    cost = pl.lit(None, pl.Float64).alias("unit_cost")
    if unit_costs is not None and on in table.columns:
        table = table.join(unit_costs.select(on, pl.col("unit_cost").cast(pl.Float64)), on=on, how="left")
    else:
        table = table.with_columns(cost)
    table = table.with_columns(money=pl.col("quantity").abs() * pl.col("unit_cost")).drop("unit_cost")
    keys = [name for name in table.columns if name not in {*NUMBERS, "alarm", "money", "class_before", "class_now"}]
    return (
        table.with_columns(_size=pl.col("quantity").abs())
        .sort("money", "_size", *keys, "alarm", descending=[True, True, *[False] * (len(keys) + 1)], nulls_last=True)
        .drop("_size")
    )


def _rows(
    panel: ErrorPanel,
    alarm: Flags,
    code: np.typing.NDArray[np.str_],
    since: Integers,
    quantity: Floats,
    value: Floats,
    limit: float,
    probability: Floats | None = None,
) -> pl.DataFrame:
    chosen = np.flatnonzero(alarm & panel.known[:, -STALE_AFTER:].any(axis=1))
    counted = panel.known & (np.arange(panel.periods.len()) >= since[:, None])
    actual = np.where(counted, panel.actual, 0.0).sum(axis=1)
    last = panel.periods.len() - 1 - panel.known[:, ::-1].argmax(axis=1)
    chance = np.full(chosen.size, np.nan) if probability is None else probability[chosen]
    numbers = pl.DataFrame(
        {
            "since": panel.periods.gather(since[chosen]),
            "last_period": panel.periods.gather(last[chosen]),
            "periods": counted.sum(axis=1)[chosen],
            "quantity": quantity[chosen],
            "actual_quantity": actual[chosen],
            "value": value[chosen],
            "limit": np.full(chosen.size, limit),
            "probability": pl.Series(chance, dtype=pl.Float64).fill_nan(None),
        },
        schema=NUMBERS,
    )
    codes = pl.DataFrame({"alarm": pl.Series(code[chosen], dtype=pl.String)})
    return pl.concat([codes, panel.keys[chosen], numbers], how="horizontal")


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=1)
    mean: Floats = np.divide(total, known.sum(axis=1), out=np.zeros(total.size), where=known.any(axis=1))
    return mean


def _streak(panel: ErrorPanel) -> Integers:
    """Length of the latest run of errors of one sign, with that sign; unknown periods neither count nor end it."""
    run = np.zeros(panel.values.shape[0], dtype=np.int64)
    for time in range(panel.values.shape[1]):
        sign = np.nan_to_num(np.sign(panel.values[:, time])).astype(np.int64)
        going_on = np.where(np.sign(run) == sign, run + sign, sign)
        run = np.where(panel.known[:, time], going_on, run)
    return run


def _streak_start(panel: ErrorPanel) -> Integers:
    left = np.abs(_streak(panel))
    counted = panel.known[:, ::-1].cumsum(axis=1)
    # The column at which so many known errors have been met, counted from the newest.
    back = (counted >= np.maximum(left, 1)[:, None]).argmax(axis=1)
    start: Integers = (panel.periods.len() - 1 - back).astype(np.int64)
    return start


def _turning_point(errors: Floats, sign: Floats) -> Integers:
    """The column from which the errors add up to the most in the direction of `sign`."""
    tail = (errors * sign[:, None])[:, ::-1].cumsum(axis=1)[:, ::-1]
    point: Integers = tail.argmax(axis=1).astype(np.int64)
    return point
