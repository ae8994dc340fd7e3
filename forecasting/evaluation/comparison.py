"""Forecasts beside what came: at equal grain, at equal lag, on the same cells.

A cell is a series × bucket × period × cutoff. The cutoff is the first day of the last bucket that was over when the
forecast was made; the lag is the number of buckets from there to the period forecast: 1 is the next one.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from forecasting.errors import ForecastError
from forecasting.evaluation.buckets import bucket_number, bucket_start, check_buckets, season_length

KEYS = ("item_id", "location_id", "channel")
QUANTILES = {"p05": 0.05, "p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90, "p95": 0.95, "p975": 0.975}
# What a level adds up over; "family" needs the column of that name.
LEVELS = {"node": KEYS, "item": ("item_id",), "family": ("family",), "total": ()}
NAIVE, SEASONAL_NAIVE = "naive", "seasonal_naive"
# Above this share of unobserved demand a coarser cell counts as masked.
MASKED_SHARE = 0.2
_CELL = ("bucket", "period_start", "cutoff", "lag")


def with_lag(vintages: pl.DataFrame, grain: Sequence[str] = KEYS) -> pl.DataFrame:
    """Vintages with their cutoff and lag: from `horizon` where they have it, else from `created_at`.

    What was made within a bucket counts as made at the end of the bucket before: the bucket itself has lag 1. Of
    several vintages of one cutoff the newest by `created_at` counts.
    """
    _need(vintages, ("stage", *grain, "bucket", "period_start", "created_at", "quantity"), "vintages")
    check_buckets(vintages, "vintages")
    number = bucket_number(pl.col("period_start"), pl.col("bucket"))
    made = bucket_number(pl.col("created_at"), pl.col("bucket")) - 1
    known = number - pl.col("horizon") if "horizon" in vintages.columns else made
    found = vintages.with_columns(
        pl.col("period_start").cast(pl.Date),
        cutoff=bucket_start(known, pl.col("bucket")),
        lag=number - known,
    )
    return found.sort("created_at", maintain_order=True).unique(
        ["stage", *grain, *_CELL], keep="last", maintain_order=True
    )


def actuals_at(
    history: pl.DataFrame,
    grain: Sequence[str] = KEYS,
    *,
    value: str = "demand_quantity",
    masked_share: float = MASKED_SHARE,
) -> pl.DataFrame:
    """Prepared history added up to a grain: grain, bucket, period_start, actual, is_masked.

    `value` is `demand_quantity` (unconstrained) or `sales_quantity`. A cell is masked where more than `masked_share` of
    its demand lies in rows that were stocked out, or all its rows do.
    """
    _need(history, (*grain, "bucket", "period_start", value, "is_masked"), "history")
    check_buckets(history, "history")
    rows = history.with_columns(pl.col("period_start").cast(pl.Date), actual=pl.col(value).cast(pl.Float64))
    rows = rows.sort(*_sorting(rows, (*KEYS, "bucket", "period_start")))
    hidden = pl.col("actual").filter(pl.col("is_masked")).sum()
    return rows.group_by(*grain, "bucket", "period_start", maintain_order=True).agg(
        pl.col("actual").sum(),
        is_masked=pl.col("is_masked").all() | (hidden > masked_share * pl.col("actual").sum()),
    )


def compare(
    forecasts: pl.DataFrame, actuals: pl.DataFrame, grain: Sequence[str] = KEYS, *, with_masked: bool = False
) -> pl.DataFrame:
    """Forecasts beside actuals, one row per stage × cell of `grain`.

    `forecasts`: stage, grain (or finer), bucket, period_start, cutoff, quantity, perhaps quantiles p05 … p975;
    `actuals` comes from `actuals_at` at the same grain. Finer forecasts are added up; quantiles cannot be, and are null
    there. A cell within the time of the actuals that has no row there had no demand: prepared history is filled with 0
    from the first sale. Cells outside that time are left out; masked ones too, unless `with_masked`.

    Adds `actual`, `is_masked`, and `scale`: the mean absolute change from bucket to bucket of the series' history up to
    the cutoff, null where there is none.
    """
    _need(forecasts, ("stage", *grain, "bucket", "period_start", "cutoff", "quantity"), "forecasts")
    _need(actuals, (*grain, "bucket", "period_start", "actual", "is_masked"), "actuals")
    check_buckets(forecasts, "forecasts")
    quantiles = [name for name in QUANTILES if name in forecasts.columns]
    dated = forecasts.with_columns(pl.col("period_start", "cutoff").cast(pl.Date))
    cell = ("stage", *grain, "bucket", "period_start", "cutoff")
    summed = (
        dated.sort(*_sorting(dated, ("stage", *KEYS, "bucket", "cutoff", "period_start")))
        .group_by(*cell, maintain_order=True)
        .agg(
            pl.col("quantity").cast(pl.Float64).sum(),
            *(pl.when(pl.len() == 1).then(pl.col(name).first()).cast(pl.Float64).alias(name) for name in quantiles),
        )
    )
    number = bucket_number(pl.col("period_start"), pl.col("bucket")) - bucket_number(pl.col("cutoff"), pl.col("bucket"))
    known = actuals.group_by("bucket").agg(_first=pl.col("period_start").min(), _last=pl.col("period_start").max())
    rows = (
        summed.with_columns(lag=number)
        .join(known, on="bucket", how="inner", maintain_order="left")
        .filter(pl.col("period_start").is_between("_first", "_last"))
        .join(
            actuals.select(*grain, "bucket", "period_start", "actual", "is_masked"),
            on=[*grain, "bucket", "period_start"], how="left", nulls_equal=True, maintain_order="left",
        )
        .with_columns(pl.col("actual").fill_null(0.0), pl.col("is_masked").fill_null(value=False))
    )  # fmt: skip
    if not with_masked:
        rows = rows.filter(~pl.col("is_masked"))
    order = ("stage", *grain, *_CELL, "quantity", *quantiles, "actual", "is_masked")
    return _with_scale(rows.select(order), actuals, grain)


def baselines(cells: pl.DataFrame, actuals: pl.DataFrame, grain: Sequence[str] = KEYS) -> pl.DataFrame:
    """Naive and seasonal naive forecasts of the same cells, from what was known at their cutoff.

    Naive: the last bucket known. Seasonal naive: the latest bucket known of the same season; naive where the history is
    too short. Both are 0 for a series without history at its cutoff. Rows as `compare` takes them.
    """
    wanted = cells.select(*grain, *_CELL).unique(maintain_order=True)
    season = season_length(pl.col("bucket"))
    seasons_back = (pl.col("lag") + season - 1) // season
    number = bucket_number(pl.col("period_start"), pl.col("bucket"))
    wanted = wanted.with_columns(
        _season=bucket_start(number - seasons_back * season, pl.col("bucket")), _order=pl.int_range(pl.len())
    )
    known = actuals.select(*grain, "bucket", "period_start", "actual")
    begun = known.group_by(*grain, "bucket").agg(_begun=pl.col("period_start").min())
    found = wanted.join(begun, on=[*grain, "bucket"], how="left", nulls_equal=True)
    for name, column in ((NAIVE, "cutoff"), (SEASONAL_NAIVE, "_season")):
        found = found.join(
            known.rename({"period_start": column, "actual": name}),
            on=[*grain, "bucket", column], how="left", nulls_equal=True,
        )  # fmt: skip
    is_short = pl.col("_begun").is_null() | (pl.col("_season") < pl.col("_begun"))
    found = found.sort("_order").with_columns(
        pl.col(NAIVE).fill_null(0.0),
        pl.when(is_short).then(pl.col(NAIVE)).otherwise(pl.col(SEASONAL_NAIVE)).fill_null(0.0).alias(SEASONAL_NAIVE),
    )
    order = ("stage", *grain, *_CELL, "quantity")
    return pl.concat(
        [
            found.with_columns(stage=pl.lit(name), quantity=pl.col(name)).select(order)
            for name in (NAIVE, SEASONAL_NAIVE)
        ]
    )


def common_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """The cells that every stage forecast, so that stages are judged on the same actuals."""
    cell = [name for name in (*KEYS, "family", *_CELL) if name in rows.columns]
    stages = rows["stage"].n_unique()
    return rows.filter(pl.col("stage").n_unique().over(cell) == stages)


def at_level(rows: pl.DataFrame, level: str, families: pl.DataFrame | None = None) -> pl.DataFrame:
    """Compared rows added up to a level: item, family or total; `node` gives them back as they are.

    `families`: item_id, family. Forecast and actual are summed over the same cells; quantiles are dropped, because they
    do not add up, and so is the scale.
    """
    if level not in LEVELS:
        raise ForecastError(f"There is no level {level!r}. Known: {', '.join(LEVELS)}.")
    if level == "node":
        return rows
    if level == "family":
        if families is None:
            raise ForecastError("The level family needs a frame of item_id and family. Hand it in.")
        rows = rows.join(families.select("item_id", "family"), on="item_id", how="left", maintain_order="left")
    keys = ("stage", *LEVELS[level], *_CELL)
    ordered = rows.sort(*_sorting(rows, ("stage", *KEYS, *_CELL)))
    return ordered.group_by(*keys, maintain_order=True).agg(
        pl.col("quantity", "actual").sum(), pl.col("is_masked").any()
    )


def unforecast_demand(actuals: pl.DataFrame, compared: pl.DataFrame, grain: Sequence[str] = KEYS) -> pl.DataFrame:
    """Demand that nobody had forecast, by stage and lag: the share that accuracy cannot see.

    stage, lag, actual_quantity (demand of the buckets that were forecast), unforecast_quantity, unforecast_share.
    """
    buckets = compared.select("stage", *_CELL).unique(maintain_order=True)
    cells = buckets.join(actuals.filter(~pl.col("is_masked")), on=["bucket", "period_start"], how="inner")
    cell = ["stage", *grain, *_CELL]
    missing = cells.join(compared.select(cell), on=cell, how="anti", nulls_equal=True)
    missing = missing.group_by("stage", "lag").agg(unforecast_quantity=pl.col("actual").sum())
    table = cells.group_by("stage", "lag").agg(actual_quantity=pl.col("actual").sum())
    table = table.join(missing, on=["stage", "lag"], how="left").with_columns(
        pl.col("unforecast_quantity").fill_null(0.0)
    )
    share = pl.when(pl.col("actual_quantity") > 0).then(pl.col("unforecast_quantity") / pl.col("actual_quantity"))
    return table.with_columns(unforecast_share=share).sort("stage", "lag")


def _with_scale(rows: pl.DataFrame, actuals: pl.DataFrame, grain: Sequence[str]) -> pl.DataFrame:
    series = [*grain, "bucket"]
    ordered = actuals.sort(*series, "period_start")
    change = pl.col("actual").diff().abs()
    ordered = ordered.with_columns(_change=change.over(series))
    mean = pl.col("_change").cum_sum() / pl.col("_change").cum_count()
    # The first bucket of a series has no change: 0 / 0 is no scale.
    ordered = ordered.with_columns(scale=mean.over(series)).with_columns(pl.col("scale").fill_nan(None))
    ordered = ordered.select(*series, pl.col("period_start").alias("cutoff"), "scale")
    return rows.join(ordered, on=[*series, "cutoff"], how="left", nulls_equal=True, maintain_order="left")


def _sorting(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    return [name for name in names if name in frame.columns]


def _need(frame: pl.DataFrame, names: Sequence[str], what: str) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise ForecastError(f"The {what} have no column {', '.join(missing)}.")
