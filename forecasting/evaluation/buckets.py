"""Days, Monday weeks and months as consecutive numbers, so that a lag is a difference."""

from __future__ import annotations

import polars as pl

from forecasting.errors import ForecastError

BUCKETS = ("day", "week", "month")
# Buckets of one season.
SEASONS = {"day": 7, "week": 52, "month": 12}
# 1970-01-01 was a Thursday: three days after a Monday.
_DAYS_SINCE_MONDAY = 3


def bucket_number(day: pl.Expr, bucket: pl.Expr) -> pl.Expr:
    """The number of the bucket that holds a day; the next bucket has the next number."""
    date = day.cast(pl.Date)
    days = date.cast(pl.Int32).cast(pl.Int64)
    months = date.dt.year().cast(pl.Int64) * 12 + date.dt.month().cast(pl.Int64) - 1
    return (
        pl.when(bucket == "month")
        .then(months)
        .when(bucket == "week")
        .then((days + _DAYS_SINCE_MONDAY) // 7)
        .otherwise(days)
    )


def bucket_start(number: pl.Expr, bucket: pl.Expr) -> pl.Expr:
    """The first day of a bucket by its number."""
    # A date is made of every number, also of those that are no months: they must stay in range.
    months = pl.when(bucket == "month").then(number).otherwise(0)
    month = pl.date(months // 12, months % 12 + 1, 1)
    days = pl.when(bucket == "week").then(number * 7 - _DAYS_SINCE_MONDAY).otherwise(number)
    return pl.when(bucket == "month").then(month).otherwise(days.cast(pl.Int32).cast(pl.Date))


def season_length(bucket: pl.Expr) -> pl.Expr:
    """Buckets of one season: 7 days, 52 weeks, 12 months."""
    return bucket.replace_strict(SEASONS, return_dtype=pl.Int64)


def check_buckets(frame: pl.DataFrame, what: str) -> None:
    """Raise ForecastError for a bucket that is not known, or a day that begins none."""
    unknown = frame.filter(~pl.col("bucket").is_in(BUCKETS))
    if not unknown.is_empty():
        raise ForecastError(f"The {what} have the bucket {unknown['bucket'][0]!r}. Known: {', '.join(BUCKETS)}.")
    number = bucket_number(pl.col("period_start"), pl.col("bucket"))
    wrong = frame.filter(bucket_start(number, pl.col("bucket")) != pl.col("period_start").cast(pl.Date))
    if not wrong.is_empty():
        found = wrong.sort("period_start").row(0, named=True)
        raise ForecastError(
            f"The {what} have a {found['bucket']} that begins on {found['period_start']}. "
            "Weeks begin on Monday, months on the first: hand in the first day of the bucket."
        )
