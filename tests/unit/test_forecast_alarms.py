"""Alarms: what sounds, since when, how much it is about, and what stays silent."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from forecasting.errors import ForecastError
from forecasting.evaluation.alarms import bias_alarms, class_alarms, coverage_alarms, level_alarms, ranked
from forecasting.evaluation.season import season_alarms

BY = ("item_id",)


def month(number: int) -> date:
    return date(2024 + number // 12, number % 12 + 1, 1)


def rows(
    forecasts: dict[str, list[float]], actuals: dict[str, list[float | None]], scale: float = 10.0
) -> pl.DataFrame:
    """A month made the month before, one row each; an actual of None is a month that is not known."""
    table = [
        ("s", item, "month", month(number), month(number), 1, quantity, actuals[item][number], scale)
        for item, series in forecasts.items()
        for number, quantity in enumerate(series)
        if actuals[item][number] is not None
    ]
    names = ["stage", "item_id", "bucket", "period_start", "cutoff", "lag", "quantity", "actual", "scale"]
    return pl.DataFrame(table, schema=names, orient="row")


def test_a_streak_of_one_sign_sounds_with_its_beginning_and_its_size() -> None:
    actual: list[float | None] = [90.0, 112, 88, 111, 100, 100, 90, 90, 100, 95, 90, 92]
    found = bias_alarms(rows({"a": [100.0] * 4 + [112.0] * 8}, {"a": actual}), BY)
    (row,) = found.rows(named=True)
    assert (row["alarm"], row["since"], row["last_period"], row["periods"]) == (
        "forecast_too_high",
        month(4),
        month(11),
        8,
    )
    assert (row["quantity"], row["actual_quantity"]) == (8 * 112 - 757, 757)
    too_low = bias_alarms(rows({"a": [100.0] * 4 + [80.0] * 8}, {"a": actual}), BY)
    assert too_low["alarm"].to_list() == ["forecast_too_low"]
    assert too_low["quantity"].to_list() == [8 * 80 - 757 - 11]


def test_a_tracking_signal_beyond_its_limit_sounds_without_a_streak() -> None:
    errors = [10.0, 10, 10, 10, 10, -1, 10, 10, 10, 10, -1, 10]
    found = bias_alarms(rows({"a": errors}, {"a": [0.0] * 12}), BY)
    (row,) = found.rows(named=True)
    assert row["value"] == pytest.approx(98 / (102 / 12))
    assert (row["since"], row["quantity"]) == (month(0), 98)


def test_an_unknown_month_neither_counts_nor_ends_a_streak() -> None:
    actual: list[float | None] = [101.0, 103, 95, 90, None, 90, 95, 90, 92, 90]
    found = bias_alarms(rows({"a": [100.0] * 10}, {"a": actual}), BY)
    (row,) = found.rows(named=True)
    assert (row["since"], row["periods"], row["quantity"]) == (month(2), 7, 58)


def test_an_item_that_sells_rarely_does_not_sound_between_two_sales() -> None:
    actual: list[float | None] = [0.0] * 24
    actual[3] = actual[13] = 3.0
    assert bias_alarms(rows({"a": [0.25] * 24}, {"a": actual}), BY).is_empty()


def test_noise_alone_rarely_sounds_and_a_lasting_bias_mostly_does() -> None:
    chance = np.random.default_rng(1).normal(100, 20, (1000, 24))
    names = [f"i{number:04d}" for number in range(1000)]
    actuals = dict(zip(names, chance.tolist(), strict=True))
    quiet = rows({name: [100.0] * 24 for name in names}, actuals, scale=22.6)
    loud = rows({name: [130.0] * 24 for name in names}, actuals, scale=22.6)
    assert bias_alarms(quiet, BY).height <= 50
    assert bias_alarms(loud, BY).height >= 700
    assert level_alarms(quiet, BY).height <= 30
    assert level_alarms(loud, BY).height >= 950


def test_coverage_that_chance_does_not_explain_sounds() -> None:
    actual: list[float | None] = [10.0] * 20
    for number in (5, 8, 12, 14, 15, 18, 19):
        actual[number] = 30.0
    fan = {"p05": pl.lit(5.0), "p95": pl.lit(20.0)}
    (row,) = coverage_alarms(rows({"a": [10.0] * 20}, {"a": actual}).with_columns(**fan), BY).rows(named=True)
    assert (row["alarm"], row["since"], row["value"], row["quantity"]) == ("interval_too_narrow", month(5), 0.35, -70)
    # P(X ≥ 7) of 20 with 0.1 each is 0.0024, P(X ≥ 6) is 0.0113, by the table of the binomial distribution.
    assert row["probability"] == pytest.approx(0.0024, abs=0.00005)
    actual[19] = 10.0
    assert coverage_alarms(rows({"a": [10.0] * 20}, {"a": actual}).with_columns(**fan), BY).is_empty()
    twice = pl.concat([rows({"a": [10.0] * 20}, {"a": actual}).with_columns(**fan)] * 2)
    with pytest.raises(ForecastError, match="Coverage is judged per series"):
        coverage_alarms(twice, BY)


def test_a_level_that_moves_sounds_since_the_month_it_moved() -> None:
    # The deviation behind a mean change of 10 is 8.86; a score ends at 3: (3 − 0.5) × 3 > 5 after three months.
    actual: list[float | None] = [100.0, 103, 97, 102, 98, 150, 150, 150]
    (row,) = level_alarms(rows({"a": [100.0] * 8}, {"a": actual}), BY).rows(named=True)
    assert (row["alarm"], row["since"], row["periods"], row["quantity"]) == ("demand_rose", month(5), 3, -150)
    assert row["value"] == pytest.approx(7.5)
    one_big_order: list[float | None] = [100.0, 103, 97, 102, 98, 900, 100, 100]
    assert level_alarms(rows({"a": [100.0] * 8}, {"a": one_big_order}), BY).is_empty()
    fell = level_alarms(rows({"a": [100.0] * 8}, {"a": [100.0, 103, 97, 102, 98, 50, 50, 50]}), BY)
    assert fell["alarm"].to_list() == ["demand_fell"]


def test_a_series_that_nobody_forecasts_any_more_is_silent() -> None:
    actual: list[float | None] = [100.0, 100, 100, 150, 150, 150, 150, None, None, None]
    both = rows({"a": [100.0] * 10, "b": [100.0] * 10}, {"a": actual, "b": [100.0] * 10})
    assert level_alarms(both, BY).is_empty()
    assert level_alarms(both.filter(pl.col("item_id") == "a"), BY).height == 1


def test_a_class_that_changed_sounds_with_both_classes() -> None:
    before = pl.DataFrame({"item_id": ["a", "b"], "demand_class": ["smooth", "lumpy"]})
    now = pl.DataFrame({"item_id": ["a", "b"], "demand_class": ["lumpy", "lumpy"], "actual_quantity": [12.0, 1.0]})
    (row,) = class_alarms(before, now, BY, date(2026, 6, 30)).rows(named=True)
    assert (row["alarm"], row["item_id"], row["class_before"], row["class_now"]) == (
        "class_changed",
        "a",
        "smooth",
        "lumpy",
    )


def test_alarms_of_all_kinds_are_ranked_by_money_and_those_without_a_cost_come_last() -> None:
    actuals: dict[str, list[float | None]] = {
        "a": [100.0] * 5 + [130.0] * 7,
        "b": [100.0] * 5 + [120.0] * 7,
        "c": [100.0] * 5 + [150.0] * 7,
    }
    compared = rows({name: [100.0] * 12 for name in actuals}, actuals)
    costs = pl.DataFrame({"item_id": ["a", "b"], "unit_cost": [1.0, 10.0]})
    classes = class_alarms(
        pl.DataFrame({"item_id": ["a"], "demand_class": ["smooth"]}),
        pl.DataFrame({"item_id": ["a"], "demand_class": ["lumpy"], "actual_quantity": [1.0]}), BY, date(2026, 6, 30),
    )  # fmt: skip
    table = ranked([classes, level_alarms(compared, BY)], costs)
    assert table.select("item_id", "money").rows() == [("b", 1400), ("a", 210), ("c", None), ("a", None)]
    assert ranked([level_alarms(compared, BY)])["item_id"].to_list() == ["c", "a", "b"]


def test_the_order_of_the_rows_changes_nothing() -> None:
    chance = np.random.default_rng(2)
    actuals = {f"i{number}": chance.lognormal(3, 1, 24).tolist() for number in range(50)}
    table = rows({name: chance.lognormal(3.4, 1, 24).tolist() for name in actuals}, actuals)
    mixed = table.sample(fraction=1.0, shuffle=True, seed=3)
    for alarms in (bias_alarms, level_alarms):
        assert ranked([alarms(mixed, BY)]).equals(ranked([alarms(table, BY)]))


def test_several_lags_together_are_refused() -> None:
    table = rows({"a": [1.0, 2.0]}, {"a": [1.0, 1.0]})
    with pytest.raises(ForecastError, match="mix several values of lag"):
        bias_alarms(pl.concat([table, table.with_columns(lag=pl.lit(2, pl.Int64))]), BY)


def test_a_season_that_moved_sounds_and_one_that_was_never_there_does_not() -> None:
    winter, summer = [10.0] * 6 + [0.0] * 6, [0.0] * 6 + [10.0] * 6
    chance = np.random.default_rng(4)
    series = {
        "moved": winter + winter + summer,
        "same": winter + winter + winter,
        "larger": winter + winter + [3 * value for value in winter],
        "none": (chance.random(36) < 0.2).astype(float).tolist(),
        "short": summer + winter,
    }
    history = pl.DataFrame(
        [
            (item, "month", month(36 - len(values) + at), value)
            for item, values in series.items()
            for at, value in enumerate(values)
        ],
        schema=["item_id", "bucket", "period_start", "actual"],
        orient="row",
    )
    (row,) = season_alarms(history, BY).rows(named=True)
    assert (row["alarm"], row["item_id"], row["since"], row["last_period"]) == (
        "season_moved",
        "moved",
        month(24),
        month(35),
    )
    assert (row["value"], row["quantity"], row["actual_quantity"]) == (1.0, 60, 60)
