"""The half-year held out: by hand, buyers that BG/NBD knows beat the plain rules, and later orders change nothing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.customer_value import Spend, lifetime_value, purchase_history
from forecasting.customer_value.holdout import value_holdout
from forecasting.customer_value.lifetime import PlainPace

UNTIL = date(2026, 6, 29)


def buyers(count: int, seed: int) -> pl.DataFrame:
    """Each orders by the day at a rate of its own for two years, and leaves after an order with 8 %."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        rate = draw.gamma(1.0, 1 / 40)
        day = float(draw.uniform(0, 300))
        while day < 730:
            rows.append((f"C{number:04}", UNTIL - timedelta(days=730 - int(day)), 10.0))
            if draw.random() < 0.08:
                break
            day += max(draw.exponential(1 / rate), 1.0)
    return pl.DataFrame(rows, schema=["customer_id", "ordered_on", "value"], orient="row")


def test_buyers_that_the_model_knows_are_told_better_than_by_plain_rules() -> None:
    found = value_holdout(buyers(800, 1), UNTIL)
    assert found is not None
    assert found.expected == pytest.approx(found.came, rel=0.15)
    assert found.is_better
    assert found.rank > 0.3


def test_what_came_and_the_plain_rules_are_counted_anew() -> None:
    orders = buyers(200, 2)
    found = value_holdout(orders, UNTIL)
    assert found is not None
    cutoff = UNTIL - timedelta(weeks=26)
    days = {name: set() for name in orders.filter(pl.col("ordered_on") <= cutoff)["customer_id"]}
    for name, day, _ in orders.rows():
        if name in days:
            days[name].add(day)
    after = {name: sum(cutoff < one <= UNTIL for one in held) for name, held in days.items()}
    before = {name: sum(cutoff - timedelta(weeks=26) < one <= cutoff for one in held) for name, held in days.items()}
    start = cutoff - timedelta(weeks=26)
    known = set(orders.filter(pl.col("ordered_on") <= start)["customer_id"])
    mean = sum(before[one] for one in known) / len(known)
    assert (found.customers, found.came) == (len(days), sum(after.values()))
    assert found.mean_error == pytest.approx(sum((one - mean) ** 2 for one in after.values()) / len(after))
    assert found.before_error == pytest.approx(sum((after[one] - before[one]) ** 2 for one in after) / len(after))


def test_orders_after_the_day_and_their_order_change_nothing() -> None:
    orders = buyers(200, 3)
    later = pl.DataFrame([("C0001", UNTIL + timedelta(days=5), 9.0)], schema=orders.columns, orient="row")
    again = pl.concat([orders, later]).sample(fraction=1.0, shuffle=True, seed=1)
    assert value_holdout(orders, UNTIL) == value_holdout(again, UNTIL)


def test_buyers_with_a_calendar_of_their_own_are_not_told_better() -> None:
    """All order on the same day of each quarter: as many as in the half-year before is exact."""
    days = [UNTIL - timedelta(days=91 * back + 20) for back in range(8)]
    rows = [(f"C{number:03}", day, 10.0) for number in range(100) for day in days[: 8 - number % 3]]
    found = value_holdout(pl.DataFrame(rows, schema=["customer_id", "ordered_on", "value"], orient="row"), UNTIL)
    assert found is not None
    # Both plain rules are exact; of equals the simpler one is used.
    assert (found.is_better, found.plain_error, found.used) == (False, 0.0, "base_rate")


def test_where_the_plain_rule_is_used_value_grows_by_its_pace() -> None:
    """Half an order a week for 365.25 days is 26.09 orders, each worth what Gamma-Gamma says, at 20 % margin."""
    history = purchase_history(buyers(100, 5), UNTIL)
    spend = Spend(p=2.0, q=3.0, v=10.0, errors=(0.0, 0.0, 0.0), dependence=0.0, customers=len(history))
    pace = PlainPace(np.full(len(history), 0.5))
    worth = lifetime_value(history, pace, spend, np.full(len(history), 0.2), months=12, yearly_rate=0.0)
    assert worth.purchases == pytest.approx(np.full(len(history), 0.5 * 365.25 / 7))
    assert worth.value == pytest.approx(worth.purchases * worth.order_value * 0.2)
    assert np.isnan(worth.alive).all()


def test_too_few_customers_are_not_judged() -> None:
    assert value_holdout(buyers(30, 4), UNTIL) is None
