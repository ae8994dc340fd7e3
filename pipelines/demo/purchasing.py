"""Buying: orders to suppliers, what they confirm, what is true, and what they tell later.

The true days are drawn when the order is placed; the buyer sees the confirmation only. A supplier who will be late may
say so before the day (the confirmed date moves, and the move is written down) or say nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Rows
from pipelines.demo.company.company import NEVER
from pipelines.demo.documents import CHANGED_DOCUMENTS, CHANGED_FIELDS
from pipelines.demo.opening_hours import handed_over, next_working
from pipelines.demo.promise import WORKING_WEEK
from pipelines.demo.world import World

_LINE = CHANGED_DOCUMENTS.index("purchase_order_line")
_CONFIRMED = CHANGED_FIELDS.index("confirmed_date")


class Purchasing:
    """Open purchase lines and their way to us."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.open_lines: Rows = np.zeros(0, dtype=np.int64)
        company = world.company
        self._buyer = np.arange(company.suppliers.count) % max(len(company.buyers), 1)

    def choose_sources(self, nodes: Rows) -> Rows:
        """A source for each node: by allocation where several share, else the first by priority."""
        world = self.world
        sources = world.company.sources
        start, end = world.lookup.source_start[nodes], world.lookup.source_start[nodes + 1]
        drawn = world.luck.uniform("source", nodes, world.day)
        # At most a handful of sources a node: walk through their allocations together.
        chosen, spent = start.copy(), np.zeros(nodes.size)
        for step in range(int((end - start).max(initial=1))):
            row = np.minimum(start + step, end - 1)
            share = np.where(start + step < end, sources.allocation[row], 0.0)
            chosen = np.where((drawn >= spent) & (drawn < spent + share), row, chosen)
            spent = spent + share
        return chosen

    def order(
        self,
        nodes: Rows,
        quantity: npt.NDArray[np.float64],
        requested_day: Rows,
        *,
        production_order: npt.ArrayLike = -1,
    ) -> Rows:
        """Place purchase lines, one order a supplier; returns the lines' rows. Subcontracted ones do not arrive."""
        world, documents = self.world, self.world.documents
        if nodes.size == 0:
            return np.zeros(0, dtype=np.int64)
        company, luck, day = world.company, world.luck, world.day
        source = self.choose_sources(nodes)
        sequence = np.argsort(company.sources.supplier[source], kind="stable")
        nodes, quantity, requested_day, source = (
            nodes[sequence],
            quantity[sequence],
            requested_day[sequence],
            source[sequence],
        )
        production = np.broadcast_to(np.asarray(production_order, dtype=np.int64), sequence.shape)[sequence]
        supplier = company.sources.supplier[source].astype(np.int64)
        suppliers, first, position = np.unique(supplier, return_index=True, return_inverse=True)
        about = company.suppliers
        answered = about.confirm_days[suppliers] * luck.lognormal(0.5, "confirm", suppliers, day)
        orders = documents.purchase_orders.append(
            suppliers.size,
            supplier=suppliers,
            ordered_at=day + 0.05 + 0.4 * luck.uniform("po time", suppliers, day),
            currency=about.currency[suppliers],
            buyer=self._buyer[suppliers],
            confirmed_at=day + 0.3 + np.maximum(answered, 0.1),
        )
        line = np.arange(nodes.size) - first[position] + 1
        leaves, arrives, confirmed = self._truth(source, supplier, nodes, requested_day, line)
        cause = world.effects.source_cause[source]
        delayed = (world.effects.source_production_delay[source] + world.effects.source_transit_delay[source]) > 0
        subcontracted = production >= 0
        partial = luck.chance(about.partial_rate[supplier], "partial", source, day, line)
        share = np.where(partial & ~subcontracted, 0.4 + 0.4 * luck.uniform("share", source, day, line), 1.0)
        price = company.sources.price[source] * world.effects.source_price[source] * self._price_level(source)
        rows = documents.purchase_lines.append(
            nodes.size,
            order=orders[position],
            line=line,
            node=nodes,
            item=world.policy.item[nodes],
            place=world.policy.place[nodes],
            source=source,
            quantity=quantity,
            price=np.round(price, 4),
            requested_day=requested_day,
            first_confirmed_day=confirmed,
            confirmed_day=confirmed,
            leaves_at=np.where(subcontracted, np.inf, leaves),
            arrives_at=np.where(subcontracted, np.inf, arrives),
            next_share=share,
            received=0.0,
            rejected=0.0,
            completed_day=NEVER,
            cancelled_day=NEVER,
            production_order=production,
            cause=np.where(delayed, cause, -1),
        )
        self.open_lines = np.concatenate([self.open_lines, rows])
        return rows[np.argsort(sequence, kind="stable")]

    def step(self) -> None:
        """Suppliers tell of delays; what is complete is no longer open."""
        documents = self.world.documents
        lines = documents.purchase_lines
        self.open_lines = self.open_lines[lines["completed_day"][self.open_lines] == NEVER]
        self._tell_delays()

    def _price_level(self, source: Rows) -> npt.NDArray[np.float64]:
        """Prices follow the standard costs of the year."""
        items = self.world.company.items
        item = self.world.company.nodes.item[self.world.company.sources.node[source]]
        first = items.standard_cost[0][item]
        return np.where(first > 0, self.world.standard_cost()[item] / np.where(first > 0, first, 1.0), 1.0)

    def _truth(
        self, source: Rows, supplier: Rows, nodes: Rows, requested: Rows, line: Rows
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """(leaves, arrives, confirmed day) of new lines. Nobody delivers long before he was asked to."""
        world, luck, day = self.world, self.world.luck, self.world.day
        about, sources, effects = world.company.suppliers, world.company.sources, world.effects
        keys = (source, day, line)
        making = sources.production_days[source] * WORKING_WEEK
        usual_transit = about.transit_days[supplier] + about.customs_days[supplier]
        transit = about.transit_days[supplier] * luck.lognormal(about.transit_spread[supplier], "transit", *keys)
        transit = transit + about.customs_days[supplier] * luck.lognormal(0.6, "customs", *keys)
        slip = about.slip_spread[supplier] * np.maximum(luck.normal("slip", *keys), -1.0)
        # A supplier who has time starts late enough to be two to six days early if nothing happens.
        waits = np.maximum(requested - day - usual_transit - making - 2 - 4 * luck.uniform("early", *keys), 0.0)
        late = (slip + effects.source_production_delay[source]) * WORKING_WEEK
        leaves = day + 0.4 + waits + np.maximum(making + late, 0.5)
        leaves = handed_over(world, about.calendar[supplier], leaves)
        arrives = leaves + transit + effects.source_transit_delay[source]
        expected = day + making + usual_transit - about.optimism_days[supplier]
        calendar = world.company.places.calendar[world.policy.place[nodes]]
        confirmed = next_working(world, calendar, np.maximum(requested, np.ceil(expected))).astype(np.int64)
        arrives = handed_over(world, calendar, arrives, leaves)
        return leaves, arrives, confirmed

    def _tell_delays(self) -> None:
        world, luck, day = self.world, self.world.luck, self.world.day
        lines = world.documents.purchase_lines
        rows = self.open_lines
        if rows.size == 0:
            return
        confirmed, arrives = lines["confirmed_day"][rows], lines["arrives_at"][rows]
        # Once, some days before the confirmed day; and again a week after it, while nothing has come.
        soon = (confirmed - day == 4) | ((day - confirmed) % 7 == 3) & (day > confirmed)
        late = np.isfinite(arrives) & (arrives > confirmed + 2) & soon & (arrives > day)
        rows = rows[late]
        if rows.size == 0:
            return
        supplier = world.company.sources.supplier[lines["source"][rows]]
        keys = (lines["source"][rows], lines["requested_day"][rows], lines["line"][rows], day)
        tells = luck.chance(world.company.suppliers.move_rate[supplier], "tells", *keys)
        rows, supplier = rows[tells], supplier[tells]
        if rows.size == 0:
            return
        error = luck.normal("told", lines["source"][rows], lines["requested_day"][rows], day)
        told = np.maximum(np.floor(lines["arrives_at"][rows] + 1.5 * error), day + 1)
        calendar = world.company.places.calendar[lines["place"][rows]]
        told = next_working(world, calendar, told).astype(np.int64)
        old = lines["confirmed_day"][rows]
        moved = told != old
        rows, told, old = rows[moved], told[moved], old[moved]
        lines["confirmed_day"][rows] = told
        world.documents.changes.append(
            rows.size, document=_LINE, row=rows, field=_CONFIRMED, old=old, new=told, at=day + 0.3
        )
