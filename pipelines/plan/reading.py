"""What the plan reads of a build: the canonical layer for master data, the core for what is still open.

Rows are handed on as they are; nothing is decided here but which rows count on the as-of date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date

import polars as pl
import polars.selectors as cs

from pipelines.plan.queries import QUERIES

# Recent demand that spreads a forecast without a location, in days.
SHARE_DAYS = 180
# A forecast of a stage that counts more is taken as long as it is at most so much older than the newest one.
STAGE_AGE_DAYS = 31
# Tables whose refused rows leave a hole in the plan.
PLANNED_TABLES = (
    "bom_components", "boms", "demand_forecasts", "item_suppliers", "items", "planning_policies", "production_orders",
    "purchase_order_lines", "routing_operations", "safety_stock_targets", "sales_order_lines", "stock_balances",
    "transfer_orders", "transport_lanes",
)  # fmt: skip

# What identifies a node of the plan: an item at a place.
KEY = ["item_id", "location_id"]

# A query to its rows; `$as_of` in it is the day of the build.
Query = Callable[[str], pl.DataFrame]


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


def read_rows(query: Query, as_of: date) -> PlanningRows:
    """Run all queries for the day."""
    return PlanningRows(
        **{column.name: read_frame(query, QUERIES[column.name], as_of) for column in fields(PlanningRows)}
    )


def read_frame(query: Query, sql: str, as_of: date) -> pl.DataFrame:
    """Run one of the queries for the day; decimals come out as floats."""
    words = {
        "$as_of": f"cast('{as_of.isoformat()}' as date)",
        "$share_days": str(SHARE_DAYS),
        "$stage_age_days": str(STAGE_AGE_DAYS),
        "$tables": ", ".join(f"'{name}'" for name in PLANNED_TABLES),
    }
    for word, text in words.items():
        sql = sql.replace(word, text)
    return query(sql).with_columns(cs.decimal().cast(pl.Float64))
