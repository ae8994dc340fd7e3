"""Left-over parts of an engineering change: what is left counts, what still has a use does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.supply.stock_ageing import stock_ageing
from tests.unit.detection_supply_rows import (
    AS_OF,
    ago,
    figure,
    found,
    holds_for_any_order_and_money,
    purchase_line,
    supply_rows,
)


def _rows(*, stock: float = 1000.0, other_use: bool = False, ended: int = 10) -> DetectionRows:
    """P is taken by F until a day, and perhaps by G for good; both move one a day."""
    uses = [{"bom_component_id": "B1", "item_id": "P", "parent_item_id": "F", "quantity": 1.0, "valid_from_date": ago(900),
             "valid_to_date": ago(ended), "changed_date": ago(ended + 7)}]  # fmt: skip
    if other_use:
        uses.append({**uses[0], "bom_component_id": "B2", "parent_item_id": "G", "quantity": 9.0, "valid_to_date": None,
                     "changed_date": None})  # fmt: skip
    days = [
        {"item_id": item, "location_id": "P1", "day": ago(age), "came": 0.0, "went": 10.0 if item == "P" else 1.0,
         "scrapped": 0.0}
        for item in ("P", "F", "G")
        for age in range(364, 0, -1)
    ]  # fmt: skip
    days.append(
        {"item_id": "P", "location_id": "P1", "day": ago(500), "came": stock + 3640.0, "went": 0.0, "scrapped": 0.0}
    )
    return supply_rows(
        bill_uses=uses, stock_days=days, item_costs=[{"item_id": "P", "standard_cost": 30.0}],
        purchase_lines=[purchase_line(1, "V", 5, None, item_id="P", open_quantity=100.0)],
    )  # fmt: skip


def test_finds_what_is_left_since_the_change_was_made() -> None:
    findings = stock_ageing(_rows(), AS_OF)
    assert found(findings) == [("P", ago(17))]
    assert figure(findings, "left_over_quantity") == pytest.approx(1100.0)
    assert findings.findings["own_value"][0] == pytest.approx(33_000.0)
    assert findings.touches["document_id"].to_list() == ["P@P1", "LV001"]


def test_what_other_bills_take_is_not_left() -> None:
    # Nine tenths of ten a day for 180 days is more than there is.
    assert found(stock_ageing(_rows(other_use=True), AS_OF)) == []
    assert found(stock_ageing(_rows(other_use=True, stock=5000.0), AS_OF)) == [("P", ago(17))]


@pytest.mark.parametrize(("stock", "ended"), [(100.0, 10), (1000.0, 200), (1000.0, -60)])
def test_silent_on_small_old_and_coming_ends(stock: float, ended: int) -> None:
    assert found(stock_ageing(_rows(stock=stock, ended=ended), AS_OF)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_laws(seed: int) -> None:
    holds_for_any_order_and_money(stock_ageing, _rows(), seed)
