"""Recency by frequency, five by five; a click on a field lists its accounts."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import customer_lifecycle as questions
from tower.queries.customer_lifecycle import Chosen
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance, show_downloads
from tower.ui.kit_words import columns_of
from tower.ui.lifecycle.choices import show_accounts
from tower.ui.view import View

SCORES = (5, 4, 3, 2, 1)
_COLUMNS: dict[str, ColumnKind] = {
    "customer_id": "text", "recency_days": "integer", "order_days": "integer", "net_value": "money", "r": "integer",
    "f": "integer", "m": "integer",
}  # fmt: skip


def show_rfm(view: View, chosen: Chosen) -> None:
    """The grid of customers and money, and the accounts of the chosen field."""
    text = view.text
    frame = ask(view.warehouse, questions.rfm, chosen)
    if frame.is_empty():
        states.empty(text, text("lifecycle.no_orders"))
        return
    title = text("lifecycle.rfm")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{title}**")
            st.caption(text("lifecycle.rfm_note", days=questions.RFM_DAYS))
        show_downloads(
            view, "rfm", lambda: frame, lambda _: columns_of(view, "lifecycle_column", _COLUMNS),
            provenance(view, title, is_filtered=False),
        )  # fmt: skip
    _show_grid(view, frame)
    recency, _, frequency = url.value("field").partition("-")
    if recency not in map(str, SCORES) or frequency not in map(str, SCORES):
        st.caption(text("lifecycle.choose_cell"))
        return
    own = frame.filter(pl.col("r") == int(recency), pl.col("f") == int(frequency))
    found = ask(view.warehouse, questions.accounts, chosen, tuple(own["customer_id"].to_list()))
    heading = text("lifecycle.rfm_chosen", r=recency, f=frequency, count=view.numbers.integer(own.height))
    show_accounts(view, "rfm_accounts", heading, found, text("lifecycle.accounts_note"))


def _show_grid(view: View, frame: pl.DataFrame) -> None:
    text, numbers = view.text, view.numbers
    fields = frame.group_by("r", "f").agg(
        customers=pl.len(),
        value=pl.col("net_value").sum(),
        days=pl.col("order_days").min(),
        most=pl.col("order_days").max(),
    )
    cells = {(r, f): (count, value) for r, f, count, value in fields.select("r", "f", "customers", "value").rows()}
    bounds = dict(
        frame.group_by("f")
        .agg(pl.concat_str(pl.col("order_days").min(), pl.lit("–"), pl.col("order_days").max()))
        .rows()
    )
    recent = dict(
        frame.group_by("r").agg(
            pl.concat_str(pl.col("recency_days").min(), pl.lit("–"), pl.col("recency_days").max())
        ).rows()
    )  # fmt: skip
    keys = [str(one) for one in SCORES]

    def worded(score: int, frequency: str) -> str:
        found = cells.get((score, int(frequency)))
        return "" if found is None else f"{numbers.integer(found[0])} · {numbers.value(found[1], 'money')}"

    table = pl.DataFrame(
        {
            "recency": [
                text("lifecycle.recency", score=one, days=recent[one]) if one in recent else str(one) for one in SCORES
            ],
            **{key: [worded(one, key) for one in SCORES] for key in keys},
        }
    )

    def picked() -> None:
        chosen = st.session_state["rfm_grid"]["selection"]["cells"]
        if chosen and chosen[0][1] in keys:
            url.write("field", f"{SCORES[chosen[0][0]]}-{chosen[0][1]}")

    most = max(value or 0 for _, value in cells.values()) or 1.0

    def shades(shown: Any) -> Any:
        found = shown.copy()
        found[:] = ""
        for row, score in enumerate(SCORES):
            for key in keys:
                value = cells.get((score, int(key)), (0, 0))[1] or 0
                if value > 0:
                    found.loc[row, key] = f"background-color:rgba(59,125,216,{0.06 + 0.4 * (value / most) ** 0.5:.2f})"
        return found

    st.dataframe(
        table.to_pandas().style.apply(shades, axis=None), hide_index=True, key="rfm_grid", on_select=picked,
        selection_mode="single-cell", height="content", alt=text("lifecycle.rfm"),
        column_config={
            "recency": st.column_config.TextColumn(text("lifecycle.recency_axis"), pinned=True, width=190),
            **{
                key: st.column_config.TextColumn(
                    text("lifecycle.frequency", score=key, days=bounds[int(key)]) if int(key) in bounds else f"F {key}",
                    width=165,
                )
                for key in keys
            },
        },
    )  # fmt: skip
