"""What a history looks like in a dozen numbers without a unit: what the global models tell series apart by."""

from __future__ import annotations

import numpy as np

from forecasting.panel import Floats, Panel
from forecasting.rolling_origins import scales
from forecasting.seasonality import autocorrelations, seasonality_statistic
from forecasting.smoothing import fitted_line

FEATURES = (
    "log_length", "autocorrelation", "difference_autocorrelation", "seasonality", "linear_fit", "slope",
    "relative_noise", "recent_noise", "zero_share", "distance_from_mean", "last_change", "unchanged_share",
)  # fmt: skip
# A ratio further out than this says no more.
_CAP = 20.0
_TINY = 1e-12


def safe_scale(panel: Panel, period: int) -> Floats:
    """What errors of a series are divided by, (series,): mean absolute difference, mean size, or 1; never 0."""
    changed, _ = scales(panel, period)
    size = np.nansum(np.abs(panel.values), axis=1) / panel.lengths
    changed = np.where(changed > _TINY * size, changed, size)
    return np.where(changed > 0, changed, 1.0)


def series_features(panel: Panel, period: int, scale: Floats) -> Floats:
    """Features (series, 12) of the whole history, in the order of FEATURES; `scale` is (series,)."""
    values, lengths = panel.values, panel.lengths
    known = ~np.isnan(values)
    differences = np.diff(values, axis=1) if values.shape[1] > 1 else np.full((lengths.size, 1), np.nan)
    moves = np.maximum(lengths - 1, 1)
    window = max(3, period)
    recent = values[:, -window:]
    recent_mean = np.nansum(recent, axis=1) / np.minimum(lengths, recent.shape[1])
    mean = np.nansum(values, axis=1) / lengths
    moved = np.abs(differences)
    recent_moves = np.nansum(moved[:, -window:], axis=1) / np.minimum(moves, moved[:, -window:].shape[1])
    intercept, slope = fitted_line(np.where(known, values, 0.0), known)
    line = intercept[:, None] + slope[:, None] * np.cumsum(known, axis=1)
    around = np.nansum((values - mean[:, None]) ** 2, axis=1)
    beside = np.nansum((values - line) ** 2, axis=1)
    unchanged = (moved == 0).sum(axis=1)
    columns = (
        np.log(lengths),
        autocorrelations(values, lengths, 1)[:, 0],
        autocorrelations(differences, moves, 1)[:, 0],
        seasonality_statistic(values, lengths, period),
        1 - np.divide(beside, around, out=np.ones_like(around), where=around > 0),
        slope / scale,
        np.log(_TINY + scale / np.where(np.abs(mean) > 0, np.abs(mean), scale)),
        np.log(0.01 + recent_moves / scale),
        (values == 0).sum(axis=1) / lengths,
        (recent_mean - mean) / scale,
        np.where(lengths > 1, np.nan_to_num(differences[:, -1]), 0.0) / scale,
        unchanged / moves,
    )
    found: Floats = np.clip(np.column_stack(columns), -_CAP, _CAP)
    return found
