"""What is suggested against an alert, what a re-plan with it showed, and the way to try it as a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.errors import TowerError
from tower.exports import Column
from tower.queries import alerts as questions
from tower.scenarios.change_file import own_part
from tower.ui.cached import ask
from tower.ui.decisions import say
from tower.ui.navigation import may_open
from tower.ui.scenarios.into_draft import keep_changes, link_to
from tower.ui.scenarios.kept import known_scenarios
from tower.ui.states import sentence_of
from tower.ui.tables import show_table
from tower.ui.today.words import says, suggestion
from tower.ui.view import View

_MEASURES = ("late_value", "late_lines", "late_customers", "late_line_days", "overload_hours", "purchases")


def show_action(view: View, row: Mapping[str, Any]) -> None:
    """The suggestion in words, its effect on the plan, and the change file behind it."""
    text, key = view.text, str(row["alert_key"])
    st.markdown(f"**{text('today.suggested')}**")
    st.markdown(suggestion(view, row))
    found = ask(view.warehouse, questions.action, key)
    if found is None or not found["change_file"]:
        st.caption(text("today.no_change_file"))
        return
    if found["state"] != "simulated":
        st.caption(text("today.not_simulated_why"))
    _show_effects(view, key)
    with st.popover(text("today.change_file"), icon=":material/description:", type="tertiary"):
        st.code(found["change_file"], language="yaml")
        if found["situation_file"]:
            st.caption(text("today.situation"))
            st.code(found["situation_file"], language="yaml")
    if may_open(view.user.role, "scenarios"):
        st.button(
            text("today.open_as_scenario"), key="alert_scenario", icon=":material/alt_route:", on_click=_keep,
            args=(view, dict(row), str(found["change_file"])),
        )  # fmt: skip


def _show_effects(view: View, key: str) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.effects, key).filter(pl.col("measure").is_in(_MEASURES))
    if frame.is_empty():
        return
    units = {"money": "money", "hours": "hours"}
    rows = [
        (
            text.term("alert_measure", one["measure"]),
            numbers.exact(one["before"], units.get(one["unit"], "count"), 0),
            numbers.exact(one["after"], units.get(one["unit"], "count"), 0),
        )
        for one in frame.iter_rows(named=True)
        if one["before"] != one["after"]
    ]
    if not rows:
        return
    shown = pl.DataFrame(rows, schema=dict.fromkeys(("measure", "before", "after"), pl.String), orient="row")
    columns = [Column(name, text(f"today.effect_{name}")) for name in shown.columns]
    show_table(view, "alert_effects", text("today.effects"), shown, columns)


def _keep(view: View, row: dict[str, Any], change_file: str) -> None:
    """Keep the action as a private draft; what happened is said when the page is drawn again."""
    text = view.text
    try:
        kept = keep_changes(
            view, known_scenarios(view), own_part(change_file).changes,
            name=text("today.scenario_name", kind=text.term("alert_kind", row["kind"])), title=says(view, row),
        )  # fmt: skip
    except TowerError as problem:
        say("error", f"{sentence_of(text, problem)} {problem}")
        return
    say("success", text("today.scenario_kept", name=kept.name, link=link_to(view, kept.scenario_id)))
