"""Changes that another page proposes, kept in a draft: a new one, or one that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from planning.scenarios.change import Change
from tower.scenarios.change_file import new_file, own_part, with_changes
from tower.store.scenarios import DRAFT, KeptScenario, change_scenario
from tower.ui.scenarios.kept import called, free_name, keep_new
from tower.ui.scenarios.plans import app_store
from tower.ui.view import View


def choose_draft(view: View, known: list[KeptScenario], key: str) -> KeptScenario | None:
    """The draft that is to take changes; None for a new one."""
    text = view.text
    drafts = {str(one.scenario_id): one for one in known if one.state == DRAFT}
    target = st.selectbox(
        text("measured.into"), ["", *drafts], key=key, width=300,
        format_func=lambda one: called(drafts[one], known) if one else text("measured.new_scenario"),
    )  # fmt: skip
    return drafts.get(target)


def with_more(kept: KeptScenario, changes: Sequence[Change]) -> KeptScenario:
    """The scenario as it was read, with changes after its own; nothing is stored."""
    return replace(kept, change_file=with_changes(kept.change_file, (*own_part(kept.change_file).changes, *changes)))


def keep_changes(
    view: View,
    known: list[KeptScenario],
    changes: Sequence[Change],
    *,
    name: str,
    title: str,
    into: KeptScenario | None = None,
) -> KeptScenario:
    """Store the changes: in a new draft of this name (with a number where it is taken) and title, or in `into`.

    Raises StoreError, ChangedMeanwhile where somebody saved `into` since it was read.
    """
    if into is not None:
        return change_scenario(app_store(), with_more(into, changes), view.user.user_id, view.now)
    free = free_name(name, view, known)
    return keep_new(view, free, new_file(free, title, changes=changes))


def link_to(view: View, scenario_id: int | None) -> str:
    """The way to a scenario, for a sentence in Markdown."""
    reader = f"user={view.user.user_id}&lang={view.text.language}"
    return f"[{view.text('measured.open')}](scenarios?{reader}&scenario={scenario_id})"
