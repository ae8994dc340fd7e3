"""Whether a customer with a rhythm of its own has fallen out of it: the rule for buyers who order every so many weeks.

BG/NBD thinks that orders come at random; a company that reorders each month and has been silent for three is gone
sooner than chance would say. The rule: silent for more than `factor` times the own usual gap is at risk.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from forecasting.errors import ForecastError

# A gap is usual when it was seen so many times.
LEAST_GAPS = 3


def personal_gaps(orders: pl.DataFrame, as_of: date, factor: float = 2.0) -> pl.DataFrame:
    """One row per customer who had ordered by `as_of`, sorted: customer_id, gaps, usual_gap_days, silent_days,
    at_risk.

    `orders`: customer_id, ordered_on (date). `usual_gap_days` is the median gap between days with an order; it and
    `at_risk` are null with fewer than three gaps. `silent_days` counts from the last order to `as_of`.
    """
    if factor <= 0:
        raise ForecastError(f"A factor of {factor} times the usual gap says nothing; it must be above 0.")
    days = orders.filter(pl.col("ordered_on") <= as_of).select("customer_id", "ordered_on").unique()
    gap = pl.col("ordered_on").diff().over("customer_id", order_by="ordered_on").dt.total_days()
    usual = pl.when(pl.col("gaps") >= LEAST_GAPS).then(pl.col("usual_gap_days"))
    return (
        days.with_columns(gap.alias("gap"))
        .group_by("customer_id")
        .agg(
            pl.col("gap").count().cast(pl.Int64).alias("gaps"),
            pl.col("gap").median().alias("usual_gap_days"),
            (pl.lit(as_of) - pl.col("ordered_on").max()).dt.total_days().alias("silent_days"),
        )
        .with_columns(usual.alias("usual_gap_days"))
        .with_columns((pl.col("silent_days") > factor * pl.col("usual_gap_days")).alias("at_risk"))
        .sort("customer_id")
    )
