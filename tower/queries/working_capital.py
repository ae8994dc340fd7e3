"""Balances and flows by month that working capital is measured from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tower.finance.working_capital import working_capital

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Months shown; the countback and the windows look further back.
MOST_MONTHS = 48


def months(warehouse: Warehouse) -> pl.DataFrame:
    """The rows that `working_capital` takes, with its measures: one per month up to that of the as-of date.

    Receivables and payables of a past month are the invoices so far less what was settled by its end. Stock and cost of
    goods sold come from the ledger and are null without one, as payables are for a reader of some customers only.
    """
    whole = warehouse.scope.is_everything
    frame = warehouse.frame(
        f"""
        with invoices as (
            select *, case when invoice_type like '%credit_note' then -gross_value else gross_value end as signed_value,
                case when invoice_type like 'customer%' then 'receivable' else 'payable' end as side
            from core.fct_invoices where invoice_status <> 'cancelled' and invoice_date <= $as_of
        ),
        settled as (
            select settlements.settled_date, settlements.signed_settled_value, invoices.invoice_date, invoices.due_date,
                invoices.side
            from core.fct_settlements as settlements
            inner join invoices on settlements.invoice_id = invoices.invoice_id
        ),
        ends as (
            select cast(month as date) as month,
                least(cast(month + interval 1 month - interval 1 day as date), cast($as_of as date)) as ended
            from (
                select unnest(generate_series(
                    greatest(
                        (select date_trunc('month', min(invoice_date)) from invoices),
                        date_trunc('month', cast($as_of as date)) - interval {MOST_MONTHS - 1} month
                    ),
                    date_trunc('month', cast($as_of as date)), interval 1 month
                )) as month
            )
        ),
        billed as (
            select ends.month,
                sum(signed_value) filter (where side = 'receivable') as receivables,
                sum(signed_value) filter (where side = 'receivable' and due_date >= ended) as current_receivables,
                sum(signed_value) filter (where side = 'receivable' and invoice_date >= month) as sales,
                sum(signed_value) filter (where side = 'payable') as payables
            from ends inner join invoices on invoices.invoice_date <= ends.ended group by 1
        ),
        paid as (
            select ends.month,
                sum(signed_settled_value) filter (where side = 'receivable') as receivables,
                sum(signed_settled_value) filter (where side = 'receivable' and due_date >= ended)
                    as current_receivables,
                sum(signed_settled_value) filter (where side = 'payable') as payables
            from ends inner join settled on settled.settled_date <= ends.ended and settled.invoice_date <= ends.ended
            group by 1
        ),
        ledger as (
            select month_start_date as month,
                sum(closing_value) filter (where account_type = 'inventory') as inventory,
                sum(debit_value - credit_value) filter (where account_type = 'cost_of_goods_sold') as cost
            from core.fct_ledger_balances group by 1
        )
        select ends.month, cast(date_diff('day', ends.month, ends.ended) + 1 as integer) as days,
            coalesce(billed.sales, 0) as sales,
            coalesce(billed.receivables, 0) - coalesce(paid.receivables, 0) as receivables,
            coalesce(billed.current_receivables, 0) - coalesce(paid.current_receivables, 0) as current_receivables,
            case when $whole then coalesce(billed.payables, 0) - coalesce(paid.payables, 0) end as payables,
            ledger.inventory, ledger.cost
        from ends
        left join billed on ends.month = billed.month
        left join paid on ends.month = paid.month
        left join ledger on ends.month = ledger.month
        order by 1
        """,
        {"as_of": warehouse.as_of, "whole": whole},
    )
    return working_capital(
        frame.with_columns(
            pl.col("sales", "receivables", "current_receivables", "payables", "inventory", "cost").cast(pl.Float64)
        )
    )


def receivable_invoices(warehouse: Warehouse) -> pl.DataFrame:
    """Invoices and credit notes to customers: month, invoice_id, invoice_date, customer_id, customer_name, value.

    `value` with tax, credit notes negative, as the sales of `months`.
    """
    return warehouse.frame(
        f"""
        select
            cast(date_trunc('month', invoices.invoice_date) as date) as month, invoices.invoice_id,
            invoices.invoice_date, invoices.customer_id, customers.customer_name,
            case when invoices.invoice_type like '%credit_note' then -invoices.gross_value else invoices.gross_value end
                as value
        from core.fct_invoices as invoices
        left join core.dim_customers as customers on customers.customer_id = invoices.customer_id
        where invoices.invoice_type like 'customer%' and invoices.invoice_status <> 'cancelled'
            and invoices.invoice_date <= $as_of
            and invoices.invoice_date >= date_trunc('month', cast($as_of as date)) - interval {MOST_MONTHS - 1} month
        order by invoices.invoice_date desc, invoices.invoice_id
        """,
        {"as_of": warehouse.as_of},
    )
