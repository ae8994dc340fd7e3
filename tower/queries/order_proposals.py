"""Planned and firmed orders that are to be released: proposals for purchasing and production, and files for Odoo.

Odoo's import maps columns by technical field name. An order with several lines takes a row for each line, and only the
first row carries the order's own fields (Odoo documentation, Essentials, Export and import data). Products are found by
their internal reference, vendors by name; price and unit are left to Odoo, whose own vendor prices and units apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tower.queries.record_documents import has_table

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

PURCHASE_WAYS = ("buy", "subcontract")
PRODUCTION_WAYS = ("make",)
MOST_PROPOSALS = 20_000


def proposals(warehouse: Warehouse, order_ids: tuple[str, ...], ways: tuple[str, ...]) -> pl.DataFrame:
    """The named planned and firmed orders of these ways of supply, by supplier and release date; at most
    MOST_PROPOSALS."""
    firmed = f"union all by name {_FIRMED}" if has_table(warehouse, "core", "fct_plan_firmed_orders") else ""
    return warehouse.frame(
        f"""
        with orders as (
            select
                plan_order_id, order_type, item_id, location_id, planner, supplier_id, bom_id, quantity, base_uom,
                release_date, due_date, need_date, past_due_days, late_days, value, served_order_lines, served_value
            from core.fct_plan_orders
            {firmed}
        )
        select
            orders.plan_order_id, orders.order_type, orders.item_id, items.item_name, items.item_name_zh,
            orders.location_id, orders.planner, orders.supplier_id, suppliers.supplier_name, orders.bom_id,
            orders.quantity, orders.base_uom, orders.release_date, orders.due_date, orders.need_date,
            orders.past_due_days, orders.late_days, orders.value, orders.served_order_lines, orders.served_value
        from orders
        left join core.dim_items as items on orders.item_id = items.item_id
        left join core.dim_suppliers as suppliers on orders.supplier_id = suppliers.supplier_id
        where
            orders.plan_order_id in (select unnest($orders)) and orders.order_type in (select unnest($ways))
        order by suppliers.supplier_name nulls last, orders.location_id, orders.release_date, orders.plan_order_id
        limit {MOST_PROPOSALS}
        """,
        {"orders": list(order_ids), "ways": list(ways)},
    )


# Planner, money and needs of a firmed order are those of its message to release it, and of what it serves.
_FIRMED = """
    select
        firmed.document_id as plan_order_id, firmed.order_type, firmed.item_id, firmed.location_id, told.planner,
        firmed.supplier_id, firmed.quantity, items.base_uom, firmed.release_date, firmed.due_date, served.need_date,
        told.past_due_days, firmed.late_days, told.unit_value * firmed.quantity as value, told.served_value
    from core.fct_plan_firmed_orders as firmed
    inner join core.dim_items as items on firmed.item_id = items.item_id
    inner join (
        select order_id, max(planner) as planner, max(value / nullif(quantity, 0)) as unit_value,
            max(served_value) as served_value,
            max(case when code = 'STP' then days else 0 end) as past_due_days
        from core.fct_plan_messages where order_type = 'firm_planned_order' and code in ('REL', 'STP')
        group by order_id
    ) as told on firmed.document_id = told.order_id
    left join (
        select supply_id, min(demand_date) as need_date
        from core.fct_plan_pegging where supply_type = 'firm_planned_order' group by supply_id
    ) as served on firmed.document_id = served.supply_id
    where firmed.state = 'planned'
"""


def odoo_purchase_orders(found: pl.DataFrame, as_of: str) -> pl.DataFrame:
    """Requests for quotation of the model purchase.order: one for each supplier and place, a row for each line.

    Proposals without a supplier are left out: Odoo wants a vendor.
    """
    lines = found.drop_nulls("supplier_name").sort(
        "supplier_name", "supplier_id", "location_id", "due_date", "plan_order_id"
    )
    key = ["supplier_id", "location_id"]
    is_first = pl.int_range(pl.len()).over(key) == 0
    own = {
        "id": pl.format("tower_purchase_{}_{}_{}", pl.lit(as_of.replace("-", "")), "supplier_id", "location_id"),
        "partner_id": pl.col("supplier_name"),
        "origin": pl.format("Control Tower {} {}", pl.lit(as_of), "location_id"),
    }
    return lines.select(
        *(pl.when(is_first).then(value).alias(name) for name, value in own.items()),
        pl.col("item_id").alias("order_line/product_id"),
        pl.format("{} {}", "plan_order_id", pl.col("item_name").fill_null("")).alias("order_line/name"),
        pl.col("quantity").alias("order_line/product_qty"),
        _noon(pl.max_horizontal("due_date", pl.lit(as_of).str.to_date())).alias("order_line/date_planned"),
    )


def odoo_production_orders(found: pl.DataFrame, as_of: str) -> pl.DataFrame:
    """Manufacturing orders of the model mrp.production, one row each; a start that has passed is today."""
    today = pl.lit(as_of).str.to_date()
    return found.sort("release_date", "plan_order_id").select(
        pl.format("tower_production_{}", "plan_order_id").alias("id"),
        pl.col("item_id").alias("product_id"),
        pl.col("quantity").alias("product_qty"),
        _noon(pl.max_horizontal("release_date", today)).alias("date_start"),
        _noon(pl.max_horizontal("due_date", today)).alias("date_deadline"),
        pl.format("Control Tower {} {}", "plan_order_id", "location_id").alias("origin"),
    )


def _noon(day: pl.Expr) -> pl.Expr:
    """Odoo's dates of orders are instants in UTC; noon is the same day almost everywhere."""
    return day.dt.to_string("%Y-%m-%d 12:00:00")
