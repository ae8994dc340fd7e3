"""Period, plant, work centre, shift, item and supplier, all in the URL, for the pages of OEE and quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from tower.metrics import Filter
from tower.queries import oee, quality
from tower.ui.cached import ask
from tower.ui.filters import choose_period, described, filter_options, filter_popover, picked_of
from tower.ui.view import Selection, View

PARAMETERS = ("centre", "shift", "item", "supplier")
# What each parameter is called among the dimensions of the metrics.
DIMENSIONS = {"plant": "plant", "centre": "work_centre", "shift": "shift", "item": "item", "supplier": "supplier"}


def choose(view: View, parameters: Sequence[str]) -> tuple[View, dict[str, tuple[str, ...]]]:
    """Draw the filters; the view narrowed to them, and for each parameter the ids chosen (none means all)."""
    text = view.text
    known = _options(view, parameters)
    picked = picked_of(known)
    where = tuple(Filter(DIMENSIONS[key], "in", ids) for key, ids in picked.items() if ids)
    names = tuple(
        (text(f"quality.filter_{key}"), text.listed(known[key][one] for one in ids))
        for key, ids in picked.items()
        if ids
    )
    narrowed = replace(view, selection=Selection(view.selection.period, where, names))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="quality_filters"):
        choose_period(view)
        filter_popover(text, known, lambda key: text(f"quality.filter_{key}"), len(where))
        st.caption(described(narrowed), width="content")
    return narrowed, picked


def _options(view: View, parameters: Sequence[str]) -> dict[str, dict[str, str]]:
    text = view.text
    known: dict[str, dict[str, str]] = {key: {} for key in parameters}
    known["plant"] = filter_options(text, view.warehouse)["plant"]
    for kind, value, label in ask(view.warehouse, oee.options).rows():
        if kind in known:
            known[kind][value] = label if label == value else f"{value} · {label}"
    if "item" in known or "supplier" in known:
        for kind, value, label, label_zh in ask(view.warehouse, quality.options).rows():
            if kind in known:
                known[kind][value] = f"{value} · {text.pick(label or value, label_zh)}"
    return {key: known[key] for key in parameters}
