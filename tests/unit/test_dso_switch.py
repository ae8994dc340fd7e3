"""DSO counted back against simple, explained by invoices: by hand and as a law."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tower.finance.dso_switch import dso_shares
from tower.finance.working_capital import working_capital

LEDGER = dict.fromkeys(("current_receivables", "payables", "inventory", "cost"), 0.0)


def months_of(sales: list[float], owed: float) -> pl.DataFrame:
    days = [31, 28, 31, 30, 31, 30][: len(sales)]
    rows = [
        {"month": date(2026, number + 1, 1), "days": length, "sales": sold, "receivables": owed, **LEDGER}
        for number, (sold, length) in enumerate(zip(sales, days, strict=True))
    ]
    return pl.DataFrame(rows)


def invoices_of(sales: list[float]) -> pl.DataFrame:
    """Two invoices a month: a quarter and the rest."""
    rows = [
        (f"I{number}{half}", date(2026, number + 1, 1), sold * part)
        for number, sold in enumerate(sales)
        for half, part in (("a", 0.25), ("b", 0.75))
        if sold
    ]
    return pl.DataFrame(rows, schema={"invoice_id": pl.String, "month": pl.Date, "value": pl.Float64}, orient="row")


def test_invoices_of_a_slow_month_count_more_days_when_counted_back() -> None:
    """Owed 150, sold 300, 200, 100. Simple 150 ÷ 600 × 90 = 22.5. Back: 31 of March and 28 × 50 ÷ 200 of February."""
    sales = [300.0, 200.0, 100.0]
    found, silent = dso_shares(months_of(sales, 150.0), invoices_of(sales))
    shares = {row["invoice_id"]: row for row in found.iter_rows(named=True)}
    assert set(shares) == {"I1a", "I1b", "I2a", "I2b"}
    assert shares["I2b"]["countback_days"] == pytest.approx(31 * 0.75)
    assert shares["I2b"]["simple_days"] == pytest.approx(75 * 90 / 600)
    assert shares["I1a"]["countback_days"] == pytest.approx(28 * 50 / 200 * 0.25)
    assert found["countback_days"].sum() == pytest.approx(38)
    assert (found["simple_days"].sum(), silent) == (pytest.approx(22.5), 0)


@given(sales=st.lists(st.integers(0, 900).map(float), min_size=3, max_size=6), owed=st.integers(0, 2000).map(float))
@settings(max_examples=80, deadline=None)
def test_the_shares_add_up_to_the_difference_of_the_two(sales: list[float], owed: float) -> None:
    months = months_of(sales, owed)
    last = working_capital(months).row(-1, named=True)
    found, silent = dso_shares(months, invoices_of(sales))
    if found.is_empty():
        assert owed == 0 or last["dso"] is None or last["dso_countback"] is None
    else:
        assert found["share"].sum() + silent == pytest.approx(last["dso_countback"] - last["dso"])
