"""What every page begins with."""

from __future__ import annotations

import streamlit as st

from tower.ui.view import View


def show_title(view: View, name: str, note: str | None = None) -> None:
    """The page's title and the question it answers."""
    st.markdown(f"#### {view.text(f'page.{name}.title')}")
    question = view.text(f"page.{name}.question")
    st.caption(question if note is None else f"{question} {note}")
