"""Forecasts as they would have been made earlier: each cutoff sees the history up to it and nothing later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from forecasting.errors import ForecastError
from forecasting.evaluation.buckets import bucket_number, bucket_start

# (history up to a cutoff, cutoff) → stage, series, bucket, period_start, quantity, perhaps quantiles.
HistoryForecaster = Callable[[pl.DataFrame, date], pl.DataFrame]


def backtest(history: pl.DataFrame, cutoffs: Sequence[date], forecaster: HistoryForecaster) -> pl.DataFrame:
    """Every forecast from every cutoff in one frame, with `cutoff`: what `compare` takes.

    `history` has bucket and period_start. Raises ForecastError when the forecaster answers for a period that was over.
    """
    frames = []
    for cutoff in sorted(cutoffs):
        found = forecaster(history.filter(pl.col("period_start") <= cutoff), cutoff)
        late = found.filter(pl.col("period_start") <= cutoff)
        if not late.is_empty():
            raise ForecastError(
                f"The forecast made at {cutoff} holds the period {late['period_start'].sort()[0]}, which was over. "
                "Forecast the periods after the cutoff."
            )
        frames.append(found.with_columns(cutoff=pl.lit(cutoff)))
    if not frames:
        raise ForecastError("There is no cutoff to forecast from. Name at least one.")
    return pl.concat(frames, how="diagonal_relaxed")


def cutoffs_back(last: date, bucket: str, count: int, step: int = 1) -> list[date]:
    """First days of `count` buckets, `step` buckets apart, oldest first; the newest is the one that holds `last`."""
    frame = pl.DataFrame({"day": [last], "bucket": [bucket]})
    number = int(frame.select(bucket_number(pl.col("day"), pl.col("bucket"))).item())
    numbers = pl.DataFrame({"number": [number - step * back for back in reversed(range(count))]})
    return numbers.select(bucket_start(pl.col("number"), pl.lit(bucket))).to_series().to_list()
