"""`tower forecast --files`: a plain long file in, a forecast with quantiles out; what is wrong is said."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from forecasting.company.settings import CompanySettings
from forecasting.errors import ForecastError
from pipelines.cli.main import app
from pipelines.forecast.plain import out_table, plain_forecast, read_frame
from tower.errors import SettingsError

MONTHS = 40


def months(series: str, quantity: float | None = None, seed: int = 1) -> pl.DataFrame:
    """Forty months from January 2023; Poisson around 20 unless a quantity is told."""
    drawn = np.random.default_rng(seed).poisson(20, MONTHS)
    return pl.DataFrame(
        {
            "series": [series] * MONTHS,
            "period": [date(2023 + month // 12, month % 12 + 1, 1) for month in range(MONTHS)],
            "quantity": [float(one) if quantity is None else quantity for one in drawn],
        }
    )


FRAME = pl.concat([months(f"S{number}", seed=number) for number in range(4)])


def tower(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["forecast", *arguments])


def test_a_constant_series_is_forecast_as_itself() -> None:
    table = out_table(plain_forecast(months("A", 7.0), CompanySettings(horizon=4), adds_up=False))
    assert table["period"].to_list() == [date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)]
    assert table["quantity"].to_list() == pytest.approx([7.0] * 4)


@pytest.mark.parametrize("horizon", [1, 2, 3, 7])
def test_every_horizon_is_answered_also_one_shorter_than_a_quarter(horizon: int) -> None:
    table = out_table(plain_forecast(FRAME, CompanySettings(horizon=horizon), adds_up=False))
    assert table.group_by("series").len()["len"].to_list() == [horizon] * 4


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_the_kind_of_file_changes_nothing(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"in.{ending}"
    {"csv": FRAME.write_csv, "parquet": FRAME.write_parquet, "xlsx": FRAME.write_excel}[ending](file)
    done = tower("--files", str(file), "--horizon", "2", "--format", "json")
    assert done.exit_code == 0, done.output
    expected = out_table(plain_forecast(FRAME, CompanySettings(horizon=2), adds_up=False))
    answered = json.loads(done.stdout)
    assert [row["quantity"] for row in answered] == expected["quantity"].to_list()
    assert list(answered[0]) == [
        "series",
        "period",
        "quantity",
        "p05",
        "p10",
        "p25",
        "p50",
        "p75",
        "p90",
        "p95",
        "p975",
    ]


def test_the_answer_goes_into_a_file_in_the_language_asked_for(tmp_path: Path) -> None:
    FRAME.write_csv(tmp_path / "in.csv")
    done = tower(
        "--files", str(tmp_path / "in.csv"), "--out", str(tmp_path / "deep" / "out.parquet"), "--language", "zh"
    )
    assert done.exit_code == 0, done.output
    assert pl.read_parquet(tmp_path / "deep" / "out.parquet").height == 4 * 7
    assert "已预测 4 个序列" in done.stderr


def test_days_are_added_up_to_weeks_when_told_to(tmp_path: Path) -> None:
    days = pl.date_range(date(2024, 1, 1), date(2026, 1, 4), eager=True)
    frame = pl.DataFrame({"series": ["A"] * days.len(), "period": days, "quantity": [1.0] * days.len()})
    with pytest.raises(ForecastError, match="has the week of 2024-01-01 twice"):
        plain_forecast(frame, CompanySettings(bucket="week", horizon=3), adds_up=False)
    table = out_table(plain_forecast(frame, CompanySettings(bucket="week", horizon=3), adds_up=True))
    assert table["quantity"].to_list() == pytest.approx([7.0] * 3)


def refusal(frame: pl.DataFrame, tmp_path: Path) -> str:
    frame.write_csv(tmp_path / "in.csv")
    found = tower("--files", str(tmp_path / "in.csv"))
    assert isinstance(found.exception, SettingsError)
    return str(found.exception)


def test_a_gap_is_refused_and_means_zero_when_told_so(tmp_path: Path) -> None:
    gap = FRAME.filter(~((pl.col("series") == "S2") & (pl.col("period") == date(2024, 3, 1))))
    assert "S2 has a gap: the month of 2024-03-01 is missing before 2024-04-01" in refusal(gap, tmp_path)
    assert tower("--files", str(tmp_path / "in.csv"), "--add-up").exit_code == 0


def test_a_period_twice_is_refused(tmp_path: Path) -> None:
    assert "S3 has the month of 2026-04-01 twice" in refusal(pl.concat([FRAME, FRAME.tail(1)]), tmp_path)


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    sentence = refusal(FRAME.rename({"quantity": "qty"}), tmp_path)
    assert "in.csv has no column quantity. It has series, period, qty" in sentence


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("period", "32.13.2025", "row 3: the period '32.13.2025' is no date"),
        ("quantity", "1 200", "row 3: the quantity '1 200' is no number"),
    ],
)
def test_a_wrong_value_is_named_with_its_row(tmp_path: Path, column: str, value: str, sentence: str) -> None:
    written = FRAME.with_columns(pl.all().cast(pl.String)).with_row_index()
    wrong = written.with_columns(
        pl.when(pl.col("index") == 2).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )
    assert sentence in refusal(wrong.drop("index"), tmp_path)


def test_files_of_another_kind_and_options_that_are_not_known_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("x", encoding="utf-8")
    for arguments, words in (
        (("--files", str(tmp_path / "in.txt")), "Use .csv, .parquet, .xlsx"),
        (("--files", str(tmp_path / "no.csv")), "There is no file"),
        (("--files", str(tmp_path / "in.txt"), "--bucket", "year"), "'year' is not known"),
        (("--files", str(tmp_path / "in.txt"), "--effort", "most"), "'most' is not known"),
        (("--language", "fr"), "'fr' is not known"),
        (("--out", "x.csv"), "belong to --files"),
    ):
        assert words in str(tower(*arguments).exception)


def test_reading_keeps_text_series_and_dates(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("quantity,period,series\n1,2026-01-01,007\n", encoding="utf-8")
    assert read_frame(tmp_path / "in.csv").rows() == [("007", date(2026, 1, 1), 1.0)]
