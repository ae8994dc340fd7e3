"""All tables of a plan by name.

They are always there: where nothing can be planned they are empty, and the findings say what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from planning.model.inputs import PlanningModel
from planning.tables.firmed_orders import plan_firmed_orders
from planning.tables.load import load_table, plan_records
from planning.tables.messages import plan_findings, plan_messages
from planning.tables.probability import probability_tables
from planning.tables.production import production_tables
from planning.tables.results import Planned, plan_demands, plan_orders, plan_pegging, plan_shortages

# What a plan is made from, for the finding of a build that has none of it.
NEEDED_TABLES = ("planning_policies", "boms", "item_suppliers", "sales_order_lines", "demand_forecasts")


def plan_tables(result: Planned) -> Mapping[str, pl.DataFrame]:
    """All tables of a plan by name."""
    model, plan = result.model, result.plan
    production, faults = production_tables(result)
    return {
        "plan_orders": plan_orders(result),
        "plan_demands": plan_demands(result),
        "plan_pegging": plan_pegging(result),
        "plan_shortages": plan_shortages(result),
        "plan_messages": plan_messages(result),
        "plan_load": load_table(model, plan, result.load),
        "plan_records": plan_records(model, plan, result.load.edges),
        "plan_findings": _with_reason(model, plan_findings(result, faults)),
        "plan_firmed_orders": plan_firmed_orders(result),
        **probability_tables(result),
        **production,
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
