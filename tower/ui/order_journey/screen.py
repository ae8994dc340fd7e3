"""The page of journeys: one order found by any number, or all orders as a process."""

from __future__ import annotations

import streamlit as st

from tower.ui import states, url
from tower.ui.order_journey.flow import show_flow
from tower.ui.order_journey.found import search, show_found, show_lately
from tower.ui.order_journey.line import show_line
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

PARAMETERS = ("section", "find", "line", "variant", "customer")
SECTIONS = ("one", "all")


def show_journeys(view: View) -> None:
    """Everything below the title."""
    text = view.text
    if not is_connected(view, "sales_order_lines"):
        states.not_connected(text, ["sales_order_lines"])
        return
    section = url.segments(
        text("order_journey.section"), "section", SECTIONS, lambda one: text(f"order_journey.section_{one}"),
        default="one", label_visibility="collapsed",
    )  # fmt: skip
    with states.or_failed(text):
        if section == "all":
            show_flow(view)
            if url.value("line"):
                st.divider()
                show_line(view, url.value("line"))
            return
        number = search(view)
        line = show_found(view, number) if number else None
        if not number:
            line = url.value("line") or None
            if line is None:
                show_lately(view)
        if line is not None:
            show_line(view, line)
