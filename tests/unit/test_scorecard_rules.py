from __future__ import annotations

from datetime import date

import pytest

from tower.metrics import Period
from tower.queries.scorecard import Target, standing, trend_period
from tower.ui.filters import period_of

AS_OF, FIRST = date(2026, 6, 30), date(2024, 3, 5)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("12m", date(2025, 7, 1), AS_OF),
        ("3m", date(2026, 4, 1), AS_OF),
        ("ytd", date(2026, 1, 1), AS_OF),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
        ("all", FIRST, AS_OF),
        ("nonsense", date(2025, 7, 1), AS_OF),
    ],
)
def test_a_preset_names_whole_months_up_to_the_as_of_date(name: str, start: date, end: date) -> None:
    assert period_of(name, AS_OF, FIRST, "", "") == Period(start, end)


def test_chosen_days_that_cannot_be_read_or_run_backwards_count_as_the_default() -> None:
    assert period_of("custom", AS_OF, FIRST, "2026-02-01", "2026-02-28") == Period(date(2026, 2, 1), date(2026, 2, 28))
    default = Period(date(2025, 7, 1), AS_OF)
    assert period_of("custom", AS_OF, FIRST, "2026-02-30", "2026-03-01") == default
    assert period_of("custom", AS_OF, FIRST, "2026-03-01", "2026-02-01") == default


@pytest.mark.parametrize(
    ("direction", "value", "expected"),
    [
        ("up", 0.96, "on_target"), ("up", 0.95, "on_target"), ("up", 0.92, "warning"), ("up", 0.5, "off_target"),
        ("none", 0.5, None), ("up", None, None),
    ],
)  # fmt: skip
def test_a_value_stands_to_its_target_in_the_direction_that_is_good(
    direction: str, value: float | None, expected: str | None
) -> None:
    assert standing(direction, value, Target(0.95, 0.90)) == expected


def test_where_less_is_better_more_is_off_target() -> None:
    target = Target(5_000, 10_000)
    assert [standing("down", value, target) for value in (4_000, 9_000, 11_000)] == [
        "on_target",
        "warning",
        "off_target",
    ]
    assert standing("down", 4_000, None) is None


def test_a_short_period_is_drawn_with_the_twelve_months_that_end_with_it() -> None:
    assert trend_period(Period(date(2026, 6, 1), AS_OF)) == Period(date(2025, 7, 1), AS_OF)
    assert trend_period(Period(FIRST, AS_OF)) == Period(FIRST, AS_OF)
