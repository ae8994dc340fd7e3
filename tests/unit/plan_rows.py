"""Rows that the plan reads, written by hand: a table holds what a test states, everything else is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from planning.model.inputs import planning_model
from planning.model.rows import PlanningRows
from planning.tables.results import Planned, planned

AS_OF = date(2026, 6, 30)
TYPES = {"s": pl.String, "b": pl.Boolean, "f": pl.Float64, "i": pl.Int64, "d": pl.Date, "t": pl.Datetime("us")}
COLUMNS = {
    "items": "item_id:s item_name:s item_name_zh:s item_type:s base_uom:s lifecycle_status:s category_id:s category_name:s product_family:s",
    "locations": "location_id:s location_type:s is_own_stock:b parent_location_id:s calendar_id:s",
    "suppliers": "supplier_id:s supplier_name:s calendar_id:s supplier_status:s payment_terms_days:i",
    "policies": "item_id:s location_id:s supply_type:s strategy:s lot_rule:s fixed_lot_quantity:f min_lot_quantity:f max_lot_quantity:f lot_multiple:f periods_of_supply:i ordering_cost:f holding_rate:f safety_stock_quantity:f safety_time_days:f target_service_rate:f lead_time_days:f reorder_point_quantity:f max_stock_quantity:f source_location_id:s yield_rate:f planning_fence_days:f frozen_fence_days:f demand_time_fence_days:f forecast_backward_days:f forecast_forward_days:f days_of_cover:f receiving_days:f planner:s",
    "item_suppliers": "item_id:s supplier_id:s priority:i lead_time_days:f min_order_quantity:f order_multiple:f weekly_capacity_quantity:f allocation_rate:f valid_from_date:d valid_to_date:d unit_price:f",
    "boms": "bom_id:s item_id:s bom_type:s output_quantity:f location_id:s priority:i valid_from_date:d valid_to_date:d",
    "components": "bom_component_id:s bom_id:s component_item_id:s quantity:f is_fixed_quantity:b scrap_rate:f valid_from_date:d valid_to_date:d substitute_group:s substitute_priority:i is_by_product:b operation_id:s",
    "operations": "operation_id:s bom_id:s sequence:i work_centre_id:s setup_hours:f run_hours_per_unit:f queue_hours:f move_hours:f",
    "lanes": "from_location_id:s to_location_id:s transport_mode:s lead_time_days:f",
    "work_centres": "work_centre_id:s work_centre_name:s location_id:s capacity_hours_per_day:f efficiency_rate:f calendar_id:s",
    "calendars": "calendar_id:s calendar_date:d is_working:b working_hours:f",
    "costs": "item_id:s location_id:s standard_cost:f",
    "sales_lines": "sales_order_line_id:s item_id:s location_id:s customer_id:s requested_date:d promised_date:d open_quantity:f open_value:f priority:i",
    "made_for_orders": "sales_order_line_id:s item_id:s location_id:s quantity:f",
    "demand_shares": "item_id:s location_id:s quantity:f",
    "forecasts": "item_id:s location_id:s bucket:s bucket_start_date:d quantity:f created_at:t stage:s",
    "purchase_lines": "purchase_order_line_id:s item_id:s location_id:s supplier_id:s due_date:d open_quantity:f production_order_id:s unit_price:f",
    "production_orders": "production_order_id:s item_id:s location_id:s bom_id:s order_status:s ordered_quantity:f open_quantity:f planned_start_date:d planned_finish_date:d is_started:b sales_order_line_id:s is_firm:b",
    "order_components": "production_order_id:s component_line:i item_id:s location_id:s required_date:d open_quantity:f",
    "order_operations": "work_order_id:s production_order_id:s work_centre_id:s start_date:d hours:f",
    "transfers": "transfer_order_line_id:s item_id:s from_location_id:s to_location_id:s due_date:d open_quantity:f to_ship_quantity:f",
    "stock": "item_id:s location_id:s lot_id:s stock_status:s expiry_date:d quantity:f",
    "safety_stocks": "item_id:s location_id:s valid_from_date:d quantity:f",
    "firmed_orders": "firmed_order_id:i order_type:s item_id:s location_id:s supplier_id:s from_location_id:s sales_order_line_id:s quantity:f release_date:d due_date:d order_id:s",
    "observed_documents": "document_id:s basis:s item_id:s location_id:s category_id:s supplier_id:s bom_id:s from_location_id:s late_days:i is_done:b open_offset_days:i yield_share:f",
    "observed_deliveries": "document_id:s basis:s location_id:s channel:s late_days:i is_done:b",
    "refused_rows": "table_name:s record_key:s rule:s column_name:s value:s item_id:s",
}
USUAL: Mapping[str, Mapping[str, Any]] = {
    "items": {"item_type": "component", "base_uom": "PCS"},
    "locations": {"location_type": "plant", "is_own_stock": True},
    "policies": {"strategy": "make_to_stock", "lot_rule": "lot_for_lot", "location_id": "PL"},
    "item_suppliers": {"priority": 1},
    "boms": {"bom_type": "make", "output_quantity": 1.0, "priority": 1},
    "components": {"is_fixed_quantity": False, "scrap_rate": 0.0, "substitute_priority": 1, "is_by_product": False},
    "operations": {"setup_hours": 0.0, "queue_hours": 0.0, "move_hours": 0.0},
    "work_centres": {"location_id": "PL", "capacity_hours_per_day": 8.0, "efficiency_rate": 1.0},
    "sales_lines": {"location_id": "PL", "open_value": 100.0},
    "forecasts": {"bucket": "month", "stage": "planner"},
    "production_orders": {"location_id": "PL", "order_status": "confirmed", "is_started": False, "is_firm": True},
    "firmed_orders": {"location_id": "PL"},
    "stock": {"location_id": "PL", "stock_status": "unrestricted"},
    "observed_documents": {"location_id": "PL", "is_done": True},
    "observed_deliveries": {"location_id": "PL", "channel": "direct", "is_done": True},
}


def rows(**tables: Sequence[Mapping[str, Any]]) -> PlanningRows:
    """Tables as lists of what differs from the usual; items and the plant PL are there when a policy names them."""
    if "items" not in tables:
        named = {row.get("item_id") for table in tables.values() for row in table}
        named |= {row.get("component_item_id") for row in tables.get("components", ())}
        tables["items"] = [{"item_id": item} for item in sorted(name for name in named if name)]
    if "locations" not in tables:
        tables["locations"] = [{"location_id": "PL"}]
    return PlanningRows(**{name: _frame(name, tables.get(name, ())) for name in COLUMNS})


def _frame(name: str, given: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    schema = {column: TYPES[kind] for column, kind in (word.split(":") for word in COLUMNS[name].split())}
    unknown = {column for row in given for column in row} - set(schema)
    assert not unknown, f"{name} has no {unknown}"
    return pl.DataFrame([{**dict.fromkeys(schema), **USUAL.get(name, {}), **row} for row in given], schema=schema)


def working_week(calendar_id: str = "CN", *, hours: float = 8.0) -> list[dict[str, Any]]:
    """Monday to Friday from the beginning of 2026 to its end."""
    days = (date(2026, 1, 1) + timedelta(days=offset) for offset in range(365))
    return [
        {"calendar_id": calendar_id, "calendar_date": day, "is_working": day.weekday() < 5, "working_hours": hours}
        for day in days
    ]


def plan_of(**tables: Sequence[Mapping[str, Any]]) -> Planned:
    """The plan of such tables as of the end of June 2026, a Tuesday."""
    return planned(planning_model(rows(**tables), AS_OF))
