"""Working calendars as the engine wants them, and what a working day holds in hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from planning.mrp import Calendars
from planning.mrp.codes import NONE, Flags

DAY_ZERO = date(1970, 1, 1)
WEEK = 7
HOURS_A_DAY = 8.0


def day_number(day: date) -> int:
    """A date as the engine counts days."""
    return (day - DAY_ZERO).days


@dataclass(frozen=True, slots=True)
class WorkingCalendars:
    """`arrays` for the engine, `codes` by calendar id, and by code mean hours and days of a working week."""

    arrays: Calendars
    codes: Mapping[str, int]
    hours_a_day: tuple[float, ...]
    days_a_week: tuple[int, ...]

    def code(self, calendar_id: str | None) -> int:
        """The code of a calendar; NONE where there is no such calendar: every day works."""
        return NONE if calendar_id is None else self.codes.get(calendar_id, NONE)

    def hours(self, code: int) -> float:
        return HOURS_A_DAY if code == NONE else self.hours_a_day[code]

    def is_working(self, code: int, day: date) -> bool:
        """Whether people work on a day; beyond what a calendar states its nearest week repeats, as in the engine."""
        if code == NONE:
            return True
        works = self.arrays.is_working[code]
        at = day_number(day) - self.arrays.first_day
        if at < 0:
            at %= WEEK
        elif at >= works.size:
            at = works.size - WEEK + (at - works.size) % WEEK
        return bool(works[at])

    def working_days(self, calendar_days: float, code: int) -> int:
        """Calendar days as working days of an ordinary week, rounded up."""
        week = WEEK if code == NONE else self.days_a_week[code]
        return int(np.ceil(calendar_days * week / WEEK - 1e-9))


def working_calendars(stated: pl.DataFrame, as_of: date) -> WorkingCalendars:
    """Calendars of `calendar_id, calendar_date, is_working, working_hours` over one span of days.

    Days that a calendar does not state get what it says of most other days of that weekday, so that every calendar
    begins and ends with an ordinary week.
    """
    ids = stated["calendar_id"].unique().sort().to_list()
    if not ids:
        return WorkingCalendars(Calendars.none(), {}, (), ())
    lowest, highest = stated["calendar_date"].min(), stated["calendar_date"].max()
    assert isinstance(lowest, date)
    assert isinstance(highest, date)
    first = min(lowest, as_of) - timedelta(days=WEEK)
    days = (max(highest, as_of) - first).days + 1 + WEEK
    weekday = (first.weekday() + np.arange(days)) % WEEK
    rows, hours, week = [], [], []
    for calendar_id in ids:
        own = stated.filter(pl.col("calendar_id") == calendar_id)
        position = (own["calendar_date"] - first).dt.total_days().to_numpy()
        works: Flags = own["is_working"].to_numpy().astype(np.bool_)
        usual = np.array([works[weekday[position] == one].mean() if (weekday[position] == one).any() else 0.0
                          for one in range(WEEK)]) >= 0.5  # fmt: skip
        if not usual.any():
            usual = np.arange(WEEK) < 5
        row = usual[weekday]
        row[position] = works
        rows.append(row)
        worked = own.filter("is_working")["working_hours"].drop_nulls()
        mean = worked.mean() if worked.len() else None
        hours.append(float(mean) if isinstance(mean, float) and mean > 0 else HOURS_A_DAY)
        week.append(int(usual.sum()))
    arrays = Calendars(day_number(first), np.array(rows, dtype=np.bool_))
    return WorkingCalendars(arrays, {name: code for code, name in enumerate(ids)}, tuple(hours), tuple(week))
