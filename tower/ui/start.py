"""The first screen: who are you? On one machine a local user is chosen; a real login comes through the same door."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tower.i18n import Text
from tower.store import User
from tower.ui.brand import LOGO
from tower.ui.header import choose_language, scope_in_words


def choose_user(text: Text, users: Sequence[User]) -> None:
    """Draw one card a user. The choice goes into the URL, so that a link opens as the same reader."""
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.image(LOGO, width=40, alt=text("product.name"))
        st.markdown(f"### {text('product.name')}")
    with right, st.container(horizontal_alignment="right"):
        choose_language(text)
    st.markdown(text("start.question"))
    with st.grid(4, min_column_width=240):
        for user in users:
            with st.container(border=True, height="stretch", key=f"user_{user.user_id}"):
                st.markdown(f"**{text.pick(user.name, user.name_zh)}**")
                st.caption(f"{text(f'role.{user.role}_does')}  \n{scope_in_words(text, user)}")
                st.space("stretch")
                st.button(text("start.open"), key=f"open_{user.user_id}", on_click=_open, args=(user.user_id,))
    st.caption(f"{text('start.note')}  \n{text('start.scope_note')}")


def _open(user_id: str) -> None:
    # The field that carries the user is not drawn on this screen, so the URL is written here.
    st.query_params["user"] = user_id
    st.session_state["user"] = user_id
