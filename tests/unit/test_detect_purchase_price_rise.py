"""Prices: a supplier's rise is found; a rise of all, a small one and an old one are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.supply.purchase_price_rise import purchase_price_rise
from tests.unit.detection_supply_rows import (
    AS_OF,
    ago,
    figure,
    found,
    holds_for_any_order_and_money,
    purchase_line,
    supply_rows,
)


def _rows(since: int, rise: float, dearer: tuple[str, ...] = ("B",)) -> DetectionRows:
    """Five suppliers, an order of 10 at 100 a week; from a day on some ask more."""
    lines = []
    for supplier in "ABCDE":
        for number, ordered in enumerate(range(700, 0, -7)):
            price = 100.0 * (1 + rise if supplier in dearer and ordered <= since else 1.0) + 0.01 * (number % 2)
            lines.append(
                purchase_line(
                    number,
                    supplier,
                    ordered,
                    ordered,
                    ordered_date=ago(ordered),
                    unit_price=price,
                    net_value=10 * price,
                )
            )
    return supply_rows(purchase_lines=lines)


def test_finds_the_rise_and_what_it_costs_in_a_year() -> None:
    findings = purchase_price_rise(_rows(30, 0.2), AS_OF)
    assert found(findings) == [("B", ago(28))]
    assert figure(findings, "price_ratio") == pytest.approx(1.2, abs=0.001)
    assert figure(findings, "dearer_lines") == 4
    assert figure(findings, "paid_beyond_usual") == pytest.approx(4 * 200, rel=0.01)
    # 52 orders a year of 1000 at the old price.
    assert findings.findings["own_value"][0] == pytest.approx(52 * 200, rel=0.02)
    assert findings.findings["value_basis"][0] == "extra_cost"


def test_a_rise_of_all_is_no_suppliers_doing() -> None:
    assert found(purchase_price_rise(_rows(30, 0.2, tuple("ABCDE")), AS_OF)) == []


@pytest.mark.parametrize(("since", "rise"), [(30, 0.03), (200, 0.2), (30, 0.0)])
def test_silent_where_it_is_small_old_or_nothing(since: int, rise: float) -> None:
    assert found(purchase_price_rise(_rows(since, rise), AS_OF)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_laws(seed: int) -> None:
    holds_for_any_order_and_money(purchase_price_rise, _rows(30, 0.2), seed)
