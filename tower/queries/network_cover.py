"""Days of supply looking forward: how long what is there lasts on the demand that the plan knows.

Cover = the days from the as-of date to the moment at which the summed demand reaches the stock. Demand of a week is
taken to fall evenly on the days of the week that are still to come; what is overdue is taken at once. Demand is the
gross requirement of the plan without what expires: customers' orders, forecast, and the parts of planned orders.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

WEEK = timedelta(days=7)


def cover(stock: pl.DataFrame, demand: pl.DataFrame, keys: list[str], as_of: date) -> pl.DataFrame:
    """One row for each row of `stock`: its keys, stock, cover_days, horizon_days, demand.

    `stock` holds the keys and `stock`; `demand` the keys, `is_past_due`, `week_start_date` and `demand`, in one unit.
    cover_days is empty where nothing is asked for or the stock outlasts the plan; horizon_days then says how long the
    plan looks ahead. Stock of nothing or less lasts 0 days where something is asked for.
    """
    weeks = (
        demand.filter(pl.col("demand") > 0)
        .with_columns(
            pl.when(pl.col("is_past_due") == 1).then(pl.lit(as_of)).otherwise(
                pl.max_horizontal("week_start_date", pl.lit(as_of))
            ).alias("begin"),
            pl.when(pl.col("is_past_due") == 1).then(pl.lit(as_of)).otherwise(
                pl.max_horizontal(pl.col("week_start_date") + WEEK, pl.lit(as_of))
            ).alias("end"),
        )
        .group_by(*keys, "begin", "end").agg(pl.col("demand").sum())
        .sort(*keys, "begin", "end")
        .with_columns(pl.col("demand").cum_sum().over(keys).alias("until"))
        .with_columns((pl.col("until") - pl.col("demand")).alias("before"))
    )  # fmt: skip
    totals = weeks.group_by(keys).agg(
        pl.col("demand").sum().alias("total"), (pl.col("end").max() - as_of).dt.total_days().alias("horizon_days")
    )
    begin, length = (pl.col("begin") - as_of).dt.total_days(), (pl.col("end") - pl.col("begin")).dt.total_days()
    reached = (
        weeks.join(stock.select(*keys, "stock"), on=keys, how="inner")
        .filter(pl.col("until") > pl.col("stock"))
        .group_by(keys, maintain_order=True).first()
        .select(
            *keys,
            (begin + ((pl.col("stock") - pl.col("before")) / pl.col("demand")).clip(0, 1) * length)
            .cast(pl.Float64).alias("cover_days"),
        )
    )  # fmt: skip
    return (
        stock.select(*keys, "stock").join(reached, on=keys, how="left").join(totals, on=keys, how="left")
        .with_columns(
            pl.when((pl.col("stock") <= 0) & (pl.col("total") > 0)).then(pl.lit(0.0)).otherwise(pl.col("cover_days"))
            .alias("cover_days"),
            pl.col("total").fill_null(0.0).alias("demand"),
        )
        .select(*keys, "stock", "cover_days", "horizon_days", "demand")
    )  # fmt: skip
