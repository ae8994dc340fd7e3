"""Demand history of many series as one right-aligned array: the shape that every method here reads.

The last column is each series' last period and NaN stands before its first, so that all series end together. What is
refused: gaps, periods twice, missing or infinite quantities. Filling them is a decision of demand preparation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecasting.errors import ForecastError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Bucket = Literal["number", "day", "week", "month", "quarter", "year"]

_STEP = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
# Elements of one (series × parameters) array that stays in the processor's cache.
BLOCK_ELEMENTS = 32_768


@dataclass(frozen=True, slots=True)
class Panel:
    """Many series, right-aligned.

    `values` is (series, time) with NaN before a series' first period; `lengths` (series,) counts its periods, at least
    one; `names` (series,) are their keys; `last_period` (series,) is the period of the last column, int or date;
    `bucket` says what one step is.
    """

    values: Floats
    lengths: Integers
    names: pl.Series
    last_period: pl.Series
    bucket: Bucket = "number"

    @property
    def series_count(self) -> int:
        return int(self.values.shape[0])

    @classmethod
    def from_frame(cls, history: pl.DataFrame, bucket: Bucket = "number") -> Panel:
        """Read the long frame (series, period, quantity); the order of its rows does not matter.

        `period` is an integer for bucket "number", else a date. Raises ForecastError for a missing or infinite
        quantity, a period twice, a gap, or an empty frame.
        """
        frame = _checked(history, bucket).sort("series", "period")
        lengths = frame.group_by("series", maintain_order=True).agg(pl.len(), pl.col("period").last())
        counts = lengths["len"].cast(pl.Int64).to_numpy()
        rows = np.repeat(np.arange(counts.size), counts)
        columns = counts.max() - np.repeat(counts, counts) + _position(counts)
        values = np.full((counts.size, int(counts.max())), np.nan)
        values[rows, columns] = frame["quantity"].cast(pl.Float64).to_numpy()
        return cls(values, counts, lengths["series"], lengths["period"], bucket)

    @classmethod
    def from_arrays(cls, values: Floats) -> Panel:
        """A panel named by row numbers from a right-aligned (series, time) array with NaN before the first value."""
        values = np.array(values, dtype=np.float64, ndmin=2)
        lengths = (~np.isnan(values)).sum(axis=1).astype(np.int64)
        started = np.arange(values.shape[1]) >= values.shape[1] - lengths[:, None]
        wrong = np.flatnonzero((lengths == 0) | (started & ~np.isfinite(values)).any(axis=1))
        if values.size == 0 or wrong.size:
            row = int(wrong[0]) if wrong.size else 0
            raise ForecastError(f"Series {row} has no value, or a missing or infinite one after its first. Fill it.")
        names = pl.Series("series", np.arange(lengths.size)).cast(pl.String)
        last = pl.Series("period", np.full(lengths.size, values.shape[1] - 1))
        return cls(values, lengths, names, last)

    def hiding(self, periods: int) -> Panel:
        """The panel as it was `periods` earlier, without the series that had nothing yet."""
        if periods == 0:
            return self
        known = self.lengths > periods
        kept = self.values[known, : self.values.shape[1] - periods]
        last = _shifted(self.last_period.filter(pl.Series(known)), -periods, self.bucket)
        return Panel(kept, self.lengths[known] - periods, self.names.filter(pl.Series(known)), last, self.bucket)

    def rows(self, chosen: Integers | Flags) -> Panel:
        """Some of the series, in the order asked for."""
        index = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        kept = pl.Series(index, dtype=pl.Int64)
        return Panel(
            self.values[index], self.lengths[index], self.names.gather(kept), self.last_period.gather(kept), self.bucket
        )

    def forecast_frame(self, values: Floats) -> pl.DataFrame:
        """Forecasts (series, horizon) as the long frame: series, period, horizon (from 1), quantity."""
        count, horizon = values.shape
        steps = np.tile(np.arange(1, horizon + 1), count)
        repeated = pl.Series(np.repeat(np.arange(count), horizon), dtype=pl.Int64)
        return pl.DataFrame(
            {
                "series": self.names.gather(repeated),
                "period": _shifted(self.last_period.gather(repeated), pl.Series(steps), self.bucket),
                "horizon": pl.Series(steps, dtype=pl.Int64),
                "quantity": pl.Series(values.ravel(), dtype=pl.Float64),
            }
        )


def blocks(lengths: Integers, parameters: int) -> Iterator[tuple[Integers, Integers]]:
    """Split series into blocks of similar length whose (series × parameters) arrays stay in the cache.

    Yields the row numbers, longest first, and `active` (time of the longest,): how many of them have begun at a step.
    """
    order = np.argsort(-lengths, kind="stable")
    size = max(1, BLOCK_ELEMENTS // max(1, parameters))
    for first in range(0, order.size, size):
        rows = order[first : first + size]
        steps = int(lengths[rows[0]])
        begun = np.searchsorted(-lengths[rows], -(steps - np.arange(steps)), side="right")
        yield rows, begun.astype(np.int64)


def _position(counts: Integers) -> Integers:
    """0, 1, … within each run of the given lengths."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _shifted(periods: pl.Series, steps: int | pl.Series, bucket: Bucket) -> pl.Series:
    frame = pl.DataFrame({"period": periods}).with_columns(step=pl.lit(steps) if isinstance(steps, int) else steps)
    if bucket == "number":
        return frame.select(pl.col("period") + pl.col("step"))["period"]
    unit = _STEP[bucket][1:]
    return frame.select(pl.col("period").dt.offset_by(pl.format("{}" + unit, "step")))["period"]


def _checked(history: pl.DataFrame, bucket: Bucket) -> pl.DataFrame:
    frame = history.select(pl.col("series").cast(pl.String), "period", "quantity")
    if frame.is_empty():
        raise ForecastError("There is no demand history. Hand in at least one row (series, period, quantity).")
    is_number = frame["period"].dtype.is_integer()
    if is_number is not (bucket == "number") or not (is_number or frame["period"].dtype == pl.Date):
        kind = "whole numbers" if bucket == "number" else "dates"
        raise ForecastError(f"The periods are {frame['period'].dtype}; with bucket “{bucket}” they must be {kind}.")
    quantity = pl.col("quantity").cast(pl.Float64)
    unusable = frame.filter(quantity.is_null() | ~quantity.is_finite() | pl.any_horizontal(pl.col("*").is_null()))
    if not unusable.is_empty():
        series, period, found = unusable.row(0)
        raise ForecastError(
            f"The quantity of series {series} in period {period} is {'missing' if found is None else found}. "
            "Fill it with a number, or begin the series after it."
        )
    _refuse_gaps(frame, bucket)
    return frame


def _refuse_gaps(frame: pl.DataFrame, bucket: Bucket) -> None:
    previous = pl.col("period").shift(1).over("series", order_by="period")
    due = previous + 1 if bucket == "number" else previous.dt.offset_by(_STEP[bucket])
    wrong = frame.with_columns(previous=previous, due=due).filter(pl.col("period") != pl.col("due")).sort("*")
    if wrong.is_empty():
        return
    series, period, _, before, expected = wrong.row(0)
    if period == before:
        raise ForecastError(f"Series {series} has period {period} twice. Add its quantities up first.")
    raise ForecastError(
        f"Series {series} goes from period {before} to {period}; {expected} was due. "
        "Fill the periods between with their quantities, 0 where there was no demand."
    )
