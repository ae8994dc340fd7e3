"""Dates as people write them in filters (2014, 2014-Q2, 2014-03, 2014-W10, 2014-03-09) and the days they stand for."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tower.errors import MetricError
from tower.metrics.catalogue import Grain
from tower.metrics.filters import Period

_WRITTEN: tuple[tuple[Grain, re.Pattern[str]], ...] = (
    ("year", re.compile(r"^(\d{4})$")),
    ("quarter", re.compile(r"^(\d{4})-?[Qq]([1-4])$")),
    ("month", re.compile(r"^(\d{4})-(\d{1,2})$")),
    ("week", re.compile(r"^(\d{4})-?[Ww](\d{1,2})$")),
    ("day", re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")),
)


def written_period(text: str, at_least: Grain = "day") -> Period:
    """The days that a written date stands for; a finer one than `at_least` is widened to the bucket it lies in.

    Raises MetricError for anything else.
    """
    for grain, pattern in _WRITTEN:
        match = pattern.match(text.strip())
        if match is not None:
            try:
                first_day = _first_day(grain, [int(group) for group in match.groups()])
            except ValueError as error:
                raise MetricError(f"{text!r} is not a day of the calendar: {error}.") from error
            written = bucket(grain, first_day)
            wanted = bucket(at_least, first_day)
            return wanted if wanted.days > written.days else written
    raise MetricError(f"{text!r} is not a date. Write 2014, 2014-Q2, 2014-03, 2014-W10 or 2014-03-09.")


def bucket(grain: Grain, day: date) -> Period:
    """The day, ISO week, month, quarter or year that `day` lies in."""
    if grain == "day":
        return Period(day, day)
    if grain == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    start = (day.month - 1) // months * months
    first_day = date(day.year, start + 1, 1)
    end = start + months
    return Period(first_day, date(day.year + end // 12, end % 12 + 1, 1) - timedelta(days=1))


def _first_day(grain: Grain, numbers: list[int]) -> date:
    if grain == "year":
        return date(numbers[0], 1, 1)
    if grain == "quarter":
        return date(numbers[0], numbers[1] * 3 - 2, 1)
    if grain == "month":
        return date(numbers[0], numbers[1], 1)
    if grain == "week":
        return date.fromisocalendar(numbers[0], numbers[1], 1)
    return date(*numbers)
