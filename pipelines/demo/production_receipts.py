"""The end of a production order: what was made comes into stock."""

from __future__ import annotations

import numpy as np

from pipelines.demo.arrays import Floats, Rows
from pipelines.demo.documents import COMPLETED, PRODUCTION_RECEIPT, PRODUCTION_REFERENCE
from pipelines.demo.world import World


def receive_production(world: World, order: Rows, quantity: Floats, at: Floats) -> None:
    """Complete orders: their good quantity comes into stock at standard cost, and what falls out beside."""
    documents = world.documents
    orders, items = documents.production_orders, world.company.items
    item, place = orders["item"][order].astype(np.int64), orders["place"][order].astype(np.int64)
    orders["completed"][order] = quantity
    orders["finished_at"][order] = at
    orders["status"][order] = COMPLETED
    lot = np.full(order.size, -1, dtype=np.int64)
    tracked = np.flatnonzero(items.is_lot_tracked[item] & (quantity > 0))
    if tracked.size:
        lot[tracked] = world.stock.new_lots(
            item[tracked], world.day, items.shelf_life_days[item[tracked]], np.full(tracked.size, -1)
        )
        orders["lot"][order[tracked]] = lot[tracked]
    cost = world.standard_cost()
    some = np.flatnonzero(quantity > 0)
    values = world.stock.post(
        PRODUCTION_RECEIPT,
        item[some],
        world.lookup.production,
        place[some],
        quantity[some],
        at[some],
        unit_value=cost[item[some]],
        reference_type=PRODUCTION_REFERENCE,
        reference=order[some],
        lot=lot[some],
    )
    np.add.at(orders["received_value"], order[some], values)
    _receive_by_products(world, order[some], quantity[some], at[some], cost)


def _receive_by_products(world: World, order: Rows, quantity: Floats, at: Floats, cost: Floats) -> None:
    orders = world.documents.production_orders
    by_products = world.company.by_products
    if by_products.parent.size == 0:
        return
    row, which = np.nonzero(orders["node"][order][:, None] == by_products.parent[None, :])
    if row.size == 0:
        return
    item = by_products.item[which].astype(np.int64)
    amount = np.round(quantity[row] * by_products.quantity[which], 3)
    values = world.stock.post(
        PRODUCTION_RECEIPT,
        item,
        world.lookup.production,
        orders["place"][order[row]],
        amount,
        at[row],
        unit_value=cost[item],
        reference_type=PRODUCTION_REFERENCE,
        reference=order[row],
    )
    np.add.at(orders["received_value"], order[row], values)
