"""Tables as they are shown: a title, the rows, and the way to take them away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import Column, ColumnKind, Provenance
from tower.i18n.numbers import MISSING
from tower.ui import states
from tower.ui.downloads import provenance, show_downloads
from tower.ui.view import View

_NUMBER_FORMATS: dict[ColumnKind, str] = {
    "integer": "localized", "quantity": "localized", "money": "accounting", "percent": "percent", "number": "localized",
}  # fmt: skip
MOST_ROWS_SHOWN = 14
TALLEST = 480
# A number does not need the room of a long name; the whole name is shown at the pointer.
LONG_NAME = 18
LONG_NAME_WIDTH = 140


def show_table(
    view: View,
    key: str,
    title: str,
    frame: pl.DataFrame,
    columns: Sequence[Column],
    *,
    everything: Callable[[], pl.DataFrame] | None = None,
    about: Provenance | None = None,
    note: str | None = None,
    empty: str | None = None,
) -> None:
    """One table. `everything` makes the rows of the download where the screen shows a part of them."""
    if frame.is_empty():
        _title(title, note)
        states.empty(view.text, empty)
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        _title(title, note)
        show_downloads(
            view, key, everything or (lambda: frame), lambda _: columns,
            about or provenance(view, title, is_filtered=False),
        )  # fmt: skip
    st.dataframe(
        frame.select([column.name for column in columns]),
        hide_index=True,
        column_config={column.name: column_config(column) for column in columns},
        height="content" if frame.height <= MOST_ROWS_SHOWN else TALLEST,
        placeholder=MISSING,
        alt=title,
    )


def _title(title: str, note: str | None) -> None:
    with st.container(gap=None, width="content"):
        st.markdown(f"**{title}**")
        if note:
            st.caption(note)


def column_config(column: Column) -> Any:
    """How a column is drawn in a table."""
    if column.kind in _NUMBER_FORMATS:
        return st.column_config.NumberColumn(
            column.label,
            format=_NUMBER_FORMATS[column.kind],
            width=LONG_NAME_WIDTH if len(column.label) > LONG_NAME else None,
            help=column.label if len(column.label) > LONG_NAME else None,
        )
    if column.kind == "day":
        return st.column_config.DateColumn(column.label, format="YYYY-MM-DD")
    if column.kind == "month":
        return st.column_config.DateColumn(column.label, format="YYYY-MM")
    if column.kind == "instant":
        return st.column_config.DatetimeColumn(column.label, format="YYYY-MM-DD HH:mm")
    return st.column_config.TextColumn(column.label)
