"""Lanes: found while goods are still under way, silent where one supplier alone or nobody is late."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.findings import DetectionRows
from planning.detection.supply.lane_delayed import lane_delayed
from tests.unit.detection_supply_rows import AS_OF, ago, figure, found, holds_for_any_order_and_money, supply_rows


def _shipment(number: int, supplier: str, gate: str, left: int, days: int) -> dict[str, object]:
    arrived = None if days > left else ago(left - days)
    return {
        "shipment_id": f"S{supplier}{number:03d}", "supplier_id": supplier, "country_code": "TW",
        "transport_mode": "sea", "gate": gate, "departed_date": ago(left), "arrived_date": arrived,
    }  # fmt: skip


def _rows(late: tuple[str, ...]) -> DetectionRows:
    """Two ports with two suppliers each, a way of 8 to 12 days; what left in the last 30 days takes 40 for some."""
    shipments = [
        _shipment(left, supplier, gate, left, 40 if left <= 30 and supplier in late else 8 + left % 5)
        for supplier, gate in (("A", "Port X"), ("B", "Port X"), ("C", "Port Y"), ("D", "Port Y"))
        for left in range(700, 3, -6)
    ]
    lines = [
        {"shipment_id": each["shipment_id"], "purchase_order_line_id": f"L{each['shipment_id']}"} for each in shipments
    ]
    return supply_rows(inbound_shipments=shipments, inbound_shipment_lines=lines)


def test_finds_the_port_with_its_suppliers() -> None:
    findings = lane_delayed(_rows(("A", "B")), AS_OF)
    # What left 28 days ago should have arrived eleven days later.
    assert found(findings) == [("Port X", ago(17))]
    assert figure(findings, "suppliers_behind") == 2
    assert set(findings.touches["document_type"]) == {"purchase_order_line"}
    assert "LSA028" in findings.touches["document_id"].to_list()


def test_one_of_two_suppliers_is_no_port() -> None:
    assert found(lane_delayed(_rows(("A",)), AS_OF)) == []


def test_silent_where_all_is_as_usual() -> None:
    assert found(lane_delayed(_rows(()), AS_OF)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_laws(seed: int) -> None:
    holds_for_any_order_and_money(lane_delayed, _rows(("A", "B")), seed)
