"""Thirty parts with lead times of 20 days, bought every month, and safety stocks of ten days; one parameter is changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.records.parameter_wrong import parameter_wrong
from tests.unit.detection_demand_rows import AS_OF, Row, ago, any_order_gives_the_same, figure, found, rows_of


def part(number: int, **more: object) -> Row:
    return {
        "item_id": f"C{number:02d}", "location_id": "P1", "supply_type": "buy", "lot_rule": "lot_for_lot",
        "lead_time_days": 20.0, "safety_stock_quantity": 100.0 + 3 * (number % 5), "standard_cost": 20.0,
        "year_usage": 3650.0, "is_steady": True, **more,
    }  # fmt: skip


def company(changed: Row | None = None, change: tuple[str, float, float, int] | None = None) -> DetectionRows:
    """`change`: field of part C07, value before, value after, days ago."""
    policies = [part(number, **(changed or {}) if number == 7 else {}) for number in range(30)]
    purchases: list[Row] = [
        {"purchase_order_line_id": f"L{number}-{month}", "item_id": f"C{number:02d}", "location_id": "P1",
         "ordered_date": ago(60 + 30 * month), "first_received_date": ago(60 + 30 * month - 20), "days": 19 + (month + number) % 3}
        for number in range(30) for month in range(12)
    ]  # fmt: skip
    changes: list[Row] = []
    if change is not None:
        field, before, after, days = change
        changes.append({
            "document_type": "planning_policies", "line_id": "C07/P1", "field": field, "old_value": before,
            "new_value": after, "changed_date": ago(days), "changed_at": datetime(2026, 6, 28) - timedelta(days=days),
        })  # fmt: skip
    return rows_of(policies=policies, purchase_lead_times=purchases, master_changes=changes)


def test_a_lead_time_that_was_cut_is_found_on_the_day_of_the_change() -> None:
    rows = company({"lead_time_days": 5.0}, ("lead_time_days", 20.0, 5.0, 9))
    findings = parameter_wrong(rows, AS_OF)
    assert found(findings) == [("C07@P1", ago(9))]
    assert figure(findings, "lead_time_book") == (5.0, 20.0)
    assert findings.findings["own_value"].to_list() == [None]


def test_a_safety_stock_ten_times_too_large_costs_what_lies_there_too_much() -> None:
    rows = company({"safety_stock_quantity": 1060.0}, ("safety_stock_quantity", 106.0, 1060.0, 3))
    findings = parameter_wrong(rows, AS_OF)
    assert found(findings) == [("C07@P1", ago(3))]
    assert findings.findings["own_value"].to_list() == [(1060.0 - 106.0) * 20.0]
    assert findings.findings["value_basis"].to_list() == ["excess_stock"]


def test_a_change_towards_what_is_measured_is_no_mistake() -> None:
    rows = company(None, ("lead_time_days", 8.0, 20.0, 9))
    assert found(parameter_wrong(rows, AS_OF)) == []


def test_usual_parameters_are_not_named() -> None:
    assert found(parameter_wrong(company(), AS_OF)) == []


def test_a_stock_of_an_item_that_runs_out_is_no_wrong_parameter() -> None:
    rows = company({"safety_stock_quantity": 1060.0, "is_steady": False})
    assert found(parameter_wrong(rows, AS_OF)) == []


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    rows = company({"lead_time_days": 5.0}, ("lead_time_days", 20.0, 5.0, 9))
    any_order_gives_the_same(parameter_wrong, rows, seed)
