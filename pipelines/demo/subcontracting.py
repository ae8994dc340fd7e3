"""Work outside: the subcontractor has our parts, takes his time, and what he made comes into stock at his place."""

from __future__ import annotations

import numpy as np

from pipelines.demo.arrays import Rows
from pipelines.demo.opening_hours import handed_over
from pipelines.demo.production_receipts import receive_production
from pipelines.demo.promise import WORKING_WEEK
from pipelines.demo.world import World


class Subcontracting:
    """Orders that are at a subcontractor."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.orders: Rows = np.zeros(0, dtype=np.int64)
        self._ready_at = np.zeros(0)

    def send(self, order: Rows) -> None:
        if order.size == 0:
            return
        world, documents = self.world, self.world.documents
        line = documents.production_orders["purchase_line"][order]
        source = documents.purchase_lines["source"][line]
        supplier = world.company.sources.supplier[source]
        key = documents.production_orders["key"][order]
        days = world.company.sources.production_days[source] * WORKING_WEEK
        slip = world.company.suppliers.slip_spread[supplier] * np.maximum(world.luck.normal("outside", key), -1.0)
        days = days + (slip + world.effects.source_production_delay[source]) * WORKING_WEEK
        self.orders = np.concatenate([self.orders, order])
        calendar = world.company.places.calendar[documents.production_orders["place"][order]]
        ready = handed_over(world, calendar, world.day + np.maximum(days, 1.0))
        self._ready_at = np.concatenate([self._ready_at, ready])

    def step(self) -> None:
        world, documents, day = self.world, self.world.documents, self.world.day
        ready = self._ready_at < day + 1
        if not ready.any():
            return
        order = self.orders[ready]
        orders, lines = documents.production_orders, documents.purchase_lines
        at = self._ready_at[ready]
        quantity = orders["quantity"][order]
        line = orders["purchase_line"][order].astype(np.int64)
        source = lines["source"][line]
        supplier = world.company.sources.supplier[source]
        rate = world.company.suppliers.defect_rate[supplier] + world.effects.source_defect_rate[source]
        scrap = np.minimum(world.luck.poisson(quantity * rate, "outside scrap", orders["key"][order]), quantity)
        orders["scrapped"][order] = scrap
        documents.receipts.append(
            order.size,
            purchase_line=line,
            item=orders["item"][order],
            place=orders["place"][order],
            at=at,
            leaves_at=at - 0.01,
            received=quantity - scrap,
            rejected=0.0,
            lot=-1,
            source=source,
            sample=np.minimum(quantity - scrap, 20).astype(np.int64),
        )
        lines["received"][line] = quantity - scrap
        lines["completed_day"][line] = day
        receive_production(world, order, quantity - scrap, at)
        self.orders, self._ready_at = self.orders[~ready], self._ready_at[~ready]
