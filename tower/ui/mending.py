"""Recurring messages gathered into the parameter to mend, and what mending it does to the plan, on demand."""

from __future__ import annotations

import numpy as np
import polars as pl
import streamlit as st

from planning.scenarios.document import Scenario
from planning.scenarios.problems import ScenarioError
from tower.exports import Column, ColumnKind
from tower.i18n.numbers import MISSING
from tower.queries import planning_messages as questions
from tower.scenarios.base import PlanningBase
from tower.scenarios.mending import Effect, Mending, base_messages, effect, mending
from tower.ui import states, url
from tower.ui.decisions import say
from tower.ui.downloads import provenance, show_downloads
from tower.ui.messages import SUMS, Reading
from tower.ui.scenarios.into_draft import keep_changes, link_to
from tower.ui.scenarios.kept import known_scenarios, may_write
from tower.ui.scenarios.measured import wrong
from tower.ui.scenarios.plans import BaseOf, content_of, served_base
from tower.ui.scenarios.problems import remembered, show_problems, show_said
from tower.ui.tables import MOST_ROWS_SHOWN, TALLEST, column_config
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "parameter": "text", "subject": "text", "codes": "text", **SUMS, "mend": "text",
}  # fmt: skip
_TABLE = "recurring_rows"
_WORKED = "mend_worked"


def show_recurring(view: View, reading: Reading) -> None:
    """Messages gathered into the parameter that makes them; the one chosen with what mending it would do."""
    text = view.text
    show_said(view.text)
    frame = questions.recurring(reading.shown, reading.exposed)
    title = text("messages.recurring")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{title}**")
            st.caption(text("messages.recurring_note"))
        if not frame.is_empty():
            columns = [Column(name, text(f"message_column.{name}"), kind) for name, kind in _COLUMNS.items()]
            worded = _worded(view, frame)
            about = provenance(view, title, is_filtered=False)
            show_downloads(view, "recurring", lambda: worded, lambda _: columns, about)
    if frame.is_empty():
        states.empty(text, text("messages.none_left"))
        return
    names = [f"{parameter}:{subject}" for parameter, subject in frame.select("parameter", "subject").iter_rows()]

    def picked() -> None:
        rows = st.session_state[_TABLE]["selection"]["rows"]
        if rows:
            url.write("mend", names[rows[0]])

    st.dataframe(
        worded.select(list(_COLUMNS)), hide_index=True, key=_TABLE, on_select=picked, selection_mode="single-row",
        column_config={column.name: column_config(column) for column in columns}, placeholder=MISSING, alt=title,
        height="content" if frame.height <= MOST_ROWS_SHOWN else TALLEST,
    )  # fmt: skip
    _show_mending(view, reading, frame, worded, names)


def _worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    text = view.text
    return frame.with_columns(
        subject=pl.when(pl.col("subject_name").is_null())
        .then("subject")
        .otherwise(pl.format("{} {}", "subject", "subject_name")),
        mend=pl.col("parameter").map_elements(lambda one: text(f"mend.{one}"), return_dtype=pl.String),
        parameter=pl.col("parameter").map_elements(lambda one: text(f"parameter.{one}"), return_dtype=pl.String),
    )


def _show_mending(view: View, reading: Reading, frame: pl.DataFrame, worded: pl.DataFrame, names: list[str]) -> None:
    """The parameter that is chosen: what was measured of it, its effect when asked for, and the way to a scenario."""
    text = view.text
    labels = {
        name: f"{parameter} · {subject}"
        for name, (parameter, subject) in zip(names, worded.select("parameter", "subject").iter_rows(), strict=True)
    }
    with st.container(border=True, key="mending"):
        chosen = url.select(
            text("mending.one"), "mend", names, lambda one: labels[one], default=names[0], width=520
        )  # fmt: skip
        if not view.scope.is_everything:
            st.caption(text("state.forbidden_scope"))
            return
        row = frame.row(names.index(chosen or names[0]), named=True)
        with st.spinner(text("scenarios.planning")):
            base = served_base(view)
            found = mending(row["parameter"], row["subject"], wrong(view, base))
        if found is None:
            st.markdown(text("mending.no_value", parameter=text(f"parameter.{row['parameter']}")))
            return
        st.markdown(_said_of(view, row["parameter"], found))
        gathered = questions.with_parameters(reading.shown)
        of_row = (pl.col("parameter") == row["parameter"]) & (pl.col("subject") == row["subject"])
        about = gathered.filter(of_row).select("code", "item_id", "location_id", "work_centre_id").unique()
        with st.container(horizontal=True, gap="small"):
            name = f"{chosen}:{view.build.build_id}"
            if st.button(text("mending.work_out"), key="mend_effect", icon=":material/calculate:"):
                st.session_state.setdefault(_WORKED, set()).add(name)
            if may_write(view):
                st.button(
                    text("mending.accept"), key="mend_accept", icon=":material/check:", on_click=_accept,
                    args=(view, row["parameter"], row["subject"], found), help=text("mending.accept_help"),
                )  # fmt: skip
        if name in st.session_state.get(_WORKED, ()):
            _show_effect(view, base, found, about)


def _said_of(view: View, parameter: str, found: Mending) -> str:
    """From what to what, of one value or of several with their medians."""
    text, rows = view.text, found.rows
    unit = text(f"mending.unit_{rows['parameter'][0]}")
    booked, measured = (f"{float(np.median(rows[name].to_numpy())):,.4g}" for name in ("booked", "measured"))
    key = "mending.one_value" if rows.height == 1 else "mending.several"
    return text(
        key, parameter=text(f"parameter.{parameter}"), booked=booked, measured=measured, unit=unit, count=rows.height,
        seen=view.numbers.integer(int(rows["count"].sum())),
    )  # fmt: skip


def _show_effect(view: View, base: BaseOf, found: Mending, about: pl.DataFrame) -> None:
    text, numbers = view.text, view.numbers
    key = tuple(about.sort(about.columns).iter_rows())
    try:
        with st.spinner(text("scenarios.planning")):
            one = _effect(base.key, content_of(found.scenario), key, base.base, found.scenario, about)
    except ScenarioError as error:
        show_problems(text, error)
        return
    before, after = one.messages
    st.markdown(
        text(
            "mending.effect" if after <= before else "mending.more", gone=numbers.integer(abs(before - after)),
            messages=numbers.integer(before), left=numbers.integer(after),
            all_before=numbers.integer(one.all_messages[0]), all_after=numbers.integer(one.all_messages[1]),
            late_before=numbers.value(one.late_value[0], "money"), late_after=numbers.value(one.late_value[1], "money"),
            stock_before=numbers.value(one.stock_value[0], "money"),
            stock_after=numbers.value(one.stock_value[1], "money"),
        )
    )  # fmt: skip


@st.cache_resource(max_entries=2, show_spinner=False)
def _before(key: str, _base: PlanningBase) -> pl.DataFrame:
    return base_messages(_base)


@st.cache_resource(max_entries=100, show_spinner=False)
def _effect(
    key: str, content: str, meant: tuple[tuple[str | None, ...], ...], _base: PlanningBase, _scenario: Scenario,
    _about: pl.DataFrame,
) -> Effect:  # fmt: skip
    return effect(_base, _before(key, _base), _scenario, _about)


def _accept(view: View, parameter: str, subject: str, found: Mending) -> None:
    """A draft with the change; the plan stays as it is until somebody acts on it."""
    text = view.text
    with remembered():
        name = f"{parameter}-{subject}".replace(" @ ", "-").replace("_", "-")
        title = text("mending.title", parameter=text(f"parameter.{parameter}"), subject=subject)
        made = keep_changes(view, known_scenarios(view), found.changes, name=name, title=title)
        say("success", f"{text('mending.accepted', name=made.name)} {link_to(view, made.scenario_id)}")
