"""Rows by hand for the detectors of supply, production and stock: what is not given is there and empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from planning.detection.findings import DetectionRows, Findings

AS_OF = date(2026, 6, 29)
SEED = Path(__file__).parents[2] / "seeds" / "reference" / "alert_thresholds.csv"
YEAR_SALES = 10_000_000.0
_SCHEMAS: dict[str, dict[str, type[pl.DataType] | pl.DataType]] = {
    "purchase_lines": {
        "purchase_order_line_id": pl.String, "purchase_order_id": pl.String, "supplier_id": pl.String,
        "item_id": pl.String, "location_id": pl.String, "ordered_date": pl.Date, "requested_date": pl.Date,
        "due_date": pl.Date, "told_date": pl.Date, "is_open": pl.Boolean, "ordered_quantity": pl.Float64,
        "net_value": pl.Float64, "unit_price": pl.Float64, "unit_value": pl.Float64, "open_quantity": pl.Float64,
        "departed_date": pl.Date, "first_received_date": pl.Date, "last_received_date": pl.Date,
    },
    "supplier_days": {"supplier_id": pl.String, "day": pl.Date, "working_number": pl.Int64},
    "inbound_shipments": {
        "shipment_id": pl.String, "supplier_id": pl.String, "country_code": pl.String, "transport_mode": pl.String,
        "gate": pl.String, "departed_date": pl.Date, "arrived_date": pl.Date,
    },
    "inbound_shipment_lines": {"shipment_id": pl.String, "purchase_order_line_id": pl.String},
    "receipt_lots": {
        "receipt_line_id": pl.String, "purchase_order_line_id": pl.String, "supplier_id": pl.String,
        "item_id": pl.String, "location_id": pl.String, "received_date": pl.Date, "received_quantity": pl.Float64,
        "rejected_quantity": pl.Float64, "unit_value": pl.Float64,
    },
    "work_centre_days": {
        "work_centre_id": pl.String, "day": pl.Date, "hours": pl.Float64, "missing_hours": pl.Float64,
        "breakdown_hours": pl.Float64, "worked_hours": pl.Float64, "breakdowns": pl.Float64,
    },
    "work_orders": {
        "work_order_id": pl.String, "production_order_id": pl.String, "work_centre_id": pl.String,
        "item_id": pl.String, "planned_hours": pl.Float64, "actual_hours": pl.Float64, "ready_date": pl.Date,
        "finished_date": pl.Date,
    },
    "work_centre_costs": {"work_centre_id": pl.String, "cost_per_hour": pl.Float64},
    "part_needs": {
        "document_type": pl.String, "document_id": pl.String, "item_id": pl.String, "location_id": pl.String,
        "quantity": pl.Float64, "due_date": pl.Date, "rank_date": pl.Date, "priority": pl.Int64,
        "made_item_id": pl.String, "made_quantity": pl.Float64,
    },
    "started_kits": {
        "production_order_id": pl.String, "item_id": pl.String, "location_id": pl.String, "started_date": pl.Date,
        "rank_date": pl.Date, "priority": pl.Int64,
    },
    "stock_days": {
        "item_id": pl.String, "location_id": pl.String, "day": pl.Date, "came": pl.Float64, "went": pl.Float64,
        "scrapped": pl.Float64,
    },
    "stock_counts": {
        "count_id": pl.String, "item_id": pl.String, "location_id": pl.String, "counted_date": pl.Date,
        "book_quantity": pl.Float64, "counted_quantity": pl.Float64,
    },
    "item_costs": {"item_id": pl.String, "standard_cost": pl.Float64},
    "bill_uses": {
        "bom_component_id": pl.String, "item_id": pl.String, "parent_item_id": pl.String, "quantity": pl.Float64,
        "valid_from_date": pl.Date, "valid_to_date": pl.Date, "changed_date": pl.Date,
    },
    "sold_items": {"item_id": pl.String, "quantity": pl.Float64},
}  # fmt: skip
# Columns that hold money, by frame.
_MONEY = {
    "purchase_lines": ("net_value", "unit_value", "unit_price"), "receipt_lots": ("unit_value",),
    "work_centre_costs": ("cost_per_hour",), "item_costs": ("standard_cost",), "company_sales": ("year_value",),
}  # fmt: skip


def ago(days: int) -> date:
    """The day so many days before AS_OF."""
    return AS_OF - timedelta(days=days)


def supply_rows(**frames: list[dict[str, object]]) -> DetectionRows:
    """All rows of the area; each frame from dictionaries, columns that are left out are empty."""
    made = {name: pl.DataFrame(frames.get(name, []), schema=schema) for name, schema in _SCHEMAS.items()}
    made["alert_thresholds"] = pl.read_csv(SEED).select("threshold", pl.col("value").cast(pl.Float64))
    made["company_sales"] = pl.DataFrame({"year_value": [YEAR_SALES]})
    return DetectionRows(made)


def shuffled(rows: DetectionRows, seed: int) -> DetectionRows:
    """The same rows in another order."""
    return DetectionRows(
        {name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in rows.frames.items()}
    )


def in_other_money(rows: DetectionRows, factor: float) -> DetectionRows:
    """The same rows in another currency."""
    return DetectionRows(
        {
            name: frame.with_columns(pl.col(list(_MONEY[name])) * factor) if name in _MONEY else frame
            for name, frame in rows.frames.items()
        }
    )


def found(findings: Findings) -> list[tuple[str, date]]:
    """(subject, since) of each finding."""
    return list(findings.findings.select("subject_id", "since_date").iter_rows())


def figure(findings: Findings, name: str) -> float:
    """The value of one figure of the only finding that has it."""
    (value,) = findings.evidence.filter(pl.col("figure") == name)["value"].to_list()
    return float(value)


def holds_for_any_order_and_money(
    detector: Callable[[DetectionRows, date], Findings], rows: DetectionRows, seed: int
) -> None:
    """The laws of all detectors: the order of rows changes nothing, another currency not what is found."""
    plain, mixed = detector(rows, AS_OF), detector(shuffled(rows, seed), AS_OF)
    for one, other in (
        (plain.findings, mixed.findings),
        (plain.evidence, mixed.evidence),
        (plain.touches, mixed.touches),
    ):
        assert one.equals(other)
    dearer = detector(in_other_money(rows, 7.25), AS_OF)
    assert found(dearer) == found(plain)
    assert dearer.touches.equals(plain.touches)


def purchase_line(number: int, supplier: str, due: int, left: int | None, **more: object) -> dict[str, object]:
    """A line due so many days ago that left so many days ago (None: waits); the way takes two days."""
    return {
        "purchase_order_line_id": f"L{supplier}{number:03d}", "purchase_order_id": f"O{number}",
        "supplier_id": supplier, "item_id": f"I{number % 3}", "location_id": "P1", "ordered_date": ago(due + 20),
        "requested_date": ago(due), "due_date": ago(due), "told_date": ago(due), "is_open": left is None,
        "ordered_quantity": 10.0, "net_value": 1000.0, "unit_price": 100.0, "unit_value": 100.0,
        "open_quantity": 10.0 if left is None else 0.0, "departed_date": None if left is None else ago(left),
        "first_received_date": None if left is None or left < 2 else ago(left - 2), **more,
    }  # fmt: skip


def usual_lines(supplier: str, last: int = 40) -> list[dict[str, object]]:
    """A line a week for two years that leaves two days before it is due at our door, or a day before or after that."""
    return [
        purchase_line(number, supplier, due, due + 2 + (number % 3 - 1))
        for number, due in enumerate(range(700, last, -7))
    ]
