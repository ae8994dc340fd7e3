"""What the capacity page asks for, its totals, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from tower.queries import finite_lateness, work_load
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.finite_dates import show_late_demand, show_shifts, show_source_splits
from tower.ui.view import View
from tower.ui.work_load import show_load

PARAMETERS = ("section", "plan", "centre", "week", "overtime", "demand", "cause", "kind")
Plants = tuple[str, ...]


def show_totals(view: View, plants: Plants) -> None:
    """Hours that are lacking, where most, and the money that comes late for want of them."""
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, work_load.load, plants)
    late = {row["limit_kind"]: row for row in
            ask(view.warehouse, finite_lateness.totals, "sales_order_line", plants).iter_rows(named=True)}  # fmt: skip
    over = frame.filter(pl.col("overload_hours") > 0)
    centres = over["work_centre_id"].n_unique()
    worst = over.row(0, named=True)["work_centre_name"] if over.height else None
    by_hours = late.get("work_centre", {})

    def card(name: str, value: str, **about: str) -> None:
        st.metric(
            text(f"capacity.{name}"), value, help=text(f"capacity.{name}_help", **about), border=True, height="stretch"
        )

    with st.grid(5, min_column_width=165, gap="small"):
        card("overload", numbers.value(over["overload_hours"].sum(), "hours", 0))  # type: ignore[arg-type]
        card(
            "centres", text("capacity.of", part=centres, whole=frame["work_centre_id"].n_unique()),
            worst=worst or text("capacity.nowhere"),
        )  # fmt: skip
        card("first_week", numbers.value(_first_week(frame), "percent", 0))
        card(
            "late_by_hours", numbers.value(by_hours.get("value", 0.0), "money"),
            lines=numbers.integer(by_hours.get("lines", 0)),
            only=numbers.value(sum(row["hours_value"] for row in late.values()), "money"),
        )  # fmt: skip
        card(
            "late", numbers.value(sum(row["value"] for row in late.values()), "money"),
            lines=numbers.integer(sum(row["lines"] for row in late.values())),
        )  # fmt: skip


def _first_week(frame: pl.DataFrame) -> float | None:
    """Load of the first week over the hours that there are, all work centres together."""
    first = frame.filter(pl.col("week_start_date") == pl.col("week_start_date").min())
    hours = float(first["capacity_hours"].sum())
    return float(first["plan_hours"].sum()) / hours if hours else None


def choose_section(view: View) -> str:
    """The section to show, kept in the URL."""
    return url.segments(
        view.text("capacity.section"), "section", list(SECTIONS), lambda one: view.text(f"capacity.section_{one}"),
        default="load", label_visibility="collapsed",
    )  # fmt: skip


def show_section(view: View, plants: Plants, name: str) -> None:
    """Draw one section, or say that no work centre is known."""
    if ask(view.warehouse, work_load.load, plants).is_empty():
        states.empty(view.text, view.text("capacity.none"))
        return
    SECTIONS[name](view, plants)


SECTIONS: Mapping[str, Callable[[View, Plants], None]] = {
    "load": show_load,
    "late": show_late_demand,
    "shifts": show_shifts,
    "splits": show_source_splits,
}
