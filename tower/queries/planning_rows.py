"""What the plan reads of a build: the canonical layer for master data, the core for what is still open.

Rows are handed on as they are; nothing is decided here but which rows count on the as-of date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date

import polars as pl
import polars.selectors as cs

from planning.model.rows import PlanningRows
from tower.queries.firmed_sql import FIRMED_TABLE
from tower.queries.planning_sql import QUERIES

# Recent demand that spreads a forecast without a location, in days.
SHARE_DAYS = 180
# How far back documents are observed for the chances of a date, in days.
OBSERVED_DAYS = 365
# So far, in days, an order may be due from the firmed order that it was made of.
SAME_ORDER_DAYS = 7
# Tables whose refused rows leave a hole in the plan.
PLANNED_TABLES = (
    "bom_components", "boms", "demand_forecasts", "item_suppliers", "items", "planning_policies", "production_orders",
    "purchase_order_lines", "routing_operations", "safety_stock_targets", "sales_order_lines", "stock_balances",
    "transfer_orders", "transport_lanes",
)  # fmt: skip

# A query to its rows; `$as_of` in it is the day of the build.
Query = Callable[[str], pl.DataFrame]


def read_rows(query: Query, as_of: date) -> PlanningRows:
    """Run all queries for the day. Builds of an earlier version, and folders planned alone, hold no firmed orders."""
    names = [column.name for column in fields(PlanningRows)]
    schema, table = FIRMED_TABLE
    there = query(
        f"select 1 as one from information_schema.tables where table_schema = '{schema}' and table_name = '{table}'"
    )
    if there.is_empty():
        names.remove("firmed_orders")
    return PlanningRows(**{name: read_frame(query, QUERIES[name], as_of) for name in names})


def read_frame(query: Query, sql: str, as_of: date) -> pl.DataFrame:
    """Run one of the queries for the day; decimals come out as floats."""
    words = {
        "$as_of": f"cast('{as_of.isoformat()}' as date)",
        "$share_days": str(SHARE_DAYS),
        "$observed_days": str(OBSERVED_DAYS),
        "$same_order_days": str(SAME_ORDER_DAYS),
        "$tables": ", ".join(f"'{name}'" for name in PLANNED_TABLES),
    }
    for word, text in words.items():
        sql = sql.replace(word, text)
    return query(sql).with_columns(cs.decimal().cast(pl.Float64))
