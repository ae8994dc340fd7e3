"""From a base plan and a scenario to the new plan: the changes are put together, and only what they reach is planned.

`ScenarioBase.of(planned(model))` is made once for a build; `run(scenario)` follows one scenario after another over it.
The base is never written to: to undo is to run a scenario without the change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.mrp import Baseline, Journal
from planning.mrp.codes import Floats
from planning.mrp.pegging import Pegging, late_days
from planning.mrp.shortages import shortages
from planning.scenarios.document import Scenario
from planning.scenarios.draft import Directory, Draft
from planning.scenarios.hours import capacity
from planning.scenarios.mistakes import said
from planning.scenarios.prices import Prices
from planning.scenarios.problems import Problem, Refused, ScenarioError
from planning.tables.load import plan_load
from planning.tables.naming import event_names
from planning.tables.results import Planned, with_own_delay


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario leads to: the plan with its names (`planning.tables` makes every table of it) and what is paid.

    `is_whole`: everything was planned anew, as the network changed; `nodes_planned` otherwise.
    """

    scenario: Scenario
    planned: Planned
    prices: Prices
    journal: Journal
    nodes_planned: int
    is_whole: bool

    @property
    def name(self) -> str:
        return self.scenario.name


@dataclass(frozen=True, slots=True)
class ScenarioBase:
    """A plan ready for scenarios."""

    planned: Planned
    baseline: Baseline
    directory: Directory
    prices: Prices

    @classmethod
    def of(cls, base: Planned) -> ScenarioBase:
        return cls(base, Baseline.of(base.plan), Directory.of(base.model, base.names.orders), Prices.of(base.model))

    @property
    def outcome(self) -> Outcome:
        """The base itself, to compare with."""
        return Outcome(Scenario("base"), self.planned, self.prices, Journal(), 0, is_whole=False)

    def draft(self, scenario: Scenario) -> Draft:
        """The input with all changes. Raises ScenarioError with every change that does not fit."""
        draft = Draft(self.planned.plan, self.directory, self.planned.model, self.prices)
        problems = []
        for number, change in enumerate(scenario.changes, start=1):
            file, position, line = scenario.places[number - 1] if scenario.places else ("", number, 0)
            try:
                draft = change.apply(draft)
            except Refused as refused:
                place = f"changes[{position}]{'.' + refused.key if refused.key else ''}"
                problems.append(
                    Problem(said("of_change", kind=change.KIND, sentence=refused.sentence), place, line, file)
                )
        if problems:
            raise ScenarioError(problems)
        return draft

    def run(self, scenario: Scenario) -> Outcome:
        """The new plan. Raises ScenarioError with every change that does not fit."""
        draft = self.draft(scenario)
        change = self.baseline.changed(draft.journal)
        plan = change.plan
        pegging = Pegging.of(with_own_delay(draft.model, plan))
        late = late_days(pegging)
        load = plan_load(draft.model, plan)
        if draft.hours:
            load = replace(load, capacity=capacity(draft.model, load.edges, load.capacity, draft.hours))
        planned = Planned(
            model=draft.model, plan=plan, pegging=pegging, names=event_names(draft.model, plan),
            short=shortages(pegging, late), late=late, load=load,
        )  # fmt: skip
        return Outcome(scenario, planned, draft.prices, draft.journal, int(change.planned.size), change.is_whole)


def money(values: Floats) -> float:
    """A sum that does not depend on how the rows lie in memory: added from the smallest to the largest."""
    return float(np.sort(values).sum())
