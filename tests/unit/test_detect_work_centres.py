"""Work centres: missing shifts and clusters of breakdowns are found, usual days are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.supply.work_centre_failing import work_centre_failing
from planning.detection.supply.work_centre_overloaded import work_centre_overloaded
from tests.unit.detection_supply_rows import AS_OF, ago, figure, found, holds_for_any_order_and_money, supply_rows


def _rows(*, missing: float = 0.0, broken: float = 0.0, worked: float = 6.0, queue: int = 0) -> DetectionRows:
    """Three centres with 10 hours on five days a week; W1 loses hours to missing shifts or breakdowns since 20 days."""
    days: list[dict[str, object]] = []
    for number, centre in enumerate(("W1", "W2", "W3")):
        for age in range(700, -1, -1):
            if ago(age).weekday() >= 5:
                continue
            lost = broken if centre == "W1" and age <= 20 and age % 2 == 0 else 0.0
            lost = 1.0 if lost == 0.0 and (age + 13 * number) % 37 == 0 else lost
            short = missing if centre == "W1" and age <= 20 else 0.0
            days.append({
                "work_centre_id": centre, "day": ago(age), "hours": 10.0, "missing_hours": short,
                "breakdown_hours": lost, "worked_hours": min(worked, 10.0 - short - lost),
                "breakdowns": 1.0 if lost else 0.0,
            })  # fmt: skip
    orders = [
        {
            "work_order_id": f"WO{number}", "production_order_id": f"M{number}", "work_centre_id": "W1",
            "item_id": "I", "planned_hours": 20.0, "actual_hours": None, "ready_date": ago(40), "finished_date": None,
        }
        for number in range(queue)
    ]  # fmt: skip
    costs = [{"work_centre_id": centre, "cost_per_hour": 50.0} for centre in ("W1", "W2", "W3")]
    return supply_rows(work_centre_days=days, work_orders=orders, work_centre_costs=costs)


def test_finds_missing_shifts() -> None:
    findings = work_centre_overloaded(_rows(missing=6.0, queue=1), AS_OF)
    # The 20th day before was a Tuesday.
    assert found(findings) == [("W1", ago(20))]
    assert figure(findings, "missing_share") == pytest.approx(0.6)
    assert findings.findings["own_value"][0] == pytest.approx(15 * 6 * 50.0)
    assert findings.touches.select("document_type", "document_id").rows() == [
        ("production_order", "M0"), ("work_centre", "W1"),
    ]  # fmt: skip


def test_hours_that_nobody_needs_may_be_missing() -> None:
    assert found(work_centre_overloaded(_rows(missing=3.0, worked=2.0), AS_OF)) == []


def test_finds_a_queue_longer_than_ever_before_a_full_centre() -> None:
    assert [subject for subject, _ in found(work_centre_overloaded(_rows(worked=10.0, queue=10), AS_OF))] == ["W1"]
    assert found(work_centre_overloaded(_rows(worked=6.0, queue=10), AS_OF)) == []


def test_finds_a_cluster_of_breakdowns() -> None:
    findings = work_centre_failing(_rows(broken=5.0), AS_OF)
    assert found(findings) == [("W1", ago(20))]
    assert figure(findings, "breakdown_share") > 0.2


def test_silent_where_all_is_as_usual() -> None:
    assert found(work_centre_failing(_rows(), AS_OF)) == []
    assert found(work_centre_overloaded(_rows(), AS_OF)) == []


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000))
def test_laws(seed: int) -> None:
    rows = _rows(missing=6.0, broken=3.0, queue=1)
    holds_for_any_order_and_money(work_centre_failing, rows, seed)
    holds_for_any_order_and_money(work_centre_overloaded, rows, seed)
