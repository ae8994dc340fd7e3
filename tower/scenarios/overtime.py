"""Overtime that works an overload off: until which week it is needed, and the change file that tries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from planning.scenarios.document import Scenario, written
from planning.scenarios.hours_changes import WorkingHours

Hours = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Overtime:
    """Hours × `factor` from `first_day` to `last_day`.

    `hours`: what that adds. `cleared_with`, `cleared_without`: the first week at whose end nothing is left undone, with
    these hours and without; None where that is beyond the weeks.
    """

    factor: float
    first_day: date
    last_day: date
    hours: float
    cleared_with: date | None
    cleared_without: date | None


def backlog(asked: Hours, available: Hours) -> Hours:
    """Hours left undone at the end of each week, where what a week cannot do passes on to the next. All (weeks,).

    b(t) = max(0, b(t−1) + asked(t) − available(t)), which is the running sum of what is missing over its lowest point.
    """
    missing = np.cumsum(asked - available)
    lowest = np.minimum.accumulate(np.minimum(missing, 0.0))
    return np.asarray(missing - lowest, dtype=np.float64)


def overtime(weeks: Sequence[date], asked: Hours, available: Hours, at: date, factor: float) -> Overtime:
    """What hours × `factor` from the week `at` on do, until the overload is worked off.

    Raises ValueError for a week that is none of `weeks`.
    """
    if at not in weeks:
        raise ValueError(f"{at} is no week of the plan; the weeks begin on {weeks[0]} to {weeks[-1]}.")
    first = list(weeks).index(at)
    raised = available.copy()
    raised[first:] *= factor
    end = _cleared(backlog(asked, raised), first)
    last = len(weeks) - 1 if end is None else end
    without = _cleared(backlog(asked, available), first)
    return Overtime(
        factor=factor,
        first_day=at,
        # A week ends on its Sunday; the first may begin on any day.
        last_day=weeks[last] + timedelta(days=6 - weeks[last].weekday()),
        hours=float((raised - available)[first : last + 1].sum()),
        cleared_with=None if end is None else weeks[end],
        cleared_without=None if without is None else weeks[without],
    )


def _cleared(left: Hours, first: int) -> int | None:
    found = np.flatnonzero(left[first:] < 1e-6)
    return int(found[0]) + first if found.size else None


def overtime_file(work_centre_id: str, found: Overtime) -> str:
    """The change file: `tower scenario run` takes it as it is."""
    change = WorkingHours(
        work_centre=(work_centre_id,), start=found.first_day, end=found.last_day, factor=round(found.factor, 4)
    )
    percent = f"{(found.factor - 1) * 100:.0f}"
    return written(
        Scenario(
            f"overtime-{work_centre_id}", (change,), f"{percent} % overtime at {work_centre_id}",
            f"{work_centre_id} 加班 {percent} %",
        )
    )  # fmt: skip
