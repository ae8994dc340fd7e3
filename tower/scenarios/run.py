"""One scenario run over a base, kept as figures and lists; any number of them side by side.

The figures are those of `planning.scenarios.comparison`, to the last digit; what is kept is small, the plan is let go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import polars as pl

from planning.scenarios.comparison import DIFFERENCES
from planning.scenarios.document import Scenario
from planning.scenarios.measures import MEASURES, MONTH_SCHEMA, by_month, measures
from planning.tables.firmed_orders import firmed_proposals
from planning.tables.results import plan_orders
from tower.scenarios.base import PlanningBase


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """What a scenario leads to. `seconds`: what planning and comparing took; `nodes_planned` of `nodes`."""

    figures: Mapping[str, float | None]
    months: pl.DataFrame
    differences: Mapping[str, pl.DataFrame]
    nodes_planned: int
    nodes: int
    seconds: float


def ran(base: PlanningBase, scenario: Scenario) -> Ran:
    """Plan a scenario and compare it. Raises ScenarioError with every change that does not fit."""
    started = perf_counter()
    outcome = base.plan.run(scenario)
    found = {name: compare(base.plan.outcome, outcome) for name, compare in DIFFERENCES.items()}
    nodes = base.plan.planned.model.nodes.height
    return Ran(
        measures(outcome), by_month(outcome), found, nodes if outcome.is_whole else outcome.nodes_planned, nodes,
        perf_counter() - started,
    )  # fmt: skip


def proposals(base: PlanningBase, scenario: Scenario) -> pl.DataFrame:
    """All planned and firmed orders of a scenario, by release: what would have to be ordered, made and shipped."""
    planned = base.plan.run(scenario).planned
    found = pl.concat([plan_orders(planned), firmed_proposals(planned)], how="diagonal")
    return found.sort("release_date", "due_date", "item_id", "location_id", "plan_order_id")


def side_by_side(base: Mapping[str, float | None], others: Sequence[tuple[str, Ran]]) -> pl.DataFrame:
    """One row a measure: `measure, unit, base`, and for each scenario its figure and `… Δ`, as on the command line."""
    columns: dict[str, list[float | None]] = {"base": [base[name] for name in MEASURES]}
    for name, one in others:
        columns[name] = [one.figures[measure] for measure in MEASURES]
        columns[f"{name} Δ"] = [difference(base[measure], one.figures[measure]) for measure in MEASURES]
    return pl.DataFrame(
        {"measure": list(MEASURES), "unit": [unit for unit, _ in MEASURES.values()], **columns},
        schema={"measure": pl.String, "unit": pl.String, **dict.fromkeys(columns, pl.Float64)},
        strict=False,
    )


def months_side_by_side(base: pl.DataFrame, others: Sequence[tuple[str, Ran]]) -> pl.DataFrame:
    """Purchases and payments by month: `measure, month, base` and a column for each scenario."""
    found = base.rename({"value": "base"})
    for name, one in others:
        found = found.join(one.months.rename({"value": name}), on=["measure", "month"], how="full", coalesce=True)
    figures = [name for name in found.columns if name not in MONTH_SCHEMA]
    return found.sort("measure", "month").select("measure", "month", pl.col(figures).fill_null(0.0))


def differences(others: Sequence[tuple[str, Ran]], what: str) -> pl.DataFrame:
    """One list of differences of all scenarios, with the `scenario` in front."""
    return pl.concat([one.differences[what].select(pl.lit(name).alias("scenario"), pl.all()) for name, one in others])


def difference(before: float | None, after: float | None) -> float | None:
    """After − before; None where one of them is not known."""
    return None if before is None or after is None else after - before


def is_better(measure: str, change: float | None) -> bool | None:
    """Whether a change of a measure is for the better; None where it depends, or nothing changed."""
    more_is_better = MEASURES[measure][1]
    return None if not change or more_is_better is None else (change > 0) is more_is_better
