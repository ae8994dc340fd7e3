"""A plan indexed for net change: which rows of its events and orders belong to which node.

Events after the given ones come in blocks: level by level, within a level by the node whose planning made them. The
`key` of a row says where its block lies. It rises along the rows, so that new blocks find their place by a search.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from planning.mrp.codes import NONE, DemandKind, Flags, Integers, SupplyKind
from planning.mrp.events import DemandEvents, Netted, SupplyEvents
from planning.mrp.problem import BillLines
from planning.mrp.result import Plan, PlannedOrders
from planning.mrp.segments import csr, starts_of_runs

# Blocks of one level: expired stock, what substitutes take, dependent demand; planned supply, by-products.
_EXPIRY, _USED_UP, _DEPENDENT, _SORTS = 0, 1, 2, 3
_PLANNED, _BY_PRODUCT = 0, 1


@dataclass(frozen=True, slots=True)
class Blocks:
    """Where the rows of each node lie, one behind the other: `begin` and `count` by node."""

    begin: Integers
    count: Integers

    @classmethod
    def of(cls, node: Integers, rows: Integers, nodes: int) -> Blocks:
        """`rows` and the `node` of each; the rows of a node follow one another."""
        begin = np.zeros(nodes, np.int64)
        starts = starts_of_runs(node)
        begin[node[starts]] = rows[starts]
        return cls(begin, np.bincount(node, minlength=nodes))

    def rows(self, nodes: Integers) -> Integers:
        """All rows of some nodes, node after node."""
        count = self.count[nodes]
        first = np.cumsum(count) - count
        return np.asarray(np.arange(int(count.sum())) + np.repeat(self.begin[nodes] - first, count))


@dataclass(frozen=True, slots=True)
class PlanIndex:
    """Indexes of a plan's events and orders.

    `given_demand` and `given_supply`: how many events were there before the first level. `maker` of an event: the node
    whose planning made it (NONE: a given one, or what a substitute takes). `source`, `start_day` and `started` by
    supply: what was ordered (0 for others). `by_node` and `first` are CSR arrays of the events at each node; `asked`
    and `asked_by` hold demand and its maker in that order, side by side for the nodes that are planned again.
    """

    plan: Plan
    given_demand: int
    given_supply: int
    demand_maker: Integers
    supply_maker: Integers
    demand_key: Integers
    supply_key: Integers
    is_used_up: Flags
    demand_by_node: Integers
    demand_first: Integers
    asked: Netted
    asked_by: Integers
    supply_by_node: Integers
    supply_first: Integers
    children: Blocks
    by_products: Blocks
    made: Blocks
    orders: Blocks
    source: Integers
    start_day: Integers
    started: Integers

    @classmethod
    def of(cls, plan: Plan) -> PlanIndex:
        problem, demand, supply = plan.problem, plan.demand, plan.supply
        nodes, level = problem.nodes.count, plan.structure.level
        tables = problem.stock.count + problem.open_supply.count
        given_supply = tables + int(((supply.kind == SupplyKind.BY_PRODUCT) & (supply.origin < tables)).sum())
        is_used_up = used_up(problem.lines, demand)
        dependent = (demand.kind == DemandKind.DEPENDENT) & ~is_used_up
        given_demand = (
            problem.demands.count + problem.forecasts.count + int((dependent & (demand.parent < tables)).sum())
        )
        demand_maker = made_by(demand, is_used_up, supply.node, given_demand)
        supply_maker = supply_made_by(supply, supply.node, given_supply, 0)
        demand_key = keys_of_demand(demand.kind, demand_maker, level, given_demand)
        children = np.flatnonzero((demand_maker >= 0) & (demand.kind == DemandKind.DEPENDENT))
        out = np.flatnonzero((supply_maker >= 0) & (supply.kind == SupplyKind.BY_PRODUCT))
        made = np.flatnonzero((supply_maker >= 0) & (supply.kind != SupplyKind.BY_PRODUCT))
        columns = np.zeros((3, supply.count), np.int64)
        for orders in (plan.orders, plan.passes):
            columns[:, orders.supply] = orders.source, orders.release_day, orders.quantity
        demand_by_node, demand_first = csr(demand.node, nodes)
        supply_by_node, supply_first = csr(supply.node, nodes)
        return cls(
            plan=plan,
            given_demand=given_demand,
            given_supply=given_supply,
            demand_maker=demand_maker,
            supply_maker=supply_maker,
            demand_key=demand_key,
            supply_key=keys_of_supply(supply.kind, supply_maker, level, given_supply),
            is_used_up=is_used_up,
            demand_by_node=demand_by_node,
            demand_first=demand_first,
            asked=Netted(*(getattr(demand, column.name)[demand_by_node] for column in fields(Netted))),
            asked_by=demand_maker[demand_by_node],
            supply_by_node=supply_by_node,
            supply_first=supply_first,
            children=Blocks.of(demand_maker[children], children, nodes),
            by_products=Blocks.of(supply_maker[out], out, nodes),
            made=Blocks.of(supply_maker[made], made, nodes),
            orders=Blocks.of(plan.orders.node, np.arange(plan.orders.count), nodes),
            source=columns[0],
            start_day=columns[1],
            started=columns[2],
        )


def used_up(lines: BillLines, demand: DemandEvents) -> Flags:
    """Demand for substitutes that took the place of another: of a group of lines of one order all but the first."""
    found = np.zeros(demand.count, np.bool_)
    if not (lines.substitute_group >= 0).any():
        return found
    rows = np.flatnonzero(demand.kind == DemandKind.DEPENDENT)
    rows = rows[lines.substitute_group[demand.origin[rows]] >= 0]
    group, parent = lines.substitute_group[demand.origin[rows]], demand.parent[rows]
    order = np.lexsort((rows, group, parent))
    again = (group[order][1:] == group[order][:-1]) & (parent[order][1:] == parent[order][:-1])
    found[rows[order[1:][again]]] = True
    return found


def made_by(demand: DemandEvents, is_used_up: Flags, node_of_supply: Integers, given: int) -> Integers:
    """The node whose planning made each demand: its own for expiry, that of the order for dependent demand."""
    dependent = (demand.kind == DemandKind.DEPENDENT) & ~is_used_up
    maker = np.where(demand.kind == DemandKind.EXPIRY, demand.node, NONE)
    rows = given + np.flatnonzero(dependent[given:])
    maker[rows] = node_of_supply[demand.parent[rows]]
    return maker


def supply_made_by(supply: SupplyEvents, node_of_supply: Integers, given: int, offset: int) -> Integers:
    """The node whose planning made each supply; `offset`: the number of the first row of `node_of_supply`."""
    maker = supply.node.copy()
    maker[:given] = NONE
    out = given + np.flatnonzero(supply.kind[given:] == SupplyKind.BY_PRODUCT)
    maker[out] = node_of_supply[supply.origin[out] - offset]
    return maker


def keys_of_demand(kind: Integers, maker: Integers, level: Integers, given: int) -> Integers:
    """Keys of demand in the order of its rows; given rows come first."""
    sort = np.where(kind == DemandKind.EXPIRY, _EXPIRY, _DEPENDENT)
    key = np.where(maker >= 0, _key(level[maker], sort, maker, level.size), -1)
    key[:given] = -1
    return np.maximum.accumulate(key) if key.size else key


def keys_of_new_demand(kind: Integers, maker: Integers, depth: Integers, nodes: int) -> Integers:
    """Keys of demand made in a run; `depth`: the level that was planned when it came."""
    sort = np.where(kind == DemandKind.EXPIRY, _EXPIRY, np.where(maker >= 0, _DEPENDENT, _USED_UP))
    return _key(depth, sort, np.maximum(maker, 0), nodes)


def keys_of_supply(kind: Integers, maker: Integers, level: Integers, given: int) -> Integers:
    """Keys of supply in the order of its rows; given rows come first."""
    sort = np.where(kind == SupplyKind.BY_PRODUCT, _BY_PRODUCT, _PLANNED)
    key = _key(level[np.maximum(maker, 0)], sort, maker, level.size)
    key[:given] = -1
    return key


def keys_of_orders(orders: PlannedOrders, level: Integers) -> Integers:
    """Keys of orders in the order of their rows."""
    return _key(level[orders.node], np.zeros(orders.count, np.int64), orders.node, level.size)


def _key(level: Integers, sort: Integers, maker: Integers, nodes: int) -> Integers:
    return (level * _SORTS + sort) * max(nodes, 1) + maker
