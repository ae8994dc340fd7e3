"""The search: any document number, and the order lines that it leads to."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.queries import order_journey
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.order_journey.words import LINES, document_name, worded
from tower.ui.view import View


def search(view: View) -> str:
    """The number that is asked for, kept in the URL."""
    field = "pick_find"
    st.session_state[field] = url.value("find")

    def store() -> None:
        url.write("find", str(st.session_state[field] or "").strip())
        url.clear("line")

    st.text_input(
        view.text("order_journey.find"), key=field, placeholder=view.text("order_journey.find_hint"),
        icon=":material/search:", on_change=store, width=460,
    )  # fmt: skip
    return url.value("find").strip()


def show_found(view: View, number: str) -> str | None:
    """The lines of a number as a list where there are several; gives the line whose journey is to be shown."""
    text = view.text
    found = ask(view.warehouse, order_journey.find, number)
    if found.is_empty():
        _show_nothing(view, number)
        return None
    ids: list[str] = found["sales_order_line_id"].to_list()
    chosen = url.value("line") if url.value("line") in ids else None
    if found.height == 1:
        return ids[0]
    kinds = text.listed(document_name(view, one) for one in sorted(set(found["kind"].to_list())))
    held = found.filter(pl.col("held_days") > 0).height
    note = text(
        "order_journey.found_note", kind=kinds, number=number, lines=found.height,
        value=view.numbers.value(float(found["net_value"].sum() or 0), "money"), most=order_journey.MOST_FOUND,
    )  # fmt: skip
    if held:
        note += " " + text("order_journey.found_held", lines=held)
    show_choice(
        view, "journey_found", text("order_journey.found"), worded(view, found),
        columns_of(view, "journey_column", LINES), parameter="line", ids=ids, note=note, tallest=300,
        widths={"item": 190, "cause": 260, "variant_name": 220},
    )  # fmt: skip
    return chosen or ids[0]


def _show_nothing(view: View, number: str) -> None:
    text = view.text
    known = ask(view.warehouse, order_journey.document, number)
    if known is not None:
        states.empty(
            text,
            text("order_journey.no_line", kind=document_name(view, known["kind"]), number=known["id"],
                 day=view.numbers.day(known["day"]) if known["day"] else "–"),
        )  # fmt: skip
        return
    states.empty(text, text("order_journey.not_found", number=number))
    near = ask(view.warehouse, order_journey.nearest, number)
    if near.is_empty():
        return
    st.caption(text("order_journey.nearest"))
    with st.container(horizontal=True, gap="small", key="nearest_numbers"):
        for kind, one in near.rows():
            st.button(
                f"{document_name(view, kind)} {one}", key=f"near_{kind}_{one}", on_click=url.write, args=("find", one),
            )  # fmt: skip


def show_lately(view: View) -> None:
    """Where to begin without a number: what came late in the last three months."""
    text = view.text
    frame = ask(view.warehouse, order_journey.lately)
    if frame.is_empty():
        states.empty(text, text("order_journey.nothing_late"))
        return
    show_choice(
        view, "journey_lately", text("order_journey.lately"), worded(view, frame),
        columns_of(view, "journey_column", LINES), parameter="line", ids=frame["sales_order_line_id"].to_list(),
        note=text("order_journey.lately_note"), widths={"item": 190, "cause": 260, "variant_name": 220},
    )  # fmt: skip
