"""What the mean of the candidates tends to miss: boosting on its scaled errors at earlier cutoffs (absolute error)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.boosting import Boosting, BoostingSettings, fit_boosting, sampled
from forecasting.panel import Floats
from forecasting.training_rows import CutoffRows

MOST_ROWS = 100_000
SETTINGS = BoostingSettings(trees=120, learning_rate=0.06, leaves=16, leaf_rows=40)


def fit_residuals(training: Sequence[CutoffRows], seed: int) -> Boosting:
    """Learn (actual − base) / scale from several cutoffs."""
    features = np.concatenate([rows.by_horizon() for rows in training])
    target = np.concatenate([rows.actual.ravel() for rows in training])
    chosen = sampled(target.size, MOST_ROWS, seed)
    return fit_boosting(features[chosen], target[chosen], "absolute_error", seed, SETTINGS)


def corrected(model: Boosting, rows: CutoffRows) -> Floats:
    """The base forecast plus what it is expected to miss, (n, horizon) in units."""
    missed = model.predict(rows.by_horizon()).reshape(rows.base.shape)
    return rows.base + missed * rows.scale[:, None]
