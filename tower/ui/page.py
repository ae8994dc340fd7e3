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
    # Below the header, and after what is drawn with it has taken its place.
    st.html(
        f"<style>.st-key-{key}{{scroll-margin-top:4.5rem}}</style><script>setTimeout(() => "
        f"document.querySelector('.st-key-{key}')?.scrollIntoView({{behavior:'smooth',block:'start'}}), 600)</script>",
        unsafe_allow_javascript=True,
    )
