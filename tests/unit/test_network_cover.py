"""Days of supply looking forward, by hand and by a plain walk over the days."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tower.queries.network_cover import cover

MONDAY = date(2026, 6, 29)


def weeks(*rows: tuple[str, int, date, float]) -> pl.DataFrame:
    return pl.DataFrame(
        list(rows), ["item_id", "is_past_due", "week_start_date", "demand"], orient="row",
        schema_overrides={"is_past_due": pl.Int32, "demand": pl.Float64},
    )  # fmt: skip


def days_of(stock: float, demand: pl.DataFrame, as_of: date = MONDAY) -> float | None:
    held = pl.DataFrame({"item_id": ["I"], "stock": [stock]})
    found: float | None = cover(held, demand, ["item_id"], as_of)["cover_days"][0]
    return found


@pytest.mark.parametrize(
    ("stock", "days"),
    [
        (0.0, 0.0),  # nothing there, and something is asked for
        (-3.0, 0.0),
        (4.0, 0.0),  # the overdue 5 take it at once
        (5.0, 0.0),  # … exactly, and the first week begins today
        (12.0, 3.5),  # 5 overdue, then 7 of the 14 of the first week
        (19.0, 14.0),  # all of the first week; the second asks for nothing, the third begins on day 14
        (22.0, 15.5),  # 3 of the 14 of the third week: 14 + 3/14 × 7
        (33.0, None),  # outlasts the plan
    ],
)
def test_days_by_hand(stock: float, days: float | None) -> None:
    demand = weeks(
        ("I", 1, MONDAY - timedelta(days=1), 5), ("I", 0, MONDAY, 14), ("I", 0, MONDAY + timedelta(days=14), 14)
    )  # fmt: skip
    assert days_of(stock, demand) == days


def test_a_week_that_has_begun_falls_on_the_days_still_to_come() -> None:
    # Thursday: four days of the week are left, 8 are asked for in them, 2 a day.
    assert days_of(3.0, weeks(("I", 0, MONDAY, 8)), MONDAY + timedelta(days=3)) == 1.5


def test_without_demand_there_is_no_cover() -> None:
    assert days_of(3.0, weeks(("J", 0, MONDAY, 8))) is None
    assert days_of(0.0, weeks(("J", 0, MONDAY, 8))) is None


@given(
    st.integers(0, 120), st.lists(st.integers(0, 20), min_size=1, max_size=6), st.integers(0, 10), st.integers(0, 6),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_it_is_what_a_walk_over_the_days_finds(
    stock: int, asked: list[int], overdue: int, weekday: int, random: object
) -> None:
    as_of = MONDAY + timedelta(days=weekday)
    rows = [("I", 1, MONDAY - timedelta(days=1), float(overdue))]
    rows += [("I", 0, MONDAY + timedelta(days=7 * week), float(one)) for week, one in enumerate(asked)]
    random.shuffle(rows)  # type: ignore[attr-defined]
    found = days_of(float(stock), weeks(*rows), as_of)
    left, day, expected = float(stock) - overdue, 0, None
    if overdue and left < 0:
        expected = 0.0
    else:
        for week, one in enumerate(asked):
            days = 7 - weekday if week == 0 else 7
            for _ in range(days):
                daily = one / days
                if daily > left + 1e-9:
                    expected = day + left / daily
                    break
                left -= daily
                day += 1
            if expected is not None:
                break
    if stock == 0 and overdue + sum(asked) > 0:
        expected = 0.0
    if expected is None or found is None:
        assert expected is None or abs(left) < 1e-6
        assert found is None or left < 1e-6
    else:
        assert found == pytest.approx(expected, abs=1e-6)
