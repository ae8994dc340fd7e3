"""On whom we depend: concentration by category, items with one supplier, suppliers behind our suppliers."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import supplier_exposure as questions
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import Asked, is_connected, worded
from tower.ui.view import View

_CATEGORIES: dict[str, ColumnKind] = {
    "category": "text", "concentration": "number", "suppliers": "integer", "top_share": "percent",
    "top_supplier_name": "text", "purchases": "money", "category_id": "text",
}  # fmt: skip
_SINGLE: dict[str, ColumnKind] = {
    "item_id": "text", "item": "text", "supplier": "text", "hanging_revenue_value": "money",
    "hanging_backlog_value": "money", "hanging_products": "integer", "purchased_value": "money",
    "book_lead_time_days": "integer", "country_code": "text", "supplier_status": "text",
}  # fmt: skip
_UPSTREAM: dict[str, ColumnKind] = {
    "upstream_name": "text", "direct_suppliers": "integer", "direct_names": "text", "items": "integer",
    "hidden_items": "integer", "hanging_revenue_value": "money", "upstream_supplier_id": "text",
}  # fmt: skip


def show_dependence(view: View, asked: Asked) -> None:
    """Four figures, then the three lists."""
    text, numbers = view.text, view.numbers
    if not is_connected(view, "item_suppliers"):
        states.not_connected(text, ["item_suppliers"])
        return
    row = ask(view.warehouse, questions.exposure).row(0, named=True)

    def share(part: float, whole: float) -> str:
        return numbers.value(part / whole if whole else None, "percent")

    with st.grid(3, min_column_width=220, gap="small"):
        for name, part, whole in (
            ("single_items", row["single_items"], row["items"]),
            ("single_purchases", row["single_purchases"], row["purchases"]),
            ("single_revenue", row["single_revenue"], row["revenue"]),
        ):
            unit = "count" if name == "single_items" else "money"
            st.metric(
                text(f"suppliers.{name}"), share(part, whole),
                delta=text("capacity.of", part=numbers.value(part, unit), whole=numbers.value(whole, unit)),
                delta_color="off", delta_arrow="off", border=True, help=text(f"suppliers.{name}_help"),
            )  # fmt: skip
    single = worded(view, ask(view.warehouse, questions.single_sources, asked.supplier))
    statuses = {one: text.term("supplier_status", one) for one in single["supplier_status"].drop_nulls().unique()}
    show_choice(
        view, "single_sources", text("suppliers.single"),
        single.with_columns(pl.col("supplier_status").replace(statuses)),
        columns_of(view, "suppliers_column", _SINGLE), note=text("suppliers.single_note"),
        empty=text("suppliers.single_none"), tallest=380, widths={"item": 200, "supplier": 230},
    )  # fmt: skip
    categories = ask(view.warehouse, questions.concentration)
    first, second = (
        ("category_name_zh", "category_name") if text.language == "zh" else ("category_name", "category_name_zh")
    )
    show_choice(
        view, "concentration", text("suppliers.concentration"),
        categories.with_columns(
            category=pl.coalesce(first, second, "category_id"), concentration=pl.col("concentration").round(3)
        ),
        columns_of(view, "suppliers_column", _CATEGORIES), note=text("suppliers.concentration_note"), tallest=330,
        empty=text("suppliers.no_lines"), widths={"top_supplier_name": 240},
    )  # fmt: skip
    if not is_connected(view, "supplier_tiers"):
        st.markdown(f"**{text('suppliers.upstream')}**")
        states.not_connected(text, ["supplier_tiers"])
        return
    show_choice(
        view, "upstream", text("suppliers.upstream"), ask(view.warehouse, questions.shared_upstream),
        columns_of(view, "suppliers_column", _UPSTREAM), note=text("suppliers.upstream_note"), tallest=330,
        empty=text("suppliers.upstream_none"), widths={"upstream_name": 240, "direct_names": 320},
    )  # fmt: skip
