"""Variances with their reasons: production orders that missed their standard, purchases that were dearer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# What a production order's variance is split into; they add up to its total.
REASONS = ("usage_variance", "hours_variance", "scrap_variance", "lot_size_variance")
MOST_ROWS = 2_000
_SUMS = ", ".join(f"sum({one}) as {one}" for one in (*REASONS, "total_variance", "posted_variance"))


def production_totals(warehouse: Warehouse, start: date, end: date) -> pl.DataFrame:
    """One row: the sums of REASONS, total_variance and posted_variance of orders finished in the days, and orders;

    with ledger_value: what the variance accounts hold of production orders by their own entries of these days.
    """
    return warehouse.frame(
        f"""
        select {_SUMS}, count(*) as orders,
            (
                select coalesce(sum(balance_value), 0) from core.fct_ledger_lines
                where account_type = 'variance' and reference_type = 'production_order'
                    and entry_date between $start and $end
            ) as ledger_value
        from core.fct_production_variances where finished_date between $start and $end
        """,
        {"start": start, "end": end},
    )


def production_items(warehouse: Warehouse, start: date, end: date) -> pl.DataFrame:
    """By item made, the largest variance first: item_id with names, orders, received_value, REASONS, total, posted."""
    return warehouse.frame(
        f"""
        select made.item_id, max(items.item_name) as item_name, max(items.item_name_zh) as item_name_zh,
            count(*) as orders, sum(made.completed_quantity) as completed_quantity,
            sum(made.received_value) as received_value, {_SUMS},
            sum(total_variance) / nullif(sum(made.received_value), 0) as variance_rate
        from core.fct_production_variances as made
        left join core.dim_items as items on made.item_id = items.item_id
        where made.finished_date between $start and $end
        group by 1 order by abs(sum(total_variance)) desc, 1
        """,
        {"start": start, "end": end},
    )


def production_orders(warehouse: Warehouse, item: str, start: date, end: date) -> pl.DataFrame:
    """The orders of an item finished in the days, the largest variance first; at most MOST_ROWS."""
    return warehouse.frame(
        f"""
        select production_order_id, finished_date, location_id, completed_quantity, scrapped_quantity, material_value,
            hours_value, subcontract_value, received_value, {", ".join(REASONS)}, total_variance, posted_variance
        from core.fct_production_variances
        where item_id = $item and finished_date between $start and $end
        order by abs(total_variance) desc, production_order_id limit {MOST_ROWS}
        """,
        {"item": item, "start": start, "end": end},
    )


def purchase_totals(warehouse: Warehouse, start: date, end: date) -> tuple[float | None, float | None]:
    """(receipts of the days above standard at their order's price, what the variance accounts took otherwise)."""
    return warehouse.frame(
        """
        select
            (
                select sum(price_variance_value) from core.fct_purchase_receipts
                where received_date between $start and $end
            ),
            (
                select sum(balance_value) from core.fct_ledger_lines
                where account_type = 'variance' and coalesce(reference_type, '') <> 'production_order'
                    and entry_date between $start and $end
            )
        """,
        {"start": start, "end": end},
    ).row(0)


def purchase_items(warehouse: Warehouse, start: date, end: date) -> pl.DataFrame:
    """By item and supplier, the largest difference first: receipts, received_value, price_variance, variance_rate."""
    return warehouse.frame(
        f"""
        select bought.item_id, max(items.item_name) as item_name, max(items.item_name_zh) as item_name_zh,
            bought.supplier_id, max(suppliers.supplier_name) as supplier_name, count(*) as receipts,
            sum(bought.received_quantity) as received_quantity, sum(bought.received_value) as received_value,
            sum(bought.price_variance_value) as price_variance,
            sum(bought.price_variance_value) / nullif(sum(bought.received_value - bought.price_variance_value), 0)
                as variance_rate
        from core.fct_purchase_receipts as bought
        left join core.dim_items as items on bought.item_id = items.item_id
        left join core.dim_suppliers as suppliers on bought.supplier_id = suppliers.supplier_id
        where bought.received_date between $start and $end and bought.price_variance_value is not null
        group by bought.item_id, bought.supplier_id
        order by abs(sum(bought.price_variance_value)) desc, 1, 4 limit {MOST_ROWS}
        """,
        {"start": start, "end": end},
    )


def purchase_receipts(warehouse: Warehouse, item: str, supplier: str, start: date, end: date) -> pl.DataFrame:
    """The receipts of an item from a supplier in the days, the newest first; at most MOST_ROWS."""
    return warehouse.frame(
        f"""
        select receipt_line_id, purchase_order_line_id, received_date, received_quantity, received_value,
            price_variance_value as price_variance
        from core.fct_purchase_receipts
        where item_id = $item and supplier_id = $supplier and received_date between $start and $end
        order by received_date desc, receipt_line_id limit {MOST_ROWS}
        """,
        {"item": item, "supplier": supplier, "start": start, "end": end},
    )
