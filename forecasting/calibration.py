"""Chances put right by Platt's curve: a logistic curve through the model's own chances and what really came.

Sources: Platt 1999; Niculescu-Mizil and Caruana 2005.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from forecasting.panel import Floats

_EDGE = 1e-6


def logit(chance: Floats) -> Floats:
    """Log odds of chances (0–1), which are kept off both ends."""
    inside = np.clip(chance, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside / (1 - inside)))


def logistic(value: Floats) -> Floats:
    """Chances of log odds."""
    return np.asarray(1 / (1 + np.exp(-value)))


def fitted_curve(raw: Floats, outcome: Floats, weights: Floats) -> tuple[float, float] | None:
    """Slope and intercept on the log odds `raw` (rows,), for outcomes 0 and 1 of which both occur.

    None where the curve falls: it says that the model knows less than nothing.
    """
    curve = LogisticRegression(C=100.0).fit(raw[:, None], outcome.astype(np.int64), sample_weight=weights)
    slope = float(curve.coef_[0, 0])
    return (slope, float(curve.intercept_[0])) if slope > 0 else None
