"""Buckets of the calendar, and the zero-filled history of every series in them.

Weeks begin on Monday. A bucket counts when its last day is not after the as-of date. A series begins with its first
sale; where it was sold before the records of its channel are complete, with the first whole bucket of those.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from forecasting.demand.lines import LINE_RULES, DemandDays
from forecasting.demand.settings import DemandBucket, DemandSettings

STEP: dict[DemandBucket, str] = {"day": "1d", "week": "1w", "month": "1mo"}
SUMS = ("raw", *LINE_RULES, "project", "value")


def cutoff(as_of: date, bucket: DemandBucket) -> date:
    """First day of the first bucket that is not over at the end of `as_of`."""
    tomorrow = as_of + timedelta(days=1)
    if bucket == "day":
        return tomorrow
    if bucket == "week":
        return tomorrow - timedelta(days=tomorrow.weekday())
    return tomorrow.replace(day=1)


def begins(days: DemandDays, as_of: date, bucket: DemandBucket) -> pl.DataFrame:
    """Per series that sold within whole buckets: `series, first_sale, last_sale, sale_days, begin`.

    `begin` is the first of its buckets; `sale_days` counts days with demand.
    """
    end, step = cutoff(as_of, bucket), STEP[bucket]
    sold = sum((pl.col(rule) for rule in LINE_RULES), start=pl.col("raw")) > 0
    complete = pl.col("history_from").dt.truncate(step)
    first_whole = pl.when(complete < pl.col("history_from")).then(complete.dt.offset_by(step)).otherwise(complete)
    return (
        days.lines.filter(sold & (pl.col("date") < end))
        .group_by("series")
        .agg(first_sale=pl.col("date").min(), last_sale=pl.col("date").max(), sale_days=pl.len().cast(pl.Int64))
        .join(days.keys.select("series", "channel"), on="series")
        .join(days.channels, on="channel", nulls_equal=True)
        .with_columns(begin=pl.max_horizontal(pl.col("first_sale").dt.truncate(step), first_whole))
        .filter((pl.col("begin") < end) & (pl.col("last_sale") >= pl.col("begin")))
        .select("series", "first_sale", "last_sale", "sale_days", "begin")
        .sort("series")
    )


def grid(begin: pl.DataFrame, as_of: date, bucket: DemandBucket) -> pl.DataFrame:
    """`series, period_start` of every bucket from `begin` to the cut-off."""
    last = pl.lit(cutoff(as_of, bucket)).dt.offset_by(f"-{STEP[bucket]}")
    return begin.select(
        "series", period_start=pl.date_ranges("begin", last, interval=STEP[bucket])
    ).explode("period_start")  # fmt: skip


def summed_lines(days: DemandDays, bucket: DemandBucket) -> pl.DataFrame:
    """The columns of `SUMS` by series and bucket, whatever the bucket."""
    return in_buckets(days.lines, bucket, SUMS)


def in_buckets(frame: pl.DataFrame, bucket: DemandBucket, measures: tuple[str, ...]) -> pl.DataFrame:
    """Rows of series and date, sorted by them, added up by series and bucket."""
    return (
        frame.with_columns(period_start=pl.col("date").dt.truncate(STEP[bucket]))
        .group_by("series", "period_start", maintain_order=True)
        .agg(pl.col(measures).sum())
    )


def returned_in(days: DemandDays, bucket: DemandBucket, settings: DemandSettings) -> pl.DataFrame:
    """`series, period_start, returned, taken`: what came back, and what of it is taken from demand."""
    factor = 0.0 if settings.returns == "ignore" else 1.0
    return in_buckets(days.returned, bucket, ("quantity",)).select(
        "series", "period_start", returned="quantity", taken=pl.col("quantity") * factor
    )
