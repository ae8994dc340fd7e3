"""Filters as people write them, and the days that written dates stand for."""

from __future__ import annotations

from datetime import date

import pytest

from tower.errors import MetricError
from tower.metrics import Filter, Period, parse_filter
from tower.metrics.calendar import bucket, written_period


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("item_category = Bikes", Filter("item_category", "=", ("Bikes",))),
        ("customer_name = O'Neill, Smith & Co", Filter("customer_name", "=", ("O'Neill, Smith & Co",))),
        ("item_category=Road Bikes", Filter("item_category", "=", ("Road Bikes",))),
        ("channel in (web_shop, direct)", Filter("channel", "in", ("web_shop", "direct"))),
        ("channel NOT IN ('web, shop', \"direct\")", Filter("channel", "not in", ("web, shop", "direct"))),
        ("customer_name = 'O''Neill & Co'", Filter("customer_name", "=", ("O'Neill & Co",))),
        ("item_category != 自行车", Filter("item_category", "!=", ("自行车",))),
        ("item_category <> Bikes", Filter("item_category", "!=", ("Bikes",))),
        ("month >= 2014-01", Filter("month", ">=", ("2014-01",))),
        ("carrier is null", Filter("carrier", "is null")),
        ("carrier IS  NOT null", Filter("carrier", "is not null")),
    ],
)
def test_a_written_filter_is_read(text: str, condition: Filter) -> None:
    assert parse_filter(text) == condition


@pytest.mark.parametrize(
    "text", ["", "Bikes", "= Bikes", "item_category =", "channel in ()", "channel in (a", "a = 'b', 'c'", "x like b"]
)
def test_what_cannot_be_read_is_answered_with_an_example(text: str) -> None:
    with pytest.raises(MetricError, match="for example"):
        parse_filter(text)


@pytest.mark.parametrize(
    ("text", "grain", "period"),
    [
        ("2014", "day", Period(date(2014, 1, 1), date(2014, 12, 31))),
        ("2014", "month", Period(date(2014, 1, 1), date(2014, 12, 31))),
        ("2014-Q2", "day", Period(date(2014, 4, 1), date(2014, 6, 30))),
        ("2016-02", "day", Period(date(2016, 2, 1), date(2016, 2, 29))),
        ("2014-12", "day", Period(date(2014, 12, 1), date(2014, 12, 31))),
        ("2020-W53", "day", Period(date(2020, 12, 28), date(2021, 1, 3))),
        ("2014-03-09", "day", Period(date(2014, 3, 9), date(2014, 3, 9))),
        ("2014-03-09", "month", Period(date(2014, 3, 1), date(2014, 3, 31))),
        ("2014-05", "quarter", Period(date(2014, 4, 1), date(2014, 6, 30))),
    ],
)
def test_a_written_date_stands_for_its_days(text: str, grain, period: Period) -> None:  # type: ignore[no-untyped-def]
    assert written_period(text, grain) == period


@pytest.mark.parametrize("text", ["March", "2014-13", "2014-02-30", "2014-W53", "14-01", ""])
def test_a_date_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(MetricError, match="not a da"):
        written_period(text)


def test_a_week_begins_on_monday_and_a_day_is_itself() -> None:
    assert bucket("week", date(2026, 7, 5)) == Period(date(2026, 6, 29), date(2026, 7, 5))
    assert bucket("day", date(2026, 7, 5)).days == 1


def test_the_period_before_has_as_many_days_and_ends_the_day_before() -> None:
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).before == Period(date(2026, 1, 29), date(2026, 2, 28))


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(MetricError, match="Swap the two days"):
        Period(date(2026, 3, 2), date(2026, 3, 1))
