"""Gradient boosting on arrays, with the guards that the library needs.

A column without any known value crashes the library and is left out. Its threads cost more than they save on few rows,
so that one is used there. Everything is seeded: the same rows give the same model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from forecasting.panel import Floats, Integers

Loss = Literal["squared_error", "absolute_error", "poisson", "quantile"]
# Below this many rows one thread is faster than several.
FEW_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class BoostingSettings:
    """How much is learnt: number of trees, step, leaves of a tree, least rows of a leaf."""

    trees: int = 150
    learning_rate: float = 0.07
    leaves: int = 16
    leaf_rows: int = 40


@dataclass(frozen=True, slots=True)
class Boosting:
    """A fitted model, or the constant that stands for it where nothing could be learnt."""

    model: Any
    columns: Integers
    constant: float

    def predict(self, features: Floats) -> Floats:
        """Predictions (rows,) for features (rows, columns)."""
        if self.model is None or features.shape[0] == 0:
            return np.full(features.shape[0], self.constant)
        with _threads(features.shape[0]):
            return np.asarray(self.model.predict(features[:, self.columns]), dtype=np.float64)


def fit_boosting(
    features: Floats,
    target: Floats,
    loss: Loss,
    seed: int,
    settings: BoostingSettings | None = None,
    *,
    quantile: float | None = None,
    weights: Floats | None = None,
) -> Boosting:
    """Learn `target` (rows,) from `features` (rows, columns), NaN where not known; rows without target are left out."""
    settings = settings or BoostingSettings()
    known = np.isfinite(target)
    features, target = features[known], target[known]
    weights = None if weights is None else weights[known]
    if target.size == 0:
        return Boosting(None, np.zeros(0, dtype=np.int64), 0.0)
    columns = np.flatnonzero(~np.isnan(features).all(axis=0))
    if target.size < 2 * settings.leaf_rows or columns.size == 0 or np.ptp(target) == 0:
        middle = {"absolute_error": 0.5, "quantile": quantile}.get(loss)
        constant = float(target.mean() if middle is None else np.quantile(target, middle))
        return Boosting(None, columns, constant)
    model = HistGradientBoostingRegressor(
        loss=loss,
        quantile=quantile,
        max_iter=settings.trees,
        learning_rate=settings.learning_rate,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.leaf_rows,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    with _threads(target.size):
        model.fit(features[:, columns], target, sample_weight=weights)
    return Boosting(model, columns, 0.0)


def sampled(rows: int, most: int, seed: int) -> Integers:
    """At most `most` row numbers of `rows`, in order, drawn without replacement."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, size=most, replace=False))


def _threads(rows: int) -> Any:
    return threadpool_limits(limits=1 if rows < FEW_ROWS else None, user_api="openmp")
