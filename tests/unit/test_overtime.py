from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.scenarios.document import read_scenario
from planning.scenarios.hours_changes import WorkingHours
from tower.scenarios.overtime import backlog, overtime, overtime_file

WEEKS = [date(2026, 6, 30), *(date(2026, 7, 6) + timedelta(weeks=n) for n in range(3))]
ASKED, AVAILABLE = np.array([100.0, 30.0, 10.0, 0.0]), np.array([40.0, 40.0, 40.0, 40.0])


def test_what_a_week_cannot_do_passes_on_to_the_next() -> None:
    # 100 − 40 = 60; 60 + 30 − 40 = 50; 50 + 10 − 40 = 20; 20 + 0 − 40 is below nothing.
    assert backlog(ASKED, AVAILABLE).tolist() == [60.0, 50.0, 20.0, 0.0]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 200)), min_size=1, max_size=30))
def test_the_backlog_is_that_of_going_through_the_weeks(weeks: list[tuple[int, int]]) -> None:
    left, expected = 0.0, []
    for asked, available in weeks:
        left = max(0.0, left + asked - available)
        expected.append(left)
    asked_hours, hours = (np.array(column, dtype=float) for column in zip(*weeks, strict=True))
    assert backlog(asked_hours, hours).tolist() == expected


def test_overtime_lasts_until_nothing_is_left_undone() -> None:
    # With half as much again: 100 − 60 = 40; 40 + 30 − 60 = 10; 10 + 10 − 60 is below nothing: the third week.
    found = overtime(WEEKS, ASKED, AVAILABLE, WEEKS[0], 1.5)
    assert (found.first_day, found.last_day, found.hours) == (date(2026, 6, 30), date(2026, 7, 19), 60.0)
    assert (found.cleared_with, found.cleared_without) == (date(2026, 7, 13), date(2026, 7, 20))


def test_an_overload_that_no_week_clears_is_said_so() -> None:
    found = overtime(WEEKS, ASKED * 10, AVAILABLE, WEEKS[1], 1.1)
    assert (found.cleared_with, found.cleared_without, found.last_day) == (None, None, date(2026, 7, 26))


def test_a_week_that_the_plan_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-07-01 is no week of the plan"):
        overtime(WEEKS, ASKED, AVAILABLE, date(2026, 7, 1), 1.5)


def test_the_change_file_reads_back_as_the_change() -> None:
    read = read_scenario(overtime_file("WELD", overtime(WEEKS, ASKED, AVAILABLE, WEEKS[0], 1.5)))
    assert read.name == "overtime-WELD"
    assert read.changes == (
        WorkingHours(work_centre=("WELD",), start=date(2026, 6, 30), end=date(2026, 7, 19), factor=1.5),
    )
