"""Take, assign, snooze, resolve, reopen: what a person decides about one alert, and the trail of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from tower.store.alert_decisions import (
    RESOLVED,
    AlertDecision,
    assign,
    reopen,
    resolve,
    snooze,
)
from tower.ui.comments import said, utc
from tower.ui.decisions import app_store, say
from tower.ui.view import View


def show_decision(view: View, row: Mapping[str, Any], decision: AlertDecision | None) -> None:
    """Who has the alert, and what the reader may do about it."""
    text = view.text
    read = decision or AlertDecision(str(row["alert_key"]), str(row["kind"]), money_at_risk=float(row["money_value"]))
    with st.container(border=True, key="alert_decision"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{text('today.decision')}**", width="content")
            st.caption(_stands(view, row, decision), width="content")
            if decision is not None:
                with st.popover(text("today.trail"), icon=":material/history:", type="tertiary", key="alert_trail"):
                    for entry in app_store().audit_log(f"alert_decision/{decision.decision_id}"):
                        st.markdown(
                            f"**{entry.user_id}** · {view.numbers.instant(utc(entry.at))} · "
                            f"{text.term('alert_decided', entry.action)}"
                        )
        people = {user.user_id: text.pick(user.name, user.name_zh) for user in app_store().users()}
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            if read.owner != view.user.user_id:
                st.button(text("today.take"), key="alert_take", type="primary", icon=":material/person_add:",
                          on_click=_assign, args=(view, read, view.user.user_id))  # fmt: skip
            st.selectbox(text("today.assign_to"), list(people), key="alert_assignee", index=None, width=220,
                         format_func=lambda one: people[one], placeholder=text("today.somebody"))  # fmt: skip
            st.button(text("today.assign"), key="alert_assign", disabled=not st.session_state.get("alert_assignee"),
                      on_click=_assign_chosen, args=(view, read))  # fmt: skip
            st.date_input(text("today.snooze_until"), value=view.build.as_of + timedelta(days=7), key="alert_until",
                          min_value=view.build.as_of + timedelta(days=1), width=160)  # fmt: skip
            st.button(text("today.snooze"), key="alert_snooze", icon=":material/snooze:", on_click=_snooze,
                      args=(view, read))  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.text_input(text("today.reason"), key="alert_reason", width=420, placeholder=text("today.reason_hint"))
            has_reason = bool(str(st.session_state.get("alert_reason") or "").strip())
            st.button(text("today.resolve"), key="alert_resolve", icon=":material/task_alt:", on_click=_resolve,
                      disabled=not has_reason, args=(view, read))  # fmt: skip
            if decision is not None and (decision.status == RESOLVED or decision.snoozed_until is not None):
                st.button(text("today.reopen"), key="alert_reopen", icon=":material/undo:", on_click=_reopen,
                          args=(view, read))  # fmt: skip


def _stands(view: View, row: Mapping[str, Any], decision: AlertDecision | None) -> str:
    text, numbers = view.text, view.numbers
    state = text(f"today.standing_{row['standing']}")
    if decision is None:
        return state
    parts = [state]
    if decision.owner:
        parts.append(text("today.has_it", owner=decision.owner))
    if decision.snoozed_until is not None:
        parts.append(text("today.sleeps", until=numbers.day(decision.snoozed_until)))
    if decision.status == RESOLVED and decision.resolved_as_of is not None:
        parts.append(text("today.was_resolved", day=numbers.day(decision.resolved_as_of), reason=decision.reason))
    return " · ".join(parts)


def _done(view: View, action: Callable[[], object], key: str) -> None:
    with said(view):
        action()
        say("success", view.text(f"today.done_{key}"))


def _assign(view: View, read: AlertDecision, owner: str) -> None:
    _done(view, lambda: assign(app_store(), read, owner, view.user.user_id, view.now), "assigned")


def _assign_chosen(view: View, read: AlertDecision) -> None:
    _assign(view, read, str(st.session_state["alert_assignee"]))


def _snooze(view: View, read: AlertDecision) -> None:
    until = st.session_state["alert_until"]
    _done(view, lambda: snooze(app_store(), read, until, view.build.as_of, view.user.user_id, view.now), "snoozed")


def _resolve(view: View, read: AlertDecision) -> None:
    reason = str(st.session_state["alert_reason"])
    _done(view, lambda: resolve(app_store(), read, view.build.as_of, reason, view.user.user_id, view.now), "resolved")
    st.session_state["alert_reason"] = ""


def _reopen(view: View, read: AlertDecision) -> None:
    _done(view, lambda: reopen(app_store(), read, view.user.user_id, view.now), "reopened")
