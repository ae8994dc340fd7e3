"""A run that plans again only the nodes that a change reaches.

A node is *dirty* where its own input changed or what others ask of it. Levels go from the top down; each plans its
dirty nodes from the events of the base that still hold and the new ones. Where the orders of a node come out as they
were (source, start, due day, quantity and order they are pegged to), its components stay as they are: the change ends
there.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from planning.mrp.codes import Integers
from planning.mrp.events import DemandEvents, Netted, Part, Pool, SupplyEvents, joined
from planning.mrp.explosion import Exploding
from planning.mrp.netting import LevelSteps
from planning.mrp.plan_index import PlanIndex
from planning.mrp.reach import Reached
from planning.mrp.regeneration import Prepared, Run
from planning.mrp.segments import expanded


class NetRun(Run):
    """One run over the dirty nodes. Its supply is numbered from `offset` on, beyond every number of the base.

    `is_dirty` grows and ends as the nodes planned; `is_changed` are those whose components were taken anew.
    """

    def __init__(
        self, prepared: Prepared, index: PlanIndex, demand: DemandEvents, supply: SupplyEvents, reached: Reached
    ) -> None:
        super().__init__(prepared)
        self.index, self.reached = index, reached
        self.is_dirty = reached.is_dirty | reached.is_given_new | reached.is_forced
        self.is_changed = np.zeros(prepared.problem.nodes.count, np.bool_)
        self.offset = max(index.plan.supply.count, supply.count)
        self.supply.count = self.offset
        level, levels = self.structure.level, self.structure.levels
        self.given_demand: Pool[DemandEvents] = Pool(DemandEvents, level, levels)
        self.given_supply: Pool[SupplyEvents] = Pool(SupplyEvents, level, levels)
        self.given_demand_rows = np.flatnonzero(reached.is_given_new[demand.node])
        self.given_demand.add(demand.rows(self.given_demand_rows))
        self.given_supply.add(supply.rows(np.flatnonzero(reached.is_given_new[supply.node])))
        # How much demand had come before each level was planned.
        self.demand_before = np.zeros(levels, np.int64)
        self._nodes = np.zeros(0, np.int64)
        self._parts = (0, 0)
        self._is_exploded = False

    def plan_dirty(self) -> None:
        """All levels from the top down."""
        for level in range(self.structure.levels):
            self.demand_before[level] = self.demand.count
            self._nodes = np.flatnonzero(self.is_dirty & (self.structure.level == level))
            if not self._nodes.size:
                continue
            self._is_exploded = False
            self.plan_level(level)
            if not self._is_exploded:
                none = np.zeros(0, np.int64)
                self.explode(none, Exploding(*(none for _ in fields(Exploding))))

    def demand_at(self, level: int, columns: type[Part]) -> Part:
        index = self.index
        row, position = expanded(index.demand_first, self._nodes)
        node, maker = self._nodes[row], index.asked_by[position]
        # What the planning of the node itself made, stock that expires, is made anew.
        holds = (maker >= 0) & (maker != node) & ~self.is_changed[maker]
        is_given = index.demand_by_node[position] < index.given_demand
        holds |= is_given & ~self.reached.is_given_new[node]
        position = position[holds]
        given, made = self.given_demand.at(level, columns), self.demand.at(level, columns)
        self._parts = (position.size, position.size + given.count)
        if columns is Netted:
            base = columns(*(getattr(index.asked, column.name)[position] for column in fields(columns)))
        else:
            kept = index.demand_by_node[position]
            base = columns(*(getattr(index.plan.demand, column.name)[kept] for column in fields(columns)))
        return joined(columns, (base, given, made))

    def supply_at(self, level: int) -> SupplyEvents:
        index = self.index
        row, position = expanded(index.supply_first, self._nodes)
        kept = index.supply_by_node[position]
        maker = index.supply_maker[kept]
        is_given = kept < index.given_supply
        # What the planning of the node itself made is made anew; by-products of others stay with their orders.
        other = (maker >= 0) & (maker != self._nodes[row]) & ~self.is_changed[maker]
        kept = kept[np.where(is_given, ~self.reached.is_given_new[self._nodes[row]], other)]
        given, made = self.given_supply.at(level, SupplyEvents), self.supply.at(level, SupplyEvents)
        return joined(SupplyEvents, (index.plan.supply.rows(kept), given, made))

    def steps_at(self, level: int) -> LevelSteps:
        return self.prepared.steps.of(self.is_dirty & (self.structure.level == level))

    def reduce(self, level: int, row: Integers, amount: Integers) -> None:
        # Every order that takes one of several parts is planned anew: no row of the base is ever reduced.
        given, made = self._parts
        first = (row >= given) & (row < made)
        self.given_demand.reduce(level, row[first] - given, amount[first])
        later = row >= made
        self.demand.reduce(level, row[later] - made, amount[later])

    def explode(self, node: Integers, orders: Exploding) -> None:
        self._is_exploded = True
        index = self.index
        changed = self._changed(node, orders)
        self.is_changed[changed] = True
        for gone in (
            index.plan.demand.node[index.children.rows(changed)],
            index.plan.supply.node[index.by_products.rows(changed)],
        ):
            self.is_dirty[gone] = True
        rows = np.flatnonzero(self.is_changed[node])
        demand, supply = self.explosion.explode(
            Exploding(*(getattr(orders, column.name)[rows] for column in fields(Exploding)))
        )
        self.is_dirty[demand.node] = True
        self.is_dirty[supply.node] = True
        self.demand.add(demand)
        self.supply.add(supply)

    def _changed(self, node: Integers, orders: Exploding) -> Integers:
        """Nodes of this level whose orders are not those of the base; `node` of each order, rising."""
        index, nodes = self.index, self._nodes
        begin, end = np.searchsorted(node, nodes), np.searchsorted(node, nodes, side="right")
        differs = self.reached.is_forced[nodes] | (end - begin != index.made.count[nodes])
        alike = np.flatnonzero(~differs)
        row = np.repeat(alike, (end - begin)[alike])
        first = np.cumsum((end - begin)[alike]) - (end - begin)[alike]
        new = np.arange(row.size) + np.repeat(begin[alike] - first, (end - begin)[alike])
        old = index.made.rows(nodes[alike])
        supply = index.plan.supply
        other = np.zeros(row.size, np.bool_)
        for before, after in (
            (index.source, orders.source),
            (index.start_day, orders.start_day),
            (index.started, orders.quantity),
            (supply.day, orders.due_day),
            (supply.tracking, orders.tracking),
        ):
            other |= before[old] != after[new]
        differs[row[other]] = True
        return np.asarray(nodes[differs])
