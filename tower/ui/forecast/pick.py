"""A table whose rows lead somewhere: to the forecast of what they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import Column
from tower.i18n import Text
from tower.i18n.numbers import MISSING
from tower.queries.demand_forecast import Node
from tower.ui import states, url
from tower.ui.downloads import provenance, show_downloads
from tower.ui.tables import column_config
from tower.ui.view import View

TALLEST = 400


def in_language(text: Text, column: str) -> pl.Expr:
    """Of a column that data carries in both languages, the reader's; the other where it is empty."""
    both = (f"{column}_zh", column) if text.language == "zh" else (column, f"{column}_zh")
    return pl.coalesce(both)


def channel_words(view: View, frame: pl.DataFrame) -> pl.Series:
    """The column `channel` in the reader's words."""
    return pl.Series([one and view.text.term("channel", one) for one in frame["channel"]], dtype=pl.String)


def rounded(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Quantities of a forecast with one decimal, as they are shown; a download has them all."""
    quantities = [column.name for column in columns if column.kind == "quantity"]
    return frame.with_columns(pl.col(name).round(1) for name in quantities)


def open_node(node: Node) -> None:
    """Show the forecast of a node; only from a widget's callback."""
    url.write("section", "forecast")
    url.write("level", node.level)
    url.write("node", node.key)
    url.clear("search", "part")


def show_pick_table(
    view: View,
    key: str,
    title: str,
    frame: pl.DataFrame,
    columns: Sequence[Column],
    picked: Callable[[dict[str, Any]], None],
    *,
    note: str,
) -> None:
    """As `show_table`; a click on a row calls `picked` with it."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{title}**")
            st.caption(note)
        show_downloads(view, key, lambda: frame, lambda _: columns, provenance(view, title, is_filtered=False))
    if frame.is_empty():
        states.empty(view.text)
        return
    field = f"{key}_rows"

    def chosen() -> None:
        rows = st.session_state[field]["selection"]["rows"]
        if rows:
            picked(frame.row(rows[0], named=True))

    shown = rounded(frame.select([column.name for column in columns]), columns)
    st.dataframe(
        shown, hide_index=True, key=field, on_select=chosen,
        selection_mode="single-row", placeholder=MISSING, alt=title,
        column_config={column.name: column_config(column) for column in columns},
        height="content" if frame.height <= 10 else TALLEST,
    )  # fmt: skip
