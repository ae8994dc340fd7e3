"""What a plan is made from: master data and open documents as frames, in the words of the data contract."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

# What identifies a node of the plan: an item at a place.
KEY = ["item_id", "location_id"]


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
