"""Stock in the ledger against the movements, and purchase and production variances by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse


def stock_accounts(warehouse: Warehouse) -> pl.DataFrame:
    """The inventory accounts today: account_id, account_name, value."""
    return warehouse.frame(
        """
        select account_id, max(account_name) as account_name, sum(balance_value) as value
        from core.fct_ledger_lines where account_type = 'inventory' group by 1 order by 1
        """
    )


def stock_by_item_type(warehouse: Warehouse) -> pl.DataFrame:
    """What the movements left in own stock, at their values: item_type, value, items."""
    return warehouse.frame(
        """
        select items.item_type, sum((moved.is_to_own_stock - moved.is_from_own_stock) * moved.value) as value,
            count(distinct moved.item_id) as items
        from core.fct_stock_movements as moved
        left join core.dim_items as items on moved.item_id = items.item_id
        group by 1 order by 2 desc nulls last, 1
        """
    )


def stock_by_month(warehouse: Warehouse) -> pl.DataFrame:
    """At each month's end: month, ledger_value, moved_value, difference (ledger less movements)."""
    return warehouse.frame(
        """
        with sides as (
            select month_start_date as month, balance_value as ledger_value, 0 as moved_value
            from core.fct_ledger_lines where account_type = 'inventory'
            union all
            select cast(date_trunc('month', moved_date) as date), 0,
                (is_to_own_stock - is_from_own_stock) * value
            from core.fct_stock_movements where is_to_own_stock <> is_from_own_stock and moved_date <= $as_of
        ),
        months as (
            select month, sum(ledger_value) as ledger_value, sum(moved_value) as moved_value from sides group by 1
        )
        select month, sum(ledger_value) over (order by month) as ledger_value,
            sum(moved_value) over (order by month) as moved_value,
            sum(ledger_value - moved_value) over (order by month) as difference
        from months order by month desc
        """,
        {"as_of": warehouse.as_of},
    )


def variances(warehouse: Warehouse) -> pl.DataFrame:
    """By month, the newest first: account_id, account_name, value (debit less credit: positive costs more)."""
    return warehouse.frame(
        """
        select month_start_date as month, account_id, account_name, debit_value - credit_value as value
        from core.fct_ledger_balances where account_type = 'variance'
        order by month desc, account_id
        """
    )


def receipt_variances(warehouse: Warehouse) -> pl.DataFrame:
    """What receipts cost above (+) or below (−) standard: month, value."""
    return warehouse.frame(
        """
        select cast(date_trunc('month', received_date) as date) as month, sum(price_variance_value) as value
        from core.fct_purchase_receipts group by 1 order by 1 desc
        """
    )
