"""Which steps made a journey late, by how many days each: scheduled back from the promise, then read forwards.

As in backward scheduling: from the day that was promised, each step has to be done the planned days of all later steps
earlier. What a step was late against that day, beyond what the step before it was late, is its own doing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def needed_days(promised: Numbers, planned_days: Numbers) -> Numbers:
    """The day on which each step had to be done, (n, k), for the last to be done on `promised` (n,).

    `planned_days` (n, k) are the days planned for each step; NaN counts as none, as steps that only pass on do.
    """
    planned = np.maximum(np.nan_to_num(planned_days, nan=0.0), 0.0)
    # The days of all later steps: sums from the right, without the step itself.
    later = np.concatenate([planned[:, 1:], np.zeros((planned.shape[0], 1))], axis=1)[:, ::-1].cumsum(axis=1)[:, ::-1]
    needed: Numbers = promised[:, None] - later
    return needed


def explained_days(actual: Numbers, needed: Numbers) -> tuple[Numbers, Numbers]:
    """Days of lateness that each step brought in, (n, k), and what was there before the first step known, (n,).

    `actual` and `needed` (n, k) in the order of the steps; a step whose day is NaN passes on what comes after it. The
    days of a row and its rest add up to max(0, actual − needed) of its last step that is known, to 0 where none is.
    """
    is_known = ~(np.isnan(actual) | np.isnan(needed))
    late = np.where(is_known, np.maximum(0.0, actual - needed), np.inf)
    # What of the lateness was already there when a step was done: the least of it and all later steps.
    carried = np.minimum.accumulate(late[:, ::-1], axis=1)[:, ::-1]
    carried = np.where(np.isinf(carried), 0.0, carried)
    # Before a step stands the nearest earlier one that is known; without any, nothing tells whose the days are.
    before = np.zeros_like(carried)
    rest = np.zeros(actual.shape[0])
    seen = np.zeros(actual.shape[0], dtype=bool)
    last = np.zeros(actual.shape[0])
    for step in range(actual.shape[1]):
        known = is_known[:, step]
        before[:, step] = np.where(seen, last, carried[:, step])
        rest = np.where(known & ~seen, carried[:, step], rest)
        last = np.where(known, carried[:, step], last)
        seen |= known
    own = np.where(is_known, carried - before, 0.0)
    return own, rest
