"""What the global models learn from: forecasts of earlier cutoffs beside what came, in numbers without a unit.

One row is a series at a cutoff at a horizon. Everything in it was known at its cutoff: errors of earlier forecasts
count only as far as their actuals had come by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.panel import Floats, Integers
from forecasting.rolling_origins import Origin
from forecasting.series_features import safe_scale, series_features

# Smallest scaled error that is told from none, in the logarithm.
LEAST_ERROR = 0.02
_CAP = 50.0


@dataclass(frozen=True, slots=True)
class CutoffRows:
    """The rows of one cutoff.

    `rows` (n,) of the full panel; `scale` (n,) divides errors; `series` (n, features) describes each series and its
    candidates' past errors; `spread` (candidates, n, horizon) is each forecast minus the base forecast, scaled;
    `base` (n, horizon) is that forecast in units; `actual` (n, horizon) scaled and relative to the base, NaN where
    not known at the time of training.
    """

    candidates: tuple[str, ...]
    rows: Integers
    scale: Floats
    series: Floats
    spread: Floats
    base: Floats
    actual: Floats

    @property
    def horizon(self) -> int:
        return int(self.base.shape[1])

    def by_horizon(self) -> Floats:
        """Features (n × horizon, …): the series' own, then horizon, its share, and every candidate's spread."""
        count, horizon = self.base.shape
        steps = np.tile(np.arange(1, horizon + 1), count)
        spread = self.spread.reshape(self.spread.shape[0], -1).T
        return np.column_stack((np.repeat(self.series, horizon, axis=0), steps, steps / horizon, spread))


def cutoff_rows(
    origin: Origin, earlier: Sequence[Origin], period: int, scale_period: int, known_from: int, base: str = "mean6"
) -> CutoffRows:
    """Rows of one cutoff for training or forecasting at the moment when `known_from` periods were still hidden.

    `earlier` are older cutoffs, whose errors say which candidate has been good on the series.
    """
    scale = safe_scale(origin.history, scale_period)
    centre = origin.forecasts.of(base)
    relative = np.clip((origin.forecasts.values - centre) / scale[:, None], -_CAP, _CAP)
    steps = np.arange(1, origin.horizon + 1)
    actual = np.where(steps <= origin.hidden - known_from, (origin.actuals - centre) / scale[:, None], np.nan)
    past = past_errors(origin, earlier, scale_period)
    last = (origin.history.values[:, -1] - centre.mean(axis=1)) / scale
    return CutoffRows(
        origin.forecasts.candidates,
        origin.rows,
        scale,
        np.column_stack((series_features(origin.history, period, scale), np.clip(last, -_CAP, _CAP), past)),
        relative,
        centre,
        actual,
    )


def past_errors(origin: Origin, earlier: Sequence[Origin], scale_period: int) -> Floats:
    """Log of the mean scaled absolute error (n, candidates) over earlier cutoffs as known at this one; NaN: none."""
    candidates = len(origin.forecasts.candidates)
    total = np.zeros((origin.rows.size, candidates))
    count = np.zeros(origin.rows.size)
    place = np.full(int(origin.rows.max(initial=-1)) + 1, -1)
    place[origin.rows] = np.arange(origin.rows.size)
    for one in earlier:
        known = min(one.hidden - origin.hidden, one.horizon)
        taking_part = np.flatnonzero(one.rows < place.size)
        taking_part = taking_part[place[one.rows[taking_part]] >= 0]
        if known <= 0 or taking_part.size == 0:
            continue
        scale = safe_scale(one.history, scale_period)[taking_part]
        error = np.abs(one.forecasts.values[:, taking_part, :known] - one.actuals[taking_part, :known]).mean(axis=2)
        here = place[one.rows[taking_part]]
        total[here] += (error / scale).T
        count[here] += 1
    mean = np.divide(total, count[:, None], out=np.full_like(total, np.nan), where=count[:, None] > 0)
    return np.log(LEAST_ERROR + mean)
