"""One row per series: what kind of demand it has, how strong trend and season are, and where it stands in its life."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.demand.lines import DemandDays
from forecasting.demand.outliers import SEASON
from forecasting.demand.prepared import SERIES
from forecasting.demand.rows import DemandRows
from forecasting.demand.settings import DemandBucket, DemandSettings
from forecasting.demand_classes import demand_classes
from forecasting.panel import Floats, Panel
from forecasting.seasonality import seasonal_indices, seasons
from forecasting.smoothing import fitted_line

# Buckets that the last level is the mean of.
LEVEL_PERIODS: dict[DemandBucket, int] = {"day": 91, "week": 13, "month": 3}
_TREND_PERIODS = 6
# A series is silent after so many days without demand, where its demand days until then make so long a silence this
# improbable; or after so many days in any case.
_SILENT_DAYS, _IMPROBABLE, _SILENT_IN_ANY_CASE = 182, 0.01, 365
_TINY = 1e-12


def series_table(
    history: pl.DataFrame, begin: pl.DataFrame, days: DemandDays, rows: DemandRows, as_of: date,
    bucket: DemandBucket, settings: DemandSettings,
) -> pl.DataFrame:  # fmt: skip
    """The rows of `prepared.SERIES` for the history of one bucket size."""
    panel = Panel.from_frame(history.select("series", period="period_start", quantity="demand_quantity"), bucket)
    classes = demand_classes(panel).frame(panel)
    strengths = _strengths(panel, SEASON[bucket])
    level = pl.col("demand_quantity").filter(~pl.col("is_masked")).tail(LEVEL_PERIODS[bucket]).mean()
    measured = history.group_by("series", maintain_order=True).agg(
        bucket=pl.lit(bucket), first_period=pl.col("period_start").min(), last_period=pl.col("period_start").max(),
        periods=pl.len().cast(pl.Int64), mean=pl.col("demand_quantity").mean(),
        zero_share=(pl.col("demand_quantity") <= 0).mean(), masked_share=pl.col("is_masked").mean(),
        outlier_count=pl.col("is_outlier").sum().cast(pl.Int64), last_level=level,
    )  # fmt: skip
    return (
        measured.join(days.keys, on="series", maintain_order="left")
        .join(begin.select("series", "first_sale", "last_sale", "sale_days"), on="series", maintain_order="left")
        .join(days.channels, on="channel", how="left", nulls_equal=True, maintain_order="left")
        .join(rows.items, on="item_id", how="left", maintain_order="left")
        .join(classes.drop("life_cycle"), on="series", maintain_order="left")
        .join(strengths, on="series", maintain_order="left")
        .with_columns(_life_cycle(as_of, settings))
        .unnest("life")
        .select(*SERIES)
        .sort("series")
    )


def _life_cycle(as_of: date, settings: DemandSettings) -> pl.Expr:
    """State and rule: what the item's master data say comes first, then what the series does.

    Silence: if demand went on as before, all later demand days of n would lie before it with (1 − silence / age)^n.
    """
    young = as_of - timedelta(days=settings.new_days)
    today = pl.lit(as_of, dtype=pl.Date)
    silence, age = (today - pl.col("last_sale")).dt.total_days(), (today - pl.col("first_sale")).dt.total_days()
    chance = (1 - silence / age.clip(1)) ** (pl.col("sale_days") - 1)
    is_silent = ((silence >= _SILENT_DAYS) & (chance < _IMPROBABLE)) | (silence >= _SILENT_IN_ANY_CASE)
    status = pl.col("lifecycle_status")
    rules = [
        (status == "obsolete", "ended", "item_obsolete"),
        (status == "phase_out", "phase_out", "item_in_phase_out"),
        (pl.col("replaced_by_item_id").is_not_null() & is_silent, "ended", "replaced_and_silent"),
        (is_silent, "phase_out", "silent_for_long"),
        (pl.col("replaced_by_item_id").is_not_null(), "phase_out", "item_replaced"),
        (status == "phase_in", "new", "item_in_phase_in"),
        (pl.col("introduced_date") > young, "new", "introduced_lately"),
        # A first sale at the beginning of the records says nothing about when the item began to sell.
        ((pl.col("first_sale") > young) & (pl.col("first_sale") > pl.col("history_from")), "new", "first_sold_lately"),
    ]
    found = pl.struct(life_cycle=pl.lit("active"), life_cycle_rule=pl.lit("none_of_the_others"))
    for holds, state, rule in reversed(rules):
        named = pl.struct(life_cycle=pl.lit(state), life_cycle_rule=pl.lit(rule))
        found = pl.when(holds.fill_null(value=False)).then(named).otherwise(found)
    return found.alias("life")


def _strengths(panel: Panel, period: int) -> pl.DataFrame:
    """Trend and season strength, 0 … 1: the share of the variance that they take away from what they leave.

    1 − var(remainder) / var(remainder + trend or season), with a straight line as trend and the seasonal indices of
    classical decomposition, which need two whole seasons. Wang, Smith, Hyndman (2006).
    """
    values, lengths = panel.values, panel.lengths
    known = ~np.isnan(values)
    additive = np.zeros(lengths.size, dtype=bool)
    season = seasonal_indices(values, lengths, period, additive)
    spread_out = np.where(known, season[:, np.arange(-values.shape[1], 0) % period], np.nan)
    without_season = np.where(known, values - spread_out, np.nan)
    intercept, slope = fitted_line(np.where(known, without_season, 0.0), known)
    line = intercept[:, None] + slope[:, None] * np.cumsum(known, axis=1)
    remainder = without_season - line
    trend = np.where(lengths >= _TREND_PERIODS, 1 - _ratio(remainder, without_season), np.nan)
    seasonal = np.where(lengths >= 2 * period, 1 - _ratio(remainder, remainder + spread_out), np.nan)
    return pl.DataFrame(
        {
            "series": panel.names,
            "trend_strength": pl.Series(np.clip(trend, 0.0, 1.0)).fill_nan(None),
            "season_strength": pl.Series(np.clip(seasonal, 0.0, 1.0)).fill_nan(None),
            "is_seasonal": seasons(values, lengths, period).is_seasonal,
        }
    )


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Variance of `part` over that of `whole`, (series,); 1 where `whole` does not vary."""
    count = (~np.isnan(part)).sum(axis=1)

    def variance(values: Floats) -> Floats:
        mean = np.nansum(values, axis=1) / count
        found: Floats = np.nansum((values - mean[:, None]) ** 2, axis=1)
        return found

    below = variance(whole)
    size = np.nansum(whole**2, axis=1)
    varies = below > _TINY * size
    return np.divide(variance(part), below, out=np.ones_like(below), where=varies)
