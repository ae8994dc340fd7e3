"""Suppliers who slip: found with the first late departures, silent on usual noise, holidays and the lanes' delays."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.supply.supplier_not_delivering import supplier_not_delivering
from planning.detection.supply.supplier_slipping import supplier_slipping
from tests.unit.detection_supply_rows import (
    AS_OF,
    ago,
    figure,
    found,
    holds_for_any_order_and_money,
    purchase_line,
    supply_rows,
    usual_lines,
)


def _rows() -> DetectionRows:
    """B leaves 20 days late with every line that was due in the last 40 days; two of its lines still wait."""
    late = [purchase_line(100 + due, "B", due, due + 2 - 20 if due > 20 else None) for due in (38, 34, 30, 26, 14, 12)]
    return supply_rows(purchase_lines=[*usual_lines("A", 0), *usual_lines("B"), *late, *usual_lines("C", 0)])


def test_finds_who_slips_and_since_when() -> None:
    findings = supplier_slipping(_rows(), AS_OF)
    assert found(findings) == [("B", ago(40))]
    assert figure(findings, "late_lines") == 6
    assert figure(findings, "waiting_lines") == 2
    assert figure(findings, "open_purchase_value") == 2000.0
    assert findings.touches["document_id"].to_list() == ["LB112", "LB114"]
    assert supplier_not_delivering(_rows(), AS_OF).findings.is_empty()


def test_silent_where_all_is_as_usual() -> None:
    rows = supply_rows(purchase_lines=[*usual_lines("A", 0), *usual_lines("B", 0), *usual_lines("C", 0)])
    assert found(supplier_slipping(rows, AS_OF)) == []


def test_a_holiday_is_no_delay() -> None:
    rows = _rows()
    # Nobody worked at B's in the 28 days up to the late departures.
    first = ago(800)
    days = [first + timedelta(days=each) for each in range(800)]
    worked, numbers = 0, []
    for day in days:
        worked += not ago(41) <= day <= ago(12)
        numbers.append(worked)
    calendar = [
        {"supplier_id": "B", "day": day, "working_number": number} for day, number in zip(days, numbers, strict=True)
    ]
    rows = supply_rows(purchase_lines=rows["purchase_lines"].to_dicts(), supplier_days=calendar)
    assert found(supplier_slipping(rows, AS_OF)) == []


def test_one_late_item_of_several_is_not_the_supplier() -> None:
    late = [purchase_line(300 + due, "B", due, due - 18, item_id="I0") for due in (38, 32, 26)]
    others = [purchase_line(400 + due, "B", due, due + 2, item_id="I1") for due in (37, 31, 25, 20)]
    rows = supply_rows(purchase_lines=[*usual_lines("A", 0), *usual_lines("B"), *late, *others])
    assert found(supplier_slipping(rows, AS_OF)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_laws(seed: int) -> None:
    holds_for_any_order_and_money(supplier_slipping, _rows(), seed)
