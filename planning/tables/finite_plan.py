"""The finite plan of a build: the material plan dated again by the hours of its work centres, by week, then by day.

Effort is counted in dispatches, so that a build gives the same plan on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from planning.finite import (
    Capacity,
    DailyPlan,
    FiniteInput,
    Lateness,
    Limits,
    Network,
    Schedule,
    daily_plan,
    finite_input,
    finite_plan,
    limits,
    violations,
)
from planning.finite.open_work import OpenWork, with_open_work
from planning.model.inputs import PlanningModel
from planning.mrp.codes import UNIT, DemandKind, Floats
from planning.tables.load import hours_available
from planning.tables.results import Planned

DISPATCHES = 10
# A day late of a forecast counts so little that it only decides between orders that no customer waits for.
FORECAST_WEIGHT = 0.01


@dataclass(frozen=True, slots=True)
class FinitePlanned:
    """The finite plan of a plan.

    `own` says what the rows of the problem are; `daily` is the plan by day; `unlimited` the same orders in the same
    network with hours without end: no finite date is before it. `violations`: sentences of the independent checker.
    """

    own: FiniteInput
    network: Network
    daily: DailyPlan
    unlimited: Schedule
    unlimited_lateness: Lateness
    limits: Limits
    violations: tuple[str, ...]


def finite_planned(result: Planned) -> FinitePlanned | None:
    """Weekly search, then days. None where there is nothing to date: no work centre, or nothing planned."""
    model, plan = result.model, result.plan
    edges = result.load.edges
    if edges.size < 2 or not model.work_centres or not plan.supply.count:
        return None
    weekly = Capacity.of(edges, result.load.capacity[:, 1:])
    own = with_open_work(finite_input(plan, weekly, _weights(result)), plan.supply.day, _open_work(model, result))
    network = Network.of(own.problem)
    found = finite_plan(network, dispatches=DISPATCHES)
    days = np.arange(edges[0], edges[-1] + 1)
    by_day = Capacity.of(days, hours_available(model, days)[:, 1:])
    daily = daily_plan(network, found, by_day)
    everything = int(own.problem.operations.work.sum()) + 1
    endless = replace(by_day, work=np.full_like(by_day.work, everything))
    unlimited = daily_plan(network, found, endless)
    return FinitePlanned(
        own=own,
        network=network,
        daily=daily,
        unlimited=unlimited.schedule,
        unlimited_lateness=unlimited.lateness,
        limits=limits(replace(network, problem=daily.problem), daily.schedule, daily.lateness),
        violations=tuple(violations(daily.problem, daily.schedule)),
    )


def _weights(result: Planned) -> Floats:
    """What a day late counts, by demand event: 1 for a customer's order line."""
    return np.where(result.plan.demand.kind == DemandKind.FORECAST, FORECAST_WEIGHT, 1.0)


def _open_work(model: PlanningModel, result: Planned) -> OpenWork:
    """Remaining operations of open orders at known work centres."""
    centres = {name: code for code, name in enumerate(model.work_centres)}
    rows = {name: row for row, name in enumerate(model.supply["document_id"])}
    left = model.rows.order_operations.filter(
        pl.col("work_centre_id").is_in(list(centres)) & pl.col("production_order_id").is_in(list(rows))
        & pl.col("start_date").is_not_null() & (pl.col("hours") > 0)
    ).sort("production_order_id", "start_date", "work_order_id")  # fmt: skip
    row = left["production_order_id"].replace_strict(rows, default=0, return_dtype=pl.Int64).to_numpy()
    centre = left["work_centre_id"].replace_strict(centres, default=0, return_dtype=pl.Int64).to_numpy()
    return OpenWork(
        supply=result.plan.problem.stock.count + row,
        work_centre=centre,
        work=np.rint(left["hours"].to_numpy() * UNIT).astype(np.int64),
        start_day=left["start_date"].cast(pl.Int32).cast(pl.Int64).to_numpy(),
    )
