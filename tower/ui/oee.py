"""OEE: its cards, the tree of losses, who stands where, and the states and reports behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl
import streamlit as st

from tower.charts import trend_figure
from tower.charts.loss_tree import loss_tree_figure
from tower.exports import Column, ColumnKind
from tower.queries import oee
from tower.queries.oee import Chosen
from tower.ui import quality_filters, states, url
from tower.ui.cached import ask
from tower.ui.cards import show_cards
from tower.ui.detail import PARAMETERS as DETAIL_PARAMETERS
from tower.ui.detail import show_detail
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.scorecard import read_cards
from tower.ui.tables import show_table
from tower.ui.view import View

PARAMETERS = ("centre", "shift", "section", "group", "state", *DETAIL_PARAMETERS)
METRICS = (
    "oee_rate", "availability_rate", "effectiveness_rate", "quality_ratio", "teep_rate", "setup_ratio", "mtbf_hours",
    "mttr_hours",
)  # fmt: skip
STATES = ("breakdown", "idle", "planned_downtime", "setup", "production")
_RATES: dict[str, ColumnKind] = {
    "oee": "percent", "availability": "percent", "effectiveness": "percent", "quality": "percent", "nee": "percent",
    "teep": "percent", "setup_ratio": "percent", "busy_hours": "number", "production_hours": "number",
    "setup_hours": "number", "idle_hours": "number", "breakdown_hours": "number", "failure_count": "integer",
    "planned_run_hours": "number", "good_run_hours": "number", "unrecorded_hours": "number",
    "planned_downtime_hours": "number", "calendar_hours": "number",
}  # fmt: skip
_REASONS: dict[str, ColumnKind] = {"state": "text", "reason": "text", "hours": "number", "states": "integer"}
_STATES: dict[str, ColumnKind] = {
    "state": "text", "hours": "number", "reason": "text", "work_centre_name": "text", "work_unit": "text",
    "work_date": "day", "shift": "text", "started_at": "instant", "ended_at": "instant", "work_order_id": "text",
    "overlap_hours": "number", "state_id": "text",
}  # fmt: skip
_REPORTS: dict[str, ColumnKind] = {
    "production_order_id": "text", "made": "text", "operation_name": "text", "work_centre_id": "text",
    "produced_date": "day", "shift": "text", "produced_quantity": "quantity", "first_pass_quantity": "quantity",
    "scrap_quantity": "quantity", "rework_quantity": "quantity", "scrap_reason": "text", "run_hours_per_unit": "number",
    "planned_run_hours": "number", "good_run_hours": "number", "output_id": "text",
}  # fmt: skip


def show_page(view: View) -> None:
    """The whole page below its title."""
    if view.missing["availability_rate"]:
        states.not_connected(view.text, view.missing["oee_rate"])
        return
    view, picked = quality_filters.choose(view, ("plant", "centre", "shift"))
    period = view.selection.period
    chosen = Chosen(period.start, period.end, picked["plant"], picked["centre"], picked["shift"])
    whole = ask(view.warehouse, oee.components, chosen, "work_centre")
    if whole.is_empty() or not whole["calendar_hours"].sum():
        states.empty(view.text, view.text("oee.none"))
        return
    cards = read_cards(view, METRICS)
    show_cards(view, view.text("oee.cards"), list(cards.values()))
    _say_what_is_odd(view, oee.total(whole).row(0, named=True))
    if url.value("metric") in METRICS:
        show_detail(view, url.value("metric"))
    section = url.segments(
        view.text("oee.section"), "section", list(SECTIONS), lambda one: view.text(f"oee.section_{one}"),
        default="losses", label_visibility="collapsed",
    )  # fmt: skip
    SECTIONS[section](view, chosen)


def _say_what_is_odd(view: View, sums: Mapping[str, float]) -> None:
    """What the records leave open, with its hours; silent where there is nothing."""
    found = [
        view.text(f"oee.odd_{name}", hours=view.numbers.value(sums[f"{name}_hours"], "hours", 0))
        for name in ("unrecorded", "outside_shift", "overlap")
        if sums[f"{name}_hours"] > 0.5
    ]
    if not sums["planned_run_hours"]:
        found.append(view.text("oee.odd_no_output"))
    if found:
        st.caption(":material/info: " + " ".join(found))


def _show_losses(view: View, chosen: Chosen) -> None:
    text, numbers = view.text, view.numbers
    sums = oee.total(ask(view.warehouse, oee.components, chosen, "work_centre"))
    tree = oee.loss_tree(sums)
    names = [text(f"oee.step_{one}") for one in tree["step"].to_list()]
    st.markdown(f"**{text('oee.losses')}**")
    st.caption(text("oee.losses_note"))
    shown = tree.with_columns(name=pl.Series(names))
    show_figure(
        view, "oee_losses",
        loss_tree_figure(
            tree, names, label=lambda hours: numbers.value(hours, "hours", 0),
            share=lambda share: numbers.value(share, "percent", 1),
        ),
        lambda: shown,
        (
            Column("name", text("oee.step")), Column("hours", text("oee_column.hours"), "number"),
            Column("left", text("oee.left"), "number"), Column("share", text("oee.share"), "percent"),
            Column("busy_share", text("oee.busy_share"), "percent"),
        ),
        provenance(view, text("oee.losses")),
    )  # fmt: skip
    why = ask(view.warehouse, oee.reasons, chosen)
    show_table(
        view, "oee_reasons", text("oee.reasons"),
        why.with_columns(
            pl.col("hours").round(1), pl.Series("state", [text(f"oee.state_{one}") for one in why["state"]], pl.String),
            pl.col("reason").fill_null(text("oee.no_reason")),
        ),
        columns_of(view, "oee_column", _REASONS), note=text("oee.reasons_note"),
    )  # fmt: skip


def _show_groups(view: View, chosen: Chosen) -> None:
    text, numbers = view.text, view.numbers
    group = url.segments(
        text("oee.group"), "group", list(oee.GROUPS), lambda one: text(f"oee.group_{one}"), default="work_centre"
    )
    frame = ask(view.warehouse, oee.components, chosen, group)
    if group in ("week", "month"):
        show_figure(
            view, f"oee_by_{group}",
            trend_figure(
                frame.select(period=pl.col("value").str.to_date(), value=pl.col("oee")),
                label=lambda value: numbers.value(value, "percent", 1),
                tick=lambda value: numbers.tick(value, "percent"),
                period_label=numbers.month if group == "month" else numbers.day,
                tick_label=lambda day: numbers.within_year(day, group), is_amount=False, height=230,
            ),
            lambda: frame,
            [Column("value", text(f"oee.group_{group}")), Column("oee", text("oee_column.oee"), "percent")],
            provenance(view, text("oee.groups")),
        )  # fmt: skip
    nobody = pl.lit(None, pl.String)
    whole = oee.total(frame).with_columns(value=nobody, label=nobody).select(frame.columns)
    shown = pl.concat([frame, whole]).with_columns(pl.col("^.*_hours$").round(1))
    names = [_member(view, group, *row) for row in frame.select("value", "label").rows()] + [text("oee.together")]
    note = text("oee.groups_note_unit") if group == "work_unit" else text("oee.groups_note")
    rates: dict[str, ColumnKind] = _RATES
    if group == "work_unit":
        rates = {name: kind for name, kind in _RATES.items() if name not in _OF_OUTPUT}
    show_table(
        view, f"oee_groups_{group}", text("oee.groups"), shown.with_columns(pl.Series("member", names, pl.String)),
        [Column("member", text(f"oee.group_{group}")), *columns_of(view, "oee_column", rates)], note=note,
    )  # fmt: skip


_OF_OUTPUT = ("oee", "effectiveness", "quality", "nee", "teep", "planned_run_hours", "good_run_hours")


def _member(view: View, group: str, value: str, label: str | None) -> str:
    if group in ("week", "month"):
        day = date.fromisoformat(value)
        return view.numbers.month(day) if group == "month" else view.numbers.day(day)
    if group == "shift" and not value:
        return view.text("oee.no_shift")
    return f"{value} · {label}" if label else value


def _show_states(view: View, chosen: Chosen) -> None:
    text = view.text
    state = url.select(
        text("oee_column.state"), "state", STATES, lambda one: text(f"oee.state_{one}"), default="breakdown", width=240
    )

    def worded(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.lit(text(f"oee.state_{state}")).alias("state"))

    frame = ask(view.warehouse, oee.recorded_states, chosen, state, oee.MOST_STATES)
    show_table(
        view, "oee_states", text("oee.states"), worded(frame), columns_of(view, "oee_column", _STATES),
        everything=lambda: worded(oee.recorded_states(view.warehouse, chosen, state, None)),
        note=text("oee.states_note", most=oee.MOST_STATES),
    )  # fmt: skip


def _show_reports(view: View, chosen: Chosen) -> None:
    text = view.text

    def worded(frame: pl.DataFrame) -> pl.DataFrame:
        rows = frame.select("item_id", "item_name", "item_name_zh").rows()
        return frame.with_columns(
            pl.Series(
                "made", [f"{item} · {text.pick(name or item, name_zh)}" for item, name, name_zh in rows], pl.String
            )
        )

    frame = ask(view.warehouse, oee.reported, chosen, oee.MOST_STATES)
    show_table(
        view, "oee_reports", text("oee.reports"), worded(frame), columns_of(view, "oee_column", _REPORTS),
        everything=lambda: worded(oee.reported(view.warehouse, chosen, None)),
        note=text("oee.reports_note", most=oee.MOST_STATES),
    )  # fmt: skip


SECTIONS: Mapping[str, Callable[[View, Chosen], None]] = {
    "losses": _show_losses, "groups": _show_groups, "states": _show_states, "reports": _show_reports,
}  # fmt: skip
