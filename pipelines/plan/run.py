"""The step `plan` of a build: read, plan, and write the plan as tables of the schema `engine`.

All tables are always written. Where nothing can be planned they are empty, and the findings say what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb
import polars as pl

from pipelines.plan.inputs import PlanningModel, planning_model
from pipelines.plan.load import load_table, plan_records
from pipelines.plan.messages import plan_findings, plan_messages
from pipelines.plan.reading import Query, read_rows
from pipelines.plan.results import Planned, plan_demands, plan_orders, plan_pegging, plan_shortages, planned
from planning.errors import PlanningError
from tower.errors import BuildError

# What a plan is made from, for the finding of a build that has none of it.
NEEDED_TABLES = ("planning_policies", "boms", "item_suppliers", "sales_order_lines", "demand_forecasts")


def run_plan(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write engine.plan_… from the canonical layer and the core. Raises BuildError where the engine refuses."""
    connection.execute("create schema if not exists engine")
    result = planned_build(lambda sql: connection.sql(sql).pl(), as_of)
    for name, frame in plan_tables(result).items():
        connection.register("plan_table", frame)
        try:
            connection.execute(f"create or replace table engine.{name} as select * from plan_table")
        finally:
            connection.unregister("plan_table")


def planned_build(query: Query, as_of: date) -> Planned:
    """Plan what a build holds. Raises BuildError where the engine refuses, with its words."""
    try:
        return planned(planning_model(read_rows(query, as_of), as_of))
    except PlanningError as error:
        raise BuildError(f"The plan could not be made. {error}") from error


def plan_tables(result: Planned) -> Mapping[str, pl.DataFrame]:
    """All tables of a plan by name."""
    model, plan = result.model, result.plan
    return {
        "plan_orders": plan_orders(result),
        "plan_demands": plan_demands(result),
        "plan_pegging": plan_pegging(result),
        "plan_shortages": plan_shortages(result),
        "plan_messages": plan_messages(result),
        "plan_load": load_table(model, plan, result.load),
        "plan_records": plan_records(model, plan, result.load.edges),
        "plan_findings": _with_reason(model, plan_findings(result)),
    }


def _with_reason(model: PlanningModel, findings: pl.DataFrame) -> pl.DataFrame:
    """Where no item is planned at all, a finding that says why."""
    if model.nodes.height:
        return findings
    reason = pl.DataFrame(
        [(findings.height, "nothing_to_plan", None, None, ", ".join(NEEDED_TABLES))],
        schema=findings.schema,
        orient="row",
    )
    return pl.concat([findings, reason])
