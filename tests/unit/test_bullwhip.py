"""The bullwhip ratio by hand, and what it must not depend on."""

from __future__ import annotations

import statistics
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tower.queries.bullwhip import FEWEST_WEEKS, bullwhip, filled

LAST = date(2026, 6, 22)


def frame(demand: list[float], orders: list[float]) -> pl.DataFrame:
    n = len(demand)
    return pl.DataFrame(
        {
            "stage": ["s"] * n,
            "week_start_date": [LAST - timedelta(days=7 * (n - 1 - at)) for at in range(n)],
            "demand": demand,
            "orders": orders,
        },
        schema_overrides={"demand": pl.Float64, "orders": pl.Float64},
    )


def test_orders_of_two_weeks_at_once_swing_more_than_the_demand() -> None:
    # Demand 8, 12, 8, 12 …: mean 10, squared deviations 4. Orders 0, 20, 0, 20 …: mean 10, squared deviations 100.
    row = bullwhip(frame([8.0, 12.0] * 13, [0.0, 20.0] * 13), ["stage"], LAST).row(0, named=True)
    assert (row["weeks"], row["mean_demand"], row["mean_orders"]) == (26, 10.0, 10.0)
    assert row["variance_ratio"] == pytest.approx(25.0)
    assert row["ratio"] == pytest.approx(25.0)


def test_the_ratio_of_coefficients_does_not_see_another_level() -> None:
    # The same orders thrice as large: nine times the variance, the same squared coefficient of variation.
    row = bullwhip(frame([8.0, 12.0] * 13, [24.0, 36.0] * 13), ["stage"], LAST).row(0, named=True)
    assert row["variance_ratio"] == pytest.approx(9.0)
    assert row["ratio"] == pytest.approx(1.0)


def test_a_week_without_a_row_is_a_week_of_nothing() -> None:
    whole = frame([8.0, 12.0, 0.0] * 10, [5.0, 30.0, 0.0] * 10)
    thin = whole.filter(pl.col("demand") > 0)
    assert bullwhip(thin, ["stage"], LAST).row(0) == pytest.approx(bullwhip(whole, ["stage"], LAST).row(0))
    assert filled(thin, LAST + timedelta(days=8))["demand_value"].to_list() == whole["demand"].to_list()


@pytest.mark.parametrize(
    ("demand", "orders"),
    [
        ([8.0, 12.0] * (FEWEST_WEEKS // 2 - 1), [0.0, 20.0] * (FEWEST_WEEKS // 2 - 1)),
        ([10.0] * 30, [0.0, 20.0] * 15),
        ([8.0, 12.0] * 15, [0.0] * 30),
        ([1e9 + 0.1] * 30, [1.0, 2.0] * 15),
    ],
    ids=["too few weeks", "demand that never changes", "no orders", "large and the same"],
)
def test_no_ratio_is_shown_where_it_says_nothing(demand: list[float], orders: list[float]) -> None:
    row = bullwhip(frame(demand, orders), ["stage"], LAST).row(0, named=True)
    assert (row["variance_ratio"], row["ratio"]) == (None, None)


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=26, max_size=52), st.randoms())
def test_it_is_the_quotient_of_the_variances_in_any_order_of_rows(pairs: list[tuple[int, int]], random: object) -> None:
    demand, orders = [float(one) for one, _ in pairs], [float(one) for _, one in pairs]
    rows = frame(demand, orders)
    shuffled = rows.sample(fraction=1.0, shuffle=True, seed=random.randint(0, 999))  # type: ignore[attr-defined]
    found = bullwhip(shuffled, ["stage"], LAST).row(0, named=True)
    if statistics.variance(demand) == 0:
        assert found["variance_ratio"] is None
        return
    assert found["variance_ratio"] == pytest.approx(statistics.variance(orders) / statistics.variance(demand), abs=1e-9)
    means = statistics.mean(demand) / statistics.mean(orders)
    assert found["ratio"] == pytest.approx(found["variance_ratio"] * means**2, abs=1e-9)
