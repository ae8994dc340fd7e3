"""Receivables and payables: what is open, how old it is, whether it ties to the ledger, and when it should be paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tower.finance.payment_habits import MOST_DAYS_OVERDUE, expected_payments, payment_habits

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

SIDES = ("receivable", "payable")
# Habits change: only what was paid in these days counts.
HABIT_DAYS = 365
# The ledger is kept in cents.
TOLERANCE = 0.01
_PARTY = {"receivable": ("customer", "core.dim_customers", 1), "payable": ("supplier", "core.dim_suppliers", -1)}


def ageing(warehouse: Warehouse, side: str) -> pl.DataFrame:
    """One row per bracket, in order: bracket_number, bracket, label, label_zh, items, value, share (of all open)."""
    return warehouse.frame(
        """
        select brackets.bracket_number, brackets.bracket, brackets.label, brackets.label_zh,
            count(items.invoice_id) as items, coalesce(sum(items.open_value), 0) as value,
            coalesce(sum(items.open_value), 0) / nullif(sum(sum(items.open_value)) over (), 0) as share
        from reference.payment_ageing_brackets as brackets
        left join core.fct_open_items as items
            on brackets.bracket_number = items.bracket_number and items.account_type = $side
        group by 1, 2, 3, 4
        order by 1
        """,
        {"side": side},
    )


def paid_invoices(warehouse: Warehouse) -> pl.DataFrame:
    """Customer invoices settled in full, their last settlement in the last HABIT_DAYS: customer_id, days_after_due.

    Only invoices with terms: what is paid at the counter says nothing about how people pay later.
    """
    return warehouse.frame(
        """
        select settled.customer_id, max(settled.days_after_due) as days_after_due
        from core.fct_settlements as settled
        left join core.fct_open_items as items on settled.invoice_id = items.invoice_id
        where settled.invoice_type = 'customer_invoice' and items.invoice_id is null
            and settled.due_date > settled.invoice_date
        group by settled.invoice_id, settled.customer_id
        having max(settled.settled_date) > cast($as_of as date) - cast($days as integer)
            and max(case when settled.settlement_type = 'payment' then 1 else 0 end) = 1
        order by 1, 2
        """,
        {"as_of": warehouse.as_of, "days": HABIT_DAYS},
    )


def everyones_habit(warehouse: Warehouse) -> float | None:
    """The median days after due of all customers' paid invoices."""
    return payment_habits(paid_invoices(warehouse))[1]


def parties(warehouse: Warehouse, side: str) -> pl.DataFrame:
    """One row per party with something open, the most first.

    party_id, party_name, open_value, overdue_value, overdue_share, items, oldest_days, payment_terms_days; of customers
    credit_limit_value, habit_days (their own, null without enough payments) and payments.
    """
    kind, table, _ = _PARTY[side]
    limit = "max(names.credit_limit_value)" if side == "receivable" else "cast(null as double)"
    frame = warehouse.frame(
        f"""
        select items.{kind}_id as party_id, max(names.{kind}_name) as party_name, sum(items.open_value) as open_value,
            coalesce(sum(items.open_value) filter (where items.is_overdue = 1), 0) as overdue_value,
            coalesce(sum(items.open_value) filter (where items.is_overdue = 1), 0)
                / nullif(sum(items.open_value), 0) as overdue_share,
            count(*) as items, max(items.days_overdue) as oldest_days,
            max(names.payment_terms_days) as payment_terms_days, {limit} as credit_limit_value
        from core.fct_open_items as items
        left join {table} as names on items.{kind}_id = names.{kind}_id
        where items.account_type = $side
        group by 1
        order by open_value desc, 1
        """,
        {"side": side},
    )
    if side == "payable":
        return frame
    habits, _ = payment_habits(paid_invoices(warehouse))
    return frame.join(habits, left_on="party_id", right_on="customer_id", how="left", maintain_order="left")


def open_items(warehouse: Warehouse, side: str, party: str | None, bracket: str | None) -> pl.DataFrame:
    """Open documents of a party or a bracket, the longest overdue first; receivables with their expected_date, null
    where they are overdue for more than MOST_DAYS_OVERDUE days."""
    kind, table, _ = _PARTY[side]
    frame = warehouse.frame(
        f"""
        select items.invoice_id, items.invoice_type, items.{kind}_id as party_id, names.{kind}_name as party_name,
            items.customer_id, items.invoice_date, items.due_date, items.gross_value, items.settled_value,
            items.open_value, items.days_overdue, items.bracket
        from core.fct_open_items as items
        left join {table} as names on items.{kind}_id = names.{kind}_id
        where items.account_type = $side and ($party is null or items.{kind}_id = $party)
            and ($bracket is null or items.bracket = $bracket)
        order by items.days_overdue desc, items.due_date, items.invoice_id
        """,
        {"side": side, "party": party, "bracket": bracket},
    )
    if side == "payable":
        return frame
    is_hopeful = pl.col("days_overdue") <= MOST_DAYS_OVERDUE
    return expected_payments(frame, paid_invoices(warehouse), warehouse.as_of).with_columns(
        pl.when(is_hopeful).then(pl.col("expected_date")), pl.when(is_hopeful).then(pl.col("is_own_habit"))
    )


def ledger_tie(warehouse: Warehouse, side: str) -> pl.DataFrame:
    """Open items against the ledger's accounts, party by party: open_value, ledger_value, difference.

    Only parties with either. A ledger line without a party stands under an empty party_id. Payables are positive where
    we owe. Differences first, the largest on top.
    """
    kind, table, sign = _PARTY[side]
    frame = warehouse.frame(
        f"""
        with sides as (
            select {kind}_id as party_id, open_value, 0 as ledger_value
            from core.fct_open_items where account_type = $side
            union all
            select posted_{kind}_id, 0, {sign} * balance_value from core.fct_ledger_lines where account_type = $side
        )
        select sides.party_id, max(names.{kind}_name) as party_name, sum(open_value) as open_value,
            sum(ledger_value) as ledger_value, sum(ledger_value) - sum(open_value) as difference
        from sides left join {table} as names on sides.party_id = names.{kind}_id
        group by 1
        order by abs(sum(ledger_value) - sum(open_value)) desc, 1
        """,
        {"side": side},
    )
    return frame.filter((pl.col("open_value") != 0) | (pl.col("ledger_value").abs() >= TOLERANCE / 2))


def unallocated(warehouse: Warehouse, side: str) -> float:
    """What was paid and is not allocated to an invoice yet; it stands in no open item."""
    kind = _PARTY[side][0]
    frame = warehouse.frame(
        f"select coalesce(sum(settled_value), 0) as value from core.fct_settlements "
        f"where is_allocated = 0 and {kind}_id is not null"
    )
    return float(frame.item())
