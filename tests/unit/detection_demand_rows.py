"""Rows by hand for the detectors of demand, customers, finance and master data; what is not given is there and empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from planning.detection.findings import DetectionRows, Findings

AS_OF = date(2026, 6, 28)  # a Sunday: the last week is whole
YEAR_SALES = 10_000_000.0
SEED = Path(__file__).parents[2] / "seeds" / "reference" / "alert_thresholds.csv"
Row = dict[str, object]
_SCHEMAS: dict[str, dict[str, type[pl.DataType] | pl.DataType]] = {
    "family_items": {
        "item_id": pl.String, "family": pl.String, "list_price": pl.Float64, "standard_cost": pl.Float64,
        "replaced_by_item_id": pl.String,
    },
    "sell_out": {
        "customer_id": pl.String, "item_id": pl.String, "week_start_date": pl.Date, "sold_quantity": pl.Float64,
        "stock_quantity": pl.Float64,
    },
    "direct_orders": {
        "item_id": pl.String, "ordered_date": pl.Date, "customer_group": pl.String, "quantity": pl.Float64,
        "net_value": pl.Float64, "lines": pl.Int64,
    },
    "known_events": {"event_type": pl.String, "family": pl.String, "start_date": pl.Date, "end_date": pl.Date},
    "sold_prices": {"item_id": pl.String, "unit_value": pl.Float64},
    "open_family_lines": {
        "sales_order_line_id": pl.String, "ordered_date": pl.Date, "item_id": pl.String, "family": pl.String,
    },
    "forecast_vintages": {
        "family": pl.String, "item_id": pl.String, "stage": pl.String, "created_date": pl.Date, "month_start": pl.Date,
        "quantity": pl.Float64,
    },
    "monthly_orders": {
        "item_id": pl.String, "month_start": pl.Date, "quantity": pl.Float64, "last_date": pl.Date,
    },
    "policies": {
        "item_id": pl.String, "location_id": pl.String, "supply_type": pl.String, "lot_rule": pl.String,
        "lead_time_days": pl.Float64, "safety_stock_quantity": pl.Float64, "fixed_lot_quantity": pl.Float64,
        "min_lot_quantity": pl.Float64, "reorder_point_quantity": pl.Float64, "max_stock_quantity": pl.Float64,
        "standard_cost": pl.Float64, "year_usage": pl.Float64, "is_steady": pl.Boolean,
    },
    "purchase_lead_times": {
        "purchase_order_line_id": pl.String, "item_id": pl.String, "location_id": pl.String, "ordered_date": pl.Date,
        "first_received_date": pl.Date, "days": pl.Int64,
    },
    "master_changes": {
        "document_type": pl.String, "line_id": pl.String, "field": pl.String, "old_value": pl.Float64,
        "new_value": pl.Float64, "changed_date": pl.Date, "changed_at": pl.Datetime,
    },
    "bill_lines": {
        "bom_component_id": pl.String, "bom_id": pl.String, "parent_item_id": pl.String,
        "component_item_id": pl.String, "quantity_per": pl.Float64, "standard_cost": pl.Float64,
        "parent_cost": pl.Float64,
    },
    "order_uses": {
        "production_order_id": pl.String, "bom_id": pl.String, "parent_item_id": pl.String, "location_id": pl.String,
        "component_item_id": pl.String, "created_date": pl.Date, "is_open": pl.Int64, "ordered_quantity": pl.Float64,
        "required_quantity": pl.Float64, "issued_quantity": pl.Float64,
    },
    "order_hours": {
        "work_order_id": pl.String, "production_order_id": pl.String, "operation_id": pl.String, "item_id": pl.String,
        "work_centre_id": pl.String, "finished_date": pl.Date, "actual_hours": pl.Float64,
        "made_quantity": pl.Float64, "cost_per_hour": pl.Float64,
    },
    "routing_times": {
        "operation_id": pl.String, "item_id": pl.String, "sequence": pl.Int64, "work_centre_id": pl.String,
        "setup_hours": pl.Float64, "run_hours_per_unit": pl.Float64,
    },
    "customer_deliveries": {
        "delivery_id": pl.String, "customer_id": pl.String, "customer_type": pl.String, "from_location_id": pl.String,
        "carrier": pl.String, "shipped_date": pl.Date, "expected_date": pl.Date, "delivered_date": pl.Date,
    },
    "customer_complaints": {"case_id": pl.String, "customer_id": pl.String, "opened_date": pl.Date},
    "customer_purchases": {"customer_id": pl.String, "ordered_date": pl.Date, "net_value": pl.Float64},
    "customer_invoices": {
        "invoice_id": pl.String, "customer_id": pl.String, "invoice_date": pl.Date, "due_date": pl.Date,
        "gross_value": pl.Float64, "open_value": pl.Float64, "settled_date": pl.Date,
    },
    "campaign_leads": {
        "campaign_id": pl.String, "channel": pl.String, "start_date": pl.Date, "end_date": pl.Date,
        "budget_value": pl.Float64, "cost_value": pl.Float64, "lead_id": pl.String, "created_date": pl.Date,
        "converted_date": pl.Date,
    },
}  # fmt: skip


def rows_of(**given: list[Row]) -> DetectionRows:
    """Frames of the given rows; all others are empty."""
    frames = {name: pl.DataFrame(given.get(name, []), schema=schema, orient="row") for name, schema in _SCHEMAS.items()}
    frames["alert_thresholds"] = pl.read_csv(SEED).select("threshold", pl.col("value").cast(pl.Float64))
    frames["company_sales"] = pl.DataFrame({"year_value": [YEAR_SALES]})
    return DetectionRows(frames)


def ago(days: int) -> date:
    """So many days before the as-of date."""
    return AS_OF - timedelta(days=days)


def found(findings: Findings) -> list[tuple[str, date]]:
    """(subject, since) of each finding."""
    return list(findings.findings.select("subject_id", "since_date").iter_rows())


def figure(findings: Findings, name: str) -> tuple[float, float | None]:
    """Value and usual value of a figure of the only finding that has it."""
    return findings.evidence.filter(pl.col("figure") == name).select("value", "usual_value").row(0)  # type: ignore[return-value]


def any_order_gives_the_same(
    detector: Callable[[DetectionRows, date], Findings], rows: DetectionRows, seed: int
) -> None:
    """The law of all detectors: the order of rows changes nothing, to the last digit."""
    mixed = DetectionRows(
        {name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in rows.frames.items()}
    )
    one, other = detector(rows, AS_OF), detector(mixed, AS_OF)
    assert one.findings.equals(other.findings)
    assert one.evidence.equals(other.evidence)
    assert one.touches.equals(other.touches)
