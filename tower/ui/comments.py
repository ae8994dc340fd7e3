"""Comments of people on a thing of the product, kept in the app store: read, written, changed by their author."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from tower.errors import TowerError
from tower.store.comments import Comment, add_comment, change_comment, comments, withdraw_comment
from tower.ui.decisions import app_store, say
from tower.ui.states import sentence_of
from tower.ui.view import View


def show_comments(view: View, kind: str, name: str) -> None:
    """The comments on one thing, and the field for a new one."""
    text = view.text
    kept = comments(app_store(), kind, name)
    st.markdown(f"**{text('comments.title', count=len(kept))}**")
    for one in kept:
        changed = one.changed_at != one.created_at
        at = view.numbers.instant(utc(one.changed_at if changed else one.created_at))
        head = text("comments.changed" if changed else "comments.written", by=one.author, at=at)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"comment_{one.comment_id}"):
            st.markdown(f":gray[:small[{head}]]  \n{_plain(one.text)}", width="stretch")
            if one.author == view.user.user_id:
                _show_own(view, one)
    fresh = f"comment_new_{name}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(text("comments.new"), key=fresh, width="stretch", placeholder=text("comments.hint"))
        st.button(
            text("comments.add"), key="comment_add", icon=":material/add_comment:", on_click=_add,
            args=(view, kind, name, fresh), disabled=not str(st.session_state.get(fresh) or "").strip(),
        )  # fmt: skip


def _show_own(view: View, one: Comment) -> None:
    text, field = view.text, f"comment_text_{one.comment_id}_{one.version}"
    with st.popover(
        text("comments.edit"), icon=":material/edit:", type="tertiary", key=f"comment_edit_{one.comment_id}"
    ):
        st.text_area(text("comments.text"), one.text, key=field)
        with st.container(horizontal=True, gap="small"):
            st.button(text("comments.save"), key=f"comment_save_{one.comment_id}", type="primary", on_click=_change,
                      args=(view, one, field))  # fmt: skip
            st.button(text("comments.withdraw"), key=f"comment_out_{one.comment_id}", icon=":material/delete:",
                      on_click=_withdraw, args=(view, one))  # fmt: skip


def _add(view: View, kind: str, name: str, field: str) -> None:
    with said(view):
        add_comment(app_store(), Comment(kind, name, st.session_state[field].strip()), view.user.user_id, view.now)
        st.session_state[field] = ""


def _change(view: View, one: Comment, field: str) -> None:
    with said(view):
        changed = replace(one, text=str(st.session_state[field] or "").strip())
        change_comment(app_store(), changed, view.user.user_id, view.now)


def _withdraw(view: View, one: Comment) -> None:
    with said(view):
        withdraw_comment(app_store(), one, view.user.user_id, view.now)


@contextmanager
def said(view: View) -> Iterator[None]:
    """An action of a callback: what it refuses is said when the page is drawn again."""
    try:
        yield
    except TowerError as problem:
        say("error", f"{sentence_of(view.text, problem)} {problem}")


def _plain(written: str) -> str:
    """A comment as it was written: nothing in it is markup."""
    for sign in "\\`*_{}[]()#+-!|<>$:~":
        written = written.replace(sign, f"\\{sign}")
    return written.replace("\n", "  \n")


def utc(instant: datetime | None) -> datetime | None:
    """An instant without a zone, as screens write it; what has none stays."""
    return instant if instant is None or instant.tzinfo is None else instant.astimezone(UTC)
