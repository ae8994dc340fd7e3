"""The step `plan` of a build: read, plan, and write the plan as tables of the schema `engine`."""

from __future__ import annotations

from datetime import date

import duckdb

from pipelines.build.context import write_table
from pipelines.plan.firmed_orders import write_firmed_orders
from planning.errors import PlanningError
from planning.model.inputs import planning_model
from planning.model.settings import PlanningSettings
from planning.tables.all_tables import plan_tables
from planning.tables.results import Planned, planned
from tower.errors import BuildError
from tower.queries.planning_rows import Query, read_rows


def run_plan(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    settings: PlanningSettings | None = None,
    store_url: str | None = None,
) -> None:
    """Write engine.plan_… from the canonical layer, the core, and the orders that planners firmed in the app store.

    Raises BuildError where the engine refuses.
    """
    connection.execute("create schema if not exists engine")
    write_firmed_orders(connection, store_url)
    result = planned_build(lambda sql: connection.sql(sql).pl(), as_of, settings)
    for name, frame in plan_tables(result).items():
        write_table(connection, f"engine.{name}", frame)


def planned_build(query: Query, as_of: date, settings: PlanningSettings | None = None) -> Planned:
    """Plan what a build holds, by the company's settings. Raises BuildError in the engine's words."""
    try:
        return planned(planning_model(read_rows(query, as_of), as_of, settings))
    except PlanningError as error:
        raise BuildError(f"The plan could not be made. {error}") from error
