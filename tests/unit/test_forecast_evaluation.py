"""Measures, value added, churn and comparison of forecasts, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from forecasting.errors import ForecastError
from forecasting.evaluation.backtest import backtest, cutoffs_back
from forecasting.evaluation.buckets import bucket_number, bucket_start
from forecasting.evaluation.churn import churn, forecast_changes, path_churn
from forecasting.evaluation.comparison import (
    actuals_at,
    at_level,
    baselines,
    common_cells,
    compare,
    unforecast_demand,
    with_lag,
)
from forecasting.evaluation.measures import interval_coverage, measures, scaled_pinball
from forecasting.evaluation.value_added import value_added

ITEM = ("item_id",)


def month(number: int, year: int = 2026) -> date:
    return date(year + (number - 1) // 12, (number - 1) % 12 + 1, 1)


def compared(rows: list[tuple[str, str, int, float, float]], **columns: list[float | None]) -> pl.DataFrame:
    """stage, item, month, forecast, actual: made the month before."""
    table = pl.DataFrame(rows, schema=["stage", "item_id", "month", "quantity", "actual"], orient="row")
    return table.select(
        "stage", "item_id", pl.lit("month").alias("bucket"),
        pl.Series("period_start", [month(row[2]) for row in rows]), pl.Series("cutoff", [month(row[2] - 1) for row in rows]),
        pl.lit(1, pl.Int64).alias("lag"), "quantity", "actual", pl.lit(value=False).alias("is_masked"),
        pl.lit(2.0).alias("scale"), *(pl.Series(name, values, dtype=pl.Float64) for name, values in columns.items()),
    )  # fmt: skip


ROWS = compared(
    [
        ("s", "a", 1, 12.0, 10.0),
        ("s", "a", 2, 8.0, 10.0),
        ("s", "a", 3, 16.0, 10.0),
        ("s", "b", 1, 5.0, 0.0),
        ("s", "b", 2, 0.0, 0.0),
        ("s", "b", 3, 0.0, 10.0),
    ]
)


def test_measures_are_ratios_of_sums() -> None:
    row = measures(ROWS, ("stage",)).row(0, named=True)
    # Errors: 2, −2, 6, 5, 0, −10; by month 7, −2, −4.
    assert (row["cells"], row["actual_quantity"], row["forecast_quantity"], row["absolute_error"]) == (6, 40, 41, 25)
    assert (row["wape"], row["bias"]) == (25 / 40, 1 / 40)
    assert row["mae"] == pytest.approx(25 / 6)
    assert row["tracking_signal"] == pytest.approx(1 / (13 / 3))
    by_item = measures(ROWS, ("item_id",))
    assert by_item["wape"].to_list() == [10 / 30, 15 / 10]
    assert by_item["tracking_signal"].to_list() == pytest.approx([6 / (10 / 3), -1.0])


def test_a_ratio_without_demand_is_null() -> None:
    row = measures(ROWS.filter(pl.col("item_id") == "b", pl.col("period_start") < month(3)), ("stage",)).row(
        0, named=True
    )
    assert (row["wape"], row["bias"], row["mae"]) == (None, None, 2.5)


def test_a_level_adds_forecasts_and_actuals_up_before_the_error() -> None:
    total = at_level(ROWS, "total")
    assert total.select("period_start", "quantity", "actual").rows() == [
        (month(1), 17, 10),
        (month(2), 8, 10),
        (month(3), 16, 20),
    ]
    assert measures(total, ("stage",))["wape"].to_list() == [13 / 40]
    families = pl.DataFrame({"item_id": ["a", "b"], "family": ["x", "x"]})
    assert at_level(ROWS, "family", families)["quantity"].to_list() == [17, 8, 16]
    with pytest.raises(ForecastError, match="There is no level 'plant'"):
        at_level(ROWS, "plant")


def test_coverage_counts_what_lies_inside_bounds_included() -> None:
    rows = compared(
        [("s", "a", number, 10.0, actual) for number, actual in enumerate([5.0, 4.0, 15.0, 16.0, 10.0], start=1)],
        p05=[5.0] * 5, p95=[15.0, 15.0, 15.0, 15.0, None],
    )  # fmt: skip
    (row,) = interval_coverage(rows, ("stage",)).rows(named=True)
    assert (row["interval"], row["cells"], row["inside"], row["above"], row["below"], row["coverage"]) == (
        0.9,
        4,
        2,
        1,
        1,
        0.5,
    )
    with pytest.raises(ForecastError, match="hold no pair of quantiles"):
        interval_coverage(ROWS)


def test_pinball_is_scaled_by_the_sum_of_scales() -> None:
    rows = compared([("s", "a", 1, 10.0, 10.0), ("s", "a", 2, 10.0, 14.0)], p50=[8.0, 8.0], p90=[12.0, 12.0])
    row = scaled_pinball(rows, ("stage",)).row(0, named=True)
    # p50: 0.5 × 2, 0.5 × 6; p90: 0.1 × 2, 0.9 × 2; the scale is 2 in all four.
    assert row["pinball"] == pytest.approx((1 + 3 + 0.2 + 1.8) / 4)
    assert row["scaled_pinball"] == pytest.approx(6 / 8)
    row = scaled_pinball(rows.with_columns(scale=pl.Series([2.0, 0.0])), ("stage",)).row(0, named=True)
    assert row["scaled_pinball"] == pytest.approx(1.2 / 4)
    assert row["unscaled_cells"] == 2


def test_a_stage_is_measured_by_the_one_before_on_common_cells() -> None:
    rows = pl.concat(
        [
            compared([("naive", "a", 1, 14.0, 10.0), ("naive", "a", 2, 10.0, 10.0), ("naive", "b", 1, 99.0, 1.0)]),
            compared([("statistical", "a", 1, 11.0, 10.0), ("statistical", "a", 2, 12.0, 10.0)]),
            compared([("planner", "a", 1, 11.0, 10.0), ("planner", "a", 2, 15.0, 10.0)]),
        ]
    )
    table = value_added(rows)
    assert table["stage"].to_list() == ["naive", "statistical", "planner"]
    assert table["previous_stage"].to_list() == [None, "naive", "statistical"]
    assert table["wape"].to_list() == [4 / 20, 3 / 20, 6 / 20]
    assert table["value_added"].to_list() == pytest.approx([None, 1 / 20, -3 / 20])
    assert table["value_added_quantity"].to_list() == [None, 1, -3]
    assert table["value_added_to_naive"].to_list() == pytest.approx([0, 1 / 20, -2 / 20])
    assert table["changed_cells"].to_list() == [0, 2, 1]
    assert table["improved_cells"].to_list() == [0, 1, 0]
    assert table["worsened_cells"].to_list() == [0, 1, 1]
    assert table["improved_share"].to_list() == [None, 0.5, 0.0]
    assert common_cells(rows).height == 6
    by_month = value_added(rows, ("period_start",))
    assert by_month["previous_stage"].to_list() == [None, "naive", "statistical"] * 2
    with pytest.raises(ForecastError, match="no place for the stage 'boss'"):
        value_added(compared([("boss", "a", 1, 1.0, 1.0)]))


def test_churn_by_lag_and_what_was_taken_back() -> None:
    # July as forecast in March, April, May and June: 100, 120, 110, 110.
    rows = [(100.0, 4), (120.0, 3), (110.0, 2), (110.0, 1)]
    vintages = pl.DataFrame(
        [("s", "a", "month", month(7), month(7 - lag), lag, quantity) for quantity, lag in rows],
        schema=["stage", "item_id", "bucket", "period_start", "cutoff", "lag", "quantity"],
        orient="row",
    )
    changes = forecast_changes(vintages, ITEM)
    assert changes.select("lag", "change", "undone_quantity").rows() == [(3, 20, 10), (2, -10, 0), (1, 0, None)]
    table = churn(changes)
    assert table["churn"].to_list() == [0, 10 / 120, 20 / 100]
    assert table["undone_share"].to_list() == [None, 0, 0.5]
    (row,) = path_churn(changes, grain=ITEM).rows(named=True)
    assert (row["moved_quantity"], row["net_quantity"]) == (30, 10)
    assert row["undone_share"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("bucket", "day", "start"),
    [
        ("day", date(2026, 3, 5), date(2026, 3, 5)),
        ("week", date(2026, 3, 8), date(2026, 3, 2)),
        ("week", date(1969, 12, 31), date(1969, 12, 29)),
        ("month", date(2026, 12, 31), date(2026, 12, 1)),
    ],
)
def test_a_bucket_has_a_number_and_a_first_day(bucket: str, day: date, start: date) -> None:
    frame = pl.DataFrame({"day": [day], "bucket": [bucket]}).with_columns(
        number=bucket_number(pl.col("day"), pl.col("bucket"))
    )
    assert frame.select(bucket_start(pl.col("number"), pl.col("bucket"))).item() == start
    assert cutoffs_back(day, bucket, 1) == [start]


def test_what_is_made_within_a_month_has_lag_1_for_it_and_the_newest_counts() -> None:
    vintages = pl.DataFrame(
        {
            "stage": ["planner"] * 3, "item_id": ["a"] * 3, "bucket": ["month"] * 3,
            "period_start": [month(7), month(9), month(7)],
            "created_at": [datetime(2026, 7, 6), datetime(2026, 7, 6), datetime(2026, 7, 20)], "quantity": [1.0, 2.0, 3.0],
        }
    )  # fmt: skip
    found = with_lag(vintages, ITEM).sort("period_start")
    assert found.select("period_start", "cutoff", "lag", "quantity").rows() == [
        (month(7), month(6), 1, 3),
        (month(9), month(6), 3, 2),
    ]


def test_a_vintage_that_knows_its_horizon_does_not_ask_when_it_was_made() -> None:
    vintages = pl.DataFrame(
        {
            "stage": ["s", "s"], "item_id": ["a", "a"], "bucket": ["month"] * 2, "period_start": [month(7)] * 2,
            "horizon": [2, 2], "created_at": [datetime(2027, 1, 1), datetime(2027, 1, 2)], "quantity": [1.0, 2.0],
        }
    )  # fmt: skip
    assert with_lag(vintages, ITEM).select("cutoff", "lag", "quantity").rows() == [(month(5), 2, 2)]


def history(values: dict[str, list[float]], masked: tuple[tuple[str, int], ...] = ()) -> pl.DataFrame:
    rows = [
        (item, "P1", None, "month", month(number), value, (item, number) in masked)
        for item, series in values.items()
        for number, value in enumerate(series, start=1)
    ]
    kinds = {
        "item_id": pl.String, "location_id": pl.String, "channel": pl.String, "bucket": pl.String,
        "period_start": pl.Date, "demand_quantity": pl.Float64, "is_masked": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=kinds, orient="row")


def forecast(item: str, number: int, cutoff: int, quantity: float) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "stage": ["s"], "item_id": [item], "bucket": ["month"], "period_start": [month(number)],
            "cutoff": [month(cutoff)], "quantity": [quantity],
        }
    )  # fmt: skip


def test_forecasts_stand_beside_what_came_and_masked_cells_are_left_out() -> None:
    actuals = actuals_at(history({"a": [4, 6, 9, 5], "b": [1, 1, 1, 1]}, masked=(("a", 4),)), ITEM)
    asked = pl.concat(
        [forecast("a", 3, 2, 7.0), forecast("a", 4, 2, 7.0), forecast("a", 5, 2, 7.0), forecast("z", 3, 2, 7.0)]
    )
    found = compare(asked, actuals, ITEM)
    assert found.select("item_id", "lag", "quantity", "actual", "scale").rows() == [
        ("a", 1, 7, 9, 2),
        ("z", 1, 7, 0, None),
    ]
    whole = compare(asked, actuals, ITEM, with_masked=True)
    assert whole.select("item_id", "lag", "actual", "is_masked").rows() == [
        ("a", 1, 9, False),
        ("a", 2, 5, True),
        ("z", 1, 0, False),
    ]


def test_a_coarser_cell_is_masked_only_where_much_of_it_was_stocked_out() -> None:
    rows = history({"a": [1, 5, 10], "b": [9, 5, 0]}, masked=(("a", 1), ("a", 2), ("a", 3)))
    total = actuals_at(rows.with_columns(item_id=pl.lit("x")), ITEM)
    assert total["actual"].to_list() == [10, 10, 10]
    assert total["is_masked"].to_list() == [False, True, True]


def test_naive_forecasts_know_nothing_later_than_their_cutoff() -> None:
    actuals = actuals_at(history({"a": [float(number) for number in range(1, 19)], "new": [5.0]}), ITEM)
    actuals = actuals.filter((pl.col("item_id") == "a") | (pl.col("period_start") < month(2)))
    cells = compare(
        pl.concat(
            [forecast("a", 15, 14, 0.0), forecast("a", 18, 4, 0.0), forecast("a", 6, 5, 0.0), forecast("z", 6, 5, 0.0)]
        ),
        actuals,
        ITEM,
    )
    found = baselines(cells, actuals, ITEM).sort("stage", "item_id", "period_start")
    assert found.select("stage", "quantity").rows() == [
        ("naive", 5), ("naive", 14), ("naive", 4), ("naive", 0),
        # June has no June before; month 15 had month 3; month 18 seen from month 4 has nothing a year before.
        ("seasonal_naive", 5), ("seasonal_naive", 3), ("seasonal_naive", 4), ("seasonal_naive", 0),
    ]  # fmt: skip


def test_demand_that_nobody_forecast_is_counted() -> None:
    actuals = actuals_at(history({"a": [4, 6], "b": [1, 2]}), ITEM)
    found = unforecast_demand(actuals, compare(forecast("a", 2, 1, 7.0), actuals, ITEM), ITEM)
    assert found.rows() == [("s", 1, 8, 2, 0.25)]


def test_a_backtest_shows_each_cutoff_its_own_past_only() -> None:
    seen = []

    def last_value(known: pl.DataFrame, cutoff: date) -> pl.DataFrame:
        seen.append(known["period_start"].max())
        return known.filter(pl.col("period_start") == cutoff).select(
            "item_id",
            "bucket",
            stage=pl.lit("s"),
            quantity="demand_quantity",
            period_start=pl.lit(month(cutoff.month + 1)),
        )

    rows = history({"a": [4, 6, 9, 5]})
    found = backtest(rows, cutoffs_back(month(3), "month", 2), last_value)
    assert seen == [month(2), month(3)]
    assert found.select("cutoff", "period_start", "quantity").rows() == [
        (month(2), month(3), 6),
        (month(3), month(4), 9),
    ]
    with pytest.raises(ForecastError, match="holds the period 2026-01-01, which was over"):
        backtest(rows, [month(2)], lambda known, _: known.with_columns(stage=pl.lit("s")))
    with pytest.raises(ForecastError, match="no cutoff"):
        backtest(rows, [], last_value)


def test_a_week_that_begins_on_a_tuesday_is_refused() -> None:
    rows = history({"a": [4.0]}).with_columns(bucket=pl.lit("week"), period_start=pl.lit(date(2026, 3, 3)))
    with pytest.raises(ForecastError, match="a week that begins on 2026-03-03"):
        actuals_at(rows, ITEM)
