"""Planned orders of an item at a place, and those that planners took over as firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tower.queries.record_documents import has_table

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

_FIRMED = {
    "firmed_order_id": pl.Int32, "document_id": pl.String, "item_id": pl.String, "location_id": pl.String,
    "quantity": pl.Float64, "release_date": pl.Date, "due_date": pl.Date, "state": pl.String, "order_id": pl.String,
    "needed_quantity": pl.Float64, "late_days": pl.Int32, "supplied_by": pl.String,
}  # fmt: skip


def planned_orders(warehouse: Warehouse, item_id: str, location_id: str) -> pl.DataFrame:
    """All planned orders of an item at a place, by due day: plan_order_id, order_type, supplier_id, quantity,
    release_date, due_date, late_days."""
    return warehouse.frame(
        """
        select plan_order_id, order_type, supplier_id, quantity, release_date, due_date, late_days
        from core.fct_plan_orders where item_id = $item and location_id = $location
        order by due_date, release_date, plan_order_id
        """,
        {"item": item_id, "location": location_id},
    )


def firmed_in_build(warehouse: Warehouse) -> pl.DataFrame:
    """The firmed orders that the build was made with; none in builds of an earlier version."""
    if not has_table(warehouse, "core", "fct_plan_firmed_orders"):
        return pl.DataFrame(schema=_FIRMED)
    return warehouse.frame(
        """
        select orders.firmed_order_id, orders.document_id, orders.item_id, orders.location_id, orders.quantity,
            orders.release_date, orders.due_date, orders.state, orders.order_id, orders.needed_quantity,
            orders.late_days, coalesce(suppliers.supplier_name, orders.from_location_id) as supplied_by
        from core.fct_plan_firmed_orders as orders
        left join core.dim_suppliers as suppliers on orders.supplier_id = suppliers.supplier_id
        order by orders.firmed_order_id
        """
    )
