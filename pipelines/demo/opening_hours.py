"""When goods can be handed over: in the hours of a working day, not at three in the night or on a Sunday."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Floats
from pipelines.demo.world import World

Codes = npt.NDArray[np.integer]
# Fractions of a day from 08:00 local on: 08:30 to 20:30.
OPENS, CLOSES = 0.02, 0.52
LONGEST_HOLIDAY = 20


def in_opening_hours(at: Floats, after: npt.ArrayLike = -np.inf) -> Floats:
    """The day's moment drawn into the opening hours; where that is not after `after`, the next day's."""
    day = np.floor(at)
    hour = OPENS + (CLOSES - OPENS) * (at - day)
    earliest = np.asarray(after, dtype=np.float64)
    return np.where(day + hour > earliest, day, np.floor(earliest) + 1) + hour


def next_working(world: World, calendar: Codes, at: Floats) -> Floats:
    """The moment, or the same hour of the calendar's next working day (within three weeks)."""
    working = world.company.is_working
    day = np.floor(at)
    moved = np.clip(day.astype(np.int64), 0, working.shape[1] - LONGEST_HOLIDAY - 1)
    for _ in range(LONGEST_HOLIDAY):
        closed = ~working[calendar, moved]
        if not closed.any():
            break
        moved = moved + closed
    return moved + (at - day)


def handed_over(world: World, calendar: Codes, at: Floats, after: npt.ArrayLike = -np.inf) -> Floats:
    """The first moment from `at` on (and after `after`) in the hours of a working day of the calendar."""
    return next_working(world, calendar, in_opening_hours(at, after))
