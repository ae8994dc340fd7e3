from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tower.finance.payment_habits import expected_payments, payment_habits
from tower.finance.price_volume_mix import STEPS, price_volume_mix
from tower.finance.working_capital import collection_effectiveness, countback_days, simple_days, working_capital

COLUMNS = ["key", "quantity_0", "revenue_0", "cost_0", "quantity_1", "revenue_1", "cost_1"]


def bridge(*rows: tuple[str, float, float, float, float, float, float]) -> dict[str, dict[str, float]]:
    made = price_volume_mix(pl.DataFrame(rows, schema=COLUMNS, orient="row"))
    return {row["key"]: row for row in made.iter_rows(named=True)}


def test_price_volume_and_mix_by_hand() -> None:
    # A: 10 at 10 costing 6, then 12 at 11 costing 7. B: 20 at 5 costing 4, then 10 at 5 costing 4.
    # V = (12·10 + 10·5) ÷ (10·10 + 20·5) = 170 ÷ 200 = 0.85.
    made = bridge(("A", 10, 100, 60, 12, 132, 84), ("B", 20, 100, 80, 10, 50, 40))
    assert [made["A"][one] for one in STEPS] == pytest.approx([12, -12, -6, 14, 0, 0, 0])
    assert [made["B"][one] for one in STEPS] == pytest.approx([0, 0, -3, -7, 0, 0, 0])


def test_new_lost_and_unreadable_keys_stand_apart() -> None:
    made = bridge(
        ("new", 0, 0, 0, 5, 50, 30), ("lost", 5, 40, 30, 0, 0, 0), ("returned", 5, 50, 30, -1, -10, -6),
        ("no quantity", 0, 7, 0, 0, 3, 0),
    )  # fmt: skip
    assert made["new"]["new"] == 20
    assert made["lost"]["lost"] == -10
    assert made["returned"]["other"] == -24
    assert made["no quantity"]["other"] == -4


amounts = st.floats(-1e6, 1e6).map(lambda one: round(one, 2))
units = st.integers(-3, 500)


@given(st.lists(st.tuples(units, amounts, amounts, units, amounts, amounts), min_size=1, max_size=30))
def test_the_bridge_adds_up_whatever_is_sold(rows: list[tuple[float, ...]]) -> None:
    frame = pl.DataFrame([(str(at), *map(float, row)) for at, row in enumerate(rows)], schema=COLUMNS, orient="row")
    made = price_volume_mix(frame)
    gap = made.select(pl.sum_horizontal(STEPS) - (pl.col("margin_1") - pl.col("margin_0"))).to_series()
    largest = made.select(pl.max_horizontal(pl.col(*STEPS, "revenue_0", "revenue_1").abs())).to_series().max()
    assert gap.abs().max() <= 1e-9 * max(1.0, largest)  # type: ignore[operator,type-var]


def test_a_tenth_of_a_years_sales_is_36_5_days() -> None:
    assert simple_days(100, 1_000, 365) == pytest.approx(36.5)
    assert simple_days(100, 0, 365) is None


def test_countback_by_hand() -> None:
    # 250 owed: all of June's 100 (30 days) and May's 120 (31), then 30 of April's 90: 10 days. 71 in all.
    assert countback_days(250, [100, 120, 90], [30, 31, 30]) == pytest.approx(71)
    assert countback_days(50, [100, 120, 90], [30, 31, 30]) == pytest.approx(15)
    assert countback_days(0, [100], [30]) == 0
    assert countback_days(400, [100, 120, 90], [30, 31, 30]) is None


def test_even_sales_make_both_ways_of_dso_equal() -> None:
    assert countback_days(75, [100, 100, 100], [30, 30, 30]) == pytest.approx(simple_days(75, 300, 90))


def test_collection_effectiveness_by_hand() -> None:
    # 100 + 50 − 80 collected of 100 + 50 − 60 that could be.
    assert collection_effectiveness(100, 50, 80, 60) == pytest.approx(70 / 90)
    assert collection_effectiveness(None, 50, 80, 60) is None


def test_months_put_it_together() -> None:
    months = pl.DataFrame(
        {
            "month": [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)], "days": [30, 31, 30],
            "sales": [90.0, 120.0, 100.0], "receivables": [60.0, 100.0, 150.0], "current_receivables": [50.0, 80.0, 124.0],
            "payables": [20.0, 30.0, 40.0], "inventory": [70.0, 80.0, 90.0], "cost": [50.0, 60.0, 72.0],
        }
    )  # fmt: skip
    made = working_capital(months)
    last = made.row(2, named=True)
    assert last["dso"] == pytest.approx(150 / 310 * 91)
    assert last["dso_countback"] == pytest.approx(30 + 31 * 50 / 120)
    assert last["average_days_delinquent"] == pytest.approx(26 / 310 * 91)
    assert last["dpo"] == pytest.approx(40 / 182 * 91)
    assert last["dio"] == pytest.approx(90 / 182 * 91)
    assert last["cash_to_cash"] == pytest.approx(30 + 31 * 50 / 120 + 45 - 20)
    assert last["collection_effectiveness"] == pytest.approx((100 + 100 - 150) / (100 + 100 - 124))
    assert made["dso"].null_count() == 2


def test_without_a_ledger_only_the_receivables_have_days() -> None:
    months = pl.DataFrame(
        {"month": [date(2026, m, 1) for m in (1, 2, 3)], "days": [31, 28, 31], "sales": [10.0] * 3,
         "receivables": [5.0] * 3, "current_receivables": [5.0] * 3, "payables": [1.0] * 3,
         "inventory": [None] * 3, "cost": [None] * 3},
        schema_overrides={"inventory": pl.Float64, "cost": pl.Float64},
    )  # fmt: skip
    last = working_capital(months).row(2, named=True)
    assert last["dso"] == pytest.approx(15)
    assert (last["dpo"], last["dio"], last["cash_to_cash"]) == (None, None, None)


def test_a_customer_with_few_payments_is_expected_as_all_are() -> None:
    paid = pl.DataFrame({"customer_id": ["K"] * 5 + ["L"], "days_after_due": [1.0, 2.0, 9.0, 10.0, 11.0, 30.0]})
    habits, everyone = payment_habits(paid)
    assert habits.rows() == [("K", 5, 9.0), ("L", 1, None)]
    assert everyone == pytest.approx(9.5)
    items = pl.DataFrame(
        {"customer_id": ["K", "L", "M"], "due_date": [date(2026, 7, 1), date(2026, 7, 1), date(2026, 6, 1)]}
    )
    made = expected_payments(items, paid, date(2026, 6, 30))
    assert made["is_own_habit"].to_list() == [True, False, False]
    assert made["expected_date"].to_list() == [date(2026, 7, 10), date(2026, 7, 11), date(2026, 7, 1)]
