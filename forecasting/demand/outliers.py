"""Periods that do not fit their series: flagged for a person to look at, never corrected.

A Hampel filter on the season-free demand: further from the median of the periods around than 3.5 scaled median absolute
deviations. In a series with many zeros every order is far from the median; there an order must also be unusually large
among the series' own orders, on a logarithmic scale. The deviation is at least that of orders of the usual size that
come by chance (compound Poisson), so that two pieces instead of one alarm nobody. Everything is relative to the series,
so that the unit of measure does not matter. Source: Hampel (1974); the limit of 3.5 by Iglewicz and Hoaglin (1993).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from forecasting.panel import Bucket, Panel
from forecasting.seasonality import seasons

SEASON: dict[str, int] = {"day": 7, "week": 52, "month": 12}
_LIMIT, _CONSISTENT = 3.5, 1.4826
# Periods around, by bucket, and the periods a series must have.
_WINDOW = {"day": 61, "week": 27, "month": 13}
_LEAST_PERIODS = 8
# The deviation is taken as at least this share of the usual level, and this much of the logarithm of an order's size.
_LEAST_SPREAD, _LEAST_LOG_SPREAD = 0.25, 0.5
_MANY_ZEROS = 0.25


def outliers(history: pl.DataFrame, bucket: Bucket, order_sizes: pl.DataFrame) -> pl.Series:
    """Flags, one for each row of `series, period_start, demand_quantity, is_masked`, sorted by series and period.

    Masked periods are neither flagged nor used to judge others by. `order_sizes`: series, order_size (quantity of a
    usual order; null or missing where it is not known).
    """
    panel = Panel.from_frame(history.select("series", period="period_start", quantity="demand_quantity"), bucket)
    period = SEASON[bucket]
    free = seasons(panel.values, panel.lengths, period).removed(panel.values)
    flat = free[~np.isnan(panel.values)]
    window, least = _WINDOW[bucket], _LEAST_PERIODS
    usable = pl.when(~pl.col("is_masked")).then(pl.col("value"))

    def around(value: pl.Expr) -> pl.Expr:
        return value.rolling_median(window, min_samples=least // 2, center=True).over("series")

    by_chance = (pl.max_horizontal(pl.col("usual").abs(), "order_size") * pl.col("order_size")).sqrt()
    size = pl.when(pl.col("value") > 0).then(usable.log())
    judged = (
        history.select("series", "is_masked", value=pl.Series(flat))
        .join(order_sizes, on="series", how="left", maintain_order="left")
        .with_columns(usual=around(usable))
        .with_columns(spread=around((usable - pl.col("usual")).abs()) * _CONSISTENT)
        .with_columns(
            limit=_LIMIT * pl.max_horizontal("spread", _LEAST_SPREAD * pl.col("usual").abs(), by_chance),
            usual_size=size.median().over("series"),
            is_rare=(pl.col("value") <= 0).mean().over("series") > _MANY_ZEROS,
            periods=pl.len().over("series"),
        )
        .with_columns(size_spread=((size - pl.col("usual_size")).abs().median() * _CONSISTENT).over("series"))
    )
    is_large = size - pl.col("usual_size") > _LIMIT * pl.max_horizontal("size_spread", pl.lit(_LEAST_LOG_SPREAD))
    is_far = (pl.col("value") - pl.col("usual")).abs() > pl.col("limit")
    flagged = is_far & (~pl.col("is_rare") | is_large) & (pl.col("periods") >= least) & ~pl.col("is_masked")
    return judged.select(is_outlier=flagged.fill_null(value=False))["is_outlier"]
