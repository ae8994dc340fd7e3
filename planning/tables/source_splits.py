"""A proposal how to divide items over plants, or over make and buy, where the hours of a work centre do not suffice.

It changes no plan: it says what the shares of the sources would have to be.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.finite import Capacity, split_sources
from planning.mrp.codes import FAR, UNIT, Flags, Floats, Integers, SourceKind
from planning.tables.naming import chosen
from planning.tables.results import Planned

SCHEMA = {
    "item_id": pl.String, "location_id": pl.String, "source_type": pl.String, "source_id": pl.String,
    "priority": pl.Int64, "planned_quantity": pl.Float64, "share_now": pl.Float64, "share_proposed": pl.Float64,
    "hours_now": pl.Float64, "hours_proposed": pl.Float64, "cost_now": pl.Float64, "cost_proposed": pl.Float64,
}  # fmt: skip
# Sources have no price of their own in the plan: each rank of priority counts as so much of the standard cost dearer,
# so that a source of lower rank is taken only for its hours.
DEARER_BY_RANK = 0.01
# An hour that is a week late counts as so much of the dearest unit: hours come before cost.
LATE_HOUR_IN_UNITS = 10.0


def source_splits(result: Planned) -> pl.DataFrame:
    """One row for each source of an item that can be had from several, of which one loads a work centre.

    Empty where the hours suffice, or where no such item is planned.
    """
    plan, sources = result.plan, result.plan.problem.sources
    candidates = _candidates(result)
    load = result.load
    is_over = np.cumsum(load.hours[:, 1:] - load.capacity[:, 1:], axis=1) > 0
    loads = np.zeros(sources.count, np.bool_)
    operations = plan.problem.operations
    over = np.asarray(np.any(is_over, axis=1), dtype=np.bool_)
    loads[operations.source[over[operations.work_centre]]] = True
    if not (candidates & loads).any():
        return pl.DataFrame(schema=SCHEMA)
    unit_value = plan.problem.nodes.unit_value[sources.node]
    lowest = np.full(plan.problem.nodes.count, FAR)
    np.minimum.at(lowest, sources.node, sources.priority)
    cost = unit_value * (1.0 + DEARER_BY_RANK * (sources.priority - lowest[sources.node]))
    capacity = Capacity.of(load.edges, load.capacity[:, 1:])
    found = split_sources(plan, capacity, cost, LATE_HOUR_IN_UNITS * float(unit_value[candidates].max()))
    if found is None:
        return pl.DataFrame(schema=SCHEMA)
    kept = np.flatnonzero(candidates[found.source])
    return _rows(result, found.source[kept], found.split.share[kept], cost)


def _candidates(result: Planned) -> Flags:
    """Sources that are always valid, of nodes with several of them and with an order, of which one has operations."""
    plan, sources = result.plan, result.plan.problem.sources
    nodes = plan.problem.nodes.count
    always = (sources.valid_from <= -FAR) & (sources.valid_to >= FAR)
    several = (np.bincount(sources.node, always, nodes) > 1) & (
        np.bincount(sources.node, always, nodes) == np.bincount(sources.node, minlength=nodes)
    )
    works = np.zeros(nodes, np.bool_)
    works[sources.node[plan.problem.operations.source]] = True
    ordered = np.bincount(plan.orders.node, minlength=nodes) > 0
    return np.asarray((several & works & ordered)[sources.node])


def _rows(result: Planned, source: Integers, share: Floats, cost: Floats) -> pl.DataFrame:
    model, plan, sources = result.model, result.plan, result.plan.problem.sources
    node = sources.node[source]
    by_node = np.zeros(plan.problem.nodes.count, np.int64)
    np.add.at(by_node, plan.orders.node, plan.orders.quantity)
    by_source = np.zeros(sources.count + 1, np.int64)
    np.add.at(by_source, plan.orders.source, plan.orders.quantity)
    quantity = by_node[node] / UNIT
    now = by_source[source] / np.maximum(by_node[node], 1)
    operations = plan.problem.operations
    each = np.bincount(operations.source, operations.run_hours_per_unit, sources.count)
    names = model.sources.select(pl.coalesce("bom_id", "from_location_id", "supplier_id")).to_series()
    return pl.DataFrame(
        {
            "item_id": model.nodes["item_id"].gather(node),
            "location_id": model.nodes["location_id"].gather(node),
            "source_type": chosen(tuple(kind.name.lower() for kind in SourceKind), sources.kind[source]),
            "source_id": names.gather(source),
            "priority": sources.priority[source],
            "planned_quantity": quantity,
            "share_now": now,
            "share_proposed": share.round(6),
            "hours_now": now * quantity * each[source],
            "hours_proposed": share.round(6) * quantity * each[source],
            "cost_now": now * quantity * cost[source],
            "cost_proposed": share.round(6) * quantity * cost[source],
        },
        schema=SCHEMA,
    ).sort("item_id", "location_id", "priority", "source_type", "source_id")
