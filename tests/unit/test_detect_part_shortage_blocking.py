"""Golden screws: a cheap part that many orders wait for, and a dear or a plentiful one that is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.supply.part_shortage_blocking import part_shortage_blocking
from tests.unit.detection_supply_rows import (
    AS_OF,
    ago,
    figure,
    found,
    holds_for_any_order_and_money,
    purchase_line,
    supply_rows,
)


def _rows(*, cost: float = 0.1, stock: float = 0.0, scrapped: float = 0.0, due: int = 15) -> DetectionRows:
    """Four orders worth 10,000 each want 20 of S and 1 of A, of which there is plenty."""
    needs = [
        {"document_type": "production_order", "document_id": f"M{number}", "item_id": item, "location_id": "P1",
         "quantity": 20.0 if item == "S" else 1.0, "due_date": ago(due - number), "rank_date": ago(due - number),
         "priority": 1, "made_item_id": "F", "made_quantity": 10.0}
        for number in range(4)
        for item in ("S", "A")
    ]  # fmt: skip
    days = [
        {"item_id": "A", "location_id": "P1", "day": ago(50), "came": 90.0, "went": 0.0, "scrapped": 0.0},
        {"item_id": "S", "location_id": "P1", "day": ago(50), "came": stock + scrapped, "went": 0.0, "scrapped": 0.0},
    ]
    if scrapped:
        days.append(
            {"item_id": "S", "location_id": "P1", "day": ago(6), "came": 0.0, "went": scrapped, "scrapped": scrapped}
        )
    costs = [{"item_id": "S", "standard_cost": cost}, {"item_id": "A", "standard_cost": 5.0},
             {"item_id": "F", "standard_cost": 1000.0}]  # fmt: skip
    lines = [purchase_line(1, "V", 3, None, item_id="S"), purchase_line(2, "V", 90, 90, item_id="A")]
    return supply_rows(part_needs=needs, stock_days=days, item_costs=costs, purchase_lines=lines)


def test_finds_the_cheap_part_that_blocks() -> None:
    findings = part_shortage_blocking(_rows(), AS_OF)
    assert found(findings) == [("S@P1", ago(15))]
    assert figure(findings, "orders_only_blocked_by_it") == 4
    assert figure(findings, "missing_value") == pytest.approx(8.0)
    assert figure(findings, "blocked_order_value") == pytest.approx(40_000.0)
    assert figure(findings, "overdue_purchase_lines") == 1
    assert findings.touches.height == 6


def test_finds_scrapped_stock_before_the_orders_are_due() -> None:
    assert found(part_shortage_blocking(_rows(scrapped=100.0, due=0), AS_OF)) == [("S@P1", ago(6))]
    assert found(part_shortage_blocking(_rows(due=0), AS_OF)) == []


@pytest.mark.parametrize(("cost", "stock"), [(50.0, 0.0), (0.1, 90.0)])
def test_silent_on_dear_parts_and_on_what_is_there(cost: float, stock: float) -> None:
    assert found(part_shortage_blocking(_rows(cost=cost, stock=stock), AS_OF)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_laws(seed: int) -> None:
    holds_for_any_order_and_money(part_shortage_blocking, _rows(), seed)
