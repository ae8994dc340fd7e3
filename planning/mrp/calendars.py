"""Working days of many calendars at once: the day before, the day after, and so many working days away.

Calendar NONE (−1) has only working days. Days outside of what a calendar states repeat its nearest week; further than
ten years out every day counts as working.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.errors import PlanningError
from planning.mrp.codes import Flags, Integers
from planning.mrp.problem import Calendars

_MARGIN_WEEKS = 522
_WEEK = 7


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """`counted[c, k]`: working days of calendar c among the first k days from `first_day`; `day[c, n]` its n-th one.

    Rows are padded so that a lookup never leaves the array; row 0 of both belongs to calendar code 0.
    """

    first_day: int
    counted: Integers
    day: Integers

    @classmethod
    def of(cls, calendars: Calendars) -> WorkingDays:
        """Raises PlanningError for a calendar that is shorter than a week or has a first or last week without work."""
        working = calendars.is_working
        if not working.shape[0]:
            return cls(0, np.zeros((0, 1), np.int64), np.zeros((0, 1), np.int64))
        if working.shape[1] < _WEEK:
            raise PlanningError(
                "A calendar must state at least one week, so that its pattern can go on. Give it more days."
            )
        before, after = working[:, :_WEEK], working[:, -_WEEK:]
        idle = np.flatnonzero(~before.any(axis=1) | ~after.any(axis=1))
        if idle.size:
            raise PlanningError(
                f"Calendar {idle[0]} begins or ends with a week in which nobody works, and that week would repeat. "
                "Let it begin and end with an ordinary week."
            )
        whole = np.concatenate((np.tile(before, _MARGIN_WEEKS), working, np.tile(after, _MARGIN_WEEKS)), axis=1)
        counted = np.concatenate(
            (np.zeros((whole.shape[0], 1), np.int64), np.cumsum(whole, axis=1, dtype=np.int64)), axis=1
        )
        first_day = calendars.first_day - _MARGIN_WEEKS * _WEEK
        most = int(counted[:, -1].max())
        day = np.full((whole.shape[0], most), first_day + whole.shape[1], np.int64)
        row, column = np.nonzero(whole)
        day[row, counted[row, column]] = first_day + column
        return cls(first_day, counted, day)

    def previous(self, calendar: Integers, day: Integers) -> Integers:
        """The last working day that is not after `day`."""
        return self._moved(calendar, day, np.zeros_like(day), forward=False)

    def following(self, calendar: Integers, day: Integers) -> Integers:
        """The first working day that is not before `day`."""
        return self._moved(calendar, day, np.zeros_like(day), forward=True)

    def before(self, calendar: Integers, day: Integers, days: Integers) -> Integers:
        """`days` working days before the last working day that is not after `day`."""
        return self._moved(calendar, day, days, forward=False)

    def after(self, calendar: Integers, day: Integers, days: Integers) -> Integers:
        """`days` working days after the first working day that is not before `day`."""
        return self._moved(calendar, day, days, forward=True)

    def _moved(self, calendar: Integers, day: Integers, days: Integers, *, forward: bool) -> Integers:
        plain = day + days if forward else day - days
        if not self.counted.shape[0]:
            return plain
        position = day - self.first_day
        inside = (calendar >= 0) & self._stated(position) & self._stated(plain - self.first_day)
        if not inside.any():
            return plain
        row, at = calendar[inside], position[inside]
        # Working days up to and including the day, less one: the number of the last one not after it.
        number = self.counted[row, at] + days[inside] if forward else self.counted[row, at + 1] - 1 - days[inside]
        number_there = (number >= 0) & (number < self.counted[row, -1])
        moved = plain.copy()
        moved[inside] = np.where(number_there, self.day[row, np.clip(number, 0, self.day.shape[1] - 1)], plain[inside])
        return moved

    def _stated(self, position: Integers) -> Flags:
        return np.asarray((position >= 0) & (position < self.counted.shape[1] - 1))
