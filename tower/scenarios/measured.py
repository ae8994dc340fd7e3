"""Planning parameters as they are booked beside what was observed, ranked by what hangs on them; each as a change.

Lead times and yields are observed by `planning.model.observed`: days beyond the booked lead time by source, good shares
by item. Only an own history counts here (of the supplier, the item, the work centre, the lane); that of all others says
nothing of one. Lot sizes and hours of operations come from the documents themselves (`tower.queries.measured_work`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from planning.model.observed import Observed, observed
from planning.mrp.codes import UNIT, Floats, Integers, LotRule, SourceKind
from planning.probability import SampleTable
from planning.scenarios.change import Change
from planning.scenarios.operation_changes import OperationHours
from planning.scenarios.parameter_changes import LeadTime, LotRuleChange, Yield
from tower.scenarios.base import PlanningBase
from tower.scenarios.measured_work import wrong_hours, wrong_lots

LEAD_TIME, YIELD, LOT_SIZE, RUN_HOURS, SETUP_HOURS = "lead_time", "yield_rate", "lot_size", "run_hours", "setup_hours"
KINDS = (LEAD_TIME, YIELD, LOT_SIZE, RUN_HOURS, SETUP_HOURS)
OWN_LEVELS = ("supplier_item", "supplier_category", "supplier", "item", "work_centre", "lane")
# Smaller than this a difference is no lie: days, and share of what is made.
LEAST_DAYS = 1
LEAST_YIELD = 0.005
# `field`: of a lot size which figure of its rule; `work_centre_id`: of hours.
SCHEMA = {
    "parameter": pl.String, "field": pl.String, "work_centre_id": pl.String, "item_id": pl.String,
    "location_id": pl.String, "supply": pl.String,
    "supplier_id": pl.String, "booked": pl.Float64, "median": pl.Float64, "mean": pl.Float64, "measured": pl.Float64,
    "off": pl.Float64, "level": pl.String, "count": pl.Int64, "orders": pl.Int64, "value": pl.Float64,
    "per_unit": pl.Float64, "weight": pl.Float64,
}  # fmt: skip


def wrong_parameters(
    base: PlanningBase, lots: pl.DataFrame | None = None, work: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Parameters that are not what was observed; SCHEMA, the weightiest first.

    `booked`, `median`, `mean` and `measured` are days of the source (working days of what is made), shares, pieces of a
    lot, or hours for one piece or setup. `measured` is what would be booked: the median of days, rounded; the mean of
    shares and hours. `off` is measured − booked, `orders` and `value` the planned orders that it holds for, `weight`
    |off| as a share of the booked × their value. `lots` and `work` are ordered quantities and worked hours; without
    them nothing is said of lot sizes and of hours.
    """
    seen = observed(base.plan.planned.model)
    parts = [_lead_times(base, seen), _yields(base, seen)]
    if lots is not None:
        parts.append(_shaped(wrong_lots(_of_nodes(base), lots)))
    if work is not None:
        parts.append(_shaped(wrong_hours(_of_nodes(base), work)))
    return (
        pl.concat(parts)
        .with_columns(
            weight=pl.col("off").abs() / pl.max_horizontal("booked", pl.lit(1e-9)).clip(0.01) * pl.col("value")
        )
        .filter(pl.col("orders") > 0)
        .sort("weight", "item_id", "location_id", "supplier_id", "parameter", "field", "work_centre_id",
              descending=[True, *[False] * 6])
    )  # fmt: skip


def correcting(parameter: Mapping[str, Any]) -> Change:
    """The change that books what was measured, of one row of `wrong_parameters`."""
    item, place = (parameter["item_id"],), (parameter["location_id"],)
    if parameter["parameter"] == YIELD:
        return Yield(item=item, location=place, set=parameter["measured"])
    if parameter["parameter"] == LOT_SIZE:
        return LotRuleChange(item=item, location=place, **{parameter["field"]: parameter["measured"]})
    if parameter["parameter"] in (RUN_HOURS, SETUP_HOURS):
        of_centre = OperationHours(item=item, location=place, work_centre=(parameter["work_centre_id"],))
        if parameter["parameter"] == RUN_HOURS:
            return replace(of_centre, factor=_factor(parameter))
        return replace(of_centre, setup_factor=_factor(parameter))
    one = LeadTime(
        item=item, location=place, supplier=(parameter["supplier_id"],) if parameter["supplier_id"] else (),
        supply=parameter["supply"],
    )  # fmt: skip
    # Days for each unit stay where there are any: `set` would replace them.
    if parameter["per_unit"] > 0:
        return replace(one, add=round(parameter["off"]))
    return replace(one, set=round(parameter["measured"]))


def _factor(parameter: Mapping[str, Any]) -> float:
    return round(float(parameter["measured"]) / float(parameter["booked"]), 4)


def correcting_all(parameters: pl.DataFrame) -> list[Change]:
    """The changes that book what was measured of many rows, items that share a change in one."""
    hours = pl.col("parameter").is_in([RUN_HOURS, SETUP_HOURS])
    keys = ["parameter", "field", "work_centre_id", "supply", "supplier_id", "location_id", "step"]
    grouped = parameters.with_columns(
        step=pl.when(pl.col("per_unit") > 0).then(pl.col("off"))
        .when(hours).then((pl.col("measured") / pl.col("booked")).round(4)).otherwise(pl.col("measured"))
    ).sort(*keys, "item_id")  # fmt: skip
    found: list[Change] = []
    for _, part in grouped.group_by([*keys, pl.col("per_unit") > 0], maintain_order=True):
        items = tuple(part["item_id"].unique(maintain_order=True))
        # Every kind of change of items has these columns.
        found.append(replace(correcting(part.row(0, named=True)), item=items))  # type: ignore[call-arg]
    return found


def _of_nodes(base: PlanningBase) -> pl.DataFrame:
    """Items at places with the lot rule of the source that most planned orders come from, and those orders.

    item_id, location_id, way (buy or make), supply, supplier_id, rule, fixed_lot, minimum, multiple, grain, orders,
    value, per_unit. What is in base units may be 0 where nothing is booked.
    """
    model = base.plan.planned.model
    sources, nodes = model.problem.sources, model.problem.nodes
    node = sources.node
    lowest = np.where(sources.min_lot > 0, sources.min_lot, nodes.min_lot[node])
    multiple = np.where(sources.lot_multiple > 0, sources.lot_multiple, nodes.lot_multiple[node])
    rules = pl.Series([rule.name.lower() for rule in LotRule])
    found = _of_sources(base, np.arange(sources.count), LOT_SIZE).with_columns(
        way=pl.col("supply").replace({"subcontract": "buy"}), rule=rules.gather(nodes.lot_rule[node]),
        fixed_lot=pl.Series(nodes.fixed_lot[node] / UNIT), minimum=pl.Series(lowest / UNIT),
        multiple=pl.Series(multiple / UNIT), grain=pl.Series(base.plan.directory.grain[node] / UNIT), per_unit=0.0,
    )  # fmt: skip
    own = ["item_id", "location_id", "way"]
    return (
        found.sort(*own, "orders", "supplier_id", descending=[False, False, False, True, False])
        .group_by(own, maintain_order=True)
        .agg(pl.exclude("orders", "value").first(), pl.col("orders", "value").sum())
    )


def _lead_times(base: PlanningBase, seen: Observed) -> pl.DataFrame:
    problem = base.plan.planned.model.problem
    level = seen.source_level
    is_own = level["observed_level"].is_in(OWN_LEVELS).fill_null(value=False).to_numpy()
    rows = np.flatnonzero(is_own & seen.lateness.source_days.is_observed)
    median, mean = _middle(seen.lateness.source_days, rows)
    share = _working_share(base, rows)
    booked = problem.sources.lead_time_days[rows].astype(np.float64)
    right = np.maximum(np.rint(booked + median * share), 0.0)
    frame = _of_sources(base, rows, LEAD_TIME).with_columns(
        booked=pl.Series(booked), median=pl.Series(booked + median * share), mean=pl.Series(booked + mean * share),
        measured=pl.Series(right), off=pl.Series(right - booked),
        level=level["observed_level"].gather(rows), count=level["observed_count"].gather(rows),
    )  # fmt: skip
    return _shaped(frame.filter(pl.col("off").abs() >= LEAST_DAYS))


def _yields(base: PlanningBase, seen: Observed) -> pl.DataFrame:
    problem = base.plan.planned.model.problem
    table = seen.lateness.source_yield
    rows = np.flatnonzero(table.is_observed)
    median, mean = _middle(table, rows)
    booked = problem.nodes.yield_rate[problem.sources.node[rows]] if rows.size else np.zeros(0)
    right = np.round(np.clip(booked * mean, 0.01, 1.0), 4)
    frame = _of_sources(base, rows, YIELD).with_columns(
        booked=pl.Series(booked), median=pl.Series(booked * median), mean=pl.Series(booked * mean),
        measured=pl.Series(right), off=pl.Series(right - booked), level=pl.lit("item"),
        count=pl.Series((table.first[1:] - table.first[:-1])[rows]),
    )  # fmt: skip
    # A yield is of an item at a place, whichever bill it is made by.
    one_each = frame.unique(["item_id", "location_id"], keep="first", maintain_order=True)
    return _shaped(one_each.filter(pl.col("off").abs() >= LEAST_YIELD))


def _of_sources(base: PlanningBase, rows: Integers, parameter: str) -> pl.DataFrame:
    """Sources with the planned orders that come from them."""
    planned = base.plan.planned
    model, orders = planned.model, planned.plan.orders
    count = model.sources.height
    own = orders.source >= 0
    number = np.bincount(orders.source[own], minlength=count)
    # Whole cents first, so that the sum does not depend on the order of the rows.
    cents = np.rint(planned.plan.order_value[own] * 100).astype(np.int64)
    value = np.zeros(count, np.int64)
    np.add.at(value, orders.source[own], cents)
    kinds = pl.Series([kind.name.lower() for kind in SourceKind])
    found = model.sources.select(pl.all().gather(rows))
    return found.select(
        pl.lit(parameter).alias("parameter"), pl.lit("").alias("field"), pl.lit("").alias("work_centre_id"),
        "item_id", "location_id", "supplier_id",
        supply=kinds.gather(found["kind"]), orders=pl.Series(number[rows]), value=pl.Series(value[rows] / 100),
        per_unit=pl.Series(model.problem.sources.lead_time_days_per_unit[rows]),
    )  # fmt: skip


def _middle(table: SampleTable, rows: Integers) -> tuple[Floats, Floats]:
    """Median and mean of what was observed of some rows, all of which have observations."""
    first, last = table.first[rows], table.first[rows + 1]
    middle = (table.values[(first + last - 1) // 2] + table.values[(first + last) // 2]) / 2
    until = np.concatenate((np.zeros(1), np.cumsum(table.values)))
    return middle, (until[last] - until[first]) / np.maximum(last - first, 1)


def _working_share(base: PlanningBase, rows: Integers) -> Floats:
    """What part of the calendar's days the lead time of a source counts: working days of what is made, else all."""
    model = base.plan.planned.model
    sources, works = model.problem.sources, model.calendars.arrays.is_working
    code = model.problem.nodes.calendar[sources.node[rows]]
    usual = works.mean(axis=1) if works.size else np.ones(1)
    is_made = (sources.kind[rows] == SourceKind.MAKE) & (code >= 0)
    return np.where(is_made, usual[np.maximum(code, 0)], 1.0)


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(weight=pl.lit(0.0)).select(*SCHEMA).cast(SCHEMA)  # type: ignore[arg-type]
