"""Working days of the engine's calendars against plain counting, and dates of orders by kind of source."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planning.errors import PlanningError
from planning.mrp import Calendars
from planning.mrp.calendars import WorkingDays
from tests.golden.planning.world import orders_of, world_of

PATTERNS = np.array([[1, 1, 1, 1, 1, 0, 0] * 3, [0, 1, 1, 0, 1, 1, 1] * 2 + [0, 0, 0, 0, 1, 0, 0]], dtype=bool)
FIRST = -4


def is_working(calendar: int, day: int) -> bool:
    if calendar < 0:
        return True
    position = day - FIRST
    if position < 0:
        return bool(PATTERNS[calendar][position % 7])
    if position >= 21:
        return bool(PATTERNS[calendar][14 + position % 7])
    return bool(PATTERNS[calendar][position])


def moved(calendar: int, day: int, days: int, step: int) -> int:
    """The nearest working day in the direction of the step, then so many more."""
    while not is_working(calendar, day):
        day += step
    for _ in range(days):
        day += step
        while not is_working(calendar, day):
            day += step
    return day


@pytest.mark.parametrize("calendar", [-1, 0, 1])
def test_working_days_are_counted_as_a_person_counts_them_inside_and_outside_of_what_is_stated(calendar: int) -> None:
    working = WorkingDays.of(Calendars(FIRST, PATTERNS))
    day, days = (grid.ravel() for grid in np.meshgrid(np.arange(-30, 45), np.arange(12)))
    code = np.full(day.size, calendar)
    assert working.before(code, day, days).tolist() == [
        moved(calendar, d, n, -1) for d, n in zip(day, days, strict=True)
    ]
    assert working.after(code, day, days).tolist() == [moved(calendar, d, n, 1) for d, n in zip(day, days, strict=True)]
    assert working.previous(code, day).tolist() == [moved(calendar, d, 0, -1) for d in day]
    assert working.following(code, day).tolist() == [moved(calendar, d, 0, 1) for d in day]


def test_a_calendar_that_cannot_go_on_is_refused() -> None:
    with pytest.raises(PlanningError, match="at least one week"):
        WorkingDays.of(Calendars(0, np.ones((1, 6), dtype=bool)))
    idle = np.ones((2, 21), dtype=bool)
    idle[1, -7:] = False
    with pytest.raises(PlanningError, match="Calendar 1 begins or ends"):
        WorkingDays.of(Calendars(0, idle))


def dates(source: dict[str, Any], need: int = 19, **item: Any) -> tuple[int, int]:
    """(release, due) of one order; calendar 0 works Monday to Friday, 1 on Wednesdays, and day 0 is a Monday."""
    own = world_of(
        {
            "calendars": ["1111100", "0010000"],
            "items": [{"id": "X", "calendar": 0, **item}],
            "sources": [{"item": "X", **source}],
            "demands": [{"item": "X", "day": need, "quantity": 1}],
        }
    )
    ((_, release, due, _),) = orders_of(own, own.planned())
    return release, due


def test_each_kind_of_source_counts_its_own_kind_of_days() -> None:
    """Needed on Saturday, day 19: due on Friday, day 18."""
    assert dates({"kind": "make", "lead_time_days": 6}) == (10, 18)
    assert dates({"kind": "buy", "lead_time_days": 6}) == (12, 18)
    assert dates({"kind": "subcontract", "lead_time_days": 6}) == (12, 18)
    assert dates({"kind": "transfer", "lead_time_days": 6}) == (12, 18)


def test_a_supplier_with_a_calendar_is_ordered_from_on_a_day_it_works() -> None:
    assert dates({"kind": "buy", "lead_time_days": 6, "calendar": 1}) == (9, 18)


def test_making_follows_the_calendar_of_the_line_where_it_has_one() -> None:
    assert dates({"kind": "make", "lead_time_days": 1, "calendar": 1}) == (9, 18)


def test_lead_time_grows_with_the_quantity_where_it_is_stated_so() -> None:
    assert dates({"kind": "buy", "lead_time_days": 1, "lead_time_days_per_unit": 2.5}) == (14, 18)


def test_receiving_and_safety_time_come_before_the_lead_time() -> None:
    """Two days before day 19 is Thursday 17; received over two working days from Tuesday 15."""
    assert dates({"kind": "buy", "lead_time_days": 1}, safety_time_days=2, receiving_days=2) == (14, 17)
    assert dates({"kind": "make", "lead_time_days": 1}, safety_time_days=2, receiving_days=2) == (11, 16)


def test_from_the_end_of_the_frozen_fence_dates_are_counted_forward() -> None:
    """The fence ends on Saturday 12: made from Monday 14 for 6 days; bought on day 12, 6 days, arriving Friday 18."""
    assert dates({"kind": "make", "lead_time_days": 6}, frozen_fence_days=12) == (14, 22)
    assert dates({"kind": "buy", "lead_time_days": 8}, frozen_fence_days=12) == (12, 21)
    assert dates({"kind": "buy", "lead_time_days": 6}, frozen_fence_days=12) == (12, 18)
