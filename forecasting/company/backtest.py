"""What the company's forecast would have said earlier, and the one-step statistical forecasts that alarms watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from forecasting.company.company_forecast import company_forecast
from forecasting.company.history import period_number, period_starts
from forecasting.company.result import KEYS, QUANTILE_COLUMNS, CompanyForecast
from forecasting.company.settings import CompanyBucket, CompanySettings
from forecasting.evaluation.actual_panel import actual_panel
from forecasting.evaluation.backtest import backtest
from forecasting.local_batch import local_forecasts

# The last stage: what the build forecasts before people change it.
FINAL = "reconciled"
# A series must be so long at a cutoff for a one-step forecast to say anything.
_SHORTEST = 6


def stages_with_quantiles(found: CompanyForecast) -> pl.DataFrame:
    """All stages of a forecast, the last one with its quantiles."""
    keys = [*KEYS, "bucket", "period_start"]
    quantiles = found.forecasts.select(*keys, *QUANTILE_COLUMNS).with_columns(stage=pl.lit(FINAL))
    return found.stages.join(quantiles, on=[*keys, "stage"], how="left", nulls_equal=True, maintain_order="left")


def company_backtest(
    history: pl.DataFrame, items: pl.DataFrame, settings: CompanySettings, cutoffs: Sequence[date]
) -> pl.DataFrame:
    """All stages of the forecast from every cutoff (first day of the last bucket that was over), for `compare`.

    The last stage has its quantiles. What master data says of an item today (that it ends, what replaces it) was not
    known then and is left out.
    """
    own = history.filter(pl.col("bucket") == settings.bucket)
    untold = [pl.lit(None, pl.String).alias(name) for name in ("lifecycle_status", "replaced_by_item_id")]
    items = items.with_columns(one for one in untold if one.meta.output_name() in items.columns)

    def forecaster(known: pl.DataFrame, cutoff: date) -> pl.DataFrame:
        first = period_starts(period_number(cutoff, settings.bucket) + 1, 1, settings.bucket)[0]
        found = company_forecast(known, items, replace(settings, first_period=first))
        return stages_with_quantiles(found)

    return backtest(own, cutoffs, forecaster)


def one_step_forecasts(actuals: pl.DataFrame, bucket: CompanyBucket, season: int, count: int) -> pl.DataFrame:
    """The plain statistical forecast (Mean6) of each item one bucket ahead, from `count` cutoffs.

    `actuals`: item_id, period_start, actual, as `actuals_at` adds them up; rows as `compare` takes them at item grain.
    """
    panel = actual_panel(actuals, "item_id", bucket)
    if panel is None:
        return pl.DataFrame(schema=_ONE_STEP)
    last = period_number(actuals.filter(pl.col("bucket") == bucket)["period_start"].max(), bucket)  # type: ignore[arg-type]
    frames = []
    for hidden in range(1, count + 1):
        rows = np.flatnonzero(panel.lengths - hidden >= _SHORTEST)
        if not rows.size:
            break
        known = panel.rows(rows).hiding(hidden)
        period, cutoff = period_starts(last - hidden + 1, 1, bucket)[0], period_starts(last - hidden, 1, bucket)[0]
        frames.append(
            pl.DataFrame(
                {
                    "stage": pl.repeat("statistical", rows.size, eager=True, dtype=pl.String),
                    "item_id": known.names,
                    "bucket": pl.repeat(bucket, rows.size, eager=True, dtype=pl.String),
                    "period_start": pl.repeat(period, rows.size, eager=True),
                    "cutoff": pl.repeat(cutoff, rows.size, eager=True),
                    "quantity": np.maximum(local_forecasts(known, 1, season).of("mean6")[:, 0], 0.0),
                }
            )
        )
    return pl.concat(frames) if frames else pl.DataFrame(schema=_ONE_STEP)


_ONE_STEP = {
    "stage": pl.String, "item_id": pl.String, "bucket": pl.String, "period_start": pl.Date, "cutoff": pl.Date,
    "quantity": pl.Float64,
}  # fmt: skip
