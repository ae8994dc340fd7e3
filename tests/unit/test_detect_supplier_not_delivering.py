"""Suppliers who send nothing: found while it is dark, and told from those who slip when they send again."""

from __future__ import annotations

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


def _dark() -> DetectionRows:
    dark = [purchase_line(100 + due, "B", due, None) for due in (28, 24, 20, 16)]
    return supply_rows(purchase_lines=[*usual_lines("A", 0), *usual_lines("B", 30), *dark, *usual_lines("C", 0)])


def test_finds_who_sends_nothing() -> None:
    findings = supplier_not_delivering(_dark(), AS_OF)
    assert found(findings) == [("B", ago(30))]
    assert figure(findings, "waiting_lines") == 4
    # The last line that left was due 35 days ago.
    assert figure(findings, "days_without_departure") == 38.0
    assert supplier_slipping(_dark(), AS_OF).findings.is_empty()


def test_who_sends_all_at_once_stood_still() -> None:
    sent = [purchase_line(100 + due, "B", due, 5) for due in (40, 34, 28, 22, 16)]
    rows = supply_rows(purchase_lines=[*usual_lines("A", 0), *usual_lines("B", 42), *sent, *usual_lines("C", 0)])
    assert [subject for subject, _ in found(supplier_not_delivering(rows, AS_OF))] == ["B"]
    assert found(supplier_slipping(rows, AS_OF)) == []


def test_who_owes_nothing_may_be_silent() -> None:
    rows = supply_rows(purchase_lines=[*usual_lines("A", 0), *usual_lines("B", 60), *usual_lines("C", 0)])
    assert found(supplier_not_delivering(rows, AS_OF)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_laws(seed: int) -> None:
    holds_for_any_order_and_money(supplier_not_delivering, _dark(), seed)
