"""Series whose season has moved: the year's demand lies in other months than it used to."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from forecasting.evaluation.alarms import NUMBERS
from forecasting.evaluation.buckets import bucket_number

# Share of a year's demand that must lie elsewhere, and how many times what moved from year to year before.
MOVED_SHARE, TIMES_USUAL = 0.25, 2.0
_YEARS = 3


def season_alarms(history: pl.DataFrame, by: Sequence[str], moved_share: float = MOVED_SHARE) -> pl.DataFrame:
    """`season_moved`: monthly history (`by`, bucket, period_start, actual) of which the last three years are compared.

    The share that moved is ½ Σ|share of the month this year − share in the mean of the two years before|. It sounds
    beyond `moved_share` and beyond twice what moved between those two: demand that never had a season stays silent.
    `value` is the share, `quantity` what that is in units of the last year, `since` the first month of that year.
    Series with less than three whole years, or a year without demand, are left out.
    """
    months = history.filter(pl.col("bucket") == "month").sort(*by, "period_start")
    number = bucket_number(pl.col("period_start"), pl.col("bucket"))
    years = (
        months.with_columns(_back=number.max() - number)
        .filter(pl.col("_back") < 12 * _YEARS)
        .with_columns(_year=pl.col("_back") // 12, _month=pl.col("_back") % 12)
    )
    wide = years.group_by(*by, "_month", maintain_order=True).agg(
        *(pl.col("actual").filter(pl.col("_year") == year).sum().alias(f"_y{year}") for year in range(_YEARS)),
        _count=pl.len(),
    )
    now, before, first = (pl.col(f"_y{year}") / pl.col(f"_y{year}").sum() for year in range(_YEARS))
    earlier = (pl.col("_y1") + pl.col("_y2")) / (pl.col("_y1") + pl.col("_y2")).sum()
    found = wide.group_by(*by, maintain_order=True).agg(
        value=(now - earlier).abs().sum() / 2,
        usual=(before - first).abs().sum() / 2,
        actual_quantity=pl.col("_y0").sum(),
        _least=pl.min_horizontal(pl.col(f"_y{year}").sum() for year in range(_YEARS)),
        _months=pl.col("_count").sum(),
    )
    last = months["period_start"].max()
    limit = pl.max_horizontal(pl.lit(moved_share), TIMES_USUAL * pl.col("usual"))
    return (
        found.with_columns(limit=limit)
        .filter((pl.col("_months") == 12 * _YEARS) & (pl.col("_least") > 0) & (pl.col("value") > pl.col("limit")))
        .with_columns(
            alarm=pl.lit("season_moved"),
            last_period=pl.lit(last, pl.Date()),
            periods=pl.lit(12, pl.Int64),
            quantity=pl.col("value") * pl.col("actual_quantity"),
            probability=pl.lit(None, pl.Float64),
        )
        .with_columns(since=pl.col("last_period").dt.offset_by("-11mo"))
        .select("alarm", *by, *NUMBERS)
        .sort(*by)
    )
