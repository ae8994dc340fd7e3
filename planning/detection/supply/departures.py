"""When suppliers send against when they should have: the delay of every purchase line at departure, in working days.

A line should leave so long before its first confirmed day as the way of its supplier usually takes. What has not left
is late by the days until today, or by what the supplier has told himself; what is not due yet says nothing.
"""

from __future__ import annotations

from datetime import date

import polars as pl

# Without a calendar of the supplier's country a week counts as five working days.
_WORKING_SHARE = 5 / 7


def departure_delays(lines: pl.DataFrame, days: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The lines with: transit_days, expected_date, left_date (empty: waits), delay (working days), is_waiting,
    is_told and seen_date.

    `lines`: a row a purchase line, see `purchase_lines` in pipelines.detect.rows_supply; `days`: supplier_id, day,
    working_number (working days up to it). Lines that say nothing yet are left out. `seen_date`: the day on which the
    delay was known, today for what waits.
    """
    way = (pl.col("first_received_date") - pl.col("departed_date")).dt.total_days()
    transit = lines.group_by("supplier_id").agg(transit_days=way.median())
    on_the_way = pl.duration(days=pl.col("transit_days").round().cast(pl.Int64))
    known = lines.join(transit, on="supplier_id", how="left").with_columns(pl.col("transit_days").fill_null(0.0))
    known = known.with_columns(
        expected_date=pl.col("due_date") - on_the_way,
        told_departure=pl.col("told_date") - on_the_way,
        left_date=pl.coalesce("departed_date", pl.col("first_received_date") - on_the_way),
    )
    today = pl.lit(as_of, dtype=pl.Date)
    known = known.with_columns(is_waiting=pl.col("left_date").is_null())
    known = known.filter(~pl.col("is_waiting") | pl.col("is_open"))
    for name, column in (("expected", pl.col("expected_date")), ("left", pl.coalesce("left_date", today)),
                         ("told", pl.col("told_departure"))):  # fmt: skip
        known = _numbered(known, days, name, column)
    waited = pl.col("left_number") - pl.col("expected_number")
    told = pl.col("told_number") - pl.col("expected_number")
    known = known.with_columns(
        delay=pl.when(pl.col("is_waiting")).then(pl.max_horizontal(waited, told)).otherwise(waited),
        is_told=pl.col("is_waiting") & (told > 0),
        seen_date=pl.coalesce("left_date", today),
    )
    # What waits and is neither due nor put off says nothing.
    says = ~pl.col("is_waiting") | (waited > 0) | (told > 0)
    return known.filter(says & pl.col("delay").is_not_null()).drop("expected_number", "left_number", "told_number")


def _numbered(frame: pl.DataFrame, days: pl.DataFrame, name: str, column: pl.Expr) -> pl.DataFrame:
    """The frame with `<name>_number`: the working day's number of a date in the calendar of the line's supplier."""
    numbers = days.select("supplier_id", pl.col("day").alias("_day"), pl.col("working_number").cast(pl.Float64))
    joined = frame.with_columns(column.alias("_day")).join(numbers, on=["supplier_id", "_day"], how="left")
    plain = pl.col("_day").cast(pl.Int32).cast(pl.Float64) * _WORKING_SHARE
    has_calendar = pl.col("supplier_id").is_in(numbers["supplier_id"].unique().to_list())
    number = pl.when(has_calendar).then(pl.col("working_number")).otherwise(plain)
    return joined.with_columns(number.alias(f"{name}_number")).drop("_day", "working_number")
