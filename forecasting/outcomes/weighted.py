"""Means and quantiles of weighted values."""

from __future__ import annotations

import numpy as np

from forecasting.panel import Floats


def weighted_share(values: Floats, weights: Floats) -> float:
    """Σ weight × value / Σ weight over values with a weight; 0 where there is none."""
    used = weights > 0
    total = float(weights[used].sum())
    return float((weights[used] * values[used]).sum()) / total if total > 0 else 0.0


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """The smallest value at which the weights, in ascending order of values, reach `share`; 0 where there is none."""
    used = weights > 0
    if not used.any():
        return 0.0
    order = np.argsort(values[used], kind="stable")
    reached = np.cumsum(weights[used][order])
    place = int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12), side="left"))
    return float(values[used][order][min(place, order.size - 1)])
