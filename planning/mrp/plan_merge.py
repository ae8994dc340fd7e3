"""The plan after net change, put together from what stays of the base and what was planned anew.

Rows are numbered as regeneration numbers them: nothing in a plan tells how it came about.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from planning.mrp.codes import DemandKind, Flags, Integers, SupplyKind
from planning.mrp.events import DemandEvents, Events, SupplyEvents, joined
from planning.mrp.findings import RUN_FINDINGS, Finding
from planning.mrp.net_run import NetRun
from planning.mrp.plan_index import (
    keys_of_new_demand,
    keys_of_orders,
    keys_of_supply,
    made_by,
    supply_made_by,
    used_up,
)
from planning.mrp.result import PlannedOrders

Kind = TypeVar("Kind", bound=Events)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run over dirty nodes made: its events and orders, before they have their numbers in the new plan."""

    demand: DemandEvents
    supply: SupplyEvents
    orders: PlannedOrders
    passes: PlannedOrders
    demand_key: Integers
    supply_key: Integers


@dataclass(frozen=True, slots=True)
class Merged:
    """Events and orders of the new plan, numbered."""

    demand: DemandEvents
    supply: SupplyEvents
    orders: PlannedOrders
    passes: PlannedOrders


def planned_by(run: NetRun) -> Planned:
    """What the run made. Its pools are empty afterwards."""
    level, nodes = run.structure.level, run.problem.nodes.count
    demand, supply = run.demand.all(), run.supply.all()
    depth = np.searchsorted(run.demand_before, np.arange(demand.count), side="right") - 1
    supply_maker = supply_made_by(supply, supply.node, 0, run.offset)
    # What substitutes take may be for an order that was given; its parent then is no row of this run.
    replaced = used_up(run.problem.lines, demand) | (demand.parent < run.offset)
    parents = replace(demand, parent=np.maximum(demand.parent - run.offset, 0))
    demand_maker = made_by(parents, replaced, supply.node, 0)
    return Planned(
        demand,
        supply,
        run.orders.all(),
        run.passes.all(),
        keys_of_new_demand(demand.kind, demand_maker, depth, nodes),
        keys_of_supply(supply.kind, supply_maker, level, 0),
    )


def merged(run: NetRun, planned: Planned, given_demand: DemandEvents, given_supply: SupplyEvents) -> Merged:
    """Base and run as one. The given events are the new ones, first in both lists."""
    index, level = run.index, run.structure.level
    base = index.plan
    is_product = base.supply.kind == SupplyKind.BY_PRODUCT
    kept = np.flatnonzero(
        ~np.where(is_product, run.is_changed[index.supply_maker], run.is_dirty[index.supply_maker])
        & (index.supply_maker >= 0)
    )
    order = _order(index.supply_key[kept], planned.supply_key)
    number = np.empty(order.size, np.int64)
    number[order] = np.arange(order.size)
    of_new = given_supply.count + number[kept.size :]
    of_base = np.zeros(base.supply.count, np.int64)
    of_base[kept] = given_supply.count + number[: kept.size]
    _renumber_the_same(run, planned, of_new, of_base)
    supply = joined(SupplyEvents, (given_supply, _taken(base.supply, kept, planned.supply, order)))
    is_made = (supply.kind >= SupplyKind.PLANNED) & (np.arange(supply.count) >= given_supply.count)
    ordered = np.flatnonzero(is_made & (supply.kind == SupplyKind.PLANNED))
    passing = np.flatnonzero(is_made & (supply.kind > SupplyKind.BY_PRODUCT))
    out = np.flatnonzero(is_made & (supply.kind == SupplyKind.BY_PRODUCT))
    supply.origin[ordered] = np.arange(ordered.size)
    supply.origin[passing] = np.arange(passing.size)
    supply.origin[out] = _numbered(supply.origin[out], out, order, kept.size, given_supply.count, run, of_base, of_new)
    still = _still(run)
    rows = _order(index.demand_key[still], planned.demand_key)
    demand = joined(DemandEvents, (given_demand, _taken(base.demand, still, planned.demand, rows)))
    asked = given_demand.count + np.flatnonzero(demand.parent[given_demand.count :] >= 0)
    demand.parent[asked] = _numbered(
        demand.parent[asked], asked, rows, still.size, given_demand.count, run, of_base, of_new
    )
    return Merged(
        demand,
        supply,
        _orders(base.orders, planned.orders, run.is_dirty, level, ordered),
        _orders(base.passes, planned.passes, run.is_dirty, level, passing),
    )


def run_findings(run: NetRun) -> list[Finding]:
    """Findings of nodes that stay and of those planned anew, in the order in which regeneration comes upon them."""
    stay = [one for one in run.index.plan.findings if one.kind in RUN_FINDINGS and not run.is_dirty[one.node]]
    level = run.structure.level
    return sorted(stay + run.findings, key=lambda one: (level[one.node], RUN_FINDINGS.index(one.kind), one.node))


def _still(run: NetRun) -> Integers:
    """Rows of the base's demand that hold: of orders that stay, and expiry at nodes that were not planned."""
    index = run.index
    expired = index.plan.demand.kind == DemandKind.EXPIRY
    gone = np.where(expired, run.is_dirty[index.demand_maker], run.is_changed[index.demand_maker])
    return np.flatnonzero((index.demand_maker >= 0) & ~gone)


def _renumber_the_same(run: NetRun, planned: Planned, of_new: Integers, of_base: Integers) -> None:
    """Orders that came out as they were take their components along: their old numbers stand for the new ones."""
    level = run.structure.level
    nodes = np.flatnonzero(run.is_dirty & ~run.is_changed)
    nodes = nodes[np.argsort(level[nodes], kind="stable")]
    rows = np.flatnonzero((planned.supply.kind != SupplyKind.BY_PRODUCT) & ~run.is_changed[planned.supply.node])
    of_base[run.index.made.rows(nodes)] = of_new[rows]


def _numbered(
    values: Integers,
    rows: Integers,
    order: Integers,
    kept: int,
    given: int,
    run: NetRun,
    of_base: Integers,
    of_new: Integers,
) -> Integers:
    """Numbers of supply in the new plan, from those of the base (rows kept) or of the run, or of a given one."""
    is_base = order[rows - given] < kept
    found = np.where(is_base, of_base[np.where(is_base, values, 0)] if of_base.size else 0, values)
    is_new = ~is_base & (values >= run.offset)
    found[is_new] = of_new[values[is_new] - run.offset]
    return found


def _orders(
    base: PlannedOrders, new: PlannedOrders, planned: Flags, level: Integers, supply: Integers
) -> PlannedOrders:
    kept = np.flatnonzero(~planned[base.node])
    order = _order(keys_of_orders(base, level)[kept], keys_of_orders(new, level))
    return replace(_taken(base, kept, new, order), supply=supply)


def _order(kept_key: Integers, new_key: Integers) -> Integers:
    """Rows of kept and new ones behind one another, put in the order of their keys."""
    at = np.searchsorted(kept_key, new_key)
    return np.insert(np.arange(kept_key.size), at, kept_key.size + np.arange(new_key.size))


def _taken(base: Kind, kept: Integers, new: Kind, order: Integers) -> Kind:
    """Kept rows of the base and new rows in the order given, column by column."""
    row = np.concatenate((kept, base.count + np.arange(new.count)))[order]
    return type(base)(
        *(np.concatenate((getattr(base, column.name), getattr(new, column.name)))[row] for column in fields(base))
    )
