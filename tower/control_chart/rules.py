"""Run rules: signs that a process changed though no point need be outside the limits.

Rules 1 to 4 of L. S. Nelson, "The Shewhart Control Chart: Tests for Special Causes", Journal of Quality Technology 16
(1984), and his rules "two of three beyond two sigma" and "four of five beyond one sigma", which are rules 2 and 3
of the Western Electric handbook (1956).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RULES = (
    "beyond_limits",
    "nine_on_one_side",
    "six_in_one_direction",
    "fourteen_alternating",
    "two_of_three",
    "four_of_five",
)


def run_rules(values: Floats, centre: float, sigma: float) -> dict[str, Flags]:
    """For each rule the points (k,) at which it is complete, so that a longer run goes on being marked.

    A point exactly on the centre belongs to no side; equal neighbours are no rise. Raises ValueError for a sigma
    below zero or values that are not finite.
    """
    if sigma < 0 or not np.isfinite(values).all():
        raise ValueError("Run rules take finite values and a sigma that is not negative.")
    distance = values - centre
    above, below = distance > 0, distance < 0
    step = np.sign(np.diff(values))
    rise, fall = step > 0, step < 0
    turns = step[1:] * step[:-1] < 0
    far_above, far_below = distance > 2 * sigma, distance < -2 * sigma
    off_above, off_below = distance > sigma, distance < -sigma
    return {
        "beyond_limits": np.abs(distance) > 3 * sigma,
        "nine_on_one_side": _all_of_last(above, 9) | _all_of_last(below, 9),
        "six_in_one_direction": _late(_all_of_last(rise, 5) | _all_of_last(fall, 5), values.size),
        # Fourteen points alternate when the twelve turns between them all change direction.
        "fourteen_alternating": _late(_all_of_last(turns, 12), values.size),
        "two_of_three": (_of_last(far_above, 2, 3) & far_above) | (_of_last(far_below, 2, 3) & far_below),
        "four_of_five": (_of_last(off_above, 4, 5) & off_above) | (_of_last(off_below, 4, 5) & off_below),
    }


def _of_last(flags: Flags, wanted: int, length: int) -> Flags:
    """Whether at least `wanted` of the last `length` flags hold; false where there are not so many yet."""
    total = np.concatenate([[0], np.cumsum(flags)])
    found = np.zeros(flags.size, dtype=np.bool_)
    if flags.size >= length:
        found[length - 1 :] = total[length:] - total[:-length] >= wanted
    return found


def _all_of_last(flags: Flags, length: int) -> Flags:
    return _of_last(flags, length, length)


def _late(flags: Flags, size: int) -> Flags:
    """Flags of the steps between points, put at the point that ends the step."""
    return np.concatenate([np.zeros(size - flags.size, dtype=np.bool_), flags])
