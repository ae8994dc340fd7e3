"""The changes of a scenario: one card each with its slider, a form for more, and the file itself."""

from __future__ import annotations

from typing import Any

import streamlit as st

from planning.scenarios.change import Change
from planning.scenarios.problems import ScenarioError
from tower.scenarios.change_file import moved, standing_alone, without
from tower.scenarios.form import SliderRange, slider_of, with_figure
from tower.store.scenarios import DRAFT, KeptScenario
from tower.ui.scenarios.actions import save
from tower.ui.scenarios.form import show_form
from tower.ui.scenarios.kept import may_write
from tower.ui.scenarios.plans import BaseOf, app_store
from tower.ui.scenarios.problems import show_problems, show_refused
from tower.ui.scenarios.working import Working, forget
from tower.ui.view import View

_WAYS = ("form", "file")
_LINE_PIXELS = 23


def show_editor(view: View, kept: KeptScenario, work: Working, base: BaseOf) -> None:
    """What is changed. Only a draft can be changed, and only by those who make scenarios."""
    text = view.text
    is_open = may_write(view) and kept.state == DRAFT
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{text('scenarios.changes')}**", width="content")
        way = st.segmented_control(
            text("scenarios.edit_as"), _WAYS, key="edit_as", default=_WAYS[0], required=True,
            format_func=lambda one: text(f"scenarios.as_{one}"), label_visibility="collapsed", width="content",
        )  # fmt: skip
    if is_open:
        _show_saving(view, kept, work)
    _show_below(view, work)
    if way == "file":
        _show_file(view, work, base, is_open=is_open)
        return
    changes = work.changes
    for position, change in enumerate(changes):
        _show_card(view, work, position, change, count=len(changes), is_open=is_open)
    if not changes:
        st.caption(text("scenarios.no_changes"))
    if is_open:
        if st.toggle(text("scenarios.add_change"), key=f"adding_{kept.scenario_id}", value=not changes):
            show_form(view, work, base)
    elif may_write(view):
        st.caption(text("scenarios.closed", state=text(f"scenario_state.{kept.state}")))


def _show_saving(view: View, kept: KeptScenario, work: Working) -> None:
    """Always in its place: what appeared above a slider would make it a new one, and end a drag."""
    text, is_changed = view.text, work.is_changed
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="saving"):
        if st.button(
            text("scenarios.save"), key="save", type="primary", icon=":material/save:", disabled=not is_changed
        ):
            refused = save(view, kept)
            if refused is None:
                st.rerun()
            show_refused(text, refused)
        if st.button(text("scenarios.discard"), key="discard", icon=":material/undo:", disabled=not is_changed):
            forget(kept)
            st.rerun()
        st.caption(text("scenarios.unsaved" if is_changed else "scenarios.all_saved"), width="content")
        if is_changed and work.read != kept:
            st.warning(text("scenarios.changed_meanwhile", by=kept.changed_by), icon=":material/group:")


def _show_below(view: View, work: Working) -> None:
    """The changes of what it is stacked on."""
    try:
        whole = work.whole(app_store())
    except ScenarioError:
        return
    below = whole.described(view.text.language)[: len(whole.changes) - len(work.changes)]
    if below:
        with st.expander(view.text("scenarios.below", count=len(below)), icon=":material/layers:"):
            st.markdown("\n".join(f"- {one}" for one in below))


def _show_card(view: View, work: Working, position: int, change: Change, *, count: int, is_open: bool) -> None:
    text = view.text
    place = f"{work.read.scenario_id}_{work.shape}_{position}"
    with st.container(border=True, gap="xsmall", key=f"change_{place}"):
        with st.container(horizontal=True, vertical_alignment="center", gap=None):
            st.markdown(f"{position + 1}. {change.described('zh' if text.language == 'zh' else 'en')}", width="stretch")
            if is_open:
                for name, icon, is_off in (
                    ("up", "arrow_upward", position == 0), ("down", "arrow_downward", position == count - 1),
                    ("out", "delete", False),
                ):  # fmt: skip
                    st.button(
                        "", key=f"{name}_{place}", icon=f":material/{icon}:", type="tertiary", disabled=is_off,
                        help=text(f"scenarios.change_{name}"), on_click=_arrange, args=(work, position, name),
                    )  # fmt: skip
        slider = slider_of(work.origins[position]) if is_open else None
        if slider is not None:
            _show_slider(view, work, position, change, slider, f"slide_{place}")


def _show_slider(view: View, work: Working, position: int, change: Change, slider: SliderRange, key: str) -> None:
    value = getattr(change, slider.column)
    label = view.text(f"scenario_field.{slider.column}")
    shared: dict[str, Any] = {"key": key, "on_change": _slide, "args": (work, position, slider, key)}
    if slider.is_whole:
        st.slider(label, int(slider.low), int(slider.high), int(value), 1, **shared)
    else:
        st.slider(label, slider.low, slider.high, float(value), slider.step, format="%g", **shared)


def _slide(work: Working, position: int, slider: SliderRange, key: str) -> None:
    change = work.changes[position]
    work.slid(position, with_figure(change, slider, st.session_state[key]))


def _arrange(work: Working, position: int, what: str) -> None:
    changes = work.changes
    work.listed(without(changes, position) if what == "out" else moved(changes, position, -1 if what == "up" else 1))


def _show_file(view: View, work: Working, base: BaseOf, *, is_open: bool) -> None:
    """The change file as text, checked as it is written."""
    text = view.text
    key = f"file_{work.read.scenario_id}_{work.shape}"
    if not is_open:
        st.code(work.text, language="yaml", wrap_lines=True)
        return
    height = min(max(work.text.count("\n") + 4, 10), 24) * _LINE_PIXELS
    typed = st.text_area(
        text("scenarios.file"), work.text, key=key, height=height, help=text("scenarios.file_help"),
    ) or ""  # fmt: skip
    if typed == work.text:
        return
    try:
        base.base.plan.draft(work.whole(app_store(), typed))
    except ScenarioError as error:
        show_problems(text, error)
        return
    st.success(text("scenarios.fits"), icon=":material/check:")
    if st.button(text("scenarios.apply"), key="apply_file", type="primary"):
        work.rewritten(typed)
        st.rerun()


def show_file_download(view: View, work: Working) -> None:
    """The file to take away; what is stacked comes as one file that stands alone."""
    try:
        whole = work.whole(app_store())
    except ScenarioError:
        return
    content = work.text if len(whole.changes) == len(work.changes) else standing_alone(whole)
    st.download_button(
        view.text("scenarios.change_file"), content.encode, f"{whole.name}.yaml", "application/yaml",
        key="change_file", on_click="ignore", type="tertiary", icon=":material/download:",
        help=view.text("scenarios.change_file_help"),
    )  # fmt: skip
