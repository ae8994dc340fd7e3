"""How the time between the first and the last step of a journey divides among its steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spans:
    """When each step begins and ends on the path, (n, k); NaN where a step did not happen."""

    begin: Numbers
    end: Numbers

    @property
    def days(self) -> Numbers:
        """Days of each step, never negative; they add up to the last end less the first."""
        return self.end - self.begin


def spans(actual: Numbers) -> Spans:
    """Steps in their order, one behind the other: each lasts from the end of the one before to its own.

    `actual` (n, k) is the day on which each step was done. A step that was done before the one in front of it (goods
    that lay in stock when the order came) takes no time: it counts from where the path already is. The first step of a
    row only marks where the time begins.
    """
    is_done = ~np.isnan(actual)
    end = np.maximum.accumulate(np.where(is_done, actual, -np.inf), axis=1)
    before = np.concatenate([np.full((actual.shape[0], 1), -np.inf), end[:, :-1]], axis=1)
    begin = np.where(np.isneginf(before), end, before)
    return Spans(np.where(is_done, begin, np.nan), np.where(is_done, end, np.nan))
