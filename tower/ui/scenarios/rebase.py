"""A scenario of an older build on the served one: what changed in the base, what in the scenario, what does not fit."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from planning.scenarios.problems import ScenarioError
from tower.scenarios.run import difference
from tower.store.scenarios import DRAFT, KeptScenario, change_scenario
from tower.ui import url
from tower.ui.scenarios.figures import SHOWN, signed, written
from tower.ui.scenarios.kept import may_write
from tower.ui.scenarios.plans import BaseOf, app_store, served_base, served_inputs
from tower.ui.scenarios.problems import remembered, show_problems
from tower.ui.scenarios.working import Working, forget
from tower.ui.view import View

_SHOWN = "shown"


def show_older_base(view: View, kept: KeptScenario, work: Working, base: BaseOf) -> None:
    """That the plan under a scenario is not today's, and what today's would make of it."""
    text = view.text
    if kept.base_build_id == view.build.build_id:
        return
    with st.container(border=True, key="older_base"):
        said = text(
            "scenarios.older_base", build=kept.base_build_id, as_of=view.numbers.day(base.base.inputs.as_of),
            served=view.build.build_id, served_as_of=view.numbers.day(view.build.as_of),
        )  # fmt: skip
        st.markdown(f":material/history: {said}")
        is_shown = url.value("rebase") == _SHOWN
        label = text("scenarios.hide_rebase" if is_shown else "scenarios.show_rebase")
        with st.container(horizontal=True, gap="small"):
            st.button(label, key="show_rebase", on_click=url.write, args=("rebase", "" if is_shown else _SHOWN))
            if may_write(view) and kept.state == DRAFT:
                st.button(
                    text("scenarios.rebase"), key="rebase_now", icon=":material/move_up:", on_click=_rebase,
                    args=(view, kept), disabled=work.is_changed,
                    help=text("scenarios.save_first" if work.is_changed else "scenarios.rebase_help"),
                )  # fmt: skip
        if is_shown:
            _show_both(view, work, base)


def _show_both(view: View, work: Working, base: BaseOf) -> None:
    text = view.text
    served = served_base(view)
    try:
        whole = work.whole(app_store())
        before = base.run(whole)
        after = served.run(whole)
    except ScenarioError as error:
        show_problems(text, error)
        return
    pairs = (("base", base.base.figures, served.base.figures), ("scenario", before.figures, after.figures))
    shown = {"measure": [text(f"scenario_measure.{one}") for one in SHOWN]}
    labels = {"measure": text("scenarios.measure")}
    for name, old, new in pairs:
        called = text("scenarios.base") if name == "base" else whole.name
        changes = [difference(old[one], new[one]) for one in SHOWN]
        shown[f"{name}_old"] = [written(view, one, old[one]) for one in SHOWN]
        shown[f"{name}_new"] = [written(view, one, new[one]) for one in SHOWN]
        shown[f"{name}_change"] = [
            signed(view, one, change) if change else "=" for one, change in zip(SHOWN, changes, strict=True)
        ]
        labels |= {
            f"{name}_old": text("scenarios.then", name=called), f"{name}_new": text("scenarios.now", name=called),
            f"{name}_change": text("scenarios.change_of", name=called),
        }  # fmt: skip
    st.dataframe(
        pl.DataFrame(shown), hide_index=True, height="content", alt=text("scenarios.show_rebase"), key="rebased",
        column_config={
            name: st.column_config.TextColumn(label, alignment="left" if name == "measure" else "right")
            for name, label in labels.items()
        },
    )  # fmt: skip


def _rebase(view: View, kept: KeptScenario) -> None:
    with remembered():
        changed = replace(kept, base_build_id=view.build.build_id)
        change_scenario(app_store(), changed, view.user.user_id, view.now, served_inputs(view))
        forget(kept)
        url.clear("rebase")
