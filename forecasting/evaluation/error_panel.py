"""Errors of many series as one array over the buckets of time: what the alarms read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.errors import ForecastError
from forecasting.panel import Flags, Floats, Integers


@dataclass(frozen=True, slots=True)
class ErrorPanel:
    """`values` (series, time): forecast − actual, NaN where nothing is known; `keys` names the series, one row each;
    `periods` (time,) are the first days, oldest first; `actual` and `scale` (series, time) like `values`.
    """

    values: Floats
    actual: Floats
    scale: Floats
    keys: pl.DataFrame
    periods: pl.Series

    @property
    def known(self) -> Flags:
        known: Flags = ~np.isnan(self.values)
        return known

    @classmethod
    def from_rows(cls, rows: pl.DataFrame, by: Sequence[str]) -> ErrorPanel:
        """Compared rows of one stage, bucket and lag; several cells of one series and period are added up.

        Raises ForecastError where they mix several stages, buckets or lags: their errors overlap in time.
        """
        for name in ("stage", "bucket", "lag"):
            if rows[name].n_unique() > 1:
                raise ForecastError(f"The rows mix several values of {name}. Hand in those of one.")
        has_scale = "scale" in rows.columns
        table = (
            rows.sort(*dict.fromkeys([*by, "period_start", "cutoff"]), "quantity", "actual")
            .group_by(*by, "period_start", maintain_order=True)
            .agg(
                _error=(pl.col("quantity") - pl.col("actual")).sum(),
                _actual=pl.col("actual").sum(),
                _scale=pl.col("scale").sum() if has_scale else pl.lit(None, pl.Float64),
            )
        )
        keys = table.select(*by).unique(maintain_order=True)
        periods = table["period_start"].unique().sort()
        row = table.join(keys.with_row_index("_row"), on=list(by), how="left", nulls_equal=True, maintain_order="left")
        column = periods.search_sorted(table["period_start"]).cast(pl.Int64).to_numpy()
        position = (row["_row"].cast(pl.Int64).to_numpy(), column)

        def laid_out(name: str) -> Floats:
            values = np.full((keys.height, periods.len()), np.nan)
            values[position] = table[name].fill_null(np.nan).to_numpy()
            return values

        return cls(laid_out("_error"), laid_out("_actual"), laid_out("_scale"), keys, periods)

    def last(self, count: int) -> ErrorPanel:
        """The newest `count` periods."""
        cut = slice(max(0, self.periods.len() - count), None)
        return ErrorPanel(self.values[:, cut], self.actual[:, cut], self.scale[:, cut], self.keys, self.periods[cut])

    def sum_from(self, first: Integers) -> Floats:
        """Σ error of each series from the column `first` (series,) on."""
        counted = np.where(np.arange(self.values.shape[1]) >= first[:, None], self.values, np.nan)
        total: Floats = np.nansum(counted, axis=1)
        return total
