"""A prediction of ends: the chance of being late, and the days by which half and nine tenths will have ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.outcomes.rows import OutcomeRows
from forecasting.panel import Floats

# The shares that the two dates stand for.
MIDDLE, CAUTIOUS = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Prediction:
    """`probability` (rows,) of ending after the due date; `p50`, `p90` (rows,) are slips in days from the plain end."""

    probability: Floats
    p50: Floats
    p90: Floats


def in_agreement(rows: OutcomeRows, found: Prediction) -> Prediction:
    """The prediction in whole days, and without contradicting itself or the calendar.

    Nothing ends on or before the day of the look; what is past its due date is late; P90 is not before P50; P50
    lies after the due date exactly where the chance of being late is above one half, P90 where it is above one tenth.
    """
    probability = np.where(rows.is_undecided, np.clip(found.probability, 0.0, 1.0), 1.0)
    earliest = (rows.known + 1 - rows.plain_end).astype(np.float64)
    p50 = _beside_due(rows, np.ceil(found.p50 - 1e-9), probability > 1 - MIDDLE)
    p90 = _beside_due(rows, np.ceil(found.p90 - 1e-9), probability > 1 - CAUTIOUS + 1e-12)
    p50 = np.maximum(p50, earliest)
    return Prediction(probability, p50, np.maximum(p90, p50))


def _beside_due(rows: OutcomeRows, slip: Floats, is_late: np.ndarray) -> Floats:
    undecided = np.where(is_late, np.maximum(slip, 1.0), np.minimum(slip, 0.0))
    return np.where(rows.is_undecided, undecided, np.maximum(slip, 0.0))
