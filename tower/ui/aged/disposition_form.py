"""The form that decides what becomes of a position: what, who, until when, and a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from tower.errors import TowerError
from tower.store.dispositions import (
    ACTIVE,
    DISPOSITIONS,
    StockDisposition,
    dispose,
    finish_disposition,
    stock_dispositions,
    withdraw_disposition,
)
from tower.ui.aged.stored import DECIDERS, opened_store
from tower.ui.states import sentence_of
from tower.ui.view import View

_OUTCOME = "disposition_outcome"
_DAYS = 30


def show_form(view: View, row: Mapping[str, Any]) -> None:
    """What is decided, and the form to decide, for those who may."""
    text = view.text
    st.markdown(f"**{text('aged_stock.disposition')}**")
    show_outcome()
    there = standing(row["item_id"], row["location_id"])
    if there is not None:
        st.markdown(described(view, there))
    if view.user.role not in DECIDERS:
        st.caption(text("aged_stock.readers"))
        return
    if row["quantity"] <= 0:
        st.caption(text("aged_stock.nothing_there"))
        return
    # Fields of one position and version: another begins with its own values.
    field = f"{row['item_id']}@{row['location_id']}/{there.version if there else 0}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="disposition_form"):
        kind = st.selectbox(
            text("aged_stock.what"), DISPOSITIONS, key=f"disposition_kind/{field}", width=170,
            index=DISPOSITIONS.index(there.disposition) if there else 0,
            format_func=lambda one: text(f"disposition.{one}"),
        )  # fmt: skip
        users = {one.user_id: one for one in opened_store().users()}
        owners = list(dict.fromkeys([*users, *([there.owner] if there else [])]))
        preferred = there.owner if there else view.user.user_id
        owner = st.selectbox(
            text("aged_stock.owner"), owners, key=f"disposition_owner/{field}", width=190,
            index=owners.index(preferred) if preferred in owners else 0,
            format_func=lambda one: text.pick(users[one].name, users[one].name_zh) if one in users else one,
        )  # fmt: skip
        due = st.date_input(
            text("aged_stock.due"), key=f"disposition_due/{field}", width=150,
            value=there.due_date if there else view.build.as_of + timedelta(days=_DAYS),
        )  # fmt: skip
        note = st.text_input(
            text("aged_stock.note"), value=there.note if there else "", key=f"disposition_note/{field}", width=260
        )
        made = StockDisposition(
            row["item_id"], row["location_id"], kind or DISPOSITIONS[0], owner or "", due, row["quantity"],
            stock_value=row["value"], note=note.strip(), disposition_id=there.disposition_id if there else None,
            version=there.version if there else 0,
        )  # fmt: skip
        st.button(
            text("aged_stock.save"), key="disposition_save", type="primary",
            on_click=_attempt, args=(view, "saved", lambda: dispose(opened_store(), made, view.user.user_id, view.now)),
        )  # fmt: skip
        if there is not None:
            close_buttons(view, there, "position")


def close_buttons(view: View, there: StockDisposition, key: str) -> None:
    """Done, or taken back."""
    st.button(
        view.text("aged_stock.finish"), key=f"disposition_finish/{key}",
        on_click=_attempt,
        args=(view, "finished", lambda: finish_disposition(opened_store(), there, view.user.user_id, view.now)),
    )  # fmt: skip
    st.button(
        view.text("aged_stock.withdraw"), key=f"disposition_withdraw/{key}", type="tertiary",
        on_click=_attempt,
        args=(view, "withdrawn", lambda: withdraw_disposition(opened_store(), there, view.user.user_id, view.now)),
    )  # fmt: skip


def standing(item_id: str, location_id: str) -> StockDisposition | None:
    """The disposition that stands for a position."""
    return next(
        (
            one
            for one in stock_dispositions(opened_store())
            if (one.item_id, one.location_id, one.status) == (item_id, location_id, ACTIVE)
        ),
        None,
    )


def described(view: View, there: StockDisposition) -> str:
    """One disposition in a sentence; a day that is over is marked."""
    text, numbers = view.text, view.numbers
    sentence = text(
        "aged_stock.decided", what=text(f"disposition.{there.disposition}"), owner=there.owner,
        due=numbers.day(there.due_date), author=there.author, at=numbers.instant(there.decided_at),
        note=there.note or "–",
    )  # fmt: skip
    return f":red[**{text('aged_stock.overdue')}**] {sentence}" if there.is_overdue(view.build.as_of) else sentence


def show_outcome() -> None:
    """What became of the last decision: saved, or why not."""
    outcome = st.session_state.pop(_OUTCOME, None)
    if outcome is not None:
        kind, sentence = outcome
        (st.error if kind == "error" else st.success)(
            sentence, icon=f":material/{'error' if kind == 'error' else 'check'}:"
        )


def _attempt(view: View, outcome: str, change: Callable[[], StockDisposition]) -> None:
    try:
        change()
    except TowerError as problem:
        st.session_state[_OUTCOME] = ("error", f"{sentence_of(view.text, problem)} {problem}")
        return
    st.session_state[_OUTCOME] = ("success", view.text(f"aged_stock.{outcome}"))
