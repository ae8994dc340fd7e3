"""The page of scenarios put together: the list, or one scenario with its changes beside what they lead to."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from planning.scenarios.problems import ScenarioError
from tower.exports import Column, ColumnKind
from tower.scenarios.run import Ran, proposals
from tower.store.scenarios import KeptScenario
from tower.ui import states
from tower.ui.downloads import show_downloads
from tower.ui.scenarios.actions import show_actions, show_standing
from tower.ui.scenarios.editor import show_editor, show_file_download
from tower.ui.scenarios.figures import about_scenarios, show_cards, show_figures, show_months
from tower.ui.scenarios.kept import called, choose_scenario, compared_with, known_scenarios, show_list
from tower.ui.scenarios.operation import show_operation
from tower.ui.scenarios.plans import BaseOf, app_store, base_of
from tower.ui.scenarios.problems import show_problems, show_said
from tower.ui.scenarios.rebase import show_older_base
from tower.ui.scenarios.working import Working, working
from tower.ui.view import View

_PROPOSALS: dict[str, ColumnKind] = {
    "plan_order_id": "text", "order_type": "text", "item_id": "text", "location_id": "text", "supplier_id": "text",
    "from_location_id": "text", "planner": "text", "quantity": "quantity", "base_uom": "text", "release_date": "day",
    "due_date": "day",
}  # fmt: skip


def show_scenarios(view: View) -> None:
    """Everything below the title."""
    if not view.scope.is_everything:
        # A plan of some customers or plants would be another plan.
        states.forbidden(view.text, view.text("state.forbidden_scope"))
        return
    show_said(view.text)
    known = known_scenarios(view)
    chosen = choose_scenario(view, known)
    if chosen is None:
        show_list(view, known)
        return
    show_standing(view, chosen, known)
    show_actions(view, chosen, known)
    with st.spinner(view.text("scenarios.planning"), show_time=False):
        base = base_of(view, chosen)
    show_older_base(view, chosen, working(chosen), base)
    _show_workbench(
        view, chosen, [(called(one, known), one) for one in compared_with(known, chosen)], called(chosen, known)
    )


@st.fragment
def _show_workbench(
    view: View, kept: KeptScenario, others: Sequence[tuple[str, KeptScenario]], name: str
) -> None:  # fmt: skip
    """The part that is drawn anew while a slider moves."""
    with states.or_failed(view.text):
        work, base = working(kept), base_of(view, kept)
        left, right = st.columns([5, 8], gap="medium")
        with left:
            show_editor(view, kept, work, base)
        with right:
            runs = _runs(view, work, base, others, name)
            if runs:
                _show_result(view, work, base, runs)
        if runs:
            show_months(view, base.base, runs)
            st.markdown(
                f"**{view.text('scenarios.operation')}** :gray[:small[{view.text('scenarios.operation_note')}]]"
            )
            show_operation(view, base.base, runs)


def _runs(
    view: View, work: Working, base: BaseOf, others: Sequence[tuple[str, KeptScenario]], name: str
) -> list[tuple[str, Ran]]:  # fmt: skip
    """The chosen scenario first, then those beside it, all on its base; what does not fit is said and left out."""
    found = []
    for label, each in ((name, work), *((label, working(one)) for label, one in others)):
        try:
            found.append((label, base.run(each.whole(app_store()))))
        except ScenarioError as error:
            if each is not work:
                st.warning(view.text("scenarios.does_not_fit", name=label), icon=":material/warning:")
            show_problems(view.text, error)
            if each is work:
                return []
    return found


def _show_result(view: View, work: Working, base: BaseOf, runs: Sequence[tuple[str, Ran]]) -> None:
    text = view.text
    one = runs[0][1]
    show_cards(view, base.base, one)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(
            text(
                "scenarios.engine", seconds=f"{one.seconds:.2f}", planned=view.numbers.integer(one.nodes_planned),
                nodes=view.numbers.integer(one.nodes),
            ),
            width="content",
        )  # fmt: skip
        with st.container(horizontal=True, gap="xsmall", width="content"):
            show_file_download(view, work)
            with st.popover(text("scenarios.proposals"), icon=":material/assignment:", type="tertiary"):
                _show_proposals(view, work, base, runs)
    show_figures(view, base.base, runs)


def _show_proposals(view: View, work: Working, base: BaseOf, runs: Sequence[tuple[str, Ran]]) -> None:
    """All planned orders of the scenario as a file."""
    text = view.text

    def found() -> pl.DataFrame:
        return proposals(base.base, work.whole(app_store()))

    columns = [Column(name, text(f"scenario_column.{name}"), kind) for name, kind in _PROPOSALS.items()]
    st.caption(text("scenarios.proposals_note"))
    show_downloads(
        view,
        "scenario_proposals",
        found,
        lambda _: columns,
        about_scenarios(view, text("scenarios.proposals"), runs[:1]),
    )
