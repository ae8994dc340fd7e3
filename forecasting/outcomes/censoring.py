"""Weights for outcomes that are known, so that they also stand for those that are not known yet.

At a cutoff the fast outcomes are known and the slow ones of recent looks are missing. Leaving those out without a word
would teach that things end early. Inverse probability of censoring weighting mends it: an outcome that took T days
counts 1 / G(T), G(T) being the share of looks made at least T days before the cutoff, those that could have shown it.
The cutoff censors everyone and its distance is known for every look, so G is a plain share and needs no estimator.

Sources: Robins and Finkelstein 2000, Biometrics 56 (inverse probability of censoring weights); Graf, Schmoor, Sauerbrei
and Schumacher 1999, Statistics in Medicine 18 (the same weights in scores).
"""

from __future__ import annotations

import numpy as np

from forecasting.panel import Floats, Integers

# A few old looks must not decide everything.
MOST = 10.0


def censoring_weights(known: Integers, known_after: Floats, cutoff: int) -> Floats:
    """Weights (rows,) for looks on day `known` whose outcome was known `known_after` days later, NaN: not by `cutoff`.

    0 where the outcome is not known; else at least 1 and at most 10.
    """
    if known.size == 0:
        return np.zeros(0)
    seen_for = np.sort(cutoff - known).astype(np.float64)
    is_known = np.isfinite(known_after)
    could = seen_for.size - np.searchsorted(seen_for, np.where(is_known, known_after, 0.0), side="left")
    weights = np.minimum(seen_for.size / np.maximum(could, 1), MOST)
    return np.where(is_known, weights, 0.0)
