"""The form of a new change: its inputs come from the fields that its kind declares."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from planning.scenarios.change import Change
from planning.scenarios.kinds import KINDS
from planning.scenarios.problems import Problem, ScenarioError
from tower.scenarios.change_file import with_changes
from tower.scenarios.form import FormField, choices, form_fields, made
from tower.ui.scenarios.plans import BaseOf, app_store
from tower.ui.scenarios.problems import show_problems
from tower.ui.scenarios.working import Working
from tower.ui.view import View

_FIRST_FACTOR = 1.1
_MOST_ON_A_SLIDER = 3.0


def show_form(view: View, work: Working, base: BaseOf) -> None:
    """Choose a kind, fill in its fields; it is checked against the plan before it is added."""
    text = view.text
    with st.container(border=True, gap="small", key="change_form"):
        kind = st.selectbox(
            text("scenarios.kind"), list(KINDS), key="change_kind",
            format_func=lambda one: text.pick(*KINDS[one].SAYS),
        )  # fmt: skip
        found = form_fields(kind)
        values: dict[str, Any] = {}
        with st.grid(2, min_column_width=190, gap="small"):
            for one in found:
                values[one.column] = _input(view, base, f"new_{work.shape}_{kind}_{one.column}", one)
        if st.button(text("scenarios.add"), key="add_change", type="primary", icon=":material/add:"):
            try:
                change = _checked(view, work, base, kind, values)
            except ScenarioError as error:
                show_problems(text, error)
                return
            work.listed((*work.changes, change))
            st.rerun()


def _checked(view: View, work: Working, base: BaseOf, kind: str, values: dict[str, Any]) -> Change:
    """The change of the form. Raises ScenarioError with all that is wrong with it, alone and on the plan."""
    missing = [
        Problem(view.text("scenarios.needs", field=_label(view, one)))
        for one in form_fields(kind)
        if one.is_required and values[one.column] in (None, "", [])
    ]
    if missing:
        raise ScenarioError(missing)
    change = made(kind, values)
    faults = [Problem(sentence) for sentence in change.faults()]
    if faults:
        raise ScenarioError(faults)
    whole = work.whole(app_store(), with_changes(work.text, (*work.changes, change)))
    base.base.plan.draft(replace(whole, places=()))
    return change


def _label(view: View, field: FormField) -> str:
    return view.text(f"scenario_field.{field.column}")


def _input(view: View, base: BaseOf, key: str, field: FormField) -> Any:
    text = view.text
    label = _label(view, field) + (" *" if field.is_required else "")
    if field.form == "choice":
        return st.selectbox(
            label, list(field.words), index=None, key=key, placeholder=text("scenarios.left_out"),
            format_func=lambda one: text.term("scenario_word", one),
        )  # fmt: skip
    if field.form == "day":
        return st.date_input(label, value=None, key=key, format="YYYY-MM-DD", min_value=base.base.inputs.as_of)
    if field.form == "name":
        return _name_input(view, base, key, field, label)
    if field.column == "factor":
        return _factor_input(view, key, field, label)
    is_whole = field.form == "whole"
    kind: Any = int if is_whole else float
    return st.number_input(
        label, value=None, key=key, placeholder=text("scenarios.left_out"), step=kind(1),
        min_value=None if field.low is None else kind(field.low),
        max_value=None if field.high is None else kind(field.high), format="%d" if is_whole else "%g",
    )  # fmt: skip


def _factor_input(view: View, key: str, field: FormField, label: str) -> Any:
    """A slider where a factor must be given; where it is one way of several, an empty field."""
    if field.is_required:
        return st.slider(label, 0.0, _MOST_ON_A_SLIDER, _FIRST_FACTOR, 0.05, key=key, format="%g")
    return st.number_input(
        label, value=None, key=key, min_value=field.low, max_value=field.high, step=0.05, format="%g",
        placeholder=view.text("scenarios.left_out"),
    )  # fmt: skip


def _name_input(view: View, base: BaseOf, key: str, field: FormField, label: str) -> Any:
    text = view.text
    if not field.choices:
        return st.text_input(label, key=key).strip()
    known = choices(base.base, field.choices, text.language)
    if field.is_many:
        empty = "scenarios.none_chosen" if field.is_required or field.column == "order" else "scenarios.everything"
        return st.multiselect(
            label, list(known), key=key, format_func=lambda one: known.get(one, one), placeholder=text(empty),
            select_all=False,
        )  # fmt: skip
    return st.selectbox(
        label, list(known), index=None, key=key, format_func=lambda one: known.get(one, one),
        placeholder=text("scenarios.none_chosen"),
        # A supplier or customer may be new.
        accept_new_options=field.column in ("supplier", "customer"),
    )  # fmt: skip
