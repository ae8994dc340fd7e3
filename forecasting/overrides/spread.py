"""Spread the number of an override over the cells of its level so that they add up to it exactly.

In proportion to the forecast beneath; where that is 0 everywhere, to what the cells sold; where that is 0 too, evenly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.panel import Flags, Floats, Integers

BY = ("forecast", "history", "equal")
# Relative error that sums of floats may have.
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Spread:
    """`values` (cells,) of the free cells; per group: `impossible`, and `by`, a place in BY."""

    values: Floats
    impossible: Flags
    by: Integers


def spread(base: Floats, history: Floats, group: Integers, target: Floats, size: Floats) -> Spread:
    """Values of free cells (cells,) whose sum over each group (groups,) is its target.

    `base` and `history` (cells,) are 0 or more, `group` (cells,) numbers the groups; `size` (groups,)
    is what the target was computed from, to tell a difference from rounding. A group is impossible where its
    target is below 0, or it is not 0 and has no cells; its values stay as they are.
    """
    count = target.size
    members = np.bincount(group, minlength=count)
    base_sum, history_sum = np.bincount(group, base, count), np.bincount(group, history, count)
    small = _TOLERANCE * np.maximum(base_sum, size)
    impossible: Flags = (target < -small) | ((members == 0) & (np.abs(target) > small))
    by = np.select([base_sum > 0, history_sum > 0], [0, 1], 2)
    weight = np.select([by[group] == 0, by[group] == 1], [base, history], 1.0)
    total = np.bincount(group, weight, count)
    share = weight / np.where(total > 0, total, 1.0)[group]
    aim = np.maximum(target, 0.0)
    # Nothing moves where the sum is right already: spreading it anew would change the last digits.
    stays = impossible | (target == base_sum)
    values: Floats = np.where(stays[group], base, share * aim[group])
    return Spread(values, impossible, by.astype(np.int64))
