"""What demand preparation hands out: history, audit, and what stands beside them, with their columns.

`series` names item × location × channel in one text; frames are joined by it, since place and channel may be null.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from forecasting.demand.rows import SERIES_KEY, Schema
from forecasting.panel import Bucket, Panel

_KEY: Schema = {"series": pl.String, **dict.fromkeys(SERIES_KEY, pl.String)}

# One row per series × bucket × period from the first sale to the last whole period; zeros are rows.
HISTORY: Schema = {
    **_KEY, "bucket": pl.String, "period_start": pl.Date,
    # As booked, by the day asked for: without internal orders, before cancellations and returns.
    "sales_quantity": pl.Float64,
    "cancelled_quantity": pl.Float64,
    "returned_quantity": pl.Float64,
    # Of sales, from opportunities.
    "project_quantity": pl.Float64,
    "net_value": pl.Float64,
    # What is forecast: after all policies, with what was not ordered for want of stock.
    "demand_quantity": pl.Float64,
    # Part of demand: the estimate of what was not ordered because nothing was on the shelf.
    "lost_quantity": pl.Float64,
    # 0 … 1 of the working days; null where stock is not known or not kept.
    "stocked_out_share": pl.Float64,
    "is_masked": pl.Boolean,
    "is_outlier": pl.Boolean,
    # Events of the bucket, "type: id", joined by "; ".
    "event": pl.String,
}  # fmt: skip

# One row per rule × series × bucket × period that it touched. Sum of raw lines + sum of `change` = sum of demand.
AUDIT: Schema = {
    **_KEY, "bucket": pl.String, "period_start": pl.Date, "rule": pl.String,
    "before": pl.Float64, "after": pl.Float64, "change": pl.Float64, "reason": pl.String,
}  # fmt: skip

# One row per series × bucket.
SERIES: Schema = {
    **_KEY, "bucket": pl.String, "category_id": pl.String,
    "first_sale": pl.Date, "last_sale": pl.Date, "first_period": pl.Date, "last_period": pl.Date,
    "periods": pl.Int64, "mean": pl.Float64, "zero_share": pl.Float64,
    # smooth, erratic, intermittent, lumpy, none.
    "demand_class": pl.String, "interval": pl.Float64, "variation": pl.Float64, "is_overdispersed": pl.Boolean,
    # 0 … 1; null where there are too few periods to say.
    "trend_strength": pl.Float64, "season_strength": pl.Float64, "is_seasonal": pl.Boolean,
    # new, active, phase_out, ended; and the rule that said so.
    "life_cycle": pl.String, "life_cycle_rule": pl.String,
    "masked_share": pl.Float64, "outlier_count": pl.Int64,
    # Mean demand of the last 13 weeks or 3 months that are not masked.
    "last_level": pl.Float64,
}  # fmt: skip

# Open opportunities: one row per item (or category where no item is named) × channel × month.
PIPELINE: Schema = {
    "item_id": pl.String, "category_id": pl.String, "channel": pl.String, "month_start": pl.Date,
    "opportunities": pl.Int64, "quantity": pl.Float64, "expected_quantity": pl.Float64,
    # Of the expected quantity: what was expected before the as-of date, put into its month.
    "overdue_quantity": pl.Float64,
}  # fmt: skip

# What customers sold on: one row per item × channel × week that had ended.
SELL_OUT: Schema = {
    "item_id": pl.String, "channel": pl.String, "week_start": pl.Date, "customers": pl.Int64,
    "sold_quantity": pl.Float64, "stock_quantity": pl.Float64,
}  # fmt: skip

# Which events concern which series, past and future, on the days on which what they bring is asked for.
SERIES_EVENTS: Schema = {
    **_KEY, "event_id": pl.String, "event_type": pl.String, "start_date": pl.Date, "end_date": pl.Date,
}  # fmt: skip

# One row per channel: how it orders, and whether it still orders when nothing is on the shelf.
CHANNELS: Schema = {
    "channel": pl.String, "ask_days": pl.Int64, "history_from": pl.Date,
    "stocked_out_demand": pl.Float64, "usual_demand": pl.Float64, "response": pl.Float64, "is_censored": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PreparedDemand:
    """The frames above, as known at the end of `as_of`, each sorted by its keys."""

    as_of: date
    history: pl.DataFrame
    audit: pl.DataFrame
    series: pl.DataFrame
    pipeline: pl.DataFrame
    sell_out: pl.DataFrame
    events: pl.DataFrame
    channels: pl.DataFrame

    def panel(self, bucket: Bucket, quantity: str = "demand_quantity") -> Panel:
        """The history of one bucket size as a right-aligned array; raises ForecastError where there is none."""
        chosen = self.history.filter(pl.col("bucket") == bucket)
        return Panel.from_frame(chosen.select("series", period="period_start", quantity=quantity), bucket)
