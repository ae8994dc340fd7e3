"""Actuals of one bucket size as a panel: every period of each series from its first to the last of all."""

from __future__ import annotations

import polars as pl

from forecasting.evaluation.buckets import bucket_number, bucket_start
from forecasting.panel import Bucket, Panel


def actual_panel(actuals: pl.DataFrame, series: str, bucket: Bucket) -> Panel | None:
    """`actuals`: `series` (one column that names it), bucket, period_start, actual; None where there is no row.

    A period without a row had no demand.
    """
    rows = actuals.filter(pl.col("bucket") == bucket).with_columns(
        number=bucket_number(pl.col("period_start"), pl.col("bucket"))
    )
    if rows.is_empty():
        return None
    begun = rows.group_by(series).agg(first=pl.col("number").min())
    last = rows["number"].max()
    filled = (
        begun.select(series, number=pl.int_ranges("first", pl.lit(last) + 1))
        .explode("number")
        .join(rows.select(series, "number", "actual"), on=[series, "number"], how="left")
        .select(
            pl.col(series).alias("series"),
            bucket_start(pl.col("number"), pl.lit(bucket)).alias("period"),
            pl.col("actual").fill_null(0.0).alias("quantity"),
        )
        .sort("series", "period")
    )
    return Panel.from_frame(filled, bucket)
