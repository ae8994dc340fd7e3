"""What to do with the customer next: products to offer with the reason, open opportunities, and what was done."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import account as questions
from tower.queries import next_products
from tower.ui import states
from tower.ui.account.service import named
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.lifecycle.offers import reason
from tower.ui.links import address
from tower.ui.pipeline.opportunities import staged
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

_PRODUCTS: dict[str, ColumnKind] = {
    "rank": "integer", "item_id": "text", "item": "text", "reason": "text", "available_quantity": "quantity",
    "base_uom": "text", "usual_value_year": "money", "usual_margin_year": "money", "margin_rate": "percent",
}  # fmt: skip
_OPPORTUNITIES: dict[str, ColumnKind] = {
    "opportunity_id": "text", "stage_name": "text", "expected_value": "money", "win_probability": "percent",
    "expected_close_date": "day", "age_days": "integer", "sales_rep_name": "text",
}  # fmt: skip
_ACTIVITIES: dict[str, ColumnKind] = {
    "activity_date": "day", "activity_name": "text", "sales_rep_name": "text", "opportunity_id": "text",
}  # fmt: skip


def show_next_steps(view: View, customer: dict[str, Any]) -> None:
    """Products, opportunities, activities."""
    number = customer["customer_id"]
    with states.or_failed(view.text):
        _show_products(view, number)
    with states.or_failed(view.text):
        _show_opportunities(view, number)
    with states.or_failed(view.text):
        _show_activities(view, number)


def _show_products(view: View, number: str) -> None:
    text = view.text
    frame = ask(view.warehouse, next_products.of_customer, number)
    reasons = [reason(view, row) for row in frame.iter_rows(named=True)]
    show_table(
        view, "account_products", text("account.products"),
        named(view, frame).with_columns(pl.Series("reason", reasons, pl.String)),
        columns_of(view, "account_column", _PRODUCTS), note=text("account.products_note"),
        empty=text("account.no_products"),
    )  # fmt: skip


def _show_opportunities(view: View, number: str) -> None:
    text = view.text
    if not is_connected(view, "opportunities"):
        states.not_connected(text, ["opportunities"])
        return
    frame = staged(view, ask(view.warehouse, questions.opportunities, number), "last_stage")
    show_table(
        view, "account_opportunities", text("account.opportunities"), frame,
        columns_of(view, "account_column", _OPPORTUNITIES), empty=text("account.no_opportunities"),
    )  # fmt: skip
    if frame.height and (way := address(view, "pipeline", opportunity=frame["opportunity_id"][0])):
        st.markdown(f"[{text('account.to_opportunity', number=frame['opportunity_id'][0])}]({way})")


def _show_activities(view: View, number: str) -> None:
    text = view.text
    if not is_connected(view, "activities"):
        states.not_connected(text, ["activities"])
        return
    frame = ask(view.warehouse, questions.activities, number)
    names = [text.term("activity_type", one or "") for one in frame["activity_type"].to_list()]
    note = None
    if frame.height:
        last = (view.build.as_of - frame["activity_date"][0]).days
        note = text("account.activities_note", days=view.numbers.integer(last))
    show_table(
        view, "account_activities", text("account.activities"),
        frame.with_columns(pl.Series("activity_name", names, pl.String)),
        columns_of(view, "account_column", _ACTIVITIES), note=note, empty=text("account.no_activities"),
    )  # fmt: skip
