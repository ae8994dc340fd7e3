"""Lot trace: search a lot, receipt, order or delivery, then where its goods went or where they came from."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import lot_trace
from tower.queries.lot_trace import Trace
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

PARAMETERS = ("find", "start", "direction", "section")
_FOUND: dict[str, ColumnKind] = {
    "kind": "text", "id": "text", "made": "text", "partner": "text", "day": "day", "quantity": "quantity",
    "lot_id": "text", "document": "text",
}  # fmt: skip
_RECALL: dict[str, ColumnKind] = {
    "customer_name": "text", "customer_id": "text", "made": "text", "quantity": "quantity", "day": "day",
    "document": "text", "link": "text",
}  # fmt: skip
_HAND: dict[str, ColumnKind] = {
    "location_name": "text", "location_id": "text", "made": "text", "lot_id": "text", "quantity": "quantity",
    "value": "money",
}  # fmt: skip
_RECEIPTS: dict[str, ColumnKind] = {
    "hop": "integer", "movement_type": "text", "document": "text", "made": "text", "lot_id": "text",
    "supplier_name": "text", "day": "day", "location_id": "text", "entered_quantity": "quantity",
    "used_quantity": "quantity", "shipped_quantity": "quantity", "other_quantity": "quantity",
    "on_hand_quantity": "quantity", "difference": "quantity",
}  # fmt: skip
_USES: dict[str, ColumnKind] = {
    "made": "text", "quantity": "quantity", "movement_type": "text", "document": "text", "day": "day",
    "location_id": "text", "lot_id": "text", "link": "text", "customer_name": "text", "origin_movement_id": "text",
}  # fmt: skip
SECTIONS = ("shipped", "on_hand", "receipts", "uses")


def show_page(view: View) -> None:
    """Search, then the trace of what was chosen."""
    text = view.text
    if missing := view.missing["stock_value"]:
        states.not_connected(text, missing)
        return
    words = _search(view)
    found = ask(view.warehouse, lot_trace.find, words)
    if found.is_empty():
        states.empty(text, text("lot_trace.nothing_found", words=words))
        return
    ids = list(dict.fromkeys(f"{kind}:{one}" for kind, one in found.select("kind", "id").rows()))
    _show_found(view, found)
    start = _start(view, ids)
    if start is None:
        st.info(text("lot_trace.choose"), icon=":material/touch_app:")
        return
    kind, _, identity = start.partition(":")
    _show_trace(view, kind, identity)


def _search(view: View) -> str:
    field = "pick_find"
    if field not in st.session_state:
        st.session_state[field] = url.value("find")
    st.text_input(
        view.text("lot_trace.find"), key=field, placeholder=view.text("lot_trace.find_hint"), icon=":material/search:",
        on_change=lambda: url.write("find", st.session_state[field].strip()),
    )  # fmt: skip
    return url.value("find").strip()


def _show_found(view: View, found: pl.DataFrame) -> None:
    text = view.text
    field = "found_table"
    kinds = found.select("kind", "id").rows()

    def picked() -> None:
        rows = st.session_state[field]["selection"]["rows"]
        if rows and rows[0] < len(kinds):
            url.write("start", ":".join(kinds[rows[0]]))

    shown = _named(view, found).with_columns(
        pl.Series("kind", [text(f"lot_trace.kind_{one}") for one in found["kind"]], pl.String)
    )
    show_choice(
        view, "lot_trace_found", text("lot_trace.found"), shown.select(list(_FOUND)),
        columns_of(view, "lot_trace_column", _FOUND),
        note=text("lot_trace.found_note", shown=found.height, most=lot_trace.MOST_FOUND), field=field, picked=picked,
        tallest=250,
    )  # fmt: skip


def _start(view: View, ids: list[str]) -> str | None:
    """What the URL names, also where the search does not show it; else the only thing found."""
    written = url.value("start")
    kind, _, identity = written.partition(":")
    if kind in lot_trace.KINDS and identity:
        return written
    return ids[0] if len(ids) == 1 else None


def _show_trace(view: View, kind: str, identity: str) -> None:
    text, numbers = view.text, view.numbers
    st.markdown(f"##### {text(f'lot_trace.kind_{kind}')} {identity}")
    natural = "backward" if kind == "delivery" else "forward"
    offered = ("backward",) if kind == "delivery" else lot_trace.DIRECTIONS
    direction = url.segments(
        text("lot_trace.direction"), "direction", offered, lambda one: text(f"lot_trace.{one}"), default=natural,
        label_visibility="collapsed",
    )  # fmt: skip
    trace = ask(view.warehouse, lot_trace.trace, direction, kind, identity)
    if trace.receipts.is_empty():
        states.empty(text, text("lot_trace.no_movement", identity=identity))
        return
    _show_totals(view, trace, direction)
    links = dict(trace.uses.group_by("link").len().rows())
    st.caption(
        text(f"lot_trace.{direction}_note") + " "
        + text("lot_trace.links", lot=numbers.integer(links.get("lot", 0)), fifo=numbers.integer(links.get("fifo", 0)))
    )  # fmt: skip
    offered_sections = SECTIONS if direction == "forward" else ("receipts", "uses")
    section = url.segments(
        text("lot_trace.section"), "section", offered_sections,
        lambda one: text(f"lot_trace.section_{one}" if direction == "forward" else f"lot_trace.section_back_{one}"),
        default=offered_sections[0], label_visibility="collapsed",
    )  # fmt: skip
    _show_section(view, trace, section)


def _show_totals(view: View, trace: Trace, direction: str) -> None:
    text, numbers = view.text, view.numbers
    off = trace.receipts.filter(pl.col("difference").abs() > 1e-6).height

    def card(name: str, value: int | float, **about: str) -> None:
        st.metric(
            text(f"lot_trace.{name}"), numbers.integer(value), help=text(f"lot_trace.{name}_help", **about),
            border=True, height="stretch",
        )  # fmt: skip

    with st.grid(5, min_column_width=150, gap="small"):
        if direction == "forward":
            card("customers", trace.customers["customer_id"].n_unique())
            card("shipped", float(trace.customers["quantity"].sum()))
            card("places", trace.on_hand["location_id"].n_unique(), quantity=f"{trace.on_hand['quantity'].sum():,.6g}")
        else:
            bought = trace.receipts.filter(pl.col("movement_type") == "purchase_receipt")
            card("suppliers", bought["supplier_name"].n_unique())
            card("bought", bought.height)
        card("orders", trace.orders)
        card("receipts_reached", trace.receipts.height)
        if off:
            card("unbalanced", off)


def _show_section(view: View, trace: Trace, section: str) -> None:
    text = view.text
    frames = {
        "shipped": (trace.customers, _RECALL), "on_hand": (trace.on_hand, _HAND),
        "receipts": (trace.receipts, _RECEIPTS), "uses": (trace.uses, _USES),
    }  # fmt: skip
    frame, kinds = frames[section]
    shown = _named(view, frame)
    if "movement_type" in frame.columns:
        words = [text(f"lot_trace.movement_{one}") for one in frame["movement_type"]]
        shown = shown.with_columns(pl.Series("movement_type", words, pl.String))
    if "link" in frame.columns:
        words = [text(f"lot_trace.link_{one}") for one in frame["link"]]
        shown = shown.with_columns(pl.Series("link", words, pl.String))
    show_table(
        view, f"lot_trace_{section}", text(f"lot_trace.table_{section}"), shown,
        columns_of(view, "lot_trace_column", kinds), note=text(f"lot_trace.table_{section}_note"),
        empty=text(f"lot_trace.empty_{section}"),
    )  # fmt: skip


def _named(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    rows = frame.select("item_id", "item_name", "item_name_zh").rows()
    names = [f"{item} · {view.text.pick(name or item, name_zh)}" for item, name, name_zh in rows]
    return frame.with_columns(pl.Series("made", names, pl.String))
