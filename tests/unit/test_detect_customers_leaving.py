"""Twelve dealers with a delivery a week, on the day or one off; a carrier is ten days late to some of them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.demand.customers_leaving import customers_leaving
from planning.detection.findings import DetectionRows
from tests.unit.detection_demand_rows import AS_OF, Row, ago, any_order_gives_the_same, figure, found, rows_of


def company(late: tuple[str, ...] = (), since: int = 40, days: int = 10, silent: bool = False) -> DetectionRows:
    """Dealers named in `late` get their deliveries so many days late, if expected in the last `since` days."""
    deliveries: list[Row] = []
    purchases: list[Row] = []
    for number in range(12):
        customer = f"K{number:02d}"
        for week in range(100):
            expected = ago(3 + 7 * week)
            wait = (week + number) % 3 - 1 + (days if customer in late and expected >= ago(since) else 0)
            come = expected + timedelta(days=wait)
            deliveries.append({
                "delivery_id": f"D{number}-{week}", "customer_id": customer, "customer_type": "retailer",
                "from_location_id": "D1", "carrier": "North" if number < 6 else "South", "shipped_date": expected,
                "expected_date": expected, "delivered_date": come if come <= AS_OF else None,
            })  # fmt: skip
            if not (silent and customer in late and week < 5):
                purchases.append({"customer_id": customer, "ordered_date": ago(3 + 7 * week), "net_value": 1000.0})
    complaints: list[Row] = [{"case_id": "C1", "customer_id": "K03", "opened_date": ago(20)}]
    return rows_of(customer_deliveries=deliveries, customer_purchases=purchases, customer_complaints=complaints)


def test_one_customer_who_is_delivered_late_is_found_since_the_first_late_day() -> None:
    findings = customers_leaving(company(("K03",)), AS_OF)
    ((subject, since),) = found(findings)
    assert subject == "K03"
    assert abs((since - ago(40)).days) <= 7
    assert figure(findings, "delivery_delay")[0] >= 9
    assert findings.findings["own_value"].to_list() == [None]


def test_several_customers_of_a_carrier_are_one_finding() -> None:
    findings = customers_leaving(company(("K01", "K03", "K05")), AS_OF)
    assert [subject for subject, _ in found(findings)] == ["D1>North"]
    assert figure(findings, "customers_hit")[0] == 3
    customers = findings.touches.filter(findings.touches["document_type"] == "customer")["document_id"].to_list()
    assert customers == ["K01", "K03", "K05"]


def test_who_has_gone_silent_is_what_is_lost() -> None:
    findings = customers_leaving(company(("K03",), silent=True), AS_OF)
    bought, _ = figure(findings, "year_purchases_value")
    assert findings.findings["own_value"].to_list() == [bought]


def test_a_day_more_or_less_is_no_trouble() -> None:
    assert found(customers_leaving(company(), AS_OF)) == []
    assert found(customers_leaving(company(("K03",), days=1), AS_OF)) == []


def test_what_is_over_for_long_is_not_named() -> None:
    rows = company(("K03",), since=90)
    frames = dict(rows.frames)
    ended = frames["customer_deliveries"]
    frames["customer_deliveries"] = ended.filter((ended["customer_id"] != "K03") | (ended["expected_date"] < ago(50)))
    assert found(customers_leaving(DetectionRows(frames), AS_OF)) == []


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    any_order_gives_the_same(customers_leaving, company(("K01", "K03")), seed)
