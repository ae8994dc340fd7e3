"""The scenarios that are kept: which there are, one of them chosen, new ones, and files from elsewhere."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from planning.scenarios.demand_changes import DemandFactor
from planning.scenarios.problems import ScenarioError
from tower.scenarios.change_file import new_file, own_part, renamed
from tower.store.scenarios import DRAFT, KeptScenario, add_scenario, expire_scenarios, scenarios
from tower.ui import states, url
from tower.ui.scenarios.plans import app_store, served_inputs
from tower.ui.scenarios.problems import remembered, show_problems
from tower.ui.scenarios.working import WRITERS
from tower.ui.view import View

PARAMETERS = ("scenario", "compare", "rebase")
_STARTS = ("demand", "nothing")
_FIRST_FACTOR = 1.1


def may_write(view: View) -> bool:
    """Whether the reader makes and changes scenarios; others read them."""
    return view.user.role in WRITERS


def known_scenarios(view: View) -> list[KeptScenario]:
    """All that the reader may see: drafts are for those who make them; others see their own, of a promised date."""
    store = app_store()
    expire_scenarios(store, view.now)
    own = view.user.user_id
    return [one for one in scenarios(store) if may_write(view) or one.state != DRAFT or one.owner == own]


def called(one: KeptScenario, known: list[KeptScenario]) -> str:
    """The name, with the owner where another owner's scenario bears it."""
    twice = sum(other.name == one.name for other in known) > 1 or one.name in ("base", "measure", "unit", "month")
    return f"{one.name} ({one.owner})" if twice else one.name


def choose_scenario(view: View, known: list[KeptScenario]) -> KeptScenario | None:
    """The scenario to look at, what it is compared with, and the ways to a new one."""
    text = view.text
    by_id = {str(one.scenario_id): one for one in known}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_scenario"):
        chosen = url.select(
            text("scenarios.scenario"), "scenario", ["", *by_id],
            lambda one: called(by_id[one], known) if one else text("scenarios.all_scenarios"), default="", width=300,
        )  # fmt: skip
        if chosen:
            rest = [one for one in by_id if one != chosen]
            url.select_many(
                text("scenarios.compare_with"), "compare", rest, lambda one: called(by_id[one], known), width=320,
                placeholder=text("scenarios.base_only"), disabled=not rest,
            )  # fmt: skip
        if may_write(view):
            _new(view, known)
            _upload(view, known)
    return by_id.get(chosen or "")


def compared_with(known: list[KeptScenario], chosen: KeptScenario) -> list[KeptScenario]:
    """The others that stand beside the chosen one."""
    named = url.values("compare")
    return [one for one in known if str(one.scenario_id) in named and one.scenario_id != chosen.scenario_id]


def free_name(wanted: str, view: View, known: list[KeptScenario]) -> str:
    """The name, with a number where the reader has a scenario of that name already."""
    mine = {one.name for one in known if one.owner == view.user.user_id}
    names = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(mine) + 2))
    return next(name for name in names if name not in mine)


def keep_new(view: View, name: str, change_file: str, parent: KeptScenario | None = None) -> KeptScenario:
    """Keep a new draft: on the served build, or on the base of what it is stacked on. Raises StoreError."""
    if parent is None:
        new = KeptScenario(name, change_file, view.build.build_id)
        return add_scenario(app_store(), new, served_inputs(view), view.user.user_id, view.now)
    new = KeptScenario(
        name, change_file, parent.base_build_id, inputs_hash=parent.inputs_hash, parent_id=parent.scenario_id
    )
    return add_scenario(app_store(), new, None, view.user.user_id, view.now)


def duplicate(view: View, kept: KeptScenario, known: list[KeptScenario]) -> None:
    """A draft of one's own with the same changes on the same base."""
    with remembered():
        name = free_name(f"{kept.name}-copy", view, known)
        copy = replace(kept, name=name, change_file=renamed(kept.change_file, name), expires_at=None)
        made = add_scenario(app_store(), copy, None, view.user.user_id, view.now)
        url.write("scenario", str(made.scenario_id))


def stack_on(view: View, kept: KeptScenario, known: list[KeptScenario]) -> None:
    """An empty draft that stands on a scenario and is compared with it."""
    with remembered():
        name = free_name(f"{kept.name}-more", view, known)
        made = keep_new(view, name, new_file(name, on=kept.name), kept)
        url.write("scenario", str(made.scenario_id))
        url.write("compare", str(kept.scenario_id))


def show_list(view: View, known: list[KeptScenario]) -> None:
    """All scenarios; a click opens one."""
    text = view.text
    if not known:
        states.empty(text, text("scenarios.none_yet" if may_write(view) else "scenarios.none_shared"))
        return
    names = {one.scenario_id: called(one, known) for one in known}
    newest = sorted(known, key=lambda one: (one.changed_at or view.now, one.scenario_id or 0), reverse=True)
    frame = pl.DataFrame([_row(view, one, names) for one in newest], infer_schema_length=None)
    key = "scenario_list"

    def opened() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            url.write("scenario", str(newest[rows[0]].scenario_id))

    st.caption(text("scenarios.list_note"))
    kinds = {"changed": st.column_config.DatetimeColumn, "expires": st.column_config.DatetimeColumn}
    st.dataframe(
        frame, hide_index=True, placeholder="", key=key, on_select=opened, selection_mode="single-row",
        alt=text("page.scenarios.title"),
        column_config={
            name: kinds[name](text(f"scenario_list.{name}"), format="YYYY-MM-DD HH:mm") if name in kinds
            else text(f"scenario_list.{name}")
            for name in frame.columns
        },
    )  # fmt: skip


def _row(view: View, one: KeptScenario, names: dict[int | None, str]) -> dict[str, object]:
    own = own_part(one.change_file)
    is_served = one.base_build_id == view.build.build_id
    return {
        "name": names[one.scenario_id],
        "title": view.text.pick(own.title, own.title_zh),
        "state": view.text(f"scenario_state.{one.state}"),
        "owner": one.owner,
        "changes": len(own.changes),
        "on": names.get(one.parent_id, view.text("scenarios.base")),
        "base": view.text("scenarios.served_build" if is_served else "scenarios.older_build", build=one.base_build_id),
        "changed": one.changed_at,
        "expires": one.expires_at,
    }


def _new(view: View, known: list[KeptScenario]) -> None:
    text = view.text
    with st.popover(text("scenarios.new"), icon=":material/add:", key="new_scenario"):
        st.text_input(text("scenarios.name"), key="new_name", placeholder=free_name("scenario", view, known))
        st.text_input(text("scenarios.title"), key="new_title", placeholder=text("scenarios.title_hint"))
        below = {str(one.scenario_id): called(one, known) for one in known}
        st.selectbox(
            text("scenarios.stands_on"), ["", *below], key="new_on",
            format_func=lambda one: below[one] if one else text("scenarios.base"),
        )  # fmt: skip
        st.segmented_control(
            text("scenarios.starts_with"), _STARTS, key="new_start", default=_STARTS[0], required=True,
            format_func=lambda one: text(f"scenarios.starts_{one}"),
        )  # fmt: skip
        st.button(text("scenarios.create"), key="create", type="primary", on_click=_create, args=(view, known))


def _create(view: View, known: list[KeptScenario]) -> None:
    with remembered():
        asked = str(st.session_state["new_name"] or "").strip()
        name = asked or free_name("scenario", view, known)
        parent = next((one for one in known if str(one.scenario_id) == st.session_state["new_on"]), None)
        changes = (DemandFactor(factor=_FIRST_FACTOR),) if st.session_state["new_start"] == _STARTS[0] else ()
        title = str(st.session_state["new_title"] or "").strip()
        made = keep_new(view, name, new_file(name, title, parent.name if parent else "", changes), parent)
        url.write("scenario", str(made.scenario_id))
        url.clear("compare", "rebase")
        for field in ("new_name", "new_title"):
            st.session_state[field] = ""


def _upload(view: View, known: list[KeptScenario]) -> None:
    text = view.text
    with st.popover(text("scenarios.upload"), icon=":material/upload:", key="upload_scenario"):
        file = st.file_uploader(
            text("scenarios.upload_file"), type=["yaml", "yml"], key="scenario_file", max_upload_size=1
        )
        if file is None:
            return
        try:
            content = file.getvalue().decode("utf-8-sig")
            own = own_part(content, file.name)
        except UnicodeDecodeError:
            st.error(text("scenarios.not_utf8"))
            return
        except ScenarioError as error:
            show_problems(text, error)
            return
        parent = _parent(own.on, known)
        if own.on and parent is None:
            st.error(text("scenarios.no_such_parent", name=own.on))
            return
        st.markdown(
            "\n".join([f"**{own.name}** {own.title}", "", *(f"- {one}" for one in own.described(text.language))])
        )
        st.button(
            text("scenarios.take_in"),
            key="take_in",
            type="primary",
            on_click=_take_in,
            args=(view, known, content, parent),
        )


def _parent(on: str, known: list[KeptScenario]) -> KeptScenario | None:
    """The scenario that a file stands on, by the name it bears there: as here, or as a file of that name."""
    names = (on, on.removesuffix(".yaml").removesuffix(".yml"))
    return next((one for name in names for one in known if one.name == name), None) if on else None


def _take_in(view: View, known: list[KeptScenario], content: str, parent: KeptScenario | None) -> None:
    with remembered():
        name = free_name(own_part(content).name, view, known)
        on = parent.name if parent else ""
        as_it_stands = name == own_part(content).name and on == own_part(content).on
        made = keep_new(view, name, content if as_it_stands else renamed(content, name, on=on), parent)
        url.write("scenario", str(made.scenario_id))
