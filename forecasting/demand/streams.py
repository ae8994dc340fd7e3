"""What stands beside the history and is not mixed into it: the weighted sales pipeline, and what customers sold on."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from forecasting.demand.prepared import PIPELINE, SELL_OUT
from forecasting.demand.rows import DemandRows


def pipeline(rows: DemandRows, as_of: date) -> pl.DataFrame:
    """Open opportunities by item (or category), channel and month: sum of probability × quantity.

    What was expected before `as_of` is put into its month. An opportunity that was closed since was open then; its
    probability of that day is not known, so the share that had been won of all closed until then stands for it.
    """
    known = rows.opportunities.filter(
        (pl.col("created_date") <= as_of) & (pl.col("quantity") > 0) & pl.col("expected_date").is_not_null()
    )
    closed = known.filter(pl.col("closed_date") <= as_of)
    won = closed.select(share=pl.col("quantity").filter(pl.col("is_won")).sum() / pl.col("quantity").sum())["share"][0]
    still_open = known.filter(pl.col("closed_date").is_null() | (pl.col("closed_date") > as_of))
    probability = pl.when(pl.col("closed_date").is_null()).then("probability").otherwise(pl.lit(won, dtype=pl.Float64))
    is_overdue = pl.col("expected_date") < as_of
    return (
        still_open.with_columns(
            category_id=pl.when(pl.col("item_id").is_null()).then("category_id"),
            month_start=pl.max_horizontal("expected_date", pl.lit(as_of, dtype=pl.Date)).dt.truncate("1mo"),
            expected_quantity=probability.fill_nan(None).clip(0.0, 1.0) * pl.col("quantity"),
        )
        .with_columns(overdue_quantity=pl.when(is_overdue).then("expected_quantity").otherwise(0.0))
        .sort(pl.all())
        .group_by("item_id", "category_id", "channel", "month_start", maintain_order=True)
        .agg(
            pl.col("quantity", "expected_quantity", "overdue_quantity").sum(),
            opportunities=pl.col("opportunity_id").n_unique().cast(pl.Int64),
        )
        .select(*PIPELINE)
        .sort("item_id", "category_id", "channel", "month_start")
    )


def sell_out(rows: DemandRows, as_of: date) -> pl.DataFrame:
    """What customers told of each item and channel, by weeks that had ended at `as_of`."""
    ended = rows.sell_out.filter(pl.col("week_start_date") <= as_of - timedelta(days=6))
    return (
        ended.sort(pl.all())
        .group_by("item_id", "channel", week_start="week_start_date", maintain_order=True)
        .agg(
            pl.col("sold_quantity", "stock_quantity").sum(),
            customers=pl.col("customer_id").n_unique().cast(pl.Int64),
        )
        .select(*SELL_OUT)
        .sort("item_id", "channel", "week_start")
    )
