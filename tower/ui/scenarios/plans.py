"""Plans and scenario runs of this process: the base of a build is made once, a run once for each change file."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from planning.scenarios.document import Scenario, written
from tower.scenarios.base import PlanningBase, base_of_build, base_of_inputs
from tower.scenarios.run import Ran, ran
from tower.settings import load_settings
from tower.store import Store
from tower.store.scenario_inputs import scenario_inputs
from tower.store.scenarios import KeptScenario
from tower.ui import cached
from tower.ui.session import PROJECT_FOLDER
from tower.ui.view import View
from tower.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class BaseOf:
    """A base with what tells it from others: its build, or the hash of the inputs that were kept."""

    key: str
    base: PlanningBase

    def run(self, scenario: Scenario) -> Ran:
        """A scenario over this base, or its run from before. Raises ScenarioError."""
        return _ran(self.key, content_of(scenario), self.base, scenario)


def app_store() -> Store:
    """The app store of this process."""
    return cached.store(load_settings(PROJECT_FOLDER).effective_store_url)


def served_base(view: View) -> BaseOf:
    """The plan of the served build."""
    return BaseOf(view.build.build_id, _of_build(view.build.build_id, view.warehouse))


def base_of(view: View, kept: KeptScenario) -> BaseOf:
    """The plan that a scenario was made on: of the served build, or of its kept inputs, which outlive their build."""
    if kept.base_build_id == view.build.build_id:
        return served_base(view)
    return BaseOf(kept.inputs_hash, _of_inputs(kept.inputs_hash, app_store()))


def served_inputs(view: View) -> bytes:
    """The planning inputs of the served build, to be kept with a scenario."""
    return _inputs(view.build.build_id, served_base(view).base)


def content_of(scenario: Scenario) -> str:
    """What decides the figures of a scenario: its changes, without names."""
    return written(replace(scenario, name="", title="", title_zh="", on="", places=()))


@st.cache_resource(max_entries=2, show_spinner=False)
def _of_build(build_id: str, _warehouse: Warehouse) -> PlanningBase:
    return base_of_build(_warehouse, load_settings(PROJECT_FOLDER).planning.decided)


@st.cache_resource(max_entries=2, show_spinner=False)
def _of_inputs(inputs_hash: str, _store: Store) -> PlanningBase:
    return base_of_inputs(scenario_inputs(_store, inputs_hash))


@st.cache_resource(max_entries=2, show_spinner=False)
def _inputs(build_id: str, _base: PlanningBase) -> bytes:
    return _base.inputs.to_bytes()


@st.cache_resource(max_entries=40, show_spinner=False)
def _ran(key: str, content: str, _base: PlanningBase, _scenario: Scenario) -> Ran:
    return ran(_base, _scenario)
