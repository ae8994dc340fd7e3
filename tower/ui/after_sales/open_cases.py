"""What is open: by missed targets, severity and what the customer buys."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import after_sales as questions
from tower.ui.after_sales.asked import Asked, worded
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "case_id": "text", "missed": "text", "severity_name": "text", "type_name": "text", "customer": "text",
    "days_open": "number", "days_left": "number", "revenue_year_value": "money", "open_order_value": "money",
    "made": "text", "repeat": "text", "batch": "text", "opened_date": "day", "sales_rep_name": "text",
    "sales_order_line_id": "text",
}  # fmt: skip


def show_open(view: View, asked: Asked) -> None:
    """Four figures about what is open, and the list."""
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.open_cases, asked.chosen)
    late = frame.filter(pl.col("is_resolution_missed") == 1)
    worth = float(frame.unique("customer_id")["revenue_year_value"].cast(pl.Float64).sum())
    cards = {
        "open": numbers.integer(frame.height), "missed": numbers.integer(late.height),
        "unanswered": numbers.integer(frame["first_response_at"].null_count()),
        "customers": numbers.integer(frame["customer_id"].n_unique()), "worth": numbers.value(worth, "money"),
    }  # fmt: skip
    with st.grid(5, min_column_width=150, gap="small"):
        for name, value in cards.items():
            st.metric(
                text(f"after_sales.open_{name}"), value, help=text(f"after_sales.open_{name}_help"), border=True,
                height="stretch",
            )  # fmt: skip
    missed = [
        text("after_sales.missed_both") if answer and solution
        else text("after_sales.missed_response") if answer
        else text("after_sales.missed_resolution") if solution else None
        for answer, solution in frame.select("is_response_missed", "is_resolution_missed").rows()
    ]  # fmt: skip
    shown = worded(view, asked, frame).with_columns(
        pl.Series("missed", missed, pl.String),
        days_open=(pl.col("hours_open") / 24).round(1), days_left=(pl.col("hours_left") / 24).round(1),
    )  # fmt: skip
    show_choice(
        view, "after_sales_open", text("after_sales.open_list"), shown,
        columns_of(view, "after_sales_column", _COLUMNS), parameter="case", ids=frame["case_id"].to_list(),
        note=text("after_sales.open_note"), empty=text("after_sales.no_open"), tallest=420,
        widths={"customer": 200, "made": 200},
    )  # fmt: skip
