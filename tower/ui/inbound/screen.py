"""What the page of inbound and outbound asks for, its totals, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from tower.queries import open_supply as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.filters import choose_plants
from tower.ui.inbound.exceptions import show_exceptions
from tower.ui.inbound.lanes import show_lanes
from tower.ui.inbound.quality import show_quality
from tower.ui.inbound.supplies import show_supplies
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

PARAMETERS = ("section", "kind", "status", "document", "by", "lane")
Plants = tuple[str, ...]


def show_inbound_outbound(view: View) -> None:
    """Everything below the title."""
    text = view.text
    missing = [
        name for name in ("purchase_order_lines", "transfer_orders", "shipments") if not is_connected(view, name)
    ]
    if len(missing) == 3:
        states.not_connected(text, missing)
        return
    plants = choose_plants(view)
    if missing:
        listed = text.listed(f"`{name}`" for name in missing)
        st.caption(f":material/link_off: {text('inbound.partly_connected', missing=listed)}")
    _show_totals(view, plants)
    section = url.segments(
        text("suppliers.section"), "section", list(SECTIONS), lambda one: text(f"inbound.section_{one}"),
        default="supplies", label_visibility="collapsed",
    )  # fmt: skip
    SECTIONS[section](view, plants)


def _show_totals(view: View, plants: Plants) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.totals, plants)
    risk = ask(view.warehouse, questions.money_at_risk, plants).row(0, named=True)

    def counted(kind: str, *statuses: str) -> int:
        found = frame.filter(
            pl.col("document_type") == kind, pl.col("arrival_status").is_in(statuses or questions.STATUSES)
        )
        return int(found["documents"].sum())

    def card(name: str, value: str, note: str) -> None:
        st.metric(
            text(f"inbound.{name}"), value, delta=note or None, delta_color="off", delta_arrow="off", border=True,
            help=text(f"inbound.{name}_help"), height="stretch",
        )  # fmt: skip

    with st.grid(4, min_column_width=200, gap="small"):
        for kind in questions.KINDS:
            if counted(kind) == 0 and not _is_connected(view, kind):
                card(kind, "–", text("state.not_connected_title"))
                continue
            late, likely = counted(kind, "late"), counted(kind, "likely_late")
            card(
                kind, text("capacity.of", part=numbers.integer(late + likely), whole=numbers.integer(counted(kind))),
                text("inbound.late_note", late=numbers.integer(late), likely=numbers.integer(likely)),
            )  # fmt: skip
        card(
            "at_risk", numbers.value(risk["value"], "money"),
            text(
                "inbound.at_risk_note", lines=numbers.integer(risk["lines"]),
                customers=numbers.integer(risk["customers"]),
            ),
        )  # fmt: skip


def _is_connected(view: View, kind: str) -> bool:
    tables = {
        "purchase_order_line": "purchase_order_lines",
        "transfer_order_line": "transfer_orders",
        "delivery": "deliveries",
    }
    return is_connected(view, tables[kind])


SECTIONS: Mapping[str, Callable[[View, Plants], None]] = {
    "supplies": show_supplies,
    "lanes": show_lanes,
    "exceptions": show_exceptions,
    "quality": show_quality,
}
