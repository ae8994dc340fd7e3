"""The learnt prediction: gradient boosting of being late and of the slip, put right on subjects it has not seen.

Three quarters of the subjects teach, the others correct: the chance by Platt's logistic curve, P50 and P90 by the shift
with which they cover what they should. Which subjects these are follows from their names, so that the order of rows
changes nothing. Known outcomes carry weights that stand for those not known yet (see `censoring`).

Sources: Platt 1999 and Niculescu-Mizil and Caruana 2005 (calibration), Romano, Patterson and Candès 2019 (conformalised
quantile regression), Koenker and Bassett 1978 (quantile loss).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from forecasting.boosting import Boosting, BoostingSettings, fit_boosting, sampled
from forecasting.calibration import fitted_curve, logistic, logit
from forecasting.outcomes.prediction import CAUTIOUS, MIDDLE, Prediction
from forecasting.outcomes.rivals import known_lateness, known_slip
from forecasting.outcomes.rows import OutcomeRows
from forecasting.outcomes.weighted import weighted_quantile, weighted_share
from forecasting.panel import Flags, Floats, Integers

SETTINGS = BoostingSettings(trees=80, learning_rate=0.08, leaves=12, leaf_rows=40)
# More rows than this teach nothing new and cost time.
MOST_ROWS = 20_000
CORRECTING = 4


@dataclass(frozen=True, slots=True)
class OutcomeModel:
    """A fitted model: the classifier with its calibration curve, and a boosting with its shift for P50 and P90."""

    classifier: Any
    columns: Integers
    slope: float
    intercept: float
    p50: Boosting
    p50_shift: float
    p90: Boosting
    p90_shift: float

    def probability(self, features: Floats) -> Floats:
        """Chance of being late (rows,) of looks whose due date lies ahead."""
        if self.classifier is None or features.shape[0] == 0:
            return np.full(features.shape[0], logistic(np.asarray(self.intercept)))
        with _one_thread():
            raw = self.classifier.predict_proba(features[:, self.columns])[:, 1]
        return logistic(self.intercept + self.slope * logit(raw))

    def predict(self, rows: OutcomeRows) -> Prediction:
        """Chance of being late, and P50 and P90 of the slip from the plain end in days."""
        with _one_thread():
            return Prediction(
                self.probability(rows.features),
                self.p50.predict(rows.features) + self.p50_shift,
                self.p90.predict(rows.features) + self.p90_shift,
            )


def fit_outcomes(past: OutcomeRows, cutoff: int, seed: int, settings: BoostingSettings | None = None) -> OutcomeModel:
    """Learn from the rows as they stood at the end of day `cutoff` (`OutcomeRows.known_by`)."""
    settings = settings or SETTINGS
    late, late_weights = known_lateness(past, cutoff)
    slip, slip_weights = known_slip(past, cutoff)
    corrects = np.asarray([zlib.crc32(name.encode()) % CORRECTING == 0 for name in past.subjects], dtype=np.bool_)
    classifier, columns = _classifier(past, late, late_weights, ~corrects, seed, settings)
    slope, intercept = _calibration(classifier, columns, past, late, late_weights, corrects)
    shifted = []
    for share in (MIDDLE, CAUTIOUS):
        teach = _some(~corrects & (slip_weights > 0), seed)
        fitted = fit_boosting(
            past.features[teach], slip[teach], "quantile", seed, settings, quantile=share, weights=slip_weights[teach]
        )
        check = _some(corrects & (slip_weights > 0), seed)
        with _one_thread():
            missed = slip[check] - fitted.predict(past.features[check])
        shifted.append((fitted, weighted_quantile(missed, slip_weights[check], share)))
    (p50, p50_shift), (p90, p90_shift) = shifted
    return OutcomeModel(classifier, columns, slope, intercept, p50, p50_shift, p90, p90_shift)


def _classifier(
    past: OutcomeRows, late: Floats, weights: Floats, teaches: Flags, seed: int, settings: BoostingSettings
) -> tuple[Any, Integers]:
    rows = _some(teaches & (weights > 0), seed)
    columns = np.flatnonzero(~np.isnan(past.features[rows]).all(axis=0)) if rows.size else np.zeros(0, dtype=np.int64)
    if rows.size < 2 * settings.leaf_rows or columns.size == 0 or np.ptp(late[rows]) == 0:
        return None, columns
    model = HistGradientBoostingClassifier(
        max_iter=settings.trees,
        learning_rate=settings.learning_rate,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.leaf_rows,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    with _one_thread():
        model.fit(past.features[rows][:, columns], late[rows].astype(np.int64), sample_weight=weights[rows])
    return model, columns


def _calibration(
    classifier: Any, columns: Integers, past: OutcomeRows, late: Floats, weights: Floats, corrects: Flags
) -> tuple[float, float]:
    """Slope and intercept on the logit; where the unseen say nothing, the share of late ones alone."""
    share = logit(np.asarray(weighted_share(late, weights)))
    rows = np.flatnonzero(corrects & (weights > 0))
    if classifier is None or rows.size < 20 or np.ptp(late[rows]) == 0:
        return (0.0 if classifier is None else 1.0), (float(share) if classifier is None else 0.0)
    with _one_thread():
        raw = logit(classifier.predict_proba(past.features[rows][:, columns])[:, 1])
        return fitted_curve(raw, late[rows], weights[rows]) or (0.0, float(share))


def _some(chosen: Flags, seed: int) -> Integers:
    places = np.flatnonzero(chosen)
    return places[sampled(places.size, MOST_ROWS, seed)]


def _one_thread() -> Any:
    return threadpool_limits(limits=1)
