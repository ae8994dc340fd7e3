"""What will be paid and when: open documents, the order book and the purchases of the plan, each with its day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from tower.finance.cash_outlook import INFLOWS, OUTFLOWS, WEEKS
from tower.finance.payment_habits import MOST_DAYS_OVERDUE, expected_payments
from tower.queries.receivables import open_items, paid_invoices

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

_COLUMNS = ("flow", "document_id", "party_id", "party_name", "day", "value")
# Orders carry no tax: it comes on top as it does on the party's invoices, else as on all of that side.
_TAX = """
    taxes as (
        select {party}_id, sum(gross_value) / nullif(sum(net_value), 0) as factor from core.fct_invoices
        where {party}_id is not null and invoice_status <> 'cancelled' and net_value > 0 group by 1
    ),
    everyones as (
        select sum(gross_value) / nullif(sum(net_value), 0) as factor from core.fct_invoices
        where {party}_id is not null and invoice_status <> 'cancelled' and net_value > 0
    )
"""


def opening_cash(warehouse: Warehouse) -> float | None:
    """What the cash accounts of the ledger hold today; None without one."""
    value = warehouse.frame(
        "select sum(balance_value) as value from core.fct_ledger_lines where account_type = 'cash'"
    ).item()
    return None if value is None else float(value)


def cash_documents(warehouse: Warehouse) -> pl.DataFrame:
    """Documents with money to move in the next WEEKS weeks: the columns of _COLUMNS, by day.

    open_invoices: at the date expected by the customer's habit, without those `doubtful`. open_orders: the day that
    the plan has the goods (else promised, else requested), plus terms, plus habit. supplier_invoices: due date.
    open_purchases and planned_purchases: the day of receipt plus the supplier's terms.
    """
    receivable = open_items(warehouse, "receivable", None, None).filter(~_is_doubtful()).select(
        flow=pl.lit("open_invoices"), document_id="invoice_id", party_id="party_id", party_name="party_name",
        day="expected_date", value="open_value",
    )  # fmt: skip
    payable = open_items(warehouse, "payable", None, None).select(
        flow=pl.lit("supplier_invoices"), document_id="invoice_id", party_id="party_id", party_name="party_name",
        day="due_date", value="open_value",
    )  # fmt: skip
    orders = expected_payments(_open_orders(warehouse), paid_invoices(warehouse), warehouse.as_of).select(
        flow=pl.lit("open_orders"), document_id="document_id", party_id="customer_id", party_name="party_name",
        day="expected_date", value="value",
    )  # fmt: skip
    frame = pl.concat(
        [
            one.with_columns(pl.col("value").cast(pl.Float64))
            for one in (receivable, orders, payable, _purchases(warehouse))
        ]
    )
    last = warehouse.as_of + timedelta(days=7 * WEEKS)
    places = {name: at for at, name in enumerate((*INFLOWS, *OUTFLOWS))}
    return (
        frame.filter(pl.col("day") <= last, pl.col("value") != 0)
        .with_columns(place=pl.col("flow").replace_strict(places, return_dtype=pl.Int64))
        .sort("day", "place", "document_id")
        .select(_COLUMNS)
    )


def doubtful(warehouse: Warehouse) -> float:
    """Receivables overdue for more than MOST_DAYS_OVERDUE days, which the outlook leaves out."""
    return float(open_items(warehouse, "receivable", None, None).filter(_is_doubtful())["open_value"].sum())


def _is_doubtful() -> pl.Expr:
    return pl.col("days_overdue") > MOST_DAYS_OVERDUE


def _open_orders(warehouse: Warehouse) -> pl.DataFrame:
    return warehouse.frame(
        f"""
        with planned as (
            select demand_id, max(coalesce(possible_date, demand_date)) as day from core.fct_plan_demands
            where demand_type = 'sales_order_line' group by 1
        ),
        {_TAX.format(party="customer")}
        select lines.sales_order_line_id as document_id, lines.customer_id, customers.customer_name as party_name,
            cast(greatest(
                coalesce(planned.day, lines.promised_date, lines.requested_date), cast($as_of as date)
            ) + cast(coalesce(customers.payment_terms_days, 0) as integer) as date) as due_date,
            lines.open_value * coalesce(taxes.factor, everyones.factor, 1) as value
        from core.fct_sales_order_lines as lines
        cross join everyones
        left join core.dim_customers as customers on lines.customer_id = customers.customer_id
        left join planned on lines.sales_order_line_id = planned.demand_id
        left join taxes on lines.customer_id = taxes.customer_id
        where lines.is_open = 1
        order by 1
        """,
        {"as_of": warehouse.as_of},
    )


def _purchases(warehouse: Warehouse) -> pl.DataFrame:
    return warehouse.frame(
        f"""
        with bought as (
            select 'open_purchases' as flow, purchase_order_line_id as document_id, supplier_id,
                coalesce(confirmed_date, requested_date) as received, open_value as value
            from core.fct_purchase_order_lines where is_open = 1
            union all
            select 'planned_purchases', plan_order_id, supplier_id, due_date, value
            from core.fct_plan_orders where order_type = 'buy'
        ),
        {_TAX.format(party="supplier")}
        select bought.flow, bought.document_id, bought.supplier_id as party_id, suppliers.supplier_name as party_name,
            cast(greatest(bought.received, cast($as_of as date))
                + cast(coalesce(suppliers.payment_terms_days, 0) as integer) as date) as day,
            bought.value * coalesce(taxes.factor, everyones.factor, 1) as value
        from bought
        cross join everyones
        left join core.dim_suppliers as suppliers on bought.supplier_id = suppliers.supplier_id
        left join taxes on bought.supplier_id = taxes.supplier_id
        order by 1, 2
        """,
        {"as_of": warehouse.as_of},
    )
