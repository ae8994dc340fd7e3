"""Consumers do not wait for ever: what has not left by then, they cancel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.documents import CHANGED_DOCUMENTS, CHANGED_FIELDS
from pipelines.demo.market.schedule import Schedule
from pipelines.demo.world import World

Rows = npt.NDArray[np.int64]
MEAN_PATIENCE_DAYS, PATIENCE_SPREAD, SHORTEST_PATIENCE_DAYS = 24.0, 0.6, 4.0
"""Days after the requested day that a consumer waits for the goods to leave."""
AFTER_PROMISE_DAYS = 3
"""Who accepted a later promise waits for it, and a little longer."""
LEAVES_AFTER_CANCELLING = 0.35
_LINE = CHANGED_DOCUMENTS.index("sales_order_line")
_CANCELLED = CHANGED_FIELDS.index("cancelled_quantity")


class Patience:
    """When the consumers' open lines will be cancelled."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._schedule = Schedule()

    def watch(self, lines: Rows) -> None:
        """Lines that consumers ordered today."""
        if lines.size == 0:
            return
        table, luck = self.world.documents.sales_lines, self.world.luck
        keys = self._keys(lines)
        patience = MEAN_PATIENCE_DAYS * luck.lognormal(PATIENCE_SPREAD, "patience", keys, table["ordered_day"][lines])
        requested, promised = table["requested_day"][lines], table["first_promised_day"][lines]
        wait = np.maximum(np.maximum(patience, SHORTEST_PATIENCE_DAYS), promised - requested + AFTER_PROMISE_DAYS)
        moment = 0.1 + 0.5 * luck.uniform("cancels at", keys, table["ordered_day"][lines])
        self._schedule.add(lines, np.floor(requested + wait) + moment)

    def step(self) -> Rows:
        """Cancel what is due and has not been shipped; returns the consumers who leave over it."""
        world, table = self.world, self.world.documents.sales_lines
        lines, at = self._schedule.due(world.day)
        open_quantity = np.round(table["quantity"][lines] - table["shipped"][lines] - table["cancelled"][lines], 3)
        waiting = open_quantity > 0
        lines, at, open_quantity = lines[waiting], at[waiting], open_quantity[waiting]
        if lines.size == 0:
            return np.zeros(0, dtype=np.int64)
        before = table["cancelled"][lines]
        table["cancelled"][lines] = before + open_quantity
        table["cancelled_at"][lines] = at
        world.documents.changes.append(
            lines.size,
            document=_LINE,
            row=lines,
            field=_CANCELLED,
            old=before,
            new=before + open_quantity,
            at=at,
        )
        leaves = world.luck.chance(LEAVES_AFTER_CANCELLING, "leaves after cancelling", self._keys(lines), world.day)
        return np.unique(table["customer"][lines[leaves]].astype(np.int64) - world.company.customers.count)

    def _keys(self, lines: Rows) -> Rows:
        documents = self.world.documents
        consumer = documents.sales_lines["customer"][lines] - self.world.company.customers.count
        keys: Rows = documents.consumers["key"][consumer]
        return keys
