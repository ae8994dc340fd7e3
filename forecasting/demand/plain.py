"""A plain long frame (series, period, quantity) as prepared demand, for data that comes without orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from forecasting.demand.periods import STEP
from forecasting.demand.preparation import prepared_demand
from forecasting.demand.prepared import PreparedDemand
from forecasting.demand.rows import DemandRows
from forecasting.demand.settings import DemandBucket, DemandSettings
from forecasting.errors import ForecastError


def prepared_frame(frame: pl.DataFrame, bucket: DemandBucket, as_of: date | None = None) -> PreparedDemand:
    """Add up, fill with zeros from the first demand on, cut off the bucket that is not over, flag outliers.

    A row stands for its whole bucket; where a series has several rows in one, rows are days, and buckets that the days
    do not cover at both ends are left out. Without `as_of` the data end with their last row. Each series ends there,
    also one whose own rows end before. The `series` of the result are those of the frame. Raises ForecastError where
    `period` is no date, or a series, period or finite quantity is missing.
    """
    rows = _checked(frame)
    start = pl.col("requested_date").dt.truncate(STEP[bucket])
    is_daily = rows.select("item_id", start).is_duplicated().any()
    last = rows.select(pl.col("requested_date") if is_daily else start.dt.offset_by(STEP[bucket]).dt.offset_by("-1d"))
    end = as_of or last["requested_date"].max()
    if not is_daily:
        rows = rows.with_columns(start)
    lines = rows.with_columns(ordered_date="requested_date")
    settings = DemandSettings(buckets=(bucket,), lines_are_orders=False)
    found = prepared_demand(DemandRows.of(order_lines=lines), end, settings)  # type: ignore[arg-type]
    return replace(
        found,
        **{
            name: getattr(found, name).with_columns(series="item_id")
            for name in ("history", "audit", "series", "events")
        },
    )


def _checked(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in ("series", "period", "quantity") if name not in frame.columns]
    if missing:
        raise ForecastError(f"The column “{missing[0]}” is missing. The frame needs series, period and quantity.")
    if not frame["period"].dtype.is_temporal():
        raise ForecastError(f"The periods are {frame['period'].dtype}; give the first day of each as a date.")
    rows = frame.select(
        item_id=pl.col("series").cast(pl.String), requested_date=pl.col("period").cast(pl.Date),
        quantity=pl.col("quantity").cast(pl.Float64),
    )  # fmt: skip
    if rows.is_empty():
        raise ForecastError("There is no demand history. Hand in at least one row (series, period, quantity).")
    wrong = rows.filter(pl.any_horizontal(pl.all().is_null()) | ~pl.col("quantity").is_finite())
    if wrong.height:
        series, period, quantity = wrong.row(0)
        raise ForecastError(
            f"The row of series {series}, period {period} has quantity {quantity}. Fill it in, or leave it out."
        )
    return rows
