"""What is shown where a figure, a section or a page has nothing to show: always why, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from tower.errors import TowerError
from tower.i18n import Text


def empty(text: Text, sentence: str | None = None) -> None:
    """There is nothing, and that is the answer."""
    _panel(":material/inbox:", text("state.empty_title"), sentence or text("state.empty_body"))


def not_connected(text: Text, missing: Sequence[str]) -> None:
    """The sources do not hold what would be needed; `missing` names the tables and columns."""
    listed = text.listed(f"`{name}`" for name in missing)
    _panel(":material/link_off:", text("state.not_connected_title"), text("state.not_connected_body", missing=listed))


def forbidden(text: Text, sentence: str) -> None:
    """The reader's role or scope does not cover it."""
    _panel(":material/lock:", text("state.forbidden_title"), sentence)


def failed(text: Text, problem: TowerError) -> None:
    """It should be there, and something is broken: the error says what and what to do."""
    _panel(":material/error:", text("state.failed_title"), sentence_of(text, problem), str(problem))


def no_build(text: Text, problem: TowerError) -> None:
    """Nothing has been published yet."""
    _panel(":material/deployed_code_update:", text("state.no_build_title"), sentence_of(text, problem), str(problem))
    st.code("make up", language="bash")


def sentence_of(text: Text, problem: TowerError) -> str:
    """What a kind of problem means, in the reader's language; the problem's own text is the detail."""
    kinds = (kind.__name__ for kind in type(problem).__mro__)
    return next((text(f"problem.{kind}") for kind in kinds if text.has(f"problem.{kind}")), text("state.failed_body"))


@contextmanager
def or_failed(text: Text) -> Iterator[None]:
    """Show a section, or the designed failure in its place; the rest of the page stays usable."""
    try:
        yield
    except TowerError as problem:
        failed(text, problem)


def _panel(icon: str, title: str, body: str, detail: str | None = None) -> None:
    with st.container(border=True):
        st.markdown(f"**{icon} {title}**")
        st.markdown(body)
        if detail is not None:
            st.caption(detail)
