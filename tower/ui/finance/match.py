"""Order, receipt and invoice against each other, and invoices against tax invoices: counts by state, then the lines."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import invoice_match as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.finance.margin import named
from tower.ui.finance.period import choose_period
from tower.ui.finance.tax import show_tax
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

_LINES: dict[str, ColumnKind] = {
    "purchase_order_line_id": "text", "supplier_name": "text", "item": "text", "ordered_date": "day",
    "ordered_quantity": "quantity", "accepted_quantity": "quantity", "invoiced_quantity": "quantity",
    "quantity_difference": "quantity", "currency_code": "text", "order_price": "number", "invoice_price": "number",
    "value_at_stake": "money", "invoices": "text",
}  # fmt: skip
MOST_SHOWN = 500
PAPERS = ("orders", "tax")


def show_match(view: View) -> None:
    """One of two matches: orders with receipts and invoices, or invoices with tax invoices."""
    text = view.text
    papers = url.segments(
        text("finance.papers"), "papers", PAPERS, lambda one: text(f"finance.papers_{one}"), default="orders",
        label_visibility="collapsed",
    )  # fmt: skip
    if papers == "tax":
        show_tax(view)
    elif is_connected(view, "purchase_order_lines"):
        _show_orders(view)
    else:
        states.not_connected(text, ["purchase_order_lines"])


def _show_orders(view: View) -> None:
    """Choose a state to see its lines; every count stands on its button's card."""
    text, numbers = view.text, view.numbers
    days = choose_period(view)
    everything = ask(view.warehouse, questions.three_way_match, *days)
    counts = {
        name: (lines, value)
        for name, lines, value in everything.group_by("match_state")
        .agg(lines=pl.len(), value=pl.sum("value_at_stake"))
        .rows()
    }
    with st.grid(5, min_column_width=180, gap="small"):
        for name in questions.STATES:
            lines, value = counts.get(name, (0, 0.0))
            note = None if name == "matched" else numbers.value(value, "money")
            st.metric(
                text(f"finance.match_{name}"), numbers.value(lines, "count"), delta=note, delta_color="off",
                delta_arrow="off", border=True, help=text(f"finance.match_{name}_help"), height="stretch",
            )  # fmt: skip
    state = url.segments(
        text("finance.match_state"), "state", questions.STATES, lambda one: text(f"finance.match_{one}"),
        default="quantity", label_visibility="collapsed",
    )  # fmt: skip
    found = everything.filter(pl.col("match_state") == state)
    show_choice(
        view, f"match_{state}", text("finance.match_lines", state=text(f"finance.match_{state}")),
        named(view, found.head(MOST_SHOWN)), columns_of(view, "finance_column", _LINES), tallest=420,
        widths={"supplier_name": 190, "item": 170}, empty=text("finance.match_none"),
        note=text("finance.match_note", shown=min(found.height, MOST_SHOWN), all=found.height),
    )  # fmt: skip
