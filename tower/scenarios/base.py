"""The plan that scenarios are compared with: of a build, or of the inputs that were kept with a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from planning.errors import PlanningError
from planning.model.settings import PlanningSettings
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.measures import by_month, measures
from planning.scenarios.outcome import ScenarioBase
from tower.errors import QueryError
from tower.queries.planning_rows import read_rows
from tower.warehouse import Warehouse


@dataclass(frozen=True, slots=True, eq=False)
class PlanningBase:
    """A plan ready for scenarios, the inputs that it is made from, and its figures."""

    inputs: ScenarioInputs
    plan: ScenarioBase
    figures: Mapping[str, float | None]
    months: pl.DataFrame

    @classmethod
    def of(cls, inputs: ScenarioInputs) -> PlanningBase:
        """Raises QueryError in the engine's words where the inputs cannot be planned."""
        try:
            base = ScenarioBase.of(inputs.planned())
        except PlanningError as error:
            raise QueryError(f"The plan of {inputs.as_of} cannot be made: {error}") from error
        return cls(inputs, base, measures(base.outcome), by_month(base.outcome))


def base_of_build(warehouse: Warehouse, settings: PlanningSettings) -> PlanningBase:
    """The plan of a build. `warehouse` must be open for everything: a plan of a part of a company is none."""
    rows = read_rows(warehouse.frame, warehouse.as_of)
    return PlanningBase.of(ScenarioInputs(rows, warehouse.as_of, settings))


def base_of_inputs(content: bytes) -> PlanningBase:
    """The plan of kept inputs. Raises QueryError for content that holds none."""
    try:
        inputs = ScenarioInputs.from_bytes(content)
    except PlanningError as error:
        raise QueryError(str(error)) from error
    return PlanningBase.of(inputs)
