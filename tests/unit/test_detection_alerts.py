"""From findings to alerts, worked out by hand on a plan of three orders.

Line A takes MO1, which waits for part X (PO1, 5 days late) and part Y (PO2, 8 days late); it comes 3 days late.
Line B takes MO2, which waits for part X alone; it comes 5 days late. Line C takes PO3, which is on time by the plan and
in four of ten cases in fact.
"""

from __future__ import annotations

import pytest

from planning.detection.actions import suggested
from planning.detection.alerts import Alerts, alerts_of
from planning.detection.findings import DetectionRows, Findings
from planning.detection.kinds import AREAS, KINDS, SEVERITIES, SUBJECT_TYPES, VALUE_BASES
from planning.detection.symptoms import order_at_risk, order_late, part_short
from tests.unit.detection_rows import AS_OF, finding, plan_rows

LINKS = [
    ("purchase_order_line", "PO1", "production_order", "MO1", "X", 5, 1),
    ("purchase_order_line", "PO2", "production_order", "MO1", "Y", 8, 1),
    ("purchase_order_line", "PO1", "production_order", "MO2", "X", 5, 1),
    ("production_order", "MO1", "sales_order_line", "A", "F", 3, 0),
    ("production_order", "MO2", "sales_order_line", "B", "F", 5, 0),
    ("purchase_order_line", "PO3", "sales_order_line", "C", "Z", 0, 0),
]
LINES = [("A", 120.0, 100.0, 0.0), ("B", 200.0, 200.0, 0.0), ("C", 100.0, 0.0, 0.4)]
X, Y = "part_short|item_location|X@P1", "part_short|item_location|Y@P1"
C = "order_at_risk|document|C"


def rows() -> DetectionRows:
    return plan_rows(LINKS, LINES)


def alerts(*causes: Findings, given: DetectionRows | None = None) -> Alerts:
    seen = given or rows()
    symptoms = [order_late(seen, AS_OF), order_at_risk(seen, AS_OF), part_short(seen, AS_OF)]
    return alerts_of(seen, Findings.together([*symptoms, *causes]))


def money(of: Alerts) -> dict[str, float]:
    return dict(of.alerts.select("alert_key", "money_value").iter_rows())


def members(of: Alerts) -> dict[str, str]:
    return dict(of.members.select("finding_id", "alert_key").iter_rows())


def supplier(name: str, *lines: str) -> Findings:
    return finding("supplier_slipping", "supplier", name, [("purchase_order_line", line) for line in lines])


S1, S2 = "supplier_slipping|supplier|S1", "supplier_slipping|supplier|S2"


def test_without_a_cause_the_part_that_holds_most_lines_is_the_alert() -> None:
    found = alerts()
    assert money(found) == pytest.approx({X: 300.0, C: 60.0})
    # Y holds only A, as long as X does: it frees nothing by itself.
    assert members(found) == {
        X: X, Y: X, C: C, "order_late|document|A": X, "order_late|document|B": X,
    }  # fmt: skip


def test_a_supplier_takes_the_part_and_the_orders_that_wait_for_it() -> None:
    found = alerts(supplier("S1", "PO1"))
    assert money(found) == pytest.approx({S1: 300.0, C: 60.0})
    assert members(found)[X] == S1
    assert members(found)["order_late|document|B"] == S1
    parent = dict(found.members.select("finding_id", "parent_id").iter_rows())
    assert parent[X] == S1
    assert parent[S1] is None


def test_two_suppliers_share_the_line_that_both_hold_and_neither_frees_it_alone() -> None:
    found = alerts(supplier("S1", "PO1"), supplier("S2", "PO2"))
    assert money(found) == pytest.approx({S1: 250.0, S2: 50.0, C: 60.0})
    sole = {(key, line): is_sole for key, line, is_sole in
            found.hits.select("alert_key", "sales_order_line_id", "is_sole").iter_rows()}  # fmt: skip
    assert sole == {(S1, "A"): 0, (S2, "A"): 0, (S1, "B"): 1, (C, "C"): 1}
    at_risk = dict(found.alerts.select("alert_key", "at_risk_value").iter_rows())
    assert at_risk == pytest.approx({S1: 300.0, S2: 100.0, C: 60.0})


def test_the_chain_runs_from_the_late_supply_to_the_order_line() -> None:
    found = alerts(supplier("S1", "PO1")).causes
    steps = [row for row in found.rows(named=True) if row["sales_order_line_id"] == "B"]
    assert [(row["step"], row["document_id"], row["item_id"], row["late_days"]) for row in steps] == [
        (1, "PO1", "X", 5), (2, "MO2", "F", 5),
    ]  # fmt: skip


def test_what_makes_a_line_likely_late_claims_it() -> None:
    driven = plan_rows(LINKS, LINES, [("C", "purchase_order_line", "PO3", 0.9)])
    found = alerts(supplier("S1", "PO1"), supplier("S3", "PO3"), given=driven)
    assert money(found)["supplier_slipping|supplier|S3"] == pytest.approx(60.0)
    assert members(found)[C] == "supplier_slipping|supplier|S3"


def test_trouble_that_the_plan_does_not_know_claims_only_what_nobody_else_does() -> None:
    books = finding("record_inaccuracy", "item_location", "Z@P1", [("item_location", "Z@P1")])
    found = alerts(books)
    assert money(found)["record_inaccuracy|item_location|Z@P1"] == pytest.approx(60.0)
    beside_x = finding("record_inaccuracy", "item_location", "X@P1", [("item_location", "X@P1")])
    assert "A" not in alerts(supplier("S1", "PO1", "PO2"), books).hits.filter(alert_key=books.findings[0, 0])
    assert members(alerts(beside_x))[X] == "record_inaccuracy|item_location|X@P1"


def test_own_money_of_a_cause_and_its_members_on_one_basis_is_counted_once() -> None:
    place = [("item_location", "W@P1")]
    fall = finding("demand_collapse", "family", "Bikes", place, 500.0, "excess_stock")
    stock = finding("stock_ageing", "item_location", "W@P1", place, 300.0, "excess_stock")
    found = alerts(fall, stock)
    assert members(found)["stock_ageing|item_location|W@P1"] == "demand_collapse|family|Bikes"
    assert money(found)["demand_collapse|family|Bikes"] == pytest.approx(500.0)


def test_more_sales_never_explain_too_much_stock() -> None:
    surge = finding("demand_surge", "family", "Bikes")
    too_much = finding("forecast_biased", "family", "Bikes", [], 500.0, "excess_stock")
    too_little = finding("forecast_biased", "family", "Bikes", [], 500.0, "lost_sales")
    assert members(alerts(surge, too_much))["forecast_biased|family|Bikes"] == "forecast_biased|family|Bikes"
    assert members(alerts(surge, too_little))["forecast_biased|family|Bikes"] == "demand_surge|family|Bikes"


def test_an_overdue_customer_is_an_alert_of_the_customer_and_of_nobody_else() -> None:
    debt = finding("customer_not_paying", "customer", "K9", [("customer", "K9")], 900.0, "overdue")
    found = alerts(debt)
    own = found.amounts.filter(alert_key="customer_not_paying|customer|K9").rows(named=True)
    assert [(row["customer_id"], row["location_id"], row["own_value"]) for row in own] == [("K9", None, 900.0)]
    assert found.alerts["alert_key"][0] == "customer_not_paying|customer|K9"


def test_the_first_half_of_the_money_is_critical_and_no_money_is_low() -> None:
    campaign = finding("campaign_not_converting", "campaign", "Q", [])
    found = dict(alerts(campaign).alerts.select("alert_key", "severity").iter_rows())
    # 300 of 360 before it: 83 %, beyond the 80 % of what is high.
    assert found == {X: "critical", C: "medium", "campaign_not_converting|campaign|Q": "low"}


def test_the_action_of_a_late_purchase_line_is_to_have_it_sooner_by_its_days() -> None:
    found = alerts(supplier("S1", "PO1"), supplier("S2", "PO2"))
    files = dict(suggested(found, rows()).select("alert_key", "change_file").iter_rows())
    assert '{kind: "move_open_order", order: ["PO1"], days: -5}' in files[S1]
    assert '{kind: "move_open_order", order: ["PO2"], days: -8}' in files[S2]
    assert files[C] is None


def test_every_kind_is_whole_and_causes_never_run_in_a_circle() -> None:
    done: set[str] = set()
    while len(done) < len(KINDS):
        ready = {name for name, kind in KINDS.items() if name not in done and set(kind.caused_by) <= done}
        assert ready, "kinds that cause each other"
        done |= ready
    for kind in KINDS.values():
        assert kind.area in AREAS
        assert kind.least_severity in SEVERITIES
        assert set(kind.subjects) <= set(SUBJECT_TYPES)
        assert set(kind.value_bases) <= set(VALUE_BASES)
