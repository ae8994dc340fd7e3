"""What the lifecycle screen is narrowed to, and the list of accounts that its sections share."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import customer_lifecycle as questions
from tower.queries.customer_lifecycle import FILTERS, Chosen
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.filters import filter_popover
from tower.ui.kit_words import columns_of
from tower.ui.view import View

_ACCOUNTS: dict[str, ColumnKind] = {
    "customer_name": "text", "stage_name": "text", "value_at_risk": "money", "lifetime_value": "money",
    "churn_probability": "percent", "value_year": "money", "last_ordered_date": "day", "silent_days": "integer",
    "usual_gap_days": "number", "out_of_rhythm": "text", "alive_probability": "percent", "expected_orders": "number",
    "margin_rate": "percent", "order_days": "integer", "type_name": "text", "segment": "text", "region": "text",
    "sales_rep_name": "text", "customer_id": "text",
}  # fmt: skip
# The parameter of each filter in the URL.
# Filters whose values have words in the texts.
_TERMS = {"customer_type": "lifecycle_type", "segment": "customer_segment", "region": "customer_region"}
PARAMETER_OF = dict(zip(FILTERS, ("of_segment", "of_type", "of_rep", "of_region"), strict=True))


def choose(view: View) -> Chosen:
    """Draw the filters in one row and give what is chosen; values that the build does not hold are left out."""
    text = view.text
    known = ask(view.warehouse, questions.options)
    chosen = tuple(
        (name, values)
        for name in FILTERS
        if (values := tuple(one for one in url.values(PARAMETER_OF[name]) if one in known[name]))
    )
    said = []
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lifecycle_filters"):
        options = {
            PARAMETER_OF[name]: {one: _named(view, name, one, label) for one, label in known[name].items()}
            for name in FILTERS
        }
        labels = {PARAMETER_OF[name]: text(f"lifecycle.{name}") for name in FILTERS}
        filter_popover(text, options, labels.__getitem__, len(chosen))
        for name, values in chosen:
            words = text.listed(_named(view, name, one, known[name][one]) for one in values)
            said.append(f"{text(f'lifecycle.{name}')}: {words}")
        if said:
            st.button(
                text("lifecycle.clear"), key="clear_lifecycle", type="tertiary", icon=":material/close:",
                on_click=url.clear, args=tuple(PARAMETER_OF.values()),
            )  # fmt: skip
        st.caption(" · ".join(said) or text("lifecycle.all_customers"), width="content")
    return chosen


def _named(view: View, name: str, value: str, label: str) -> str:
    group = _TERMS.get(name)
    return label if group is None else view.text.term(group, value)


def worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """Accounts with the words for their segment and region; others stay as the source writes them."""
    return frame.with_columns(
        pl.col(name).replace({one: view.text.term(_TERMS[name], one) for one in frame[name].drop_nulls().unique()})
        for name in ("segment", "region")
        if name in frame.columns
    )


def stage_names(view: View) -> dict[str, str]:
    """The stages in their order, by code."""
    rows = ask(view.warehouse, questions.stages).select("stage_code", "label", "label_zh").rows()
    return {code: view.text.pick(label, label_zh) for code, label, label_zh in rows}


def show_accounts(view: View, key: str, title: str, frame: pl.DataFrame, note: str) -> None:
    """Accounts as they are today; a row that is chosen opens the customer under value and churn."""
    text = view.text
    types = {one: text.term("lifecycle_type", one) for one in frame["customer_type"].drop_nulls().unique()}
    shown = (
        worded(view, frame)
        .with_columns(
            stage_name=pl.col("stage").replace(stage_names(view)),
            type_name=pl.col("customer_type").replace(types),
            out_of_rhythm=pl.when(pl.col("is_out_of_rhythm")).then(pl.lit(text("lifecycle.yes"))),
        )
        .with_columns(pl.col("usual_gap_days", "expected_orders").round(1))
    )
    if frame.height == questions.MOST_ROWS:
        note = f"{note} {text('lifecycle.cut', count=view.numbers.integer(frame.height))}"
    show_choice(
        view, key, title, shown, columns_of(view, "lifecycle_column", _ACCOUNTS), parameter="customer",
        ids=frame["customer_id"].to_list(), note=note, empty=text("lifecycle.no_accounts"), tallest=420,
        widths={"customer_name": 220, "stage_name": 110, "segment": 110, "sales_rep_name": 110}, account="customer_id",
    )  # fmt: skip
