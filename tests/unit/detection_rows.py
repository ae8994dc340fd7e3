"""A small plan for tests of the detection: rows by hand, with what every query would give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from planning.detection.findings import EVIDENCE, FINDINGS, TOUCHES, DetectionRows, Findings

AS_OF = date(2026, 6, 30)

# supply type, supply, demand type, demand, item, days late, is it late by itself
Link = tuple[str, str, str, str, str, int, int]


def plan_rows(
    links: Sequence[Link],
    lines: Sequence[tuple[str, float, float, float]],
    drivers: Sequence[tuple[str, str, str, float]] = (),
) -> DetectionRows:
    """`lines`: order line, open value, late value, chance to be in time. All things are at the place P1."""
    pegging = [
        (number, item, "P1", 1.0, demand_type, demand, AS_OF, supply_type, supply, AS_OF + timedelta(days=late), late,
         cause, AS_OF, AS_OF + timedelta(days=late), 1.0)
        for number, (supply_type, supply, demand_type, demand, item, late, cause) in enumerate(links)
    ]  # fmt: skip
    opened = [
        (line, f"O{line}", f"K{line}", f"I{line}", "P1", AS_OF, AS_OF, 1 if late else 0, 1.0, value, late, chance,
         value * (1 - chance), AS_OF)
        for line, value, late, chance in lines
    ]  # fmt: skip
    return DetectionRows({
        "pegging_links": pl.DataFrame(pegging, orient="row", schema={
            "link_number": pl.Int64, "item_id": pl.String, "location_id": pl.String, "quantity": pl.Float64,
            "demand_type": pl.String, "demand_id": pl.String, "demand_date": pl.Date, "supply_type": pl.String,
            "supply_id": pl.String, "supply_date": pl.Date, "late_days": pl.Int64, "is_cause": pl.Int64,
            "asked_date": pl.Date, "possible_date": pl.Date, "served_value": pl.Float64,
        }),
        "open_order_lines": pl.DataFrame(opened, orient="row", schema={
            "sales_order_line_id": pl.String, "sales_order_id": pl.String, "customer_id": pl.String,
            "item_id": pl.String, "location_id": pl.String, "demand_date": pl.Date, "possible_date": pl.Date,
            "late_days": pl.Int64, "quantity": pl.Float64, "value": pl.Float64, "late_value": pl.Float64,
            "in_time_rate": pl.Float64, "expected_late_value": pl.Float64, "p50_date": pl.Date,
        }),
        "planned_orders": pl.DataFrame(schema={"plan_order_id": pl.String, "order_type": pl.String}),
        "work_centre_orders": pl.DataFrame(schema={"work_centre_id": pl.String, "production_order_id": pl.String}),
        "document_customers": pl.DataFrame(
            schema={"document_type": pl.String, "document_id": pl.String, "customer_id": pl.String}
        ),
        "risk_drivers": pl.DataFrame(list(drivers), orient="row", schema={
            "sales_order_line_id": pl.String, "driver_type": pl.String, "driver_id": pl.String,
            "late_share": pl.Float64,
        }),
        "other_sources": pl.DataFrame(schema={
            "item_id": pl.String, "supplier_id": pl.String, "priority": pl.Int64, "lead_time_days": pl.Float64,
            "unit_price": pl.Float64,
        }),
        "work_centre_load": pl.DataFrame(schema={"work_centre_id": pl.String, "over_hours": pl.Float64}),
    })  # fmt: skip


def finding(
    kind: str,
    subject_type: str,
    subject: str,
    documents: Sequence[tuple[str, str]] = (),
    own_value: float | None = None,
    basis: str | None = None,
) -> Findings:
    """One finding with the documents that it sits on."""
    name = f"{kind}|{subject_type}|{subject}"
    row = (name, kind, subject_type, subject, AS_OF, 1.0, own_value, basis)
    return Findings(
        pl.DataFrame([row], schema=dict(FINDINGS), orient="row"),
        pl.DataFrame(schema=dict(EVIDENCE)),
        pl.DataFrame([(name, *one) for one in documents], schema=dict(TOUCHES), orient="row"),
    )
