"""How much each candidate counts: from the error that its forecasts of such series at such horizons have had.

One boosting model per candidate predicts the logarithm of its scaled error from the spread of the candidates, the
horizon, the features of the series and its own past errors; weights are softmax(−4 × predicted). In the manner of
Montero-Manso, Athanasopoulos, Hyndman, Talagala (2020), "FFORMA".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.boosting import Boosting, BoostingSettings, fit_boosting, sampled
from forecasting.panel import Floats
from forecasting.training_rows import LEAST_ERROR, CutoffRows

SHARPNESS = 4.0
# Horizons are judged in so many groups of neighbours: single steps are mostly noise.
GROUPS = 3
MOST_ROWS = 60_000
SETTINGS = BoostingSettings(trees=80, learning_rate=0.08, leaves=12, leaf_rows=30)


@dataclass(frozen=True, slots=True)
class WeightModels:
    """One model per candidate, in the order of the candidates."""

    models: tuple[Boosting, ...]

    def weights(self, rows: CutoffRows) -> Floats:
        """(candidates, n, horizon), positive, adding up to 1 over the candidates."""
        features, groups = _features(rows)
        predicted = np.stack([model.predict(features) for model in self.models])
        predicted = predicted.reshape(len(self.models), -1, groups.max() + 1)[:, :, groups]
        raised = np.exp(-SHARPNESS * (predicted - predicted.min(axis=0)))
        weights: Floats = raised / raised.sum(axis=0)
        return weights

    def forecast(self, rows: CutoffRows) -> Floats:
        """(n, horizon) in units."""
        mixed = (self.weights(rows) * rows.spread).sum(axis=0)
        found: Floats = rows.base + mixed * rows.scale[:, None]
        return found


def fit_weights(training: Sequence[CutoffRows], seed: int) -> WeightModels:
    """Learn from several cutoffs; each candidate's target is the log of its mean scaled error in a horizon group."""
    features = np.concatenate([_features(rows)[0] for rows in training])
    targets = np.concatenate([_targets(rows) for rows in training], axis=1)
    chosen = sampled(features.shape[0], MOST_ROWS, seed)
    return WeightModels(
        tuple(fit_boosting(features[chosen], target[chosen], "squared_error", seed, SETTINGS) for target in targets)
    )


def _groups(horizon: int) -> np.ndarray:
    return np.arange(horizon) * min(GROUPS, horizon) // horizon


def _features(rows: CutoffRows) -> tuple[Floats, np.ndarray]:
    """Features (n × groups, …) and the group of each horizon."""
    groups = _groups(rows.horizon)
    count = int(groups.max()) + 1
    spread = np.stack([rows.spread[:, :, groups == group].mean(axis=2) for group in range(count)], axis=-1)
    by_row = np.moveaxis(spread, 0, -1).reshape(-1, spread.shape[0])
    steps = np.tile([np.flatnonzero(groups == group).mean() + 1 for group in range(count)], rows.rows.size)
    return np.column_stack((np.repeat(rows.series, count, axis=0), steps, by_row)), groups


def _targets(rows: CutoffRows) -> Floats:
    """(candidates, n × groups): log of the mean scaled absolute error; NaN where an actual is not known."""
    groups = _groups(rows.horizon)
    error = np.abs(rows.spread - rows.actual)
    means = [error[:, :, groups == group].mean(axis=2) for group in range(int(groups.max()) + 1)]
    return np.log(LEAST_ERROR + np.stack(means, axis=-1)).reshape(error.shape[0], -1)
