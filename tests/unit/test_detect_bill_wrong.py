"""Twenty bikes that take one part each, and an operation of half an hour a piece."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.records.bill_wrong import bill_wrong
from tests.unit.detection_demand_rows import AS_OF, Row, ago, any_order_gives_the_same, figure, found, rows_of


def company(
    per_piece: float = 1.0, run_hours: float = 0.5, days: int | None = None, restored: bool = False
) -> DetectionRows:
    """`per_piece`, `run_hours`: what the books say of the bike B07 since so many days ago."""
    lines: list[Row] = []
    uses: list[Row] = []
    times: list[Row] = []
    hours: list[Row] = []
    for number in range(20):
        bike, is_it = f"B{number:02d}", number == 7
        lines.append({
            "bom_component_id": f"L-{bike}", "bom_id": f"BOM-{bike}", "parent_item_id": bike,
            "component_item_id": f"C{number:02d}", "quantity_per": per_piece if is_it and not restored else 1.0,
            "standard_cost": 20.0, "parent_cost": 900.0,
        })  # fmt: skip
        times.append({
            "operation_id": f"OP-{bike}", "item_id": bike, "sequence": 10, "work_centre_id": "W1", "setup_hours": 1.0,
            "run_hours_per_unit": run_hours if is_it else 0.5,
        })  # fmt: skip
        for week in range(40):
            made = float(20 + (week + number) % 7)
            created = ago(7 * week + 1)
            wrong = is_it and days is not None and created >= ago(days) and not (restored and week < 2)
            taken = round((per_piece if wrong else 1.0) * made)
            uses.append({
                "production_order_id": f"MO-{bike}-{week}", "bom_id": f"BOM-{bike}", "parent_item_id": bike,
                "location_id": "P1", "component_item_id": f"C{number:02d}", "created_date": created,
                "is_open": int(week < 2), "ordered_quantity": made, "required_quantity": float(taken),
                "issued_quantity": float(taken),
            })  # fmt: skip
            hours.append({
                "work_order_id": f"WO-{bike}-{week}", "production_order_id": f"MO-{bike}-{week}",
                "operation_id": f"OP-{bike}", "item_id": bike, "work_centre_id": "W1", "finished_date": created,
                "actual_hours": (1.0 + 0.5 * made) * (0.95 + 0.05 * ((week + number) % 3)), "made_quantity": made,
                "cost_per_hour": 100.0,
            })  # fmt: skip
    changes: list[Row] = []

    def note(document: str, line: str, field: str, before: float, after: float, day: int) -> None:
        changes.append({
            "document_type": document, "line_id": line, "field": field, "old_value": before, "new_value": after,
            "changed_date": ago(day), "changed_at": datetime(2026, 6, 28) - timedelta(days=day),
        })  # fmt: skip

    if days is not None and per_piece != 1.0:
        note("bom_components", "L-B07", "quantity", 1.0, per_piece, days)
        if restored:
            note("bom_components", "L-B07", "quantity", per_piece, 1.0, 14)
    if days is not None and run_hours != 0.5:
        note("routing_operations", "OP-B07", "run_hours_per_unit", 0.5, run_hours, days)
    return rows_of(bill_lines=lines, order_uses=uses, routing_times=times, order_hours=hours, master_changes=changes)


def test_a_bill_that_says_a_quarter_is_found_on_the_day_of_its_change() -> None:
    findings = bill_wrong(company(per_piece=0.25, days=20), AS_OF)
    assert found(findings) == [("C07", ago(20))]
    assert figure(findings, "quantity_per_piece") == (0.25, 1.0)
    assert ("item_location", "C07@P1") in findings.touches.select("document_type", "document_id").rows()


def test_a_bill_that_was_changed_before_any_order_took_it_is_found_as_well() -> None:
    assert found(bill_wrong(company(per_piece=0.25, days=0), AS_OF)) == [("C07", ago(0))]


def test_a_routing_with_a_third_of_the_hours_is_found() -> None:
    findings = bill_wrong(company(run_hours=0.16, days=30), AS_OF)
    assert found(findings) == [("B07", ago(30))]
    book, measured = figure(findings, "hours_per_piece_book")
    assert book == 0.16
    assert measured is not None
    assert 0.45 < measured < 0.55
    assert findings.findings["value_basis"].to_list() == ["lost_hours"]


def test_what_was_put_right_is_no_mistake_any_more() -> None:
    assert found(bill_wrong(company(per_piece=0.25, days=100, restored=True), AS_OF)) == []


def test_usual_orders_are_not_named() -> None:
    assert found(bill_wrong(company(), AS_OF)) == []


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    any_order_gives_the_same(bill_wrong, company(per_piece=0.25, days=20), seed)
