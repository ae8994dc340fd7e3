"""Books against shelves: orders that wait for nothing, and counts that found much."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.supply.record_inaccuracy import record_inaccuracy
from tests.unit.detection_supply_rows import AS_OF, ago, figure, found, holds_for_any_order_and_money, supply_rows


def _need(order: str, item: str, quantity: float, due: int) -> dict[str, object]:
    return {
        "document_type": "production_order", "document_id": order, "item_id": item, "location_id": "P1",
        "quantity": quantity, "due_date": ago(due), "rank_date": ago(due - 5), "priority": 1, "made_item_id": "F",
        "made_quantity": 1.0,
    }  # fmt: skip


def _rows(stock: float = 500.0, counted: float | None = None) -> DetectionRows:
    """Three orders wait with all parts in the books; X is in all of them, and others took A and B since."""
    needs = [_need(f"M{number}", item, 10.0, due) for number, due in ((1, 20), (2, 15), (3, 9)) for item in ("A", "X")]
    needs.append(_need("M1", "B", 10.0, 20))
    days = [
        {"item_id": item, "location_id": "P1", "day": ago(age), "came": 0.0, "went": 1.0, "scrapped": 0.0}
        for item in ("A", "B", "X")
        for age in range(300, 25, -3)
    ]
    days += [
        {"item_id": item, "location_id": "P1", "day": ago(400), "came": stock + 92.0, "went": 0.0, "scrapped": 0.0}
        for item in ("A", "B", "X")
    ]
    started = [
        {"production_order_id": "M9", "item_id": item, "location_id": "P1", "started_date": ago(2), "rank_date": ago(-9),
         "priority": 1}
        for item in ("A", "B")
    ]  # fmt: skip
    counts = [
        {"count_id": f"C{age}", "item_id": f"Z{age % 9}", "location_id": "P1", "counted_date": ago(age),
         "book_quantity": 100.0, "counted_quantity": 99.0 if age % 30 == 0 else 100.0}
        for age in range(600, 10, -2)
    ]  # fmt: skip
    if counted is not None:
        counts.append({"count_id": "N", "item_id": "B", "location_id": "P1", "counted_date": ago(5),
                       "book_quantity": 200.0, "counted_quantity": counted})  # fmt: skip
    costs = [{"item_id": item, "standard_cost": 2.0} for item in ("A", "B", "X")]
    return supply_rows(part_needs=needs, stock_days=days, started_kits=started, stock_counts=counts, item_costs=costs)


def test_finds_the_part_that_all_waiting_orders_share() -> None:
    findings = record_inaccuracy(_rows(), AS_OF)
    assert found(findings) == [("X@P1", ago(20))]
    assert figure(findings, "orders_waiting_on_stock") == 3
    assert figure(findings, "book_quantity") == pytest.approx(500.0)
    assert findings.findings["own_value"][0] == pytest.approx(1000.0)
    assert findings.touches.filter(document_type="production_order")["document_id"].to_list() == ["M1", "M2", "M3"]


def test_orders_that_wait_for_a_part_that_is_short_say_nothing() -> None:
    assert found(record_inaccuracy(_rows(stock=3.0), AS_OF)) == []


def test_finds_a_count_that_found_much() -> None:
    findings = record_inaccuracy(_rows(stock=3.0, counted=20.0), AS_OF)
    assert [subject for subject, _ in found(findings)] == ["B@P1"]
    assert figure(findings, "counted_quantity") == 20.0
    assert findings.findings["own_value"][0] == pytest.approx(360.0)


def test_a_small_difference_is_usual() -> None:
    assert found(record_inaccuracy(_rows(stock=3.0, counted=198.0), AS_OF)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_laws(seed: int) -> None:
    holds_for_any_order_and_money(record_inaccuracy, _rows(counted=20.0), seed)
