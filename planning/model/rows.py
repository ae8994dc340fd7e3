"""What a plan is made from: master data and open documents as frames, in the words of the data contract."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

# What identifies a node of the plan: an item at a place.
KEY = ["item_id", "location_id"]

# What was observed of documents, done and still open: `late_days` beyond the time booked for them (of what is open: so
# far, empty before its time runs), `basis`: the day or time they are measured against. An open document that draws from
# its basis has `open_offset_days`: by how much its time began late.
OBSERVED_SCHEMA: dict[str, type[pl.DataType]] = {
    "document_id": pl.String, "basis": pl.String, "item_id": pl.String, "location_id": pl.String,
    "category_id": pl.String, "supplier_id": pl.String, "bom_id": pl.String, "from_location_id": pl.String,
    "late_days": pl.Int64, "is_done": pl.Boolean, "open_offset_days": pl.Int64, "yield_share": pl.Float64,
}  # fmt: skip
# What was observed of deliveries of order lines; open lines have no days.
DELIVERY_SCHEMA: dict[str, type[pl.DataType]] = {
    "document_id": pl.String, "basis": pl.String, "location_id": pl.String, "channel": pl.String,
    "late_days": pl.Int64, "is_done": pl.Boolean,
}  # fmt: skip


# Planned orders that planners took over as firm, each with the real order that it has become, if it has.
FIRMED_SCHEMA: dict[str, type[pl.DataType]] = {
    "firmed_order_id": pl.Int64, "order_type": pl.String, "item_id": pl.String, "location_id": pl.String,
    "supplier_id": pl.String, "from_location_id": pl.String, "sales_order_line_id": pl.String, "quantity": pl.Float64,
    "release_date": pl.Date, "due_date": pl.Date, "order_id": pl.String,
}  # fmt: skip


def _none_firmed() -> pl.DataFrame:
    return pl.DataFrame(schema=FIRMED_SCHEMA)


def _none_observed() -> pl.DataFrame:
    return pl.DataFrame(schema=OBSERVED_SCHEMA)


def _none_delivered() -> pl.DataFrame:
    return pl.DataFrame(schema=DELIVERY_SCHEMA)


@dataclass(frozen=True, slots=True)
class PlanningRows:
    """One frame for each query of `QUERIES`, quantities as floats in base units."""

    items: pl.DataFrame
    locations: pl.DataFrame
    suppliers: pl.DataFrame
    policies: pl.DataFrame
    item_suppliers: pl.DataFrame
    boms: pl.DataFrame
    components: pl.DataFrame
    operations: pl.DataFrame
    lanes: pl.DataFrame
    work_centres: pl.DataFrame
    calendars: pl.DataFrame
    costs: pl.DataFrame
    sales_lines: pl.DataFrame
    made_for_orders: pl.DataFrame
    demand_shares: pl.DataFrame
    forecasts: pl.DataFrame
    purchase_lines: pl.DataFrame
    production_orders: pl.DataFrame
    order_components: pl.DataFrame
    order_operations: pl.DataFrame
    transfers: pl.DataFrame
    stock: pl.DataFrame
    safety_stocks: pl.DataFrame
    refused_rows: pl.DataFrame
    firmed_orders: pl.DataFrame = field(default_factory=_none_firmed)
    observed_documents: pl.DataFrame = field(default_factory=_none_observed)
    observed_deliveries: pl.DataFrame = field(default_factory=_none_delivered)
