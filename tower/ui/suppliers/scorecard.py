"""All suppliers side by side; a row opens the supplier."""

from __future__ import annotations

import streamlit as st

from tower.exports import ColumnKind
from tower.queries import suppliers as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import Asked, is_connected, worded
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "supplier": "text", "purchases": "money", "share": "percent", "on_time_rate": "percent", "due": "integer",
    "late_lines": "integer", "late_value": "money", "median_days": "integer", "p90_days": "integer",
    "book_days": "number", "error_days": "number", "inspection_ppm": "integer", "variance": "money",
    "price_change": "money", "confirmation_rate": "percent", "confirm_days": "number", "lines": "integer",
    "open_lines": "integer", "censored": "integer", "supplier_id": "text",
}  # fmt: skip


def show_scorecard(view: View, asked: Asked) -> None:
    """The table of suppliers, most purchases first, and the lines that were missed."""
    text = view.text
    if not is_connected(view, "purchase_receipts"):
        states.not_connected(text, ["purchase_receipts"])
    frame = worded(view, ask(view.warehouse, questions.scorecard, asked.basis, *asked.days))
    if frame.is_empty():
        states.empty(text)
        return
    frame = frame.with_columns(error_days=(frame["median_days"] - frame["book_days"]).round(1))
    shown = frame.with_columns(
        frame["book_days"].round(1), frame["confirm_days"].round(1), frame["inspection_ppm"].round(0)
    )
    ids = frame["supplier_id"].to_list()
    field = "supplier_scorecard"

    def picked() -> None:
        rows = st.session_state[field]["selection"]["rows"]
        if rows and rows[0] < len(ids):
            url.write("supplier", ids[rows[0]])
            url.write("section", "one")

    show_choice(
        view, "supplier_scorecard", text("suppliers.scorecard"), shown, columns_of(view, "suppliers_column", _COLUMNS),
        note=text("suppliers.scorecard_note", basis=text(f"suppliers.basis_{asked.basis}")), field=field,
        picked=picked, widths={"supplier": 260},
    )  # fmt: skip
