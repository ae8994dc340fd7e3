"""What planners decide about messages, in the app store: who may, what stands, and how a decision is saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import streamlit as st

from tower.access import Role
from tower.errors import TowerError
from tower.settings import load_settings
from tower.store import Store
from tower.store.decisions import (
    ACCEPT,
    DECISIONS,
    KEY_COLUMNS,
    SNOOZE,
    MessageDecision,
    decide,
    message_decisions,
    with_decisions,
)
from tower.ui import cached
from tower.ui.session import PROJECT_FOLDER
from tower.ui.states import sentence_of
from tower.ui.view import View

STATES = ("open", "decided", "all")
# Who acts on messages; the others read them.
DECIDERS: tuple[Role, ...] = ("planner", "buyer", "production", "admin")
_OUTCOME = "decision_outcome"


def with_state(view: View, messages: pl.DataFrame) -> pl.DataFrame:
    """Messages with what was decided about each, as the store knows it now."""
    return with_decisions(messages, message_decisions(app_store()), view.build.as_of)


def show_decision(view: View, marked: pl.DataFrame, shown: pl.DataFrame) -> None:
    """The form that decides about the marked messages at once, with a reason; about all shown only when told to."""
    text = view.text
    if view.user.role not in DECIDERS:
        st.caption(text("decision.readers"))
        return
    with st.container(border=True, key="decision"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.markdown(f"**{text('decision.title')}**", width="content")
            all_shown = text("decision.all_shown", count=view.numbers.integer(shown.height))
            rows = shown if st.toggle(all_shown, key="decision_all") else marked
            if rows.is_empty():
                st.caption(text("decision.none_marked"), width="content")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            kind = st.segmented_control(
                text("decision.kind"), DECISIONS, key="decision_kind", default=ACCEPT, required=True,
                format_func=lambda one: text(f"decision.{one}"),
            )  # fmt: skip
            st.text_input(text("decision.reason"), key="decision_reason", width=320)
            until = None
            if kind == SNOOZE:
                until = st.date_input(
                    text("decision.until"), value=view.build.as_of + timedelta(days=7), key="decision_until", width=160,
                    min_value=view.build.as_of,
                )  # fmt: skip
            st.button(
                text("decision.save", count=view.numbers.integer(rows.height)), key="decision_save", type="primary",
                disabled=rows.is_empty() or not st.session_state["decision_reason"].strip(),
                on_click=_save, args=(view, rows.to_dicts(), kind, until),
            )  # fmt: skip


def _save(view: View, rows: Sequence[dict[str, Any]], kind: str, until: date | None) -> None:
    """Keep one decision for each key among the rows, at the version that the reader saw."""
    reason = st.session_state["decision_reason"].strip()
    made = {
        tuple(row[name] for name in KEY_COLUMNS): MessageDecision(
            **{name: row[name] for name in KEY_COLUMNS}, decision=kind, reason=reason, until=until,
            decision_id=row["decision_id"], version=row["version"] or 0,
        )
        for row in rows
    }  # fmt: skip
    try:
        decide(app_store(), list(made.values()), view.user.user_id, view.now)
    except TowerError as problem:
        say("error", f"{sentence_of(view.text, problem)} {problem}")
        return
    say("success", view.text("decision.saved", count=len(rows)))
    st.session_state["decision_reason"] = ""
    st.session_state["decision_all"] = False
    # What was marked is gone from the list: a table of another key begins without marks.
    st.session_state["decision_round"] = st.session_state.get("decision_round", 0) + 1


def say(kind: str, sentence: str) -> None:
    """Keep what became of an action, `success` or `error`, until the page is drawn again."""
    st.session_state[_OUTCOME] = (kind, sentence)


def show_outcome() -> None:
    """What became of the last action: done, or why not."""
    outcome = st.session_state.pop(_OUTCOME, None)
    if outcome is not None:
        kind, sentence = outcome
        (st.error if kind == "error" else st.success)(
            sentence, icon=f":material/{'error' if kind == 'error' else 'check'}:"
        )


def app_store() -> Store:
    """The app store of this process."""
    return cached.store(load_settings(PROJECT_FOLDER).effective_store_url)
