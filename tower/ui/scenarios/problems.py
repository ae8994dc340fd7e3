"""What is wrong with a change file, sentence by sentence with its line; and what an action said when it failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from planning.scenarios.mistakes import Bilingual, Mistake
from planning.scenarios.problems import Problem, ScenarioError
from tower.errors import TowerError
from tower.i18n import Text

_SAID = "scenario_said"


def show_problems(text: Text, error: ScenarioError) -> None:
    """All mistakes at once."""
    count = len(error.problems)
    lines = [f"- {_where(text, one)}{sentence_of_problem(text, one)}" for one in error.problems]
    st.error("\n".join([f"**{text('scenarios.mistakes', count=count)}**", "", *lines]), icon=":material/error:")


def sentence_of_problem(text: Text, one: Problem) -> str:
    """A mistake in the reader's language."""
    return in_words(text, one.sentence)


def in_words(text: Text, sentence: str) -> str:
    """A sentence of a change file, and those in it, in the reader's language; other texts as they are."""
    if isinstance(sentence, Mistake):
        parts = {name: in_words(text, value) for name, value in sentence.parameters.items()}
        return text(f"mistake.{sentence.code}", **parts)
    return sentence.chinese if isinstance(sentence, Bilingual) and text.language == "zh" else sentence


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
        st.session_state[_SAID] = problem


def show_said(text: Text) -> None:
    """What the last action refused, once."""
    problem = st.session_state.pop(_SAID, None)
    if problem is not None:
        show_refused(text, problem)


def show_refused(text: Text, problem: Exception) -> None:
    """Why something was not kept: a wrong change file by its mistakes, else the sentence of the store."""
    wrong = problem if isinstance(problem, ScenarioError) else problem.__cause__
    if isinstance(wrong, ScenarioError):
        show_problems(text, wrong)
    else:
        st.error(str(problem), icon=":material/error:")
