"""Twelve customers who pay ten days after due, one day more or less; one of them stops."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.records.customer_not_paying import customer_not_paying
from tests.unit.detection_demand_rows import AS_OF, Row, ago, any_order_gives_the_same, figure, found, rows_of


def invoices(customer: str, stops: date | None = None, late: int = 10) -> list[Row]:
    """One a week for two years, due after 30 days; from `stops` on nothing is paid any more."""
    made: list[Row] = []
    for number in range(100):
        issued = ago(5 + 7 * number)
        due = issued + timedelta(days=30)
        paid = due + timedelta(days=late + number % 3 - 1)
        is_open = paid > AS_OF or (stops is not None and paid >= stops)
        made.append({
            "invoice_id": f"{customer}-{number}", "customer_id": customer, "invoice_date": issued, "due_date": due,
            "gross_value": 1000.0, "open_value": 1000.0 if is_open else 0.0, "settled_date": None if is_open else paid,
        })  # fmt: skip
    return made


def company(stops: date | None) -> DetectionRows:
    everybody = [row for number in range(11) for row in invoices(f"K{number:02d}", late=5 + number)]
    return rows_of(customer_invoices=[*everybody, *invoices("K99", stops)])


def test_a_customer_who_stops_is_found_since_the_first_day_he_did_not_pay() -> None:
    findings = customer_not_paying(company(ago(40)), AS_OF)
    ((subject, since),) = found(findings)
    assert subject == "K99"
    assert abs((since - ago(40)).days) <= 7
    days, usual = figure(findings, "days_after_due")
    assert days >= 40
    assert usual is not None
    assert 9 <= usual <= 11


def test_the_money_is_what_is_overdue_beyond_the_habit() -> None:
    findings = customer_not_paying(company(ago(40)), AS_OF)
    number, _ = figure(findings, "overdue_invoices")
    assert findings.findings["own_value"].to_list() == [1000.0 * number]
    assert findings.touches.filter(findings.touches["document_type"] == "invoice").height == number


def test_nobody_is_named_where_all_keep_to_their_habits() -> None:
    assert found(customer_not_paying(company(None), AS_OF)) == []


def test_who_always_pays_late_is_not_named() -> None:
    slow = rows_of(customer_invoices=[row for n in range(12) for row in invoices(f"K{n}", late=45 if n == 3 else 10)])
    assert found(customer_not_paying(slow, AS_OF)) == []


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    any_order_gives_the_same(customer_not_paying, company(ago(40)), seed)
