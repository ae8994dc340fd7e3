"""The learnt chances: a logistic regression for few rows, gradient boosting for many.

Known outcomes carry weights that stand for those not known yet. The boosting is put right on subjects it has not seen
by Platt's curve; which ones these are follows from their names, so that the order of rows changes nothing.

Sources: Platt 1999; Niculescu-Mizil and Caruana 2005.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from forecasting.boosting import sampled
from forecasting.calibration import fitted_curve, logistic, logit
from forecasting.chances.rows import ChanceRows
from forecasting.outcomes.weighted import weighted_share
from forecasting.panel import Flags, Floats, Integers

ModelName = Literal["logistic", "boosting"]
MODELS: tuple[ModelName, ...] = get_args(ModelName)
# More rows than this teach nothing new and cost time.
MOST_ROWS = 20_000
FEWEST_ROWS = 60
CORRECTING = 4


@dataclass(frozen=True, slots=True)
class ChanceModel:
    """A fitted model: chances (rows,) of features (rows, columns). Constant where nothing could be learnt."""

    name: ModelName
    chances: Callable[[Floats], Floats]
    is_constant: bool = False


def fit_model(name: ModelName, past: ChanceRows, cutoff: int, seed: int) -> ChanceModel:
    """Learn from the rows as they stood at the end of day `cutoff` (`ChanceRows.known_by`)."""
    weights = past.weights(cutoff)
    share = weighted_share(past.outcome, weights)
    used = np.flatnonzero(weights > 0)
    rows = used[sampled(used.size, MOST_ROWS, seed)]
    features, outcome = past.features[rows], past.outcome[rows]
    columns = np.flatnonzero([_says_something(column) for column in features.T])
    if rows.size < FEWEST_ROWS or columns.size == 0 or np.ptp(outcome) == 0:
        return ChanceModel(name, lambda asked: np.full(asked.shape[0], share), is_constant=True)
    subjects = past.subjects.gather(rows).to_list()
    if name == "logistic":
        return ChanceModel(name, _logistic(features, columns, outcome, weights[rows]))
    corrects = np.asarray([zlib.crc32(one.encode()) % CORRECTING == 0 for one in subjects], dtype=np.bool_)
    return ChanceModel(name, _boosting(features, columns, outcome, weights[rows], corrects, share, seed))


def _says_something(column: Floats) -> bool:
    known = column[np.isfinite(column)]
    return bool(known.size and np.ptp(known) > 0) or bool(0 < known.size < column.size)


def _logistic(features: Floats, columns: Integers, outcome: Floats, weights: Floats) -> Callable[[Floats], Floats]:
    """On ranks of the values rather than on the values, so that one enormous order bends nothing; whether a value is
    known is a feature as well."""
    sorted_values = [np.sort(column[np.isfinite(column)]) for column in features[:, columns].T]

    def prepared(asked: Floats) -> Floats:
        values = asked[:, columns]
        known = np.isfinite(values)
        ranks = [
            (np.searchsorted(ordered, value, "left") + np.searchsorted(ordered, value, "right")) / (2 * ordered.size)
            for ordered, value in zip(sorted_values, np.where(known, values, 0.0).T, strict=True)
        ]
        placed = np.where(known, np.column_stack(ranks) - 0.5, 0.0)
        # A bend each, since the middle may be the best or the worst.
        return np.hstack([placed, placed**2 * known, (~known).astype(np.float64)])

    with threadpool_limits(limits=1):
        model = LogisticRegression(C=1.0, max_iter=1000).fit(prepared(features), outcome.astype(np.int64), weights)

    def chances(asked: Floats) -> Floats:
        if asked.shape[0] == 0:
            return np.zeros(0)
        with threadpool_limits(limits=1):
            return np.asarray(model.predict_proba(prepared(asked))[:, 1], dtype=np.float64)

    return chances


def _boosting(
    features: Floats, columns: Integers, outcome: Floats, weights: Floats, corrects: Flags, share: float, seed: int
) -> Callable[[Floats], Floats]:
    teaches = ~corrects
    slope, intercept = 0.0, float(logit(np.asarray(share)))
    model = HistGradientBoostingClassifier(
        max_iter=80, learning_rate=0.06, max_leaf_nodes=8, min_samples_leaf=30, l2_regularization=2.0,
        early_stopping=False, random_state=seed,
    )  # fmt: skip
    taught = np.ptp(outcome[teaches]) > 0 if teaches.any() else False
    with threadpool_limits(limits=1):
        if taught:
            model.fit(features[teaches][:, columns], outcome[teaches].astype(np.int64), weights[teaches])
        if taught and corrects.sum() >= CORRECTING * 5 and np.ptp(outcome[corrects]) > 0:
            raw = logit(model.predict_proba(features[corrects][:, columns])[:, 1])
            slope, intercept = fitted_curve(raw, outcome[corrects], weights[corrects]) or (slope, intercept)

    def chances(asked: Floats) -> Floats:
        if asked.shape[0] == 0 or slope == 0.0:
            return np.full(asked.shape[0], logistic(np.asarray(intercept)))
        with threadpool_limits(limits=1):
            raw = logit(model.predict_proba(asked[:, columns])[:, 1])
        return logistic(intercept + slope * raw)

    return chances
