"""The report of a build's forecast: what is judged on which months, by hand."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from forecasting.evaluation.report import SCHEMAS, ReportInput, forecast_report

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)


def history() -> pl.DataFrame:
    months = [date(2026, month, 1) for month in range(1, 10)]
    return pl.DataFrame(
        {
            "item_id": ["A"] * 9, "location_id": ["P1"] * 9, "channel": ["web"] * 9, "bucket": ["month"] * 9,
            "period_start": months, "demand_quantity": [10.0] * 7 + [20.0, 30.0], "is_masked": [False] * 9,
        }
    )  # fmt: skip


def own_stages() -> pl.DataFrame:
    """Two stages forecast August and September at the end of July: 12 and 12 naively, 18 and 24 in the end."""
    rows = [
        ("naive", AUGUST, 12.0),
        ("naive", SEPTEMBER, 12.0),
        ("reconciled", AUGUST, 18.0),
        ("reconciled", SEPTEMBER, 24.0),
    ]
    return pl.DataFrame(rows, schema=["stage", "period_start", "quantity"], orient="row").with_columns(
        item_id=pl.lit("A"),
        location_id=pl.lit("P1"),
        channel=pl.lit("web"),
        bucket=pl.lit("month"),
        cutoff=pl.lit(JULY),
    )


def vintages() -> pl.DataFrame:
    """The company's planner said something of September only, in August."""
    return pl.DataFrame(
        {
            "stage": ["other_planner"], "item_id": ["A"], "location_id": [None], "channel": [None],
            "bucket": ["month"], "period_start": [SEPTEMBER], "created_at": [datetime(2026, 8, 3)], "quantity": [33.0],
        },
        schema_overrides={"location_id": pl.String, "channel": pl.String},
    )  # fmt: skip


def report(**changed: pl.DataFrame) -> dict[str, pl.DataFrame]:
    given = {
        "history": history(), "backtest": own_stages(), "one_step": pl.DataFrame(), "vintages": vintages(),
        "families": pl.DataFrame({"item_id": ["A"], "family": ["F"]}),
        "unit_costs": pl.DataFrame({"item_id": ["A"], "unit_cost": [5.0]}),
        **changed,
    }  # fmt: skip
    return forecast_report(ReportInput(**given))


def test_an_item_is_judged_on_every_month_that_a_stage_forecast() -> None:
    found = report()["item_accuracy"].sort("stage")
    # Of 50 asked for, 42 were forecast in the end and 24 naively; the planner missed 30 by 3.
    assert found["stage"].to_list() == ["naive", "other_planner", "reconciled"]
    assert found["cells"].to_list() == [2, 1, 2]
    assert found["absolute_error"].to_list() == [26.0, 3.0, 8.0]
    assert found["bias"].to_list() == pytest.approx([-26 / 50, 3 / 30, -8 / 50])
    assert found["bias_value"].to_list() == [-130.0, 15.0, -40.0]


def test_stages_are_compared_on_the_months_that_all_of_them_forecast() -> None:
    found = report()["accuracy"].filter(pl.col("level") == "item").sort("stage")
    assert found["lag"].to_list() == [2, 2, 2]
    assert found["wape"].to_list() == pytest.approx([18 / 30, 3 / 30, 6 / 30])


def test_value_added_follows_the_order_of_the_stages() -> None:
    found = report()["value_added"].filter(pl.col("level") == "series")
    assert found["stage"].to_list() == ["naive", "reconciled"]
    assert found["value_added"].to_list()[1] == pytest.approx(26 / 50 - 8 / 50)


def test_without_anything_to_judge_every_frame_is_empty_with_its_columns() -> None:
    found = report(backtest=pl.DataFrame(), vintages=vintages().clear())
    assert {name: list(frame.columns) for name, frame in found.items()} == {
        name: list(schema) for name, schema in SCHEMAS.items()
    }
    assert sum(frame.height for name, frame in found.items()) == 0


def test_an_item_whose_class_is_another_one_than_half_a_year_ago_is_an_alarm() -> None:
    months = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(24)]
    steady, rare = [10.0, 12.0] * 9, [0.0, 0.0, 9.0]
    long = pl.DataFrame(
        {
            "item_id": ["A"] * 24 + ["B"] * 24, "location_id": "P1", "channel": "web", "bucket": "month",
            "period_start": months * 2, "demand_quantity": steady + [0.0] * 6 + rare * 8, "is_masked": False,
        }
    )  # fmt: skip
    found = report(history=long, backtest=pl.DataFrame(), vintages=vintages().clear())["alarms"]
    # A: demand in 18 of 24 months is an interval of 1.33, above the cut; B never was anything but rare.
    changed = found.filter(pl.col("alarm") == "class_changed")
    assert changed.select("item_id", "since", "actual_quantity").rows() == [("A", date(2025, 12, 1), 66.0)]


def test_demand_outside_the_intervals_that_were_forecast_for_it_is_an_alarm() -> None:
    """Nine vintages said 9 to 11 for the month after; 20 came each time but for one."""
    months = [date(2025 + month // 12, month % 12 + 1, 1) for month in range(12)]
    actual = [10.0] * 3 + [20.0] * 9
    known = pl.DataFrame(
        {
            "item_id": "A", "location_id": "P1", "channel": "web", "bucket": "month", "period_start": months,
            "demand_quantity": actual, "is_masked": False,
        }
    )  # fmt: skip
    said = pl.DataFrame(
        {
            "stage": "reconciled", "item_id": "A", "location_id": "P1", "channel": "web", "bucket": "month",
            "period_start": months[2:], "created_at": [datetime(one.year, one.month, 3) for one in months[2:]],
            "quantity": 10.0, "p05": 9.0, "p95": 11.0,
        }
    )  # fmt: skip
    found = report(history=known, backtest=pl.DataFrame(), vintages=said)["alarms"]
    alarm = found.filter(pl.col("alarm") == "interval_too_narrow").row(0, named=True)
    assert (alarm["item_id"], alarm["periods"], alarm["value"]) == ("A", 9, pytest.approx(0.9))
    assert alarm["quantity"] == pytest.approx(-81.0)
