"""Orders as they are booked: prices, where they ship from, what is wished and what is promised.

The desk decides nothing about who buys; it books what the market's other parts bring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import BUY, MAKE, NEVER, SUBCONTRACT, TO_STOCK
from pipelines.demo.promise import promised_days
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
# Served first when stock is short: the lower the earlier.
HIGH_PRIORITY, NORMAL_PRIORITY = 1, 2
FIRST_CENTRE = "D1"
SATURDAY, SUNDAY = 5, 6
SOON_DAYS = 6


def off_weekend(world: World, days: Rows) -> Rows:
    """Days on which a business takes goods in: Friday instead of Saturday if that is not soon, else Monday."""
    weekday = (world.company.start_date.weekday() + days) % 7
    is_soon = days - world.day <= SOON_DAYS
    return days + np.where(weekday == SATURDAY, np.where(is_soon, 2, -1), weekday == SUNDAY)


@dataclass(slots=True)
class Heads:
    """Orders of today: arrays of one length, or single values where all orders agree."""

    customer: Rows
    channel: npt.ArrayLike
    sales_rep: npt.ArrayLike
    ordered_at: Floats
    currency: npt.ArrayLike
    ship_from: npt.ArrayLike
    transit_days: npt.ArrayLike
    priority: int = NORMAL_PRIORITY
    opportunity: npt.ArrayLike = -1


@dataclass(slots=True)
class Wishes:
    """Their lines. `order` is the position in Heads and never falls; every order has at least one line."""

    order: Rows
    item: Rows
    quantity: Floats
    requested_day: Rows
    discount: npt.ArrayLike = 0.0


class OrderDesk:
    """Books orders into the documents."""

    def __init__(self, world: World) -> None:
        self.world = world
        nodes, count = world.company.nodes, world.company.items.count
        self._first_centre = world.company.places.code(FIRST_CENTRE)
        # Where an item comes into being: the node nearest to the market among those that make or buy it.
        self.home = np.full(count, -1, dtype=np.int64)
        own = np.flatnonzero(np.isin(nodes.supply, (MAKE, BUY, SUBCONTRACT)))
        own = own[np.lexsort((own, nodes.level[own]))][::-1]
        self.home[nodes.item[own]] = nodes.place[own]
        self.is_to_stock = np.ones(count, dtype=bool)
        self.is_to_stock[nodes.item[own]] = nodes.strategy[own] == TO_STOCK

    def place_of(self, item: Rows, wanted: Rows) -> Rows:
        """Where lines ship from: the wanted place if it keeps the item, else the first centre, else the item's home.

        What is made or assembled to order never leaves from anywhere but its home.
        """
        node_at = self.world.lookup.node_at
        place = np.where(node_at[item, self._first_centre] >= 0, self._first_centre, self.home[item])
        place = np.where(node_at[item, wanted] >= 0, wanted, place)
        return np.where(self.is_to_stock[item], place, self.home[item])

    def place_orders(self, heads: Heads, wishes: Wishes) -> tuple[Rows, Rows]:
        """Book the orders; returns the rows of the orders and of their lines."""
        world, company = self.world, self.world.company
        documents, day = world.documents, world.day
        count, lines = heads.customer.size, wishes.order.size
        if count == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        order, item = wishes.order, wishes.item
        first = np.searchsorted(order, np.arange(count))
        sizes = np.diff(np.append(first, lines))
        currency = np.broadcast_to(np.asarray(heads.currency), count)
        rate = company.exchange_rate[currency, day]
        place = self.place_of(item, np.broadcast_to(np.asarray(heads.ship_from), count)[order])
        transit = np.rint(np.broadcast_to(np.asarray(heads.transit_days), count)[order]).astype(np.int64)
        promised = promised_days(world, item, place, wishes.quantity, wishes.requested_day)
        start = documents.sales_lines.count
        orders = documents.sales_orders.append(
            count,
            customer=heads.customer,
            channel=heads.channel,
            sales_rep=heads.sales_rep,
            ordered_at=heads.ordered_at,
            currency=currency,
            priority=heads.priority,
            opportunity=heads.opportunity,
            first_line=start + first,
            lines=sizes,
        )
        rows = documents.sales_lines.append(
            lines,
            order=orders[order],
            line=np.arange(lines) - first[order] + 1,
            customer=heads.customer[order],
            item=item,
            place=place,
            quantity=wishes.quantity,
            cancelled=0.0,
            cancelled_at=np.inf,
            price=np.round(company.items.list_price[item] / rate[order], 2),
            discount=wishes.discount,
            ordered_day=day,
            ship_by_day=np.maximum(wishes.requested_day - transit, day),
            requested_day=wishes.requested_day,
            first_promised_day=promised,
            promised_day=promised,
            shipped=0.0,
            shipped_full_day=NEVER,
            production_order=-1,
            cause=-1,
        )
        return orders, rows
