"""What a service target is asked for: items at places that stock is kept of, their lots, and how long supply takes.

The frames have the columns that `forecasting.stock_policies` reads; nothing is forecast here.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.model.forecast import whole_items
from planning.model.inputs import PlanningModel
from planning.model.observed import Observed
from planning.model.rows import KEY
from planning.mrp.codes import UNIT, SourceKind, Strategy

# A lot that lasts longer than this is excess, not protection: it does not count as time between two orders.
LONGEST_REVIEW_DAYS = 56
# Lead times are told as so many equally likely ones.
LEAD_TIMES = 20
_WORKING_WEEK = 7 / 5


def stock_requests(
    model: PlanningModel, mean_demand: pl.DataFrame, period_days: float, usual_target: float
) -> pl.DataFrame:
    """One row per node that is made or bought to stock and forecast.

    `mean_demand`: KEY, `quantity` a period, in base units. The target is the policy's, else `usual_target`; it is a
    fill rate. An order has to last until the next one: a week of planning, the periods that the policy covers, or as
    long as the least lot lasts, whichever is longest.
    """
    nodes, arrays = model.nodes, model.problem.nodes
    lot = np.maximum.reduce([arrays.fixed_lot, arrays.min_lot, arrays.lot_multiple]) / UNIT
    stocked = nodes.select("node", *KEY).with_columns(
        target_rate=nodes["target_service_rate"].cast(pl.Float64).fill_null(usual_target),
        is_stocked=pl.Series((arrays.strategy == Strategy.MAKE_TO_STOCK) & ~arrays.is_phantom & arrays.has_policy),
        lot=lot,
        covered_days=pl.Series(arrays.periods_of_supply * arrays.period_days).cast(pl.Float64),
        unit=pl.when(nodes["item_id"].is_in(list(whole_items(model.rows.items)))).then(1.0).otherwise(0.0),
        unit_value=pl.Series(np.where(arrays.unit_value > 0, arrays.unit_value, np.nan)).fill_nan(None),
        safety_stock=arrays.safety_stock / UNIT,
        days_of_cover=arrays.days_of_cover,
    )
    found = stocked.filter("is_stocked").join(mean_demand.filter(pl.col("quantity") > 0), on=KEY, maintain_order="left")
    lasts = pl.col("lot") / pl.col("quantity") * period_days
    days = pl.max_horizontal("covered_days", lasts, pl.lit(7.0)).clip(upper_bound=LONGEST_REVIEW_DAYS)
    return found.select(
        *KEY,
        target_rate=pl.when(pl.col("target_rate").is_between(0, 1, closed="none")).then("target_rate")
        .otherwise(usual_target),
        measure=pl.lit("fill_rate"),
        review_periods=(days / period_days).ceil().cast(pl.Int64).clip(lower_bound=1),
        unit="unit",
        unit_value="unit_value",
        present_safety_stock=pl.when(pl.col("days_of_cover") > 0)
        .then(pl.col("days_of_cover") * pl.col("quantity") / period_days)
        .otherwise("safety_stock"),
    ).sort(KEY)  # fmt: skip


def lead_times(model: PlanningModel, seen: Observed) -> pl.DataFrame:
    """KEY, `days` (calendar, release to the shelf), `share`: booked time and receiving, with the lateness observed.

    Of several sources the one that the plan takes first counts. Without a history the booked time is what there is.
    Waiting for what the source lacks is not in it: that is covered where it is lacking, not at every place it goes to.
    """
    problem = model.problem
    sources, nodes = problem.sources, problem.nodes
    order = np.lexsort((np.arange(sources.count), sources.priority, sources.node))
    first = order[np.unique(sources.node[order], return_index=True)[1]]
    node = sources.node[first]
    works = sources.kind[first] == SourceKind.MAKE
    booked = sources.lead_time_days[first] * np.where(works, _WORKING_WEEK, 1.0)
    booked = booked + (nodes.receiving_days[node] + nodes.safety_time_days[node]) * _WORKING_WEEK
    points = (np.arange(LEAD_TIMES) + 0.5) / LEAD_TIMES
    table = seen.lateness.source_days
    begin, count = table.first[first], table.first[first + 1] - table.first[first]
    chosen = begin[:, None] + np.floor(points * np.maximum(count, 1)[:, None]).astype(np.int64)
    late = table.values[np.minimum(chosen, max(table.values.size - 1, 0))] if table.values.size else points * 0.0
    days = np.maximum(booked[:, None] + np.where((count > 0)[:, None], late, 0.0), 0.0)
    return (
        model.nodes.select(KEY)[np.repeat(node, LEAD_TIMES)]
        .with_columns(days=days.ravel(), share=1.0 / LEAD_TIMES)
        .group_by(*KEY, "days")
        .agg(pl.col("share").sum())
        .sort(*KEY, "days")
    )
