"""Promotions, launches and other events as labels of the series and buckets they concern.

An event works on the day of the order; its bucket is where the orders are asked for, so it is moved by the channel's
usual days between the two.
"""

from __future__ import annotations

import polars as pl

from forecasting.demand.lines import DemandDays
from forecasting.demand.periods import STEP
from forecasting.demand.prepared import SERIES_EVENTS
from forecasting.demand.rows import DemandRows
from forecasting.demand.settings import DemandBucket

# A bucket is labelled when the event covers so much of it, or lies in it with so much of its days.
COVERED_SHARE, INSIDE_SHARE = 0.25, 0.5
_DEPTH = 10


def series_events(rows: DemandRows, days: DemandDays) -> pl.DataFrame:
    """One row per event and series that it concerns, with its days moved to the days asked for."""
    series = (
        days.keys.join(rows.items.select("item_id", "category_id"), on="item_id", how="left")
        .join(days.channels.select("channel", "ask_days"), on="channel", how="left", nulls_equal=True)
    )  # fmt: skip
    above = _categories_above(rows.categories, rows.items)
    events = rows.events.rename(
        {"item_id": "event_item", "category_id": "event_category", "channel": "event_channel"}
    )  # fmt: skip
    of_item = events.filter(pl.col("event_item").is_not_null()).join(
        series, left_on="event_item", right_on="item_id", coalesce=False
    )
    of_category = (
        events.filter(pl.col("event_item").is_null() & pl.col("event_category").is_not_null())
        .join(above, left_on="event_category", right_on="above_id", how="inner")
        .join(series, on="category_id", how="inner")
    )
    of_all = events.filter(pl.col("event_item").is_null() & pl.col("event_category").is_null()).join(
        series, how="cross"
    )
    found = pl.concat([of_item, of_category, of_all], how="diagonal").filter(
        pl.col("event_channel").is_null() | (pl.col("event_channel") == pl.col("channel"))
    )
    of_customer = found.filter(pl.col("customer_id").is_not_null()).join(
        days.buyers, on=["customer_id", "series"], how="semi"
    )
    ask = pl.duration(days=pl.col("ask_days"))
    return (
        pl.concat([found.filter(pl.col("customer_id").is_null()), of_customer])
        .with_columns(start_date=pl.col("start_date") + ask, end_date=pl.col("end_date") + ask)
        .select(*SERIES_EVENTS)
        .sort("series", "start_date", "event_id")
    )


def labels(events: pl.DataFrame, bucket: DemandBucket) -> pl.DataFrame:
    """`series, period_start, event`: the labels of each bucket, joined in the order of their ids."""
    step = STEP[bucket]
    begin, end = pl.col("period_start"), pl.col("period_start").dt.offset_by(step)
    inside = (
        pl.min_horizontal(end, pl.col("end_date") + pl.duration(days=1)) - pl.max_horizontal(begin, "start_date")
    ).dt.total_days()
    event_days = (pl.col("end_date") - pl.col("start_date")).dt.total_days() + 1
    enough = (inside >= COVERED_SHARE * (end - begin).dt.total_days()) | (inside >= INSIDE_SHARE * event_days)
    return (
        events.filter(pl.col("end_date") >= pl.col("start_date"))
        .with_columns(
            period_start=pl.date_ranges(pl.col("start_date").dt.truncate(step), "end_date", interval=step),
            label=pl.format("{}: {}", "event_type", "event_id"),
        )
        .explode("period_start")
        .filter(enough)
        .sort("series", "period_start", "label")
        .group_by("series", "period_start", maintain_order=True)
        .agg(event=pl.col("label").unique(maintain_order=True).str.join("; "))
    )


def _categories_above(categories: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """`category_id, above_id`: each category with itself and all above it."""
    level = pl.concat([categories.select("category_id"), items.select("category_id")]).drop_nulls().unique()
    level = level.with_columns(above_id=pl.col("category_id"))
    parents = categories.select(above_id="category_id", parent_id="parent_category_id").drop_nulls()
    found = [level]
    for _ in range(_DEPTH):
        level = level.join(parents, on="above_id").select("category_id", above_id="parent_id")
        found.append(level)
    return pl.concat(found).unique().sort(pl.all())
