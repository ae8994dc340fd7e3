"""Prepared demand as arrays: one row per item × location × channel on one calendar that ends for all at the cut-off.

What is read is `demand_quantity`, which preparation has set to what would have been asked for where stock was out. A
series that has no row at the end has had no demand since: preparation fills zeros from the first sale on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.company.result import KEYS
from forecasting.company.settings import CompanyBucket
from forecasting.errors import ForecastError
from forecasting.panel import Floats, Integers

NEEDED = (*KEYS, "period_start", "demand_quantity")
_FIRST_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class DemandHistory:
    """`keys` (KEYS, sorted); `values` (series, periods), 0 before the first; `starts` (series,) column of the first.

    `next_period` is the number of the first forecast period, see `period_starts`.
    """

    keys: pl.DataFrame
    values: Floats
    starts: Integers
    next_period: int
    bucket: CompanyBucket

    @property
    def lengths(self) -> Integers:
        found: Integers = self.values.shape[1] - self.starts
        return found


def read_history(history: pl.DataFrame, bucket: CompanyBucket, first_period: date | None) -> pl.DataFrame:
    """The rows of the bucket before `first_period`, checked and sorted.

    Columns: KEYS (text, "" where not told), period (number), quantity.

    Raises ForecastError for a missing column, a quantity that is missing or infinite, a period that does not begin
    where a bucket does, or the same key and period twice.
    """
    missing = [name for name in NEEDED if name not in history.columns]
    if missing:
        raise ForecastError(f"The demand history has no column {', '.join(missing)}. Prepare the demand first.")
    if "bucket" in history.columns:
        history = history.filter(pl.col("bucket") == bucket)
    rows = history.select(
        *(pl.col(name).cast(pl.String).fill_null("") for name in KEYS),
        pl.col("period_start").cast(pl.Date),
        quantity=pl.col("demand_quantity").cast(pl.Float64),
    )
    if first_period is not None:
        rows = rows.filter(pl.col("period_start") < first_period)
    if rows.is_empty():
        raise ForecastError("There is no demand history to forecast from. Load sales orders, or set a later period.")
    wrong = rows.filter(pl.col("quantity").is_null() | ~pl.col("quantity").is_finite())
    if wrong.height:
        raise ForecastError(
            f"Item {wrong['item_id'][0]} has no quantity in {wrong['period_start'][0]}. Fill it with 0."
        )
    begins = pl.col("period_start").dt.day() == 1 if bucket == "month" else pl.col("period_start").dt.weekday() == 1
    wrong = rows.filter(~begins | pl.col("period_start").is_null())
    if wrong.height:
        raise ForecastError(
            f"Item {wrong['item_id'][0]} has a {bucket} that begins on {wrong['period_start'][0]}. "
            + ("Months begin on their first day." if bucket == "month" else "Weeks begin on Monday.")
        )
    rows = rows.select(*KEYS, number_of(pl.col("period_start"), bucket).alias("period"), "quantity").sort(
        *KEYS, "period"
    )
    twice = rows.filter(pl.struct(*KEYS, "period").is_duplicated())
    if twice.height:
        raise ForecastError(f"Item {twice['item_id'][0]} has the same {bucket} twice at one place. Add them up first.")
    return rows


def demand_history(rows: pl.DataFrame, bucket: CompanyBucket, next_period: int) -> DemandHistory:
    """Rows of `read_history` (a key and period may now be there several times: added up) as arrays."""
    keys = rows.select(KEYS).unique().sort(KEYS)
    placed = rows.join(keys.with_row_index("row"), on=KEYS, how="left")
    first = int(rows["period"].min())  # type: ignore[arg-type]
    series, columns = placed["row"].cast(pl.Int64).to_numpy(), placed["period"].to_numpy() - first
    values = np.zeros((keys.height, next_period - first))
    np.add.at(values, (series, columns), placed["quantity"].to_numpy())
    starts = np.full(keys.height, values.shape[1] - 1)
    np.minimum.at(starts, series, columns)
    # A series begins with its first demand; one without any keeps its rows.
    has_demand = values != 0
    starts = np.where(has_demand.any(axis=1), has_demand.argmax(axis=1), starts)
    return DemandHistory(keys, values, starts.astype(np.int64), next_period, bucket)


def period_number(start: date, bucket: CompanyBucket) -> int:
    """Consecutive numbers of months since year 0, or of weeks since 1970."""
    return start.year * 12 + start.month - 1 if bucket == "month" else (start - _FIRST_MONDAY).days // 7


def period_starts(first: int, count: int, bucket: CompanyBucket) -> list[date]:
    """The first days of `count` periods from number `first` on."""
    if bucket == "month":
        return [date(number // 12, number % 12 + 1, 1) for number in range(first, first + count)]
    return [_FIRST_MONDAY + timedelta(weeks=number) for number in range(first, first + count)]


def number_of(start: pl.Expr, bucket: CompanyBucket) -> pl.Expr:
    """`period_number` of a column of dates."""
    if bucket == "month":
        return (start.dt.year().cast(pl.Int64) * 12 + start.dt.month().cast(pl.Int64) - 1).cast(pl.Int64)
    return (start - pl.lit(_FIRST_MONDAY)).dt.total_days() // 7
