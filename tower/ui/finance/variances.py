"""Why making and buying cost more or less than standard: by reason, by item, down to the order or receipt."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts.bars import bar_figure
from tower.exports import Column, ColumnKind
from tower.queries import cost_variances as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.finance.margin import named
from tower.ui.finance.period import Days, choose_period
from tower.ui.kit_words import columns_of
from tower.ui.view import View

SIDES = ("production", "purchases")
_REASONS: dict[str, ColumnKind] = dict.fromkeys(questions.REASONS, "money")
_ITEMS: dict[str, ColumnKind] = {
    "item": "text", "total_variance": "money", "variance_rate": "percent", **_REASONS, "posted_variance": "money",
    "orders": "integer", "completed_quantity": "quantity", "received_value": "money", "item_id": "text",
}  # fmt: skip
_ORDERS: dict[str, ColumnKind] = {
    "production_order_id": "text", "finished_date": "day", "completed_quantity": "quantity",
    "scrapped_quantity": "quantity", "total_variance": "money", **_REASONS, "posted_variance": "money",
    "material_value": "money", "hours_value": "money", "subcontract_value": "money", "received_value": "money",
}  # fmt: skip
_BOUGHT: dict[str, ColumnKind] = {
    "item": "text", "supplier_name": "text", "price_variance": "money", "variance_rate": "percent",
    "received_value": "money", "received_quantity": "quantity", "receipts": "integer", "item_id": "text",
    "supplier_id": "text",
}  # fmt: skip
_RECEIPTS: dict[str, ColumnKind] = {
    "receipt_line_id": "text", "purchase_order_line_id": "text", "received_date": "day",
    "received_quantity": "quantity", "received_value": "money", "price_variance": "money",
}  # fmt: skip


def show_reasons(view: View) -> None:
    """Production or purchases in a period, tied to the variance accounts."""
    text = view.text
    st.markdown(f"##### {text('finance.reasons')}")
    days = choose_period(view)
    side = url.segments(
        text("finance.reasons"), "reason", SIDES, lambda one: text(f"finance.reasons_{one}"), default="production",
        label_visibility="collapsed",
    )  # fmt: skip
    (_show_production if side == "production" else _show_purchases)(view, days)


def _cards(view: View, values: list[tuple[str, float | None]]) -> None:
    text, numbers = view.text, view.numbers
    with st.grid(3, min_column_width=200, gap="small"):
        for name, value in values:
            written = None if value is None else round(value, 2) + 0.0
            st.metric(
                text(f"finance_column.{name}"), numbers.value(written, "money"), border=True,
                help=text(f"finance.{name}_help"),
            )  # fmt: skip


def _show_production(view: View, days: Days) -> None:
    text, numbers = view.text, view.numbers
    totals = ask(view.warehouse, questions.production_totals, *days).row(0, named=True)
    if not totals["orders"]:
        states.empty(text, text("finance.reasons_none"))
        return
    total, posted = totals["total_variance"] or 0.0, totals["ledger_value"]
    _cards(view, [("total_variance", total), ("posted_variance", posted), ("variance_tie", posted - total)])
    data = pl.DataFrame(
        {
            "name": [text(f"finance_column.{one}") for one in questions.REASONS],
            "value": [float(totals[one] or 0.0) for one in questions.REASONS],
        }
    )
    title = text("finance.reasons_split")
    columns = [Column("name", text("finance_column.step")), Column("value", text("finance_column.value"), "money")]
    st.markdown(f"**{title}**")
    show_figure(
        view, "variance_reasons", bar_figure(data, label=lambda one: numbers.value(one, "money")), lambda: data,
        columns, provenance(view, title),
    )  # fmt: skip
    with st.expander(text("finance.how")):
        st.markdown(text("finance.reasons_how"))
    items = ask(view.warehouse, questions.production_items, *days)
    show_choice(
        view, "variance_items", text("finance.reasons_items"), named(view, items),
        columns_of(view, "finance_column", _ITEMS), parameter="made", ids=items["item_id"].to_list(), tallest=330,
        widths={"item": 200}, note=text("finance.reasons_note"),
    )  # fmt: skip
    if url.value("made") in items["item_id"].to_list():
        orders = ask(view.warehouse, questions.production_orders, url.value("made"), *days)
        show_choice(
            view, "variance_orders", text("finance.reasons_orders", item=url.value("made")), orders,
            columns_of(view, "finance_column", _ORDERS), tallest=330,
        )  # fmt: skip


def _show_purchases(view: View, days: Days) -> None:
    text = view.text
    receipts, posted = ask(view.warehouse, questions.purchase_totals, *days)
    if receipts is None:
        states.empty(text, text("finance.reasons_none"))
        return
    tie = None if posted is None else posted - receipts
    _cards(view, [("receipt_variance", receipts), ("posted_purchases", posted), ("purchase_tie", tie)])
    items = ask(view.warehouse, questions.purchase_items, *days)
    ids = [f"{item}~{supplier}" for item, supplier in items.select("item_id", "supplier_id").rows()]
    show_choice(
        view, "variance_bought", text("finance.reasons_bought"), named(view, items),
        columns_of(view, "finance_column", _BOUGHT), parameter="made", ids=ids, tallest=330,
        widths={"item": 200, "supplier_name": 190}, note=text("finance.reasons_bought_note"),
    )  # fmt: skip
    if url.value("made") in ids:
        item, _, supplier = url.value("made").partition("~")
        show_choice(
            view, "variance_receipts", text("finance.reasons_receipts", item=item, supplier=supplier),
            ask(view.warehouse, questions.purchase_receipts, item, supplier, *days),
            columns_of(view, "finance_column", _RECEIPTS), tallest=330,
        )  # fmt: skip
