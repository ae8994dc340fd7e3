"""Forecasts as they would have been made earlier: from several cutoffs, each with what was known then and no more.

A cutoff hides the last periods of every series. Series that are too short at a cutoff are left out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.local_batch import CandidateForecasts, local_forecasts
from forecasting.panel import Floats, Integers, Panel

# (history, horizon, period) → forecasts of several candidates.
Forecaster = Callable[[Panel, int, int], CandidateForecasts]
# A series takes part in a cutoff from this length on.
SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Origin:
    """What was known and what came, at one cutoff.

    `hidden` periods of the full panel were not known; `rows` (n,) are the panel's rows that take part; `history` is
    the panel of those as it was; `forecasts` (candidates, n, horizon); `actuals` (n, horizon), NaN where not known
    yet; `scale` and `squared_scale` (n,): mean absolute and mean squared difference at `scale_period` in the history.
    """

    hidden: int
    rows: Integers
    history: Panel
    forecasts: CandidateForecasts
    actuals: Floats
    scale: Floats
    squared_scale: Floats

    @property
    def horizon(self) -> int:
        return int(self.actuals.shape[1])


def origin_at(
    panel: Panel,
    hidden: int,
    horizon: int,
    period: int,
    *,
    scale_period: int | None = None,
    shortest: int = SHORTEST,
    forecaster: Forecaster = local_forecasts,
) -> Origin:
    """Forecast from one cutoff, `hidden` periods before the end of each series; without any series if all are short."""
    rows = np.flatnonzero(panel.lengths >= hidden + shortest)
    history = panel.rows(rows).hiding(hidden)
    steps = panel.values.shape[1] - hidden
    actuals = np.full((rows.size, horizon), np.nan)
    known = panel.values[rows, steps : steps + horizon]
    actuals[:, : known.shape[1]] = known
    forecasts = forecaster(history, horizon, period) if rows.size else CandidateForecasts((), np.zeros((0, 0, horizon)))
    return Origin(hidden, rows, history, forecasts, actuals, *scales(history, scale_period or period))


def rolling_origins(
    panel: Panel,
    hidden: Sequence[int],
    horizon: int,
    period: int,
    *,
    scale_period: int | None = None,
    shortest: int = SHORTEST,
    forecaster: Forecaster = local_forecasts,
) -> tuple[Origin, ...]:
    """Forecast from several cutoffs; `hidden` are the numbers of periods hidden. Those without series are left out."""
    found = (
        origin_at(panel, one, horizon, period, scale_period=scale_period, shortest=shortest, forecaster=forecaster)
        for one in hidden
    )
    return tuple(origin for origin in found if origin.rows.size)


def scales(panel: Panel, period: int) -> tuple[Floats, Floats]:
    """Mean absolute and mean squared difference at `period` of each series' history, (series,).

    Where a series is no longer than a period the difference of neighbours is taken. 0 where it never changed.
    """
    absolute, squared = np.zeros(panel.series_count), np.zeros(panel.series_count)
    is_long = panel.lengths > period
    for lag, chosen in ((period, is_long), (1, ~is_long & (panel.lengths > 1))):
        if chosen.any():
            moved = np.abs(panel.values[chosen, lag:] - panel.values[chosen, :-lag])
            absolute[chosen] = np.nanmean(moved, axis=1)
            squared[chosen] = np.nanmean(moved**2, axis=1)
    return absolute, squared


def compared_frame(panel: Panel, origins: Sequence[Origin]) -> pl.DataFrame:
    """All origins as the long frame that `accuracy` reads.

    Columns: candidate, series, cutoff (the last period known), period, horizon, quantity, actual (null where not known
    yet), scale, squared_scale.
    """
    frames: list[pl.DataFrame] = []
    for origin in origins:
        repeated = np.repeat(np.arange(origin.rows.size), origin.horizon)
        shared = pl.DataFrame(
            {
                "cutoff": origin.history.last_period.gather(pl.Series(repeated)),
                "actual": pl.Series(origin.actuals.ravel()).fill_nan(None),
                "scale": np.repeat(origin.scale, origin.horizon),
                "squared_scale": np.repeat(origin.squared_scale, origin.horizon),
            }
        )
        for candidate in origin.forecasts.candidates:
            found = origin.history.forecast_frame(origin.forecasts.of(candidate))
            frames.append(found.with_columns(candidate=pl.lit(candidate)).hstack(shared))
    order = ("candidate", "series", "cutoff", "period", "horizon", "quantity", "actual", "scale", "squared_scale")
    if not frames:
        return pl.DataFrame(schema=dict.fromkeys(order, pl.Float64) | dict.fromkeys(order[:2], pl.String))
    return pl.concat(frames).select(order)
