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
