"""What would become late if supply came later: stock and open supply of each part, day by day, against its use.

A rough look ahead with which an incident finds a subject that it can hurt: where weeks of stock lie, a delay of days
hurts nobody. It assumes that what is not on order yet comes after the booked lead time, and that use is even.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import MAKE, SUBCONTRACT, TO_STOCK
from pipelines.demo.incidents.exposure import Exposure, Floats, edges
from pipelines.demo.incidents.open_supply import pending_lines
from pipelines.demo.promise import WORKING_WEEK
from pipelines.demo.world import World

HORIZON_DAYS = 112
ORDER_SLACK_DAYS = 12.0
SECOND_SOURCE = 0.3
"""A node is not at the mercy of a source while another has such a share of it."""


class Projection:
    """Stock and open supply of this morning, and what hangs on each node."""

    def __init__(self, world: World, exposure: Exposure, days: int) -> None:
        """`days`: only what lacks within so many days counts."""
        self.world, self.exposure, self.days = world, exposure, min(days, HORIZON_DAYS)
        policy = world.policy
        self.held = world.stock.available(policy.item, policy.place)
        self.daily_use = exposure.node_use / 7.0
        made = np.isin(policy.supply, (MAKE, SUBCONTRACT))
        self.lead_days = np.where(made, policy.lead_days * WORKING_WEEK, policy.lead_days)
        self.lines = pending_lines(world, np.arange(world.company.sources.node.size))
        table = world.documents.purchase_lines
        self.line_node = table["node"][self.lines].astype(np.int64)
        self.line_source = table["source"][self.lines].astype(np.int64)
        self.line_quantity = table["quantity"][self.lines] - table["received"][self.lines]
        self.leaves = table["leaves_at"][self.lines] - world.day
        self.arrives = table["arrives_at"][self.lines] - world.day
        self.cover_days = self._cover_days()
        """(nodes, sold items) days for which what is further on in the chain lasts when the node lacks."""

    def _cover_days(self) -> Floats:
        """What is further on: stock of the assemblies that take the node, then of the sold item in all own places."""
        world, policy, exposure = self.world, self.world.policy, self.exposure
        column = np.full(world.company.items.count, -1, dtype=np.int64)
        column[exposure.sold] = np.arange(exposure.sold.size)
        is_sold = column[policy.item] >= 0
        cover = np.full((policy.item.size, exposure.sold.size), np.inf)
        own = np.flatnonzero(is_sold & exposure.reach[np.arange(policy.item.size), np.maximum(column[policy.item], 0)])
        cover[own, column[policy.item[own]]] = self.sold_days()[column[policy.item[own]]]
        with np.errstate(divide="ignore", invalid="ignore"):
            days = np.where(self.daily_use > 0, self.held / self.daily_use, 0.0)
        # The sold item's stock is counted once, wherever it lies.
        days[is_sold] = 0.0
        parent, child, _ = edges(world, world.day)
        for level in np.unique(policy.level[parent]):
            here = np.flatnonzero(policy.level[parent] == level)
            here = here[np.argsort(child[here], kind="stable")]
            first = np.flatnonzero(np.concatenate([[True], np.diff(child[here]) != 0]))
            further = cover[parent[here]] + days[parent[here], None]
            into = child[here][first]
            cover[into] = np.minimum(cover[into], np.minimum.reduceat(further, first, axis=0))
        return cover

    def sold_days(self) -> Floats:
        """(sold items) days of finished stock; what is made to order has none, but some slack in its promise."""
        world, policy = self.world, self.world.policy
        held = (world.stock.quantity * world.company.places.is_own).sum(axis=1)
        # A transfer only hands on: the same piece is not used twice.
        ends = np.where(policy.source >= 0, 0.0, self.daily_use)
        use = np.bincount(policy.item, ends, world.company.items.count)
        to_stock = np.zeros(world.company.items.count, dtype=bool)
        to_stock[policy.item[policy.strategy == TO_STOCK]] = True
        days = np.where((use > 0) & to_stock, held / np.where(use > 0, use, 1.0), ORDER_SLACK_DAYS)
        return np.asarray(days[self.exposure.sold], dtype=np.float64)

    def shortage_days(
        self,
        arrives: npt.ArrayLike,
        first_new: npt.ArrayLike,
        *,
        held: npt.ArrayLike | None = None,
        share: npt.ArrayLike = 1.0,
    ) -> Floats:
        """(nodes) days without stock until `first_new`, when what is ordered from now on comes (days from today).

        `arrives`: when each open line comes; `share`: how much of it is good; `held`: what can be taken today.
        """
        count = self.held.size
        supply = np.zeros((count, self.days))
        day = np.ceil(np.broadcast_to(np.asarray(arrives, dtype=np.float64), self.lines.shape)).astype(np.int64)
        inside = day < self.days
        quantity = self.line_quantity * np.asarray(share)
        np.add.at(supply, (self.line_node[inside], np.maximum(day[inside], 0)), quantity[inside])
        start = self.held if held is None else np.asarray(held, dtype=np.float64)
        days = np.arange(self.days)
        left = start[:, None] + np.cumsum(supply, axis=1) - self.daily_use[:, None] * (days + 1.0)
        until = np.broadcast_to(np.asarray(first_new, dtype=np.float64), (count,))
        lacks = (left < 0) & (days[None, :] < until[:, None]) & (self.daily_use > 0)[:, None]
        return np.asarray(lacks.sum(axis=1), dtype=np.float64)

    def usual_shortage(self) -> Floats:
        """(nodes) the same without any incident."""
        return self.shortage_days(self.arrives, self.lead_days)

    def further_shortage(self, arrives: npt.ArrayLike, first_new: npt.ArrayLike, share: npt.ArrayLike = 1.0) -> Floats:
        """(nodes) days without stock beyond the usual ones."""
        more = self.shortage_days(arrives, first_new, share=share) - self.usual_shortage()
        return np.asarray(np.maximum(more, 0.0), dtype=np.float64)

    def relied_on(self) -> npt.NDArray[np.bool_]:
        """(sources) whether the node has no other source of weight."""
        sources = self.world.company.sources
        total = np.bincount(sources.node, sources.allocation, self.held.size)
        return np.asarray((sources.allocation > 0) & (total[sources.node] - sources.allocation < SECOND_SOURCE))

    def late_revenue(self, group: npt.ArrayLike, node: npt.ArrayLike, days: npt.ArrayLike, count: int) -> Floats:
        """(groups) net sales that come late when each row's node lacks for so many days."""
        groups, nodes = np.asarray(group, dtype=np.int64), np.asarray(node, dtype=np.int64)
        lack = np.broadcast_to(np.asarray(days, dtype=np.float64), nodes.shape)
        kept = (groups >= 0) & (lack > 0)
        groups, nodes, lack = groups[kept], nodes[kept], lack[kept]
        sold = self.exposure.sold
        result = np.zeros(count)
        if groups.size == 0:
            return result
        order = np.argsort(groups, kind="stable")
        first = np.flatnonzero(np.concatenate([[True], np.diff(groups[order]) != 0]))
        late = np.maximum(lack[order, None] - self.cover_days[nodes[order]], 0.0)
        worst = np.maximum.reduceat(late, first, axis=0)
        result[groups[order][first]] = worst @ self.exposure.item_pace[sold] / 365.0
        return result
