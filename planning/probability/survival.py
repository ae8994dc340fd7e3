"""What is still under way counts, too: quantiles of a duration when some of it has not ended yet.

An order that is open after ten days says that ten days were not enough. Leaving it out would make everyone look
quicker, most of all just after a bad week. Kaplan and Meier's product-limit estimate (Journal of the American
Statistical Association 53, 1958) keeps it in as long as it was watched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from planning.mrp.codes import Flags, Floats, Integers

# Figures kept of each row: its quantiles at 0.5 %, 1.5 %, … 99.5 %.
POINTS = 100
# Before everything that was observed: no bound.
UNBOUND = -(2**31)
_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True)
class ProductLimits:
    """The estimate of each group: its values rising, and at each the share that has ended.

    `first[g] : first[g + 1]` are the values of group g; `done_before` counts the ends up to each row of all groups.
    """

    first: Integers
    value: Integers
    share_done: Floats
    done_before: Integers

    @classmethod
    def of(cls, group: Integers, value: Integers, is_done: Flags, groups: int) -> Self:
        """`value` is final where `is_done`, else the least that it will be."""
        # At one value those that ended come before those that were watched no longer.
        order = np.lexsort((~is_done, value, group))
        owner, watched, ended = group[order], value[order], is_done[order]
        first = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(owner, minlength=groups))))
        at_risk = first[owner + 1] - np.arange(owner.size)
        goes_on = np.where(ended, (at_risk - 1) / np.maximum(at_risk, 1), 1.0)
        # The last one at risk that ends brings the product to nothing; its logarithm would be infinite.
        empty = goes_on <= 0
        total = np.cumsum(np.log(np.where(empty, 1.0, goes_on)))
        before = np.concatenate((np.zeros(1), total))[first[owner]]
        share_done = np.where(empty, 1.0, 1.0 - np.exp(total - before)).round(9)
        return cls(first, watched, share_done, np.concatenate((np.zeros(1, np.int64), np.cumsum(ended))))

    def ended_beyond(self, group: Integers, least: Integers) -> Integers:
        """How many of each named group ended at `least` or later."""
        return self.done_before[self.first[group + 1]] - self.done_before[self._reaching(group, least)]

    def quantiles(self, group: Integers, least: Integers, points: int = POINTS) -> Floats:
        """Quantiles of the named groups, (row × point), rising, of what is at least `least` of the row.

        What lies beyond the last end of a group is taken as its greatest value, ended or not: nothing is known of
        more. Every group named must have a value.
        """
        begin, end = self.first[group], self.first[group + 1]
        start = self._reaching(group, least)
        passed = np.where(start > begin, self.share_done[np.maximum(start - 1, 0)], 0.0)
        asked = (np.arange(points) + 0.5) / points
        owner = np.repeat(np.arange(self.first.size - 1), np.diff(self.first))
        # Shares that are equal but for their rounding count as equal.
        target = group[:, None] * 2 + passed[:, None] + (1.0 - passed[:, None]) * asked - _TOLERANCE
        found = np.searchsorted(owner * 2 + self.share_done, target.ravel(), side="left")
        last = np.repeat(end - 1, points)
        quantiles: Floats = self.value[np.minimum(found, last)].astype(np.float64).reshape(group.size, points)
        return quantiles

    def _reaching(self, group: Integers, least: Integers) -> Integers:
        """The first row of each named group that is at least `least`."""
        lowest = int(self.value.min(initial=0))
        wide = int(self.value.max(initial=0)) - lowest + 2
        owner = np.repeat(np.arange(self.first.size - 1), np.diff(self.first))
        bound = np.clip(least - lowest, 0, wide - 1)
        found: Integers = np.searchsorted(owner * wide + self.value - lowest, group * wide + bound, side="left")
        return found
