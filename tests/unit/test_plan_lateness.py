"""What is late and why: pegging by what can still happen, and the supply in which a delay begins."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from planning.tables.load import load_table, plan_records
from planning.tables.messages import plan_messages
from planning.tables.results import plan_demands, plan_orders, plan_pegging, plan_shortages
from tests.unit.plan_rows import plan_of, working_week

BUY: dict[str, Any] = {"item_id": "A", "supply_type": "buy", "lead_time_days": 40.0}
MAKE: dict[str, Any] = {"item_id": "P", "supply_type": "make", "lead_time_days": 5.0}
BILL = [{"bom_id": "B", "item_id": "P"}]
PARTS = [
    {"bom_component_id": "1", "bom_id": "B", "component_item_id": "A", "quantity": 1.0},
    {"bom_component_id": "2", "bom_id": "B", "component_item_id": "C", "quantity": 1.0},
]
SALE = {
    "sales_order_line_id": "S1",
    "item_id": "A",
    "customer_id": "K",
    "requested_date": date(2026, 7, 10),
    "open_quantity": 10.0,
}


def test_a_late_order_of_the_plan_hides_no_receipt_that_comes_before_it() -> None:
    """Needed on 10 July; a purchase order brings 10 on 14 July, what the plan orders today comes in August."""
    receipt = {
        "purchase_order_line_id": "L",
        "item_id": "A",
        "location_id": "PL",
        "due_date": date(2026, 7, 14),
        "open_quantity": 10.0,
    }
    plan = plan_of(policies=[BUY], sales_lines=[SALE], purchase_lines=[receipt])
    (demand,) = plan_demands(plan).to_dicts()
    assert (demand["possible_date"], demand["late_days"]) == (date(2026, 7, 14), 4)
    assert (demand["limiting_type"], demand["limiting_id"]) == ("purchase_order_line", "L")
    assert plan_orders(plan)["past_due_days"].to_list() == [30]
    messages = plan_messages(plan)
    assert messages.filter(pl.col("code") == "EXP")["order_id"].to_list() == ["L"]


def test_the_slowest_part_is_what_limits_a_demand() -> None:
    sale = {**SALE, "item_id": "P", "requested_date": date(2026, 7, 20)}
    plan = plan_of(
        policies=[MAKE, BUY, {**BUY, "item_id": "C", "lead_time_days": 20.0}], boms=BILL, components=PARTS,
        sales_lines=[sale],
    )  # fmt: skip
    (demand,) = plan_demands(plan).to_dicts()
    # Made in 5 days from 15 July; C ordered today is there on 20 July, A on 9 August.
    assert (demand["limiting_item_id"], demand["late_days"], demand["possible_date"]) == ("A", 25, date(2026, 8, 14))
    assert demand["limiting_release_date"] == date(2026, 6, 5)
    assert demand["late_value"] == 100.0
    causes = plan_shortages(plan).filter(pl.col("is_cause") == 1)
    assert sorted(causes["item_id"]) == ["A", "C"]


def test_demand_that_is_served_in_time_has_nothing_that_limits_it() -> None:
    plan = plan_of(policies=[BUY], sales_lines=[SALE], stock=[{"item_id": "A", "quantity": 10.0}])
    (demand,) = plan_demands(plan).to_dicts()
    assert (demand["late_days"], demand["late_quantity"], demand["limiting_id"]) == (0, 0.0, None)


def test_pegged_supply_is_demand_also_where_a_lot_serves_several() -> None:
    lines = [{**SALE, "sales_order_line_id": f"S{number}", "open_quantity": 7.0} for number in range(3)]
    plan = plan_of(
        policies=[{**BUY, "lot_multiple": 5.0}], sales_lines=lines, stock=[{"item_id": "A", "quantity": 4.0}]
    )
    pegged = plan_pegging(plan).group_by("demand_id").agg(pl.col("quantity").sum())
    assert dict(pegged.iter_rows()) == {"S0": 7.0, "S1": 7.0, "S2": 7.0}
    (order,) = plan_orders(plan).to_dicts()
    assert (order["quantity"], order["served_order_lines"], order["served_customers"]) == (20.0, 3, 1)
    assert order["served_value"] == 300.0 * 17 / 21


def test_load_is_hours_of_planned_and_open_operations_against_working_days() -> None:
    plan = plan_of(
        policies=[MAKE], boms=BILL, calendars=working_week(), locations=[{"location_id": "PL", "calendar_id": "CN"}],
        work_centres=[{"work_centre_id": "W", "capacity_hours_per_day": 10.0, "efficiency_rate": 0.9}],
        operations=[{"operation_id": "1", "bom_id": "B", "sequence": 1, "work_centre_id": "W", "setup_hours": 2.0,
                     "run_hours_per_unit": 0.5}],
        sales_lines=[{**SALE, "item_id": "P", "requested_date": date(2026, 7, 17)}],
        order_operations=[{"work_order_id": "O", "production_order_id": "M", "work_centre_id": "W",
                           "start_date": date(2026, 6, 20), "hours": 6.0}],
    )  # fmt: skip
    load = load_table(plan.model, plan.plan, plan.load)
    assert load.select("week_start_date", "load", "planned_load", "capacity").rows() == [
        (date(2026, 6, 30), 6.0, 0.0, 36.0),
        (date(2026, 7, 13), 7.0, 7.0, 45.0),
    ]


def test_records_carry_on_from_the_usable_stock() -> None:
    stock = [{"item_id": "A", "quantity": 25.0}, {"item_id": "A", "quantity": 5.0, "stock_status": "inspection"}]
    plan = plan_of(policies=[BUY], sales_lines=[SALE], stock=stock)
    records = plan_records(plan.model, plan.plan, plan.load.edges)
    assert records.select("week_start_date", "gross_quantity", "projected_on_hand_quantity").rows() == [
        (date(2026, 6, 30), 0.0, 25.0),
        (date(2026, 7, 6), 10.0, 15.0),
    ]
    assert np.isclose(records["net_quantity"].sum(), 0.0)
