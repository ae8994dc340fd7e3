"""What the customer brings and owes: orders and margin by month, what it buys, credit, open invoices, payment habit."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.charts import trend_figure
from tower.exports import Column, ColumnKind
from tower.queries import account as questions
from tower.queries import receivables
from tower.ui import states
from tower.ui.account.service import named
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

_BOUGHT: dict[str, ColumnKind] = {
    "item_id": "text", "item": "text", "net_value": "money", "margin_value": "money", "margin_rate": "percent",
    "quantity": "quantity", "base_uom": "text", "last_ordered_date": "day",
}  # fmt: skip
_ITEMS: dict[str, ColumnKind] = {
    "invoice_id": "text", "invoice_date": "day", "due_date": "day", "days_overdue": "integer", "open_value": "money",
    "gross_value": "money", "settled_value": "money", "expected_date": "day",
}  # fmt: skip


def show_money(view: View, customer: dict[str, Any]) -> None:
    """Credit first, then what it brings."""
    with states.or_failed(view.text):
        _show_credit(view, customer["customer_id"])
    with states.or_failed(view.text):
        _show_value(view, customer["customer_id"])


def _show_credit(view: View, number: str) -> None:
    text, numbers = view.text, view.numbers
    st.markdown(f"**{text('account.credit')}**")
    if not is_connected(view, "invoices"):
        states.not_connected(text, ["invoices"])
        return
    owed = ask(view.warehouse, questions.credit, number)
    limit = owed["credit_limit_value"]
    free = None if limit is None else limit - owed["open_value"] - owed["order_value"]
    cards = (
        ("limit", numbers.value(limit, "money")),
        ("open_invoices", numbers.value(owed["open_value"], "money")),
        ("overdue", numbers.value(owed["overdue_value"], "money")),
        ("free_credit", numbers.value(free, "money")),
        ("habit", numbers.value(owed["habit_days"], "days", 0)),
    )
    with st.grid(5, min_column_width=140, gap="small"):
        for name, value in cards:
            st.metric(text(f"account.{name}"), value, border=True, height="stretch", help=text(f"account.{name}_help"))
    st.caption(
        text(
            "account.credit_says", terms=numbers.integer(owed["payment_terms_days"]),
            payments=numbers.integer(owed["payments"]), everyone=numbers.value(owed["everyones_days"], "days", 0),
            orders=numbers.value(owed["order_value"], "money"),
        )
    )  # fmt: skip
    if free is not None and free < 0:
        st.warning(text("account.over_limit", value=numbers.value(-free, "money")), icon=":material/credit_card_off:")
    frame = ask(view.warehouse, receivables.open_items, "receivable", number, None)
    show_table(
        view, "account_invoices", text("account.invoices"), frame, columns_of(view, "account_column", _ITEMS),
        note=text("account.invoices_note"), empty=text("account.no_invoices"),
    )  # fmt: skip


def _show_value(view: View, number: str) -> None:
    text, numbers = view.text, view.numbers
    title = text("account.ordered")
    frame = ask(view.warehouse, questions.months, number)
    total, margin = float(frame["value"].sum()), float(frame["margin"].sum())
    st.markdown(f"**{title}**")
    if not total:
        states.empty(text, text("account.no_orders"))
        return
    st.caption(
        text("account.ordered_note", value=numbers.value(total, "money"), margin=numbers.value(margin, "money"),
             rate=numbers.value(margin / total, "percent"))
    )  # fmt: skip
    figure = trend_figure(
        frame, label=lambda value: numbers.value(value, "money"), tick=lambda value: numbers.tick(value, "money"),
        period_label=numbers.month, tick_label=lambda day: numbers.within_year(day, "month"), is_amount=True,
        height=240,
    )  # fmt: skip
    columns = [
        Column("period", text("grain.month"), "day"), Column("value", text("account_column.net_value"), "money"),
        Column("margin", text("account_column.margin_value"), "money"),
    ]  # fmt: skip
    show_figure(view, "account_months", figure, lambda: frame, columns, provenance(view, title, is_filtered=False))
    bought = named(view, ask(view.warehouse, questions.bought, number)).with_columns(
        margin_rate=pl.col("margin_value") / pl.when(pl.col("net_value") != 0).then(pl.col("net_value"))
    )
    show_table(
        view, "account_bought", text("account.bought"), bought, columns_of(view, "account_column", _BOUGHT),
        note=text("account.bought_note"), empty=text("account.no_orders"),
    )  # fmt: skip
