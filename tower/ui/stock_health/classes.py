"""ABC by usage value × XYZ by steadiness: nine fields and what is in none; a click on one lists its items."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import inventory_health
from tower.queries.inventory_health import NO_CLASS
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance, show_downloads
from tower.ui.kit_words import columns_of
from tower.ui.stock_health.choices import Choices
from tower.ui.stock_health.statuses import show_rows
from tower.ui.view import View

SHOWN = ("items", "value", "usage_value", "short_positions", "ready_rate", "fill_rate")
_COLUMNS: dict[str, ColumnKind] = {
    "abc_class": "text", "xyz_class": "text", "items": "integer", "positions": "integer", "usage_value": "money",
    "value": "money", "short_positions": "integer", "ready_rate": "percent", "fill_rate": "percent",
}  # fmt: skip


def show_classes(view: View, choices: Choices) -> None:
    """The grid with one figure at a time, the same as a table to take away, and the items of the chosen field."""
    text = view.text
    known = ask(view.warehouse, inventory_health.known)
    if not known["has_classes"]:
        states.not_connected(text, ("stock_movements",))
        return
    found = ask(view.warehouse, inventory_health.grid, choices.without("abc", "xyz"), choices.types)
    title = text("inventory_health.grid")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{title}** :gray[:small[{text('inventory_health.grid_note')}]]", width="content")
        show_downloads(
            view, "abc_xyz", lambda: found, lambda _: columns_of(view, "inventory_column", _COLUMNS),
            provenance(view, title, choices.about),
        )  # fmt: skip
    shown = st.segmented_control(
        text("inventory_health.figure"), SHOWN, default="value", required=True, key="grid_figure",
        format_func=lambda one: text(f"inventory_column.{one}"), label_visibility="collapsed",
    )  # fmt: skip
    _show_grid(view, found, str(shown))
    _show_bounds(view)
    show_rows(view, choices, choices.filters)


def _show_grid(view: View, found: pl.DataFrame, shown: str) -> None:
    text = view.text
    cells = {(row["abc_class"], row["xyz_class"]): row for row in found.iter_rows(named=True)}
    across = ["X", "Y", "Z", *([NO_CLASS] if any(key[1] == NO_CLASS for key in cells) else [])]
    down = ["A", "B", "C", *([NO_CLASS] if any(key[0] == NO_CLASS for key in cells) else [])]
    written = pl.DataFrame(
        {
            "class": [text("inventory_health.no_class") if one == NO_CLASS else one for one in down],
            **{two: [_said(view, cells.get((one, two)), shown) for one in down] for two in across},
        }
    )
    field = "abc_xyz_grid"

    def picked() -> None:
        chosen = st.session_state[field]["selection"]["cells"]
        if chosen:
            url.write("abc", down[chosen[0][0]])
            url.write("xyz", chosen[0][1] if chosen[0][1] in across else "")

    st.dataframe(
        written, hide_index=True, key=field, on_select=picked, selection_mode="single-cell", height="content",
        alt=text("inventory_health.grid"), placeholder="",
        column_config={
            "class": st.column_config.TextColumn(text("inventory_column.abc_class"), pinned=True),
            **{
                one: st.column_config.TextColumn(
                    text("inventory_health.no_class") if one == NO_CLASS else one, alignment="right"
                )
                for one in across
            },
        },
    )  # fmt: skip


def _said(view: View, row: dict[str, Any] | None, shown: str) -> str | None:
    if row is None or row[shown] is None:
        return None
    if shown in ("value", "usage_value"):
        return view.numbers.value(row[shown], "money")
    return view.numbers.value(row[shown], "percent") if shown.endswith("_rate") else view.numbers.integer(row[shown])


def _show_bounds(view: View) -> None:
    """The bounds of the classes, as the reference data say."""
    text = view.text
    rows = ask(view.warehouse, inventory_health.classes).iter_rows(named=True)
    bounds = {row["class_code"]: row for row in rows}
    st.caption(
        text(
            "inventory_health.bounds", a=view.numbers.value(bounds["A"]["up_to_rate"], "percent", 0),
            b=view.numbers.value(bounds["B"]["up_to_rate"], "percent", 0), x=bounds["X"]["up_to_rate"],
            y=bounds["Y"]["up_to_rate"],
        )
    )  # fmt: skip
