"""Orders with what they lack: as a list or as a matrix of orders and parts; below it the parts of one order."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import clear_to_build
from tower.queries.clear_to_build import DEFAULT, Chosen, Variant
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of, named, worded
from tower.ui.view import View

_ORDERS: dict[str, ColumnKind] = {
    "order_id": "text", "kit_status": "text", "made": "text", "missing": "text", "clear_date": "day",
    "customer_name": "text", "served_value": "money", "demand_date": "day", "start_date": "day",
    "brought_by": "text", "days_late": "integer", "missing_part_count": "integer", "quantity": "quantity",
    "buildable_quantity": "quantity", "missing_value": "money", "served_customers": "integer",
    "location_id": "text", "planner": "text",
}  # fmt: skip
_PARTS: dict[str, ColumnKind] = {
    "item_id": "text", "part": "text", "required_quantity": "quantity", "stock_quantity": "quantity",
    "receipt_quantity": "quantity", "substitute_item_id": "text", "substitute_quantity": "quantity",
    "missing_quantity": "quantity", "base_uom": "text", "covered_date": "day", "brought_by": "text",
    "missing_value": "money", "blocked_orders": "integer", "elsewhere_quantity": "quantity", "location_id": "text",
}  # fmt: skip
_LINES: dict[str, ColumnKind] = {
    "demand_id": "text", "customer_name": "text", "demand_date": "day", "possible_date": "day", "late_days": "integer",
    "value": "money",
}  # fmt: skip
_WIDTHS = {
    "order_id": 135, "kit_status": 72, "made": 150, "missing": 225, "customer_name": 170, "brought_by": 300,
}  # fmt: skip
LAYOUTS = ("list", "matrix")
PART_WIDTH = 112


def show_kits(view: View, variant: Variant, chosen: Chosen) -> None:
    """The orders, and the parts of the one that is chosen."""
    text = view.text
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        layout = url.segments(
            text("clear_to_build.layout"), "layout", LAYOUTS, lambda one: text(f"clear_to_build.layout_{one}"),
            default="list",
        )  # fmt: skip
        status = url.select(
            text("kit_column.kit_status"), "status", clear_to_build.STATUSES, lambda one: text.term("kit_status", one),
            default=None, placeholder=text("filter.all"), width=190, disabled=layout == "matrix",
        )  # fmt: skip
    frame = ask(view.warehouse, clear_to_build.orders, variant, chosen, None if layout == "matrix" else status)
    ids = order_keys(frame)
    if layout == "matrix":
        _show_matrix(view, chosen)
    else:
        shown = worded(view, frame)
        if variant != DEFAULT:
            shown = shown.with_columns(missing=pl.lit(None, pl.String), brought_by=pl.lit(None, pl.String))
        note = text("clear_to_build.list_note" if variant == DEFAULT else "clear_to_build.list_note_variant")
        show_choice(
            view, "kits", text("clear_to_build.list_title"), shown, columns_of(view, "kit_column", _ORDERS),
            parameter="kit", ids=ids, note=note, empty=text("clear_to_build.none"),
            widths=_WIDTHS,
        )  # fmt: skip
    if ids:
        _show_order(view, frame, ids, variant)


def order_keys(frame: pl.DataFrame) -> list[str]:
    """What names an order in the URL."""
    return [f"{kind}:{number}" for kind, number in frame.select("order_type", "order_id").rows()]


def _show_matrix(view: View, chosen: Chosen) -> None:
    """Orders down, parts across; a cell says how much is missing, and a click opens the order."""
    text = view.text
    frame = ask(view.warehouse, clear_to_build.matrix, chosen)
    st.markdown(f"**{text('clear_to_build.matrix_title')}**")
    if frame.is_empty():
        states.empty(text, text("clear_to_build.nothing_missing"))
        return
    lacking = frame["order_rank"].n_unique()
    st.caption(text("clear_to_build.matrix_note", orders=lacking, parts=frame["item_id"].n_unique()))
    parts = {
        row["item_id"]: text.pick(row["item_name"], row["item_name_zh"])
        for row in frame.sort("part_rank").unique("item_id", keep="first", maintain_order=True).iter_rows(named=True)
    }
    order_rows = frame.unique(["order_type", "order_id"], keep="first", maintain_order=True)
    keys = order_keys(order_rows)
    row_of = {key: at for at, key in enumerate(keys)}
    cells: dict[str, list[float | None]] = {item: [None] * len(keys) for item in parts}
    for row in frame.iter_rows(named=True):
        cells[row["item_id"]][row_of[f"{row['order_type']}:{row['order_id']}"]] = row["missing_quantity"]
    beyond = [
        row["missing_part_count"] - sum(cells[item][at] is not None for item in parts)
        for at, row in enumerate(order_rows.iter_rows(named=True))
    ]
    table = pl.DataFrame(
        {
            "order": order_rows["order_id"].to_list(),
            "made": order_rows["made_item_id"].to_list(),
            "money": [view.numbers.short(one) for one in order_rows["served_value"].to_list()],
            **cells,
            "beyond": [one or None for one in beyond],
        },
        schema_overrides={**dict.fromkeys(cells, pl.Float64), "beyond": pl.Int64},
    )

    def picked() -> None:
        at = st.session_state["kit_matrix"]["selection"]["cells"]
        if at:
            url.write("kit", keys[at[0][0]])

    st.dataframe(
        _tinted(table, list(parts)), hide_index=True, key="kit_matrix", on_select=picked, selection_mode="single-cell",
        height="content", placeholder="", alt=text("clear_to_build.matrix_title"),
        column_config={
            "order": st.column_config.TextColumn(text("kit_column.order_id"), pinned=True, width=150),
            "made": st.column_config.TextColumn(text("kit_column.made"), width=110),
            "money": st.column_config.TextColumn(text("kit_column.served_value"), alignment="right", width=105),
            "beyond": st.column_config.NumberColumn(text("clear_to_build.matrix_beyond"), width=110),
            **{
                item: st.column_config.NumberColumn(name, format="localized", width=PART_WIDTH, help=f"{item} {name}")
                for item, name in parts.items()
            },
        },
    )  # fmt: skip


def _tinted(table: pl.DataFrame, parts: list[str]) -> Any:
    def colours(column: Any) -> list[str]:
        return ["background-color:rgba(209,73,91,.28)" if value > 0 else "" for value in column]

    return table.to_pandas().style.apply(colours, axis=0, subset=parts)


def _show_order(view: View, frame: pl.DataFrame, ids: list[str], variant: Variant) -> None:
    """One order: what it is, its parts, and who waits for it."""
    text, numbers = view.text, view.numbers
    rows = dict(zip(ids, frame.iter_rows(named=True), strict=True))
    names = {key: f"{row['order_id']} · {named(view, row)}" for key, row in rows.items()}
    key = url.select(
        text("clear_to_build.order"), "kit", ids, lambda one: names.get(one, one), default=ids[0], width=480
    )
    if key is None:
        return
    row = rows[key]
    clear = numbers.day(row["clear_date"]) if row["clear_date"] else text("clear_to_build.never")
    said = [
        text.term("document", row["order_type"]),
        f"{numbers.exact(row['quantity'], 'quantity')} {row['base_uom'] or ''}",
        text.term("kit_status", row["kit_status"]),
        text("clear_to_build.starts", day=numbers.day(row["start_date"])),
        text("clear_to_build.clear_on", day=clear),
    ]
    if row["served_value"]:
        said.append(text("clear_to_build.money", value=numbers.value(row["served_value"], "money")))
    st.markdown(f"##### {names[key]}")
    st.caption(" · ".join(said))
    kind, _, number = key.partition(":")
    parts = ask(view.warehouse, clear_to_build.parts, kind, number)
    shown = worded(view, parts).with_columns(
        pl.when(pl.col("substitute_quantity") > 0).then(pl.col("substitute_quantity")).alias("substitute_quantity")
    )
    note = text("clear_to_build.parts_note" if variant == DEFAULT else "clear_to_build.parts_note_variant")
    nothing = text("clear_to_build.parts_issued" if row["kit_status"] == "issued" else "clear_to_build.parts_none")
    show_choice(
        view, "kit_parts", text("clear_to_build.parts"), shown, columns_of(view, "kit_column", _PARTS), note=note,
        empty=nothing, linked=("item_id", "location_id"), about=[(text("clear_to_build.order"), names[key])],
        widths={"part": 210, "brought_by": 300},
    )  # fmt: skip
    lines = ask(view.warehouse, clear_to_build.waiting_lines, kind, number)
    show_choice(
        view, "kit_lines", text("clear_to_build.lines"), lines, columns_of(view, "kit_column", _LINES),
        note=text("clear_to_build.lines_note"), empty=text("clear_to_build.lines_none"),
        about=[(text("clear_to_build.order"), names[key])],
    )  # fmt: skip
