"""The override editor: what shall count instead of the forecast, why, and what it would do before it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import streamlit as st

from forecasting.overrides import KINDS, LAYERS
from tower.demand_forecast.preview import OverrideRefused, Preview
from tower.demand_forecast.words import quantity_in_words
from tower.errors import TowerError
from tower.exports import Column
from tower.queries import demand_forecast
from tower.queries.demand_forecast import LEVEL_KEYS, Node
from tower.store.forecast_overrides import ForecastOverride, add_forecast_override, change_forecast_override
from tower.store.versioned import ChangedMeanwhile
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.forecast.kept import attempt, effect, is_in_scope, may_edit, show_outcome, store
from tower.ui.forecast.pick import channel_words
from tower.ui.tables import show_table
from tower.ui.view import View

EDITING = "override_editing"
_CHANGED = "override_changed_meanwhile"
_FIELDS = ("override_layer", "override_kind", "override_first", "override_last", "override_amount", "override_reason",
           "override_expires")  # fmt: skip


def begin_change(override: ForecastOverride) -> None:
    """Open the editor with an override that is kept; only from a widget's callback."""
    st.session_state[EDITING] = override
    st.session_state.pop(_CHANGED, None)
    values = (override.layer, override.kind, None, None, override.quantity, override.reason, override.expires_on)
    for field, value in zip(_FIELDS, values, strict=True):
        st.session_state[field] = value
    # The periods are chosen among those of the forecast, by their first day.
    st.session_state["override_first"], st.session_state["override_last"] = override.first_date, override.last_date
    node = node_of(override)
    assert node is not None, "what is no node is not offered for change"
    url.write("section", "forecast")
    url.write("part", "change")
    url.write("level", node.level)
    url.write("node", node.key)
    url.clear("search")


def node_of(override: ForecastOverride) -> Node | None:
    """The node that an override speaks of; None for a level that the page does not show."""
    named = tuple(
        name for name in ("item_id", "location_id", "channel", "family") if getattr(override, name) is not None
    )
    level = next((level for level, keys in LEVEL_KEYS.items() if keys == named), None)
    return None if level is None else Node(level, **{name: getattr(override, name) for name in named})


def show_editor(view: View, node: Node) -> None:
    """Fields, the effect, and the button; for those who only read, who changes forecasts."""
    text = view.text
    show_outcome()
    if not may_edit(view):
        st.caption(text("override.readers"))
        return
    editing: ForecastOverride | None = st.session_state.get(EDITING)
    if editing is not None and node_of(editing) != node:
        _forget()
        editing = None
    frame = ask(view.warehouse, demand_forecast.course, node).filter(pl.col("is_forecast") == 1)
    with st.container(border=True, key="override_editor"):
        if editing is None:
            st.markdown(f"**{text('override.new')}** :gray[:small[{text('override.next_build')}]]")
        else:
            st.markdown(f"**{text('override.change', number=editing.override_id, author=editing.author)}**")
        draft = _fields(view, node, frame, editing)
        found = _show_effect(view, draft) if draft is not None else None
        _show_buttons(view, draft, found, editing)


def _fields(view: View, node: Node, frame: pl.DataFrame, editing: ForecastOverride | None) -> ForecastOverride | None:
    """The draft that the fields make, None while the amount is missing."""
    text, numbers = view.text, view.numbers
    starts: list[date] = frame["period"].to_list()
    weekly = ask(view.warehouse, demand_forecast.bucket_of) == "week"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _default("override_layer", "planner", LAYERS)
        layer = st.selectbox(
            text("override.layer"), LAYERS, key="override_layer", width=190, help=text("override.layer_help"),
            format_func=lambda one: text(f"layer.{one}"),
        )  # fmt: skip
        _default("override_kind", "set", KINDS)
        kind = st.segmented_control(text("override.kind"), KINDS, key="override_kind", required=True,
                                    format_func=lambda one: text(f"override_kind.{one}"))  # fmt: skip
        st.session_state["override_first"] = _start_of(st.session_state.get("override_first"), starts, starts[0])
        first = st.selectbox(text("override.first"), starts, key="override_first", width=150,
                             format_func=numbers.day if weekly else numbers.month)  # fmt: skip
        st.session_state["override_last"] = _start_of(st.session_state.get("override_last"), starts, first)
        last = st.selectbox(text("override.last"), starts, key="override_last", width=150,
                            format_func=numbers.day if weekly else numbers.month)  # fmt: skip
        st.session_state.setdefault("override_amount", None)
        now = float(frame.filter(pl.col("period").is_between(first, last))["forecast_quantity"].sum())
        amount = st.number_input(
            text(f"override.amount_{kind}"), value=None, key="override_amount", width=190,
            placeholder=text("override.now", quantity=quantity_in_words(now)),
        )  # fmt: skip
        st.session_state.setdefault("override_expires", None)
        expires = st.date_input(text("override.expires"), key="override_expires", width=160, format="YYYY-MM-DD",
                                help=text("override.expires_help"))  # fmt: skip
    st.session_state.setdefault("override_reason", "")
    reason = st.text_input(text("override.reason"), key="override_reason", max_chars=400,
                           placeholder=text("override.reason_hint"))  # fmt: skip
    if amount is None:
        st.caption(text("override.no_amount"))
        return None
    if last < first:
        st.caption(text("override.wrong_periods"))
        return None
    return ForecastOverride(
        layer, kind or "set", float(amount), first, _last_day(last, weekly), reason.strip() or " ", expires_on=expires,
        item_id=node.item_id, location_id=node.location_id, channel=node.channel, family=node.family,
        override_id=editing.override_id if editing else None, version=editing.version if editing else 0,
    )  # fmt: skip


def _default(field: str, value: str, known: tuple[str, ...]) -> None:
    if st.session_state.get(field) not in known:
        st.session_state[field] = value


def _start_of(day: date | None, starts: list[date], otherwise: date) -> date:
    """The first day of the forecast period that holds the day."""
    earlier = [start for start in starts if day is not None and start <= day]
    return earlier[-1] if earlier else otherwise


def _last_day(start: date, weekly: bool) -> date:
    if weekly:
        return start + timedelta(days=6)
    return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _show_effect(view: View, draft: ForecastOverride) -> Preview | None:
    """What the draft would do, or the sentence that says why it cannot be."""
    text, numbers = view.text, view.numbers
    try:
        found = effect(view, replace(draft, reason="–"))
    except OverrideRefused as problem:
        states.failed(text, problem)
        return None
    before, after = float(found.periods["before"].sum()), float(found.periods["after"].sum())
    if found.is_refused:
        st.error(f"**{_refusal(view, found, before)}**  \n{found.outcome['message'] or ''}")
        return None
    quantities = {
        "before": quantity_in_words(before), "after": quantity_in_words(after),
        "difference": ("+" if after >= before else "") + quantity_in_words(after - before),
        "cells": numbers.integer(found.outcome["own_cells"]),
        "spread": text.term("spread_by", found.outcome["spread_by"] or "forecast"),
    }  # fmt: skip
    st.markdown(text("override.effect", **quantities))
    if found.outcome["outcome"] in ("expired", "superseded", "partly_superseded"):
        st.warning(text(f"override_outcome_long.{found.outcome['outcome']}"))
    left, right = st.columns([2, 3], gap="medium")
    columns = (Column("period_start", text("course.period"), "day"),
               Column("before", text("forecast_column.before"), "quantity"),
               Column("after", text("forecast_column.after"), "quantity"))  # fmt: skip
    with left:
        show_table(
            view,
            "effect_periods",
            text("override.by_period"),
            found.periods.with_columns(pl.col(pl.Float64).round(2)),
            columns,
        )
    with right:
        cells = found.cells.filter(pl.col("before") != pl.col("after")).with_columns(pl.col(pl.Float64).round(2))
        cells = cells.with_columns(channel=channel_words(view, cells))
        keys = (Column("item_id", text("plan_column.item_id")), Column("location_id", text("plan_column.location_id")),
                Column("channel", text("filter.channel")), *columns)  # fmt: skip
        show_table(view, "effect_cells", text("override.by_cell"), cells, keys, empty=text("override.no_change"))
    return found


def _refusal(view: View, found: Preview, before: float) -> str:
    outcome: dict[str, Any] = found.outcome
    if outcome["outcome"] == "no_cells":
        return view.text("override.refused_no_cells")
    word = "locked" if outcome["locked_cells"] else "below_zero"
    return view.text(f"override.refused_{word}", before=quantity_in_words(before),
                     cells=view.numbers.integer(outcome["locked_cells"]))  # fmt: skip


def _show_buttons(
    view: View, draft: ForecastOverride | None, found: Preview | None, editing: ForecastOverride | None
) -> None:
    text = view.text
    has_reason = bool(st.session_state["override_reason"].strip())
    out_of_scope = draft is not None and not is_in_scope(view, draft)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            text("override.save"), key="override_save", type="primary", on_click=_save, args=(view, draft),
            disabled=found is None or not has_reason or out_of_scope,
        )  # fmt: skip
        if editing is not None:
            st.button(text("override.cancel"), key="override_cancel", on_click=_forget)
        current: ForecastOverride | None = st.session_state.get(_CHANGED)
        if current is not None and current.status == "active":
            st.button(text("override.read_again"), key="override_read_again", on_click=begin_change, args=(current,))
        if found is not None and not has_reason:
            st.caption(text("override.no_reason"), width="content")
        if out_of_scope:
            st.caption(text("override.out_of_scope"), width="content")


def _save(view: View, draft: ForecastOverride) -> None:
    """Keep the draft, after the effect was worked out once more on what stands now."""

    def change() -> None:
        if not may_edit(view) or not is_in_scope(view, draft):
            raise OverrideRefused(view.text("override.readers"))
        found = effect(view, draft)
        if found.is_refused:
            raise OverrideRefused(found.outcome["message"] or view.text("override.refused_no_cells"))
        keep = add_forecast_override if draft.override_id is None else change_forecast_override
        keep(store(), draft, view.user.user_id, view.now)

    problem: TowerError | None = attempt(view, change, view.text("override.saved"))
    if problem is None:
        _forget()
    elif isinstance(problem, ChangedMeanwhile) and isinstance(problem.current, ForecastOverride):
        st.session_state[_CHANGED] = problem.current


def _forget() -> None:
    for field in (*_FIELDS, EDITING, _CHANGED):
        st.session_state.pop(field, None)
