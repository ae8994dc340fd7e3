"""Messages of a plan with names: what has not begun, what could be added to, which source was taken, what is free."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from planning.model.inputs import planning_model
from planning.model.settings import PlanningSettings
from planning.tables.load import plan_records
from planning.tables.messages import plan_messages
from planning.tables.results import Planned, plan_orders, planned
from tests.unit.plan_rows import AS_OF, rows

BUY: dict[str, Any] = {"item_id": "A", "supply_type": "buy", "lead_time_days": 2.0}
MAKE: dict[str, Any] = {"item_id": "P", "supply_type": "make", "lead_time_days": 7.0}
SALE: dict[str, Any] = {"sales_order_line_id": "S1", "item_id": "A", "requested_date": date(2026, 7, 10),
                        "open_quantity": 10.0}  # fmt: skip
RECEIPT: dict[str, Any] = {"purchase_order_line_id": "L", "item_id": "A", "location_id": "PL",
                           "due_date": date(2026, 7, 10), "open_quantity": 4.0}  # fmt: skip


def plan_of(settings: PlanningSettings | None = None, **tables: Any) -> Planned:
    return planned(planning_model(rows(**tables), AS_OF, settings))


def said(plan: Planned, code: str) -> pl.DataFrame:
    return plan_messages(plan).filter(pl.col("code") == code)


def test_an_order_that_should_have_begun_is_said_whether_or_not_its_parts_are_listed() -> None:
    order = {"item_id": "P", "location_id": "PL", "order_status": "released", "open_quantity": 5.0,
             "planned_finish_date": date(2026, 7, 8)}  # fmt: skip
    late, begun, coming = (
        {**order, "production_order_id": name, "planned_start_date": day, "is_started": is_started}
        for name, day, is_started in (
            ("LATE", date(2026, 6, 25), False), ("BEGUN", date(2026, 6, 25), True), ("COMING", date(2026, 7, 2), False),
        )
    )  # fmt: skip
    part = {"production_order_id": "LATE", "component_line": 1, "item_id": "A", "open_quantity": 5.0}
    plan = plan_of(policies=[MAKE, BUY], production_orders=[late, begun, coming], order_components=[part])
    assert said(plan, "STP").select("order_id", "message_date", "days").rows() == [("LATE", date(2026, 6, 25), 5)]


def test_a_planned_order_on_the_day_of_an_open_one_asks_to_increase_that() -> None:
    tables: dict[str, Any] = {"policies": [BUY], "sales_lines": [SALE], "purchase_lines": [RECEIPT]}
    assert said(plan_of(**tables), "INC").select("order_id", "quantity").rows() == [("L", 6.0)]
    assert said(plan_of(PlanningSettings(increase_days=-1), **tables), "INC").is_empty()
    earlier = {**tables, "purchase_lines": [{**RECEIPT, "due_date": date(2026, 7, 8)}]}
    assert said(plan_of(**earlier), "INC").is_empty()
    assert said(plan_of(PlanningSettings(increase_days=2), **earlier), "INC").height == 1


def test_an_order_by_the_second_supplier_is_said() -> None:
    """The first supplier's agreement begins in August; until then the second one delivers."""
    suppliers = [
        {"item_id": "A", "supplier_id": "FIRST", "priority": 1, "lead_time_days": 2.0,
         "valid_from_date": date(2026, 8, 1)},
        {"item_id": "A", "supplier_id": "SECOND", "priority": 2, "lead_time_days": 2.0},
    ]  # fmt: skip
    later = {**SALE, "sales_order_line_id": "S2", "requested_date": date(2026, 8, 20)}
    plan = plan_of(policies=[BUY], item_suppliers=suppliers, sales_lines=[SALE, later])
    assert said(plan, "SUB").select("order_id", "quantity").rows() == [("P-A-PL-260710", 10.0)]


def test_what_no_order_was_promised_stands_in_the_record() -> None:
    """Of 25 pieces 10 are ordered; a receipt of 4 is free; the forecast of 3 is no promise."""
    forecast = {"item_id": "A", "location_id": "PL", "bucket": "week", "bucket_start_date": date(2026, 7, 20),
                "quantity": 3.0}  # fmt: skip
    receipt = {**RECEIPT, "due_date": date(2026, 7, 14)}
    stock = [{"item_id": "A", "quantity": 25.0}]
    plan = plan_of(policies=[BUY], sales_lines=[SALE], purchase_lines=[receipt], stock=stock, forecasts=[forecast])
    records = plan_records(plan.model, plan.plan, plan.load.edges)
    assert records.select(
        "week_start_date", "available_to_promise_quantity", "cumulative_available_to_promise_quantity"
    ).rows() == [
        (date(2026, 6, 30), 15.0, 15.0),
        (date(2026, 7, 6), 0.0, 15.0),
        (date(2026, 7, 13), 4.0, 19.0),
        (date(2026, 7, 20), 0.0, 19.0),
    ]


def test_suppliers_of_one_priority_share_a_lot_by_their_allocation() -> None:
    """70 and 30 of a hundred; an agreement with a share of nothing gets nothing, one of a later priority neither."""
    suppliers = [
        {"item_id": "A", "supplier_id": name, "priority": priority, "lead_time_days": 2.0, "allocation_rate": share}
        for name, priority, share in (("U", 1, 0.7), ("V", 1, 0.3), ("W", 1, 0.0), ("X", 2, 1.0))
    ]
    plan = plan_of(policies=[BUY], item_suppliers=suppliers, sales_lines=[{**SALE, "open_quantity": 100.0}])
    assert plan_orders(plan).select("supplier_id", "quantity").sort("supplier_id").rows() == [("U", 70.0), ("V", 30.0)]
    assert said(plan, "SUB").is_empty()


def test_a_supplier_asked_for_more_than_he_can_deliver_is_said_once_in_the_first_week_of_it() -> None:
    """At 10 a week 8 and 14 are 2 too many by the second week; the third is worse but known; 30 in week 4 of B fit."""
    days = (date(2026, 7, 2), date(2026, 7, 8), date(2026, 7, 15))
    sales = [
        {"sales_order_line_id": f"S{quantity}", "item_id": "A", "requested_date": day, "open_quantity": quantity}
        for day, quantity in zip(days, (8.0, 14.0, 20.0), strict=True)
    ]
    sales.append({**SALE, "item_id": "B", "requested_date": date(2026, 7, 22), "open_quantity": 30.0})
    suppliers = [
        {"item_id": item, "supplier_id": "V", "lead_time_days": 1.0, "weekly_capacity_quantity": 10.0}
        for item in ("A", "B")
    ]
    policies = [{**BUY, "planner": "LI"}, {**BUY, "item_id": "B"}]
    plan = plan_of(policies=policies, item_suppliers=suppliers, sales_lines=sales)
    assert said(plan, "CAP").select(
        "supplier_id",
        "item_id",
        "location_id",
        "work_centre_id",
        "planner",
        "message_date",
        "to_date",
        "days",
        "quantity",
    ).rows() == [("V", "A", None, None, "LI", date(2026, 7, 6), date(2026, 7, 8), 2, 2.0)]
    unlimited = [{**one, "weekly_capacity_quantity": None} for one in suppliers]
    assert said(plan_of(policies=policies, item_suppliers=unlimited, sales_lines=sales), "CAP").is_empty()


def test_findings_of_the_inputs_are_messages_too_where_they_name_an_item() -> None:
    """A blocked supplier, a source without lead time and a refused row; one of an item that is nowhere has no message."""
    refused = [
        {"table_name": "item_suppliers", "record_key": key, "rule": "not_negative", "item_id": item}
        for key, item in (("1", "A"), ("2", "GONE"), ("3", None))
    ]
    plan = plan_of(
        items=[{"item_id": "A"}], policies=[{"item_id": "A", "supply_type": "buy", "planner": "LI"}],
        suppliers=[{"supplier_id": "BAD", "supplier_status": "blocked"}], refused_rows=refused,
        item_suppliers=[{"item_id": "A", "supplier_id": "BAD"}, {"item_id": "A", "supplier_id": "V"}],
        sales_lines=[SALE],
    )  # fmt: skip
    errors = said(plan, "MDE").sort("finding_kind")
    assert errors.select("finding_kind", "item_id", "location_id", "planner").rows() == [
        ("blocked_supplier", "A", None, "LI"), ("no_lead_time", "A", "PL", "LI"), ("refused_row", "A", None, "LI"),
    ]  # fmt: skip
    assert errors.select("order_id", "value", "served_value").unique().rows() == [(None, 0.0, 0.0)]
    everything = plan_messages(plan)
    assert everything["message_number"].to_list() == list(range(everything.height))
