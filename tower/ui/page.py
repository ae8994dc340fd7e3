"""What every page begins with."""

from __future__ import annotations

import streamlit as st

from tower.ui.view import View


def show_title(view: View, name: str, note: str | None = None) -> None:
    """The page's title and the question it answers."""
    st.markdown(f"#### {view.text(f'page.{name}.title')}")
    question = view.text(f"page.{name}.question")
    st.caption(question if note is None else f"{question} {note}")


def bring_into_sight(key: str, what: str) -> None:
    """Scroll to the container `key` once for each new content, so that what a click opens is seen."""
    state = f"seen_{key}"
    if st.session_state.get(state) == what:
        return
    st.session_state[state] = what
    script = (
        f"<script>document.querySelector('.st-key-{key}')?.scrollIntoView({{behavior:'smooth',block:'start'}})</script>"
    )
    st.html(script, unsafe_allow_javascript=True)
