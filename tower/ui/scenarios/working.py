"""The change file that a reader is working on: it lives in the session until it is saved, and is lost by no reload of
somebody else's version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from planning.scenarios.change import Change
from planning.scenarios.document import Scenario
from tower.access import Role
from tower.scenarios.change_file import own_part, with_changes
from tower.store import Store
from tower.store.scenarios import DRAFT, KeptScenario, whole_scenario

WRITERS: tuple[Role, ...] = ("planner", "buyer", "admin")


@dataclass(slots=True)
class Working:
    """A scenario as it was read, the text as it is now, and the changes as they were when the list last changed.

    `shape` counts changes of the list, so that the controls of another list are others.
    """

    read: KeptScenario
    text: str
    origins: tuple[Change, ...]
    shape: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.text != self.read.change_file

    @property
    def changes(self) -> tuple[Change, ...]:
        """Its own changes, without those it is stacked on."""
        return own_part(self.text).changes

    def whole(self, store: Store, text: str | None = None) -> Scenario:
        """All changes with those below. Raises ScenarioError for a text with mistakes."""
        return whole_scenario(store, replace(self.read, change_file=self.text if text is None else text))

    def slid(self, position: int, change: Change) -> None:
        """One change with another figure; the list stays."""
        changes = list(self.changes)
        changes[position] = change
        self.text = with_changes(self.text, changes)

    def listed(self, changes: Sequence[Change]) -> None:
        """Another list of changes."""
        self.rewritten(with_changes(self.text, changes))

    def rewritten(self, text: str) -> None:
        """Another text."""
        self.text, self.origins, self.shape = text, own_part(text).changes, _next_shape(self.read)


def working(kept: KeptScenario) -> Working:
    """What the session works on. What somebody else saved is taken over where nothing would be lost by it."""
    field = f"working_{kept.scenario_id}"
    held: Working | None = st.session_state.get(field)
    if held is None or (held.read != kept and (not held.is_changed or kept.state != DRAFT)):
        shape = _next_shape(kept)
        held = st.session_state[field] = Working(kept, kept.change_file, own_part(kept.change_file).changes, shape)
    return held


def _next_shape(kept: KeptScenario) -> int:
    """Never one that was there before: a control of that time would bring its value back."""
    field = f"shape_{kept.scenario_id}"
    shape: int = st.session_state.get(field, -1) + 1
    st.session_state[field] = shape
    return shape


def forget(kept: KeptScenario) -> None:
    """Let go of what was not saved."""
    st.session_state.pop(f"working_{kept.scenario_id}", None)
