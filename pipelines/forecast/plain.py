"""The forecast of a plain long file: series, period, quantity in; the same with quantiles out. No build is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from forecasting.company.company_forecast import company_forecast
from forecasting.company.result import QUANTILE_COLUMNS, CompanyForecast
from forecasting.company.settings import CompanySettings
from forecasting.demand.periods import STEP
from forecasting.demand.plain import prepared_frame
from forecasting.errors import ForecastError

COLUMNS = ("series", "period", "quantity")
_READABLE = ".csv, .parquet, .xlsx"


def read_frame(file: Path) -> pl.DataFrame:
    """The table of a CSV, Parquet or Excel file with the columns series, period (a date) and quantity.

    Raises ForecastError for a file that cannot be read, a missing column, or a value that is no date or no number.
    """
    if not file.is_file():
        raise ForecastError(f"There is no file {file}.")
    readers: dict[str, Callable[[], pl.DataFrame]] = {
        # Texts first: a wrong value is named as it is written.
        ".csv": lambda: pl.read_csv(file, infer_schema=False),
        ".parquet": lambda: pl.read_parquet(file),
        ".xlsx": lambda: pl.read_excel(file),
    }
    if file.suffix.lower() not in readers:
        raise ForecastError(f"{file.name} is of no kind that can be read. Use {_READABLE}.")
    try:
        frame = readers[file.suffix.lower()]()
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise ForecastError(f"{file.name} cannot be read: {error}") from error
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ForecastError(
            f"{file.name} has no column {', '.join(missing)}. It has {', '.join(frame.columns)}; "
            "name three of them series, period and quantity."
        )
    rows = frame.select(COLUMNS)
    period = (
        pl.col("period").str.strip_chars().str.to_date(strict=False) if rows.schema["period"] == pl.String else None
    )
    dated = rows.with_columns(
        pl.col("series").cast(pl.String),
        period if period is not None else pl.col("period"),
        pl.col("quantity").cast(pl.Float64, strict=False),
    )
    _refuse(file, rows, dated, "period", "no date. Write the first day of each period as YYYY-MM-DD")
    _refuse(file, rows, dated, "quantity", "no number. Write 12.5, without separators of thousands")
    return dated


def _refuse(file: Path, written: pl.DataFrame, read: pl.DataFrame, column: str, what: str) -> None:
    lost = (read[column].is_null()).arg_true()
    if len(lost):
        row, value = int(lost[0]), written[column][int(lost[0])]
        raise ForecastError(f"{file.name}, row {row + 1}: the {column} {value!r} is {what}.")


def check_whole(frame: pl.DataFrame, bucket: str) -> None:
    """Raise ForecastError for a period that a series has twice or leaves out between its first and its last."""
    start = pl.col("period").cast(pl.Date).dt.truncate(STEP[bucket])  # type: ignore[index]
    rows = frame.select("series", period=start).sort("series", "period")
    twice = rows.filter(rows.is_duplicated())
    add_up = "If its rows are orders or days, add them up with --add-up"
    if twice.height:
        series, period = twice.row(0)
        raise ForecastError(f"The series {series} has the {bucket} of {period} twice. {add_up}.")
    expected = pl.col("period").shift(1).over("series").dt.offset_by(STEP[bucket])  # type: ignore[index]
    gaps = rows.with_columns(expected=expected).filter(pl.col("expected") != pl.col("period"))
    if gaps.height:
        series, period, missing = gaps.row(0)
        raise ForecastError(
            f"The series {series} has a gap: the {bucket} of {missing} is missing before {period}. Write a row with "
            "quantity 0 where nothing was asked for, or say with --add-up that a missing period means 0."
        )


def plain_forecast(frame: pl.DataFrame, settings: CompanySettings, *, adds_up: bool) -> CompanyForecast:
    """Forecast a long frame (`read_frame`). `adds_up`: rows of one period are added, and missing periods are 0.

    Raises ForecastError for a gap or a period twice without `adds_up`, and for too little history.
    """
    if frame.is_empty():
        raise ForecastError("There is no demand history. Hand in at least one row (series, period, quantity).")
    if not adds_up:
        check_whole(frame, settings.bucket)
    history = prepared_frame(frame, settings.bucket).history.filter(pl.col("bucket") == settings.bucket)
    if history.is_empty():
        raise ForecastError("No series has demand in a whole period. Hand in more rows, or choose a shorter bucket.")
    # The other keys are not told: a series stands for itself.
    rows = history.with_columns(pl.col("location_id", "channel").fill_null(""))
    return company_forecast(rows, pl.DataFrame(schema={"item_id": pl.String, "family": pl.String}), settings)


def out_table(found: CompanyForecast) -> pl.DataFrame:
    """series, period, quantity and the quantiles, one row per series and period ahead."""
    return found.forecasts.select(
        pl.col("item_id").alias("series"), pl.col("period_start").alias("period"),
        pl.col("quantity", *QUANTILE_COLUMNS).round(4),
    ).sort("series", "period")  # fmt: skip


def write_table(frame: pl.DataFrame, file: Path) -> None:
    """Write CSV, Parquet or Excel, as the name ends. Raises ForecastError for another ending."""
    writers: dict[str, Callable[[Path], object]] = {
        ".csv": frame.write_csv, ".parquet": frame.write_parquet, ".xlsx": frame.write_excel
    }  # fmt: skip
    writer = writers.get(file.suffix.lower())
    if writer is None:
        raise ForecastError(f"{file.name} ends in nothing that can be written. Use {_READABLE}.")
    file.parent.mkdir(parents=True, exist_ok=True)
    writer(file)
