"""Answers kept between runs. The key is the build, the reader's scope, the question and its arguments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from tower.access import RowScope
from tower.metrics import Catalogue, load_catalogue
from tower.store import Store, open_store
from tower.ui.standing import stand_on
from tower.ui.view import View
from tower.warehouse import Warehouse, open_warehouse, recording_reads

Answer = TypeVar("Answer")


def ask(warehouse: Warehouse, question: Callable[..., Answer], *arguments: Any, **named: Any) -> Answer:
    """Put a named question to a warehouse, or give the answer from before. Arguments must be plain values."""
    key = (warehouse.build_id, warehouse.scope.key, f"{question.__module__}.{question.__qualname__}")
    answer: Answer
    answer, reads = _answer(key, (arguments, tuple(sorted(named.items()))), question, warehouse)
    stand_on(warehouse.build_id, reads)
    return answer


def ask_metrics(view: View, question: Callable[..., Answer], *arguments: Any, **named: Any) -> Answer:
    """As `ask`, for questions that take the metric catalogue after the warehouse."""
    warehouse = view.warehouse
    key = (warehouse.build_id, warehouse.scope.key, f"{question.__module__}.{question.__qualname__}")
    given = (arguments, tuple(sorted(named.items())))
    answer: Answer
    answer, reads = _metric_answer(key, given, question, warehouse, view.catalogue)
    stand_on(warehouse.build_id, reads)
    return answer


@st.cache_data(max_entries=2_000, show_spinner=False)
def _answer(
    key: tuple[str, ...], given: tuple[Any, ...], _question: Callable[..., Any], _warehouse: Warehouse
) -> tuple[Any, frozenset[str]]:
    arguments, named = given
    with recording_reads() as reads:
        answer = _question(_warehouse, *arguments, **dict(named))
    return answer, frozenset(reads)


@st.cache_data(max_entries=2_000, show_spinner=False)
def _metric_answer(
    key: tuple[str, ...],
    given: tuple[Any, ...],
    _question: Callable[..., Any],
    _warehouse: Warehouse,
    _catalogue: Catalogue,
) -> tuple[Any, frozenset[str]]:
    arguments, named = given
    with recording_reads() as reads:
        answer = _question(_warehouse, _catalogue, *arguments, **dict(named))
    return answer, frozenset(reads)


@st.cache_resource(max_entries=4, show_spinner=False)
def store(url: str) -> Store:
    """The app store of this process."""
    return open_store(url)


@st.cache_resource(max_entries=32, show_spinner=False)
def warehouse(build_file: Path, scope_key: str, _scope: RowScope) -> Warehouse:
    """One connection for each build and scope, shared by all sessions; it closes when the last one lets go of it."""
    return open_warehouse(build_file, _scope)


@st.cache_resource(max_entries=4, show_spinner=False)
def catalogue(build_file: Path, _warehouse: Warehouse) -> Catalogue:
    """The metric definitions of a build."""
    return load_catalogue(_warehouse)
