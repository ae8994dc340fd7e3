"""Items that nobody has sold yet and that are about to be: where they will sell, and from which period on."""

from __future__ import annotations

import polars as pl

from forecasting.company.history import number_of
from forecasting.company.result import KEYS
from forecasting.company.settings import CompanySettings

# A place and channel through which at least this share of the living items of the family sells.
USUAL_SHARE = 0.5


def planned_launches(
    rows: pl.DataFrame, living: pl.DataFrame, items: pl.DataFrame, next_period: int, settings: CompanySettings
) -> pl.DataFrame:
    """KEYS, period (the last), quantity 0, periods_to_launch, of items introduced lately or soon that have not sold.

    Lately: within the time after which a series speaks for itself. Only where the family sells already: without similar
    items there is nothing to say.
    """
    new = (
        items.with_columns(start=number_of(pl.col("introduced_date"), settings.bucket))
        .filter(
            pl.col("start").is_between(next_period - settings.own_history, next_period + settings.periods_ahead - 1)
            & (pl.col("lifecycle_status").fill_null("") != "obsolete")
            & pl.col("family").is_not_null()
        )
        .join(rows.filter(pl.col("quantity") != 0), on="item_id", how="anti")
        # One that continues another's history has a forecast by that.
        .join(living, on="item_id", how="anti")
    )
    sold = living.filter(pl.col("quantity") > 0).join(items.select("item_id", "family"), on="item_id")
    of_family = sold.group_by("family").agg(all=pl.col("item_id").n_unique())
    usual = (
        sold.group_by("family", "location_id", "channel")
        .agg(here=pl.col("item_id").n_unique())
        .join(of_family, on="family")
        .filter(pl.col("here") >= USUAL_SHARE * pl.col("all"))
    )
    return (
        new.join(usual, on="family")
        .select(
            *KEYS,
            period=pl.lit(next_period - 1, pl.Int64),
            quantity=pl.lit(0.0),
            periods_to_launch=(pl.col("start") - next_period).clip(lower_bound=0),
        )
        .sort(KEYS)
    )
