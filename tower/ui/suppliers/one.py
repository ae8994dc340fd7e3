"""One supplier: month by month, its open, late and missed lines, its items."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts import Line, bar_figure, lines_figure
from tower.exports import Column, ColumnKind
from tower.queries import suppliers as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import LINE_COLUMNS, Asked, is_connected, worded
from tower.ui.view import View

WHICH = ("late", "open", "missed")
_MONTHS: dict[str, ColumnKind] = {
    "month": "day", "on_time": "integer", "due": "integer", "on_time_rate": "percent", "lines": "integer",
    "purchases": "money", "ppm": "integer", "variance": "money",
}  # fmt: skip
_ITEMS: dict[str, ColumnKind] = {
    "item_id": "text", "item": "text", "book_days": "integer", "median_days": "integer", "p90_days": "integer",
    "error": "integer", "observed": "integer", "censored": "integer", "purchased_value": "money",
    "hanging_revenue_value": "money",
}  # fmt: skip


def show_one(view: View, asked: Asked) -> None:
    """The supplier that is chosen; without one, all lines."""
    text = view.text
    if asked.supplier:
        st.markdown(f"##### {asked.supplier} · {asked.names[asked.supplier]}")
        if is_connected(view, "purchase_receipts"):
            _show_months(view, asked, asked.supplier)
    else:
        states.empty(text, text("suppliers.choose_one"))
    _show_lines(view, asked)
    if asked.supplier:
        _show_items(view, asked)


def _show_months(view: View, asked: Asked, supplier: str) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.months, asked.basis, *asked.days, supplier)
    rated = frame.filter(pl.col("due") > 0)
    if rated.is_empty():
        states.empty(text, text("suppliers.no_lines"))
        return
    title = text("suppliers.months", basis=text(f"suppliers.basis_{asked.basis}"))
    at = list(range(rated.height))
    names = [numbers.within_year(one, "month") for one in rated["month"]]
    figure = (
        lines_figure(
            [Line(text("suppliers.on_time"), at, rated["on_time_rate"].to_list())],
            x_title=text("suppliers_column.month"), y_title=text("suppliers.on_time"),
            x_label=lambda value: names[round(value)], y_label=lambda value: numbers.tick(round(value, 3), "percent"),
            x_ticks=at[:: max(1, -(-len(at) // 12))], height=250,
        )
        if rated.height > 1
        else bar_figure(
            pl.DataFrame({"name": names, "value": rated["on_time_rate"]}),
            label=lambda value: numbers.value(value, "percent"),
        )
    )  # fmt: skip
    columns = [Column(name, text(f"suppliers_column.{name}"), kind) for name, kind in _MONTHS.items()]
    st.markdown(f"**{title}**")
    show_figure(view, "supplier_months", figure, lambda: frame, columns, provenance(view, title, is_filtered=False))


def _show_lines(view: View, asked: Asked) -> None:
    text = view.text
    which = url.segments(
        text("suppliers.lines"), "lines", WHICH, lambda one: text(f"suppliers.lines_{one}"), default="late",
        label_visibility="collapsed",
    )  # fmt: skip
    if which != "open" and not is_connected(view, "purchase_receipts"):
        states.not_connected(text, ["purchase_receipts.received_at"])
        return
    frame = worded(view, ask(view.warehouse, questions.lines, which, asked.basis, *asked.days, asked.supplier))
    show_choice(
        view, f"supplier_lines_{which}", text(f"suppliers.lines_{which}"), frame,
        columns_of(view, "suppliers_column", LINE_COLUMNS), linked=("item_id", "location_id"),
        note=text(f"suppliers.lines_{which}_note", basis=text(f"suppliers.basis_{asked.basis}")),
        empty=text("suppliers.lines_none"), widths={"supplier": 200, "item": 180},
    )  # fmt: skip


def _show_items(view: View, asked: Asked) -> None:
    text = view.text
    frame = worded(view, ask(view.warehouse, questions.lead_time_errors, *asked.days, asked.supplier))
    show_choice(
        view, "supplier_items", text("suppliers.items"), frame, columns_of(view, "suppliers_column", _ITEMS),
        empty=text("suppliers.no_book"), note=text("suppliers.items_note"), tallest=380, widths={"item": 200},
    )  # fmt: skip
