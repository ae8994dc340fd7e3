"""A plan in a few lines: what to do this week, what is late, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

WEEK = timedelta(days=6)
MOST_NAMED = 10


def plan_summary(tables: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """Rows of `measure`, `count` and `value` (company currency; empty where money says nothing)."""
    orders, demands, shortages = tables["plan_orders"], tables["plan_demands"], tables["plan_shortages"]
    sold = demands.filter(pl.col("demand_type") == "sales_order_line")
    forecast = demands.filter(pl.col("demand_type") == "forecast")
    late = sold.filter(pl.col("late_days") > 0)
    this_week = orders.filter((pl.col("release_date") >= as_of) & (pl.col("release_date") <= as_of + WEEK))
    overdue = orders.filter(pl.col("is_past_due") == 1)
    causes = shortages.filter(pl.col("is_cause") == 1).unique("supply_id")
    messages = tables["plan_messages"]
    rows: list[tuple[str, int, float | None]] = [
        ("planned orders", orders.height, _sum(orders, "value")),
        ("to release this week", this_week.height, _sum(this_week, "value")),
        ("past due to release", overdue.height, _sum(overdue, "value")),
        ("supplies that cause a shortage", causes.height, None),
        ("open sales order lines", sold.height, _sum(sold, "value")),
        ("late sales order lines", late.height, _sum(late, "late_value")),
        ("late forecast buckets", forecast.filter(pl.col("late_days") > 0).height, None),
        ("open orders to expedite", messages.filter(pl.col("code") == "EXP").height, _money(messages, "EXP")),
        ("open orders to defer", messages.filter(pl.col("code") == "DEF").height, _money(messages, "DEF")),
        ("open orders to cancel", messages.filter(pl.col("code") == "CAN").height, _money(messages, "CAN")),
        *_production(tables),
        ("findings in the data", tables["plan_findings"].height, None),
    ]  # fmt: skip
    schema = {"measure": pl.String, "count": pl.Int64, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def late_lines(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The late sales lines that weigh most, with what limits each."""
    demands = tables["plan_demands"]
    late = demands.filter((pl.col("demand_type") == "sales_order_line") & (pl.col("late_days") > 0))
    return late.sort("late_value", "demand_id", descending=[True, False]).select(
        pl.col("demand_id").alias("sales_order_line"), "customer_id", "item_id", "demand_date", "possible_date",
        "late_days", "late_value", "limiting_item_id", "limiting_id", "limiting_supplier_id",
    ).head(MOST_NAMED)  # fmt: skip


def _production(tables: Mapping[str, pl.DataFrame]) -> list[tuple[str, int, float | None]]:
    """What can be built, what frees most of the rest, and what the hours of the work centres allow."""
    kits = tables["clear_to_build"].filter((pl.col("is_default") == 1) & (pl.col("part_count") > 0))
    clear = kits.filter(pl.col("kit_status") == "complete")
    screws = tables["golden_screw"].filter((pl.col("objective") == "orders") & (pl.col("set_size") == 1)).head(1)
    named = [(f"orders that {item} at {place} would free", freed, value) for item, place, freed, value in
             screws.select("item_id", "location_id", "freed_orders", "freed_value").iter_rows()]  # fmt: skip
    over = tables["finite_load"].filter(pl.col("overload_hours") > 0)
    demands = tables["finite_demands"].filter(
        (pl.col("demand_type") == "sales_order_line") & ((pl.col("late_days") > 0) | (pl.col("is_open") == 1))
    )
    return [
        ("production orders that wait to start", kits.height, _sum(kits, "served_value")),
        ("clear to build today", clear.height, _sum(clear, "served_value")),
        *named,
        ("overloaded work centre weeks", over.height, None),
        ("late sales order lines by the finite plan", demands.height, _sum(demands, "value")),
    ]


def _money(messages: pl.DataFrame, code: str) -> float:
    return _sum(messages.filter(pl.col("code") == code), "value")


def _sum(frame: pl.DataFrame, column: str) -> float:
    return float(frame[column].sum())
