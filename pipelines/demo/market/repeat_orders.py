"""The latent process of consumers (BG/NBD): its parameters, and how many repeat orders it brings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import hyp2f1

Floats = npt.NDArray[np.float64]
BUY_SHAPE, BUY_SCALE_DAYS = 0.5, 300.0
"""r and α: rates of repeat orders a day are Gamma with this shape and the mean r / α."""
LEAVE_A, LEAVE_B = 1.3, 1.8
"""a and b: the chance to leave after a repeat order is Beta."""
BIRTHS_GROW = 0.02
MIDDLE_DAY = 550.0


def expected_repeats(days: npt.ArrayLike) -> Floats:
    """Repeat orders that a consumer is expected to make in the first `days` of his life."""
    age = np.asarray(days, dtype=np.float64)
    a, b, r, scale = LEAVE_A, LEAVE_B, BUY_SHAPE, BUY_SCALE_DAYS
    inner = (scale / (scale + age)) ** r * hyp2f1(r, b, a + b - 1, age / (scale + age))
    result: Floats = (a + b - 1) / (a - 1) * (1 - inner)
    return result


def shop_level(day: npt.ArrayLike) -> Floats:
    """Orders of a shop that opens on day 0 and wins a few more consumers each year, who come back; 1 in the middle.

    With steady births, those of all ages together order as often as one consumer in his life so far.
    """
    days = np.maximum(np.asarray(day, dtype=np.float64), 0.0)
    grown: Floats = (1.0 + BIRTHS_GROW) ** ((days - MIDDLE_DAY) / 365.0)
    level: Floats = grown * (1.0 + expected_repeats(days)) / (1.0 + expected_repeats(MIDDLE_DAY))
    return level
