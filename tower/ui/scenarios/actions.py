"""What can be done with a scenario: its state, a copy, one on top of it, its files; and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import streamlit as st

from tower.errors import StoreError
from tower.scenarios.change_file import own_part
from tower.scenarios.firmed import firmed_by
from tower.store.firmed_orders import promote_scenario
from tower.store.scenarios import (
    DRAFT,
    EXPIRED,
    PROMOTED,
    SHARED,
    TRANSITIONS,
    KeptScenario,
    change_scenario,
    move_scenario,
    remove_scenario,
    whole_scenario,
)
from tower.ui import url
from tower.ui.scenarios.kept import called, duplicate, may_write, stack_on
from tower.ui.scenarios.plans import app_store, base_of
from tower.ui.scenarios.problems import remembered
from tower.ui.scenarios.working import forget, working
from tower.ui.view import View

_COLOURS: dict[str, Literal["gray", "blue", "orange", "green"]] = {
    DRAFT: "gray", SHARED: "blue", EXPIRED: "orange", PROMOTED: "green",
}  # fmt: skip
_ICONS = {DRAFT: ":material/undo:", SHARED: ":material/group:", EXPIRED: ":material/timer_off:",
          PROMOTED: ":material/verified:"}  # fmt: skip


def show_standing(view: View, kept: KeptScenario, known: list[KeptScenario]) -> None:
    """Its name, its state, whose it is, and on what it was made."""
    text = view.text
    own = own_part(kept.change_file)
    title = text.pick(own.title, own.title_zh)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"##### {called(kept, known)}{' · ' + title if title else ''}", width="content")
        st.badge(text(f"scenario_state.{kept.state}"), color=_COLOURS[kept.state])
    parent = next((one for one in known if one.scenario_id == kept.parent_id), None)
    facts = [text("scenarios.owner", owner=kept.owner)]
    facts.append(text("scenarios.on", name=called(parent, known) if parent else text("scenarios.base")))
    facts.append(text("scenarios.saved", by=kept.changed_by, at=view.numbers.instant(_utc(kept.changed_at))))
    if kept.expires_at is not None:
        facts.append(text("scenarios.expires_at", at=view.numbers.instant(_utc(kept.expires_at))))
    st.caption(" · ".join(facts))


def _utc(instant: datetime | None) -> datetime | None:
    return instant if instant is None or instant.tzinfo is None else instant.astimezone(UTC)


def show_actions(view: View, kept: KeptScenario, known: list[KeptScenario]) -> None:
    """The steps that its state allows, and what else can be made of it."""
    text = view.text
    if not may_write(view):
        st.caption(f":material/visibility: {text('scenarios.read_only')}")
        return
    is_unsaved = kept.state == DRAFT and working(kept).is_changed
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="scenario_actions"):
        for state in TRANSITIONS[kept.state]:
            if state == EXPIRED:
                continue
            st.button(
                text(f"scenarios.to_{state}"), key=f"to_{state}", icon=_ICONS[state], disabled=is_unsaved,
                help=text("scenarios.save_first" if is_unsaved else f"scenarios.to_{state}_help"), on_click=_move,
                args=(view, kept, state),
            )  # fmt: skip
        st.button(
            text("scenarios.duplicate"), key="duplicate", icon=":material/content_copy:", on_click=duplicate,
            help=text("scenarios.duplicate_help"), args=(view, kept, known),
        )  # fmt: skip
        st.button(
            text("scenarios.stack"), key="stack", icon=":material/layers:", on_click=stack_on,
            help=text("scenarios.stack_help"), args=(view, kept, known),
        )  # fmt: skip
        if EXPIRED in TRANSITIONS[kept.state] or kept.state == EXPIRED:
            with st.popover(text("scenarios.more"), icon=":material/more_horiz:", key="more_actions"):
                _show_rare(view, kept)


def _show_rare(view: View, kept: KeptScenario) -> None:
    text = view.text
    if kept.state in (DRAFT, SHARED):
        expires = _utc(kept.expires_at)
        st.date_input(
            text("scenarios.expires"), value=expires.date() - timedelta(days=1) if expires else None, key="expires",
            min_value=view.now.date(), max_value=view.now.date() + timedelta(days=1000), on_change=_expires,
            args=(view, kept), format="YYYY-MM-DD", help=text("scenarios.expires_help"),
        )  # fmt: skip
        st.button(
            text("scenarios.to_expired"), key="to_expired", icon=_ICONS[EXPIRED], on_click=_move,
            args=(view, kept, EXPIRED), help=text("scenarios.to_expired_help"),
        )  # fmt: skip
    if kept.state in (DRAFT, EXPIRED):
        st.button(
            text("scenarios.remove"), key="remove", icon=":material/delete:", on_click=_remove, args=(view, kept),
            help=text("scenarios.remove_help"),
        )  # fmt: skip


def _move(view: View, kept: KeptScenario, state: str) -> None:
    with remembered():
        if state == PROMOTED:
            _promote(view, kept)
        else:
            move_scenario(app_store(), kept, state, view.user.user_id, view.now)


def _promote(view: View, kept: KeptScenario) -> None:
    """The scenario becomes what was decided, and the orders it firms are kept for the builds to come."""
    store = app_store()
    own = own_part(kept.change_file)
    orders = firmed_by(base_of(view, kept).base, whole_scenario(store, kept), kept.base_build_id, own.title or own.name)
    promote_scenario(store, kept, orders, view.user.user_id, view.now)
    if orders:
        st.toast(view.text("scenarios.firmed", count=len(orders)), icon=":material/push_pin:")


def _expires(view: View, kept: KeptScenario) -> None:
    day: date | None = st.session_state["expires"]
    with remembered():
        # It holds for the whole of its last day.
        at = None if day is None else datetime.combine(day + timedelta(days=1), time(), UTC)
        change_scenario(app_store(), replace(kept, expires_at=at), view.user.user_id, view.now)


def _remove(view: View, kept: KeptScenario) -> None:
    with remembered():
        remove_scenario(app_store(), kept, view.user.user_id, view.now)
        forget(kept)
        url.clear("scenario", "compare", "rebase")


def save(view: View, kept: KeptScenario) -> StoreError | None:
    """Save what is worked on; gives what refused it."""
    work = working(kept)
    own = own_part(work.text)
    try:
        change_scenario(
            app_store(), replace(work.read, name=own.name, change_file=work.text), view.user.user_id, view.now
        )
    except StoreError as error:
        return error
    forget(kept)
    return None
