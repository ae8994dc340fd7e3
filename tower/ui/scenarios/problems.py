"""What is wrong with a change file, sentence by sentence with its line; and what an action said when it failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from planning.scenarios.problems import Problem, ScenarioError
from tower.errors import TowerError
from tower.i18n import Text

_SAID = "scenario_said"


def show_problems(text: Text, error: ScenarioError) -> None:
    """All mistakes at once."""
    count = len(error.problems)
    lines = [f"- {_where(text, one)}{one.sentence}" for one in error.problems]
    st.error("\n".join([f"**{text('scenarios.mistakes', count=count)}**", "", *lines]), icon=":material/error:")


def _where(text: Text, one: Problem) -> str:
    parts = [text("scenarios.line", line=one.line)] if one.line else []
    parts += [f"`{one.place}`"] if one.place else []
    return f"{' · '.join(parts)} — " if parts else ""


@contextmanager
def or_problems(text: Text) -> Iterator[None]:
    """Show a section, or what is wrong with the change file in its place."""
    try:
        yield
    except ScenarioError as error:
        show_problems(text, error)


@contextmanager
def remembered() -> Iterator[None]:
    """An action of a callback: what it refuses is said when the page is drawn again."""
    try:
        yield
    except (TowerError, ScenarioError) as problem:
        st.session_state[_SAID] = str(problem)


def show_said() -> None:
    """What the last action refused, once."""
    said = st.session_state.pop(_SAID, None)
    if said:
        st.error(said, icon=":material/error:")
