"""Repeat failures: what comes back at whom, whether that is more than the number of goods explains, what it costs."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import after_sales as cases
from tower.queries import after_sales_goods as questions
from tower.ui import states, url
from tower.ui.after_sales.asked import CASE_COLUMNS, Asked, worded
from tower.ui.after_sales.goods import standing_names
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.view import View

MOST_PAIRS = 200
_COLUMNS: dict[str, ColumnKind] = {
    "standing_name": "text", "customer": "text", "made": "text", "units": "quantity", "observed": "integer",
    "expected": "number", "repeats": "integer", "corrected": "percent", "chance": "percent", "cost_value": "money",
    "first_opened": "day", "last_opened": "day", "customer_id": "text",
}  # fmt: skip


def show_repeats(view: View, asked: Asked) -> None:
    """The rule, pairs of customer and item, and the failures of the pair that is chosen."""
    text, numbers = view.text, view.numbers
    kinds = ask(view.warehouse, cases.case_types).filter(pl.col("is_failure") == 1)
    rules = text.listed(
        text("after_sales.rule_days", type=asked.types[kind], days=days)
        for kind, days in kinds.select("case_type", "repeat_days").rows()
    )
    st.caption(text("after_sales.rule", rules=rules))
    frame = ask(view.warehouse, questions.returning, asked.chosen)
    if frame.is_empty():
        states.empty(text, text("after_sales.no_repeats"))
        return
    with st.grid(4, min_column_width=160, gap="small"):
        for name, value in (
            ("pairs", numbers.integer(frame.height)), ("repeats", numbers.integer(int(frame["repeats"].sum()))),
            ("high", numbers.integer(frame.filter(pl.col("standing") == "high").height)),
            ("cost", numbers.value(float(frame["cost_value"].sum()), "money")),
        ):  # fmt: skip
            st.metric(
                text(f"after_sales.repeats_{name}"), value, help=text(f"after_sales.repeats_{name}_help"), border=True,
                height="stretch",
            )  # fmt: skip
    head = frame.head(MOST_PAIRS)
    pairs = [f"{customer}~{item}" for customer, item in head.select("customer_id", "item_id").rows()]
    shown = worded(view, asked, head).with_columns(standing_names(view, head), pl.col("expected").round(2))
    show_choice(
        view, "after_sales_repeats", text("after_sales.repeat_list"), shown,
        columns_of(view, "after_sales_column", _COLUMNS), parameter="pair", ids=pairs,
        note=text(
            "after_sales.repeat_note", shown=numbers.integer(head.height), pairs=numbers.integer(frame.height),
            few=questions.FEWEST_UNITS,
        ),
        tallest=380, widths={"customer": 210, "made": 210},
    )  # fmt: skip
    customer, _, item = url.value("pair").partition("~")
    if customer and item:
        found = ask(view.warehouse, questions.failures_of, item, customer)
        listed = worded(view, asked, found).with_columns(pl.col("first_response_hours", "resolution_hours").round(1))
        show_choice(
            view, "after_sales_pair", text("after_sales.pair_list", item=item, customer=customer), listed,
            columns_of(view, "after_sales_column", {**CASE_COLUMNS, "previous_case_id": "text"}), parameter="case",
            ids=found["case_id"].to_list(), note=text("after_sales.pair_note"), tallest=300,
        )  # fmt: skip
