"""The dictionary of metrics: search it, filter it by area, or open one entry by link."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from tower.exports import Column
from tower.i18n import confusion_register
from tower.metrics import Metric
from tower.ui import states, url
from tower.ui.definitions import show_confused_term, show_metric_entry, show_metric_summary
from tower.ui.downloads import provenance, show_downloads
from tower.ui.view import View

PARAMETERS = ("metric", "area", "search")


def choose_entries(view: View) -> Sequence[Metric]:
    """The metrics that match what was searched for; one alone when a link names it."""
    text = view.text
    published = tuple(view.catalogue.metrics.values())
    areas = list(dict.fromkeys(metric.area for metric in published))
    known = {metric.name: metric for metric in published}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.session_state["pick_search"] = url.value("search")
        st.text_input(
            text("definition.search"), key="pick_search", type="search", on_change=_store_search, width=280,
            placeholder=text("definition.search_hint"),
        )  # fmt: skip
        area = url.select(
            text("definition.area"), "area", areas, lambda one: text.term("metric_area", one), default=None,
            placeholder=text("filter.all"), width=200,
        )  # fmt: skip
        name = url.select(
            text("definition.metric"),
            "metric",
            list(known),
            view.label,
            default=None,
            placeholder=text("filter.all"),
            width=320,
        )
    if name:
        return (known[name],)
    words = url.value("search").casefold().split()
    return [
        metric
        for metric in published
        if (area is None or metric.area == area) and all(word in _searched(metric) for word in words)
    ]


def show_entries(view: View, entries: Sequence[Metric]) -> None:
    """The entries in short, or one in full; and their download."""
    text = view.text
    if not entries:
        states.empty(text, text("definition.none_found"))
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(text("definition.found", count=len(entries), all=len(view.catalogue.metrics)))
        show_downloads(
            view, "definitions", lambda: _frame(view, entries), lambda _: _columns(view),
            provenance(view, text("page.definitions.title"), is_filtered=False),
        )  # fmt: skip
    if len(entries) == 1:
        show_metric_entry(view, entries[0])
        return
    with st.grid(3, min_column_width=320, gap="small"):
        for metric in entries:
            show_metric_summary(view, metric)


def show_register(view: View) -> None:
    """The terms that are used with different meanings."""
    st.markdown(f"##### {view.text('definition.register')}")
    st.caption(view.text("definition.register_note"))
    with st.grid(3, min_column_width=300, gap="small"):
        for term in confusion_register():
            show_confused_term(view, term)


def _store_search() -> None:
    url.write("search", st.session_state["pick_search"])


def _searched(metric: Metric) -> str:
    return " ".join(
        (metric.name, metric.label, metric.label_zh, metric.definition, metric.definition_zh, metric.standard or "")
    ).casefold()


def _columns(view: View) -> tuple[Column, ...]:
    names = (
        "name", "label", "label_zh", "area", "owner", "unit", "direction", "definition", "definition_zh", "formula",
        "formula_zh", "standard", "requires", "missing",
    )  # fmt: skip
    return tuple(Column(name, view.text(f"metric_column.{name}")) for name in names)


def _frame(view: View, entries: Sequence[Metric]) -> pl.DataFrame:
    rows = [
        (
            metric.name, metric.label, metric.label_zh, metric.area, metric.owner, metric.unit, metric.direction,
            metric.definition, metric.definition_zh, metric.formula, metric.formula_zh, metric.standard,
            ", ".join((*metric.requires, *metric.requires_complete)), ", ".join(view.missing[metric.name]),
        )
        for metric in entries
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=dict.fromkeys([column.name for column in _columns(view)], pl.String), orient="row")
