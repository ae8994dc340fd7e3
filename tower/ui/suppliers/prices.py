"""Prices against the standard and against the last time, in money: by supplier or item, and line by line."""

from __future__ import annotations

import polars as pl

from tower.exports import ColumnKind
from tower.queries import suppliers as questions
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import Asked, worded
from tower.ui.view import View

_BY: dict[str, ColumnKind] = {
    "supplier": "text", "purchases": "money", "variance": "money", "price_change": "money", "lines": "integer",
    "supplier_id": "text",
}  # fmt: skip
_LINES: dict[str, ColumnKind] = {
    "purchase_order_line_id": "text", "supplier": "text", "item_id": "text", "item": "text", "ordered_date": "day",
    "received_quantity": "quantity", "base_uom": "text", "unit_price": "number", "standard_price": "number",
    "last_price": "number", "price_variance_value": "money", "price_change_value": "money", "location_id": "text",
}  # fmt: skip


def show_prices(view: View, asked: Asked) -> None:
    """Suppliers by variance, then the lines with the most."""
    text = view.text
    if not asked.supplier:
        frame = worded(view, ask(view.warehouse, questions.scorecard, asked.basis, *asked.days))
        rows = frame.filter(pl.col("variance").is_not_null() | pl.col("price_change").is_not_null()).sort(
            pl.col("variance").abs(), descending=True, nulls_last=True
        )
        show_choice(
            view, "prices_by_supplier", text("suppliers.prices"), rows, columns_of(view, "suppliers_column", _BY),
            note=text("suppliers.prices_note"), parameter="supplier", ids=rows["supplier_id"].to_list(), tallest=330,
            empty=text("suppliers.prices_none"), widths={"supplier": 260},
        )  # fmt: skip
    lines = ask(view.warehouse, questions.lines, "prices", asked.basis, *asked.days, asked.supplier)
    if lines.is_empty():
        states.empty(text, text("suppliers.prices_none"))
        return
    show_choice(
        view, "price_lines", text("suppliers.price_lines"),
        worded(view, lines).with_columns(pl.col("unit_price", "standard_price", "last_price").round(4)),
        columns_of(view, "suppliers_column", _LINES), linked=("item_id", "location_id"),
        note=text("suppliers.price_lines_note"), widths={"supplier": 200, "item": 180},
    )  # fmt: skip
