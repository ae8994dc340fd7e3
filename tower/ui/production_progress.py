"""What the progress page asks for, its totals, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import production_progress as questions
from tower.queries.production_progress import Chosen
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.definitions import show_definition
from tower.ui.filters import filter_options, filter_popover, picked_of
from tower.ui.kit_words import columns_of, worded
from tower.ui.prediction_quality import show_quality
from tower.ui.production_gantt import show_gantt
from tower.ui.production_order import show_order
from tower.ui.production_words import with_words
from tower.ui.scorecard import read_cards
from tower.ui.tables import show_table
from tower.ui.view import View

PARAMETERS = ("section", "centre", "warning", "sort", "order", "tab")
KPIS = (
    "schedule_adherence_rate", "operation_on_time_rate", "manufacturing_lead_time_days",
    "manufacturing_lead_time_days_p90", "labour_efficiency_rate", "production_yield_rate", "scrap_rate",
    "work_in_process_value",
)  # fmt: skip
_WARNED: dict[str, ColumnKind] = {
    "production_order_id": "text", "made": "text", "warnings": "text", "waiting_value": "money",
    "customer_name": "text", "late_probability": "percent", "cause": "text", "planned_finish_date": "day",
    "p50_date": "day", "p90_date": "day", "complete_rate": "percent", "value_at_risk": "money",
    "customer_count": "integer", "first_date": "day", "current_work_centre_name": "text", "plant_id": "text",
}  # fmt: skip
_ORDERS: dict[str, ColumnKind] = {
    "production_order_id": "text", "made": "text", "status": "text", "current_work_centre_name": "text",
    "complete_rate": "percent", "planned_start_date": "day", "started_date": "day", "planned_finish_date": "day",
    "p50_date": "day", "p90_date": "day", "finite_finish_date": "day", "late_probability": "percent", "cause": "text",
    "warnings": "text", "ordered_quantity": "quantity", "scrapped_quantity": "quantity", "base_uom": "text",
    "standard_hours": "number", "earned_hours": "number", "work_in_process_value": "money", "waiting_value": "money",
    "customer_name": "text", "plant_id": "text",
}  # fmt: skip
_CONTENTS: dict[str, ColumnKind] = {
    "work_centre_name": "text", "orders": "integer", "waiting_quantity": "quantity", "remaining_hours": "number",
    "work_in_process_value": "money",
}  # fmt: skip
_SCRAP: dict[str, ColumnKind] = {
    "work_centre_name": "text", "item_id": "text", "made": "text", "good_quantity": "quantity",
    "scrap_quantity": "quantity", "rework_quantity": "quantity", "yield_rate": "percent", "orders": "integer",
    "base_uom": "text",
}  # fmt: skip
_WIDTHS = {"production_order_id": 110, "made": 170, "warnings": 210, "cause": 330, "customer_name": 190}


def choose_orders(view: View) -> Chosen:
    """The plants, families and work centres that the page is about; none chosen means all."""
    text = view.text
    known = filter_options(text, view.warehouse)
    centres = dict(ask(view.warehouse, questions.work_centres).rows())
    options: Mapping[str, dict[str, str]] = {"plant": known["plant"], "family": known["family"], "centre": centres}
    picked = picked_of(options)
    count = sum(1 for one in picked.values() if one)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="choose_progress"):
        filter_popover(text, options, lambda key: text(f"progress.filter_{key}"), count)
        named = [options[key][one] for key in options for one in picked[key]]
        if named:
            st.caption(text.listed(named), width="content")
    return picked["plant"], picked["family"], picked["centre"]


def show_totals(view: View, chosen: Chosen) -> None:
    """How many orders are open, late and likely late, what is in them, and the money that waits for the late ones."""
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.orders, chosen)
    late = frame.filter(pl.col("warns_overdue") | pl.col("warns_likely_late"))
    lines, waiting = ask(view.warehouse, questions.waiting_money, tuple(sorted(late["production_order_id"].to_list())))
    unknown = frame["work_in_process_value"].null_count()
    is_known = frame.height and unknown < frame.height

    def card(name: str, value: str, **about: str) -> None:
        st.metric(
            text(f"progress.{name}"), value, help=text(f"progress.{name}_help", **about), border=True, height="stretch"
        )

    with st.grid(5, min_column_width=165, gap="small"):
        running = frame.filter(pl.col("started_date").is_not_null()).height
        card("open", numbers.integer(frame.height), running=numbers.integer(running))
        card("overdue", numbers.integer(int(frame["warns_overdue"].sum() or 0)))
        card(
            "likely_late", numbers.integer(int(frame["warns_likely_late"].sum() or 0)),
            expected=numbers.value(_total(frame, "late_probability"), "quantity", 0),
        )  # fmt: skip
        card("waiting", numbers.value(waiting, "money"), lines=numbers.integer(lines))
        shown = (
            numbers.value(_total(frame, "work_in_process_value"), "money") if is_known else text("progress.not_known")
        )
        card("contents", shown, unknown=numbers.integer(unknown))


def _total(frame: pl.DataFrame, column: str) -> float:
    """The sum of what is known of a column."""
    return float(frame.select(pl.col(column).sum()).item() or 0.0)


def choose_section(view: View) -> str:
    """The section to show, kept in the URL."""
    return url.segments(
        view.text("progress.section"), "section", list(SECTIONS), lambda one: view.text(f"progress.section_{one}"),
        default="warnings", label_visibility="collapsed",
    )  # fmt: skip


def show_section(view: View, chosen: Chosen, name: str) -> None:
    """Draw one section. Where nothing is open, figures of the past and the predictor's record are still there."""
    text = view.text
    frame = ask(view.warehouse, questions.orders, chosen)
    if frame.is_empty() and name not in ("figures", "quality"):
        if view.missing.get("schedule_adherence_rate"):
            states.not_connected(text, view.missing["schedule_adherence_rate"])
        else:
            states.empty(text, text("progress.none"))
        return
    SECTIONS[name](view, chosen)


def _show_warnings(view: View, chosen: Chosen) -> None:
    """Orders with a warning, most money at risk first; below, the one that is chosen."""
    text = view.text
    kind = url.select(
        text("progress.warning"), "warning", questions.WARNINGS, lambda one: text(f"progress_warning.{one}"),
        default=None, placeholder=text("filter.all"), width=260,
    )  # fmt: skip
    frame = ask(view.warehouse, questions.orders, chosen)
    wanted = [kind] if kind else list(questions.WARNINGS)
    warned = frame.filter(pl.any_horizontal(*(pl.col(f"warns_{one}") for one in wanted)))
    _show_orders_table(
        view, warned, "warned", text("progress.warnings_title"), text("progress.warnings_note"), _WARNED,
        text("progress.no_warning"),
    )  # fmt: skip


def _show_orders(view: View, chosen: Chosen) -> None:
    frame = ask(view.warehouse, questions.orders, chosen).sort("planned_finish_date", "production_order_id")
    text = view.text
    _show_orders_table(
        view, frame, "open_orders", text("progress.orders_title"), text("progress.orders_note"), _ORDERS,
        text("progress.none"),
    )  # fmt: skip


def _show_orders_table(
    view: View,
    frame: pl.DataFrame,
    key: str,
    title: str,
    note: str,
    kinds: Mapping[str, ColumnKind],
    nothing: str,
) -> None:
    ids = frame["production_order_id"].to_list()
    shown = with_words(view, frame).with_columns(
        pl.col("waiting_value", "value_at_risk", "work_in_process_value").round(0),
        pl.col("standard_hours", "earned_hours").round(1),
        pl.col("late_probability", "complete_rate").round(2),
    )
    show_choice(
        view, key, title, shown, columns_of(view, "progress_column", kinds), parameter="order", ids=ids, note=note,
        empty=nothing, widths=_WIDTHS,
    )  # fmt: skip
    if ids:
        show_order(view, frame, ids)


def _show_contents(view: View, chosen: Chosen) -> None:
    """Work in process by the work centre where it lies, and the formula of its value."""
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.by_operation, chosen)
    every = ask(view.warehouse, questions.orders, chosen)
    note = text("progress.contents_note")
    elsewhere = _total(every, "work_in_process_value") - _total(frame, "work_in_process_value")
    if elsewhere > 0.5:
        note += " " + text("progress.contents_elsewhere", value=numbers.value(elsewhere, "money"))
    shown = frame.with_columns(pl.col("work_in_process_value").round(0), pl.col("remaining_hours").round(0))
    show_table(
        view, "contents", text("progress.contents_title"), shown, columns_of(view, "progress_column", _CONTENTS),
        note=note, empty=text("progress.no_operations"),
    )  # fmt: skip
    if every["work_in_process_value"].null_count() == every.height:
        states.not_connected(text, ["production_order_components.issued_quantity", "work_centres.cost_per_hour"])
    st.markdown(f"**{text('progress.formula_title')}**")
    st.markdown(text("progress.formula"))


def _show_scrap(view: View, chosen: Chosen) -> None:
    """What the open orders have made good, scrapped and reworked so far."""
    text = view.text
    frame = ask(view.warehouse, questions.scrap, chosen)
    show_table(
        view, "progress_scrap", text("progress.scrap_title"), worded(view, frame),
        columns_of(view, "progress_column", _SCRAP), note=text("progress.scrap_note"), empty=text("progress.no_scrap"),
    )  # fmt: skip


def _show_figures(view: View, _: Chosen) -> None:
    """The metrics of production by the catalogue, each with its definition."""
    text, numbers = view.text, view.numbers
    names = [one for one in KPIS if one in view.catalogue.metrics]
    cards = read_cards(view, names)
    st.caption(text("progress.figures_note"))
    with st.grid(4, min_column_width=210, gap="small"):
        for name in names:
            metric, card = view.catalogue.metric(name), cards[name]
            with st.container(border=True, height="stretch", gap=None):
                if card.state == "shown":
                    st.metric(view.label(name), numbers.value(card.value, metric.unit, metric.decimals))
                else:
                    st.metric(view.label(name), text("progress.not_known"))
                    if card.missing:
                        st.caption(text("card.not_connected", missing=text.listed(card.missing)))
                with st.popover(text("card.definition"), key=f"kpi_{name}", type="tertiary", icon=":material/info:"):
                    show_definition(view, metric, card)


SECTIONS: Mapping[str, Callable[[View, Chosen], None]] = {
    "warnings": _show_warnings,
    "gantt": show_gantt,
    "orders": _show_orders,
    "contents": _show_contents,
    "scrap": _show_scrap,
    "figures": _show_figures,
    "quality": lambda view, _: show_quality(view),
}
