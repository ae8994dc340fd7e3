"""What the clear-to-build page asks for, its totals, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from tower.exports import Column
from tower.queries import clear_to_build
from tower.queries.clear_to_build import Chosen, Variant
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.filters import filter_options, filter_popover, picked_of
from tower.ui.golden_screw import show_golden_screw, show_release
from tower.ui.kits import show_kits
from tower.ui.tables import show_table
from tower.ui.view import View

PARAMETERS = (
    "supply", "substitutes", "rule", "planner", "customer", "status", "layout", "kit", "section", "objective", "parts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What counts as there, who is served first, and which orders are meant."""

    variant: Variant
    chosen: Chosen

    @property
    def is_default(self) -> bool:
        return self.variant == clear_to_build.DEFAULT


def choose_kits(view: View) -> Asked:
    """The switches of supply, substitutes and rule, the filters, and what each way of counting would give."""
    text = view.text
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_kits"):
        supply = url.segments(
            text("clear_to_build.supply"), "supply", clear_to_build.SUPPLIES,
            lambda one: text(f"clear_to_build.supply_{one}"), default="stock", help=text("clear_to_build.supply_help"),
        )  # fmt: skip
        substitutes = url.segments(
            text("clear_to_build.substitutes"), "substitutes", ("yes", "no"),
            lambda one: text(f"clear_to_build.substitutes_{one}"), default="yes",
        )  # fmt: skip
        rule = url.select(
            text("clear_to_build.rule"), "rule", clear_to_build.RULES, lambda one: text(f"clear_to_build.rule_{one}"),
            default="due_date", width=190, help=text("clear_to_build.rule_help"),
        )  # fmt: skip
        chosen = _choose_orders(view)
        asked = Asked((supply, substitutes == "yes", rule or "due_date"), chosen)
        with st.popover(text("clear_to_build.compare"), icon=":material/compare_arrows:"):
            _show_comparison(view, chosen)
    return asked


def _choose_orders(view: View) -> Chosen:
    """The filters, with how many are set; what the URL names and the build does not know is left out."""
    text = view.text
    known = filter_options(text, view.warehouse)
    names = dict(ask(view.warehouse, clear_to_build.customers).rows())
    options: Mapping[str, dict[str, str]] = {
        "plant": known["plant"],
        "family": known["family"],
        "planner": {one: one for one in ask(view.warehouse, clear_to_build.planners)},
        "customer": names,
    }
    picked = picked_of(options)
    count = sum(1 for one in picked.values() if one)
    filter_popover(text, options, lambda key: text(f"clear_to_build.filter_{key}"), count)
    return picked["plant"], picked["family"], picked["planner"], picked["customer"]


def _show_comparison(view: View, chosen: Chosen) -> None:
    text = view.text
    frame = ask(view.warehouse, clear_to_build.complete_by_variant, chosen)
    supplies = {one: text(f"clear_to_build.supply_{one}") for one in clear_to_build.SUPPLIES}
    rules = {one: text(f"clear_to_build.rule_{one}") for one in clear_to_build.RULES}
    show_table(
        view, "kit_variants", text("clear_to_build.compare_title"),
        frame.with_columns(frame["supply_scope"].replace(supplies), frame["allocation_rule"].replace(rules)),
        [
            Column("supply_scope", text("clear_to_build.supply")),
            Column("allocation_rule", text("clear_to_build.rule")),
            Column("without_substitutes", text("clear_to_build.substitutes_no"), "integer"),
            Column("with_substitutes", text("clear_to_build.substitutes_yes"), "integer"),
        ],
        empty=text("clear_to_build.none"),
    )  # fmt: skip


def show_totals(view: View, asked: Asked) -> None:
    """How many orders can start, how many cannot, and the money that waits."""
    text, numbers = view.text, view.numbers
    rows = ask(view.warehouse, clear_to_build.totals, asked.variant, asked.chosen).to_dicts()
    by_status = {row["kit_status"]: row for row in rows}
    count = {status: by_status.get(status, {}).get("orders", 0) for status in clear_to_build.STATUSES}
    waiting = rows[0]["waiting_value"] if rows else 0.0
    lines = rows[0]["waiting_lines"] if rows else 0
    all_orders = sum(count.values())

    def card(label: str, value: str, about: str) -> None:
        st.metric(label, value, help=about, border=True, height="stretch")

    with st.grid(5, min_column_width=165, gap="small"):
        card(
            text("clear_to_build.orders"), numbers.integer(all_orders),
            text("clear_to_build.orders_help", issued=numbers.integer(count["issued"]),
                 no_bill=numbers.integer(count["no_bill"])),
        )  # fmt: skip
        for status in ("complete", "partial", "short"):
            card(
                text.term("kit_status", status), numbers.integer(count[status]),
                text(f"clear_to_build.{status}_help",
                     value=numbers.value(by_status.get(status, {}).get("value", 0.0), "money")),
            )  # fmt: skip
        card(
            text("clear_to_build.waiting"), numbers.value(waiting, "money"),
            text("clear_to_build.waiting_help", lines=numbers.integer(lines)),
        )  # fmt: skip


def choose_section(view: View) -> str:
    """The section to show, kept in the URL."""
    return url.segments(
        view.text("clear_to_build.section"), "section", list(SECTIONS),
        lambda one: view.text(f"clear_to_build.section_{one}"), default="orders", label_visibility="collapsed",
    )  # fmt: skip


def show_section(view: View, asked: Asked, name: str) -> None:
    """Draw one section."""
    SECTIONS[name](view, asked)


SECTIONS: Mapping[str, Callable[[View, Asked], None]] = {
    "orders": lambda view, asked: show_kits(view, asked.variant, asked.chosen),
    "golden_screw": lambda view, _: show_golden_screw(view),
    "release": lambda view, _: show_release(view),
}
