"""Counting what is there, and scrapping what has expired. A count finds what the books do not know."""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.company import NEVER
from pipelines.demo.documents import ADJUSTMENT, COUNT_REFERENCE, NO_REFERENCE, SCRAP
from pipelines.demo.world import World

# Each place of an item is counted once in so many days.
COUNT_CYCLE_DAYS = 120
MISCOUNT_CHANCE = 0.012
LOOKED_BACK_DAYS = 120


class Stocktaking:
    """A slice of the stock is counted on every working day."""

    def __init__(self, world: World) -> None:
        self.world = world
        shape = world.stock.quantity.shape
        codes = np.arange(shape[0] * shape[1])
        turn = world.luck.integers(COUNT_CYCLE_DAYS, "count turn", codes)
        # What is planned is counted; quarantine and what is under way are not, and lots are never miscounted.
        counted = world.lookup.node_at.reshape(-1) >= 0
        counted &= ~np.repeat(world.company.items.is_lot_tracked, shape[1])
        self._turns = [np.flatnonzero(counted & (turn == day)) for day in range(COUNT_CYCLE_DAYS)]

    def step(self) -> None:
        self._count()
        self._scrap_expired()

    def _count(self) -> None:
        world, stock, day = self.world, self.world.stock, self.world.day
        codes = self._turns[day % COUNT_CYCLE_DAYS]
        places = stock.quantity.shape[1]
        item, place = codes // places, codes % places
        here = (stock.quantity[item, place] > 0) & world.is_working(world.company.places.calendar)[place]
        item, place = item[here], place[here]
        if item.size == 0:
            return
        book = stock.quantity[item, place]
        wrong = world.luck.chance(MISCOUNT_CHANCE, "miscount", item, place, day)
        error = np.where(wrong, np.rint(world.luck.normal("miscount size", item, place, day) * 0.02 * book), 0.0)
        counted = np.maximum(np.round(book - stock.missing[item, place] + error, 3), 0.0)
        at = day + 0.55
        rows = world.documents.counts.append(
            item.size, item=item, place=place, at=at, lot=-1, book=book, counted=counted
        )
        stock.missing[item, place] = 0.0
        difference = np.round(counted - book, 3)
        adjustment = world.lookup.adjustment
        less, more = np.flatnonzero(difference < 0), np.flatnonzero(difference > 0)
        stock.post(
            ADJUSTMENT,
            item[less],
            place[less],
            adjustment,
            -difference[less],
            at,
            reference_type=COUNT_REFERENCE,
            reference=rows[less],
        )
        stock.post(
            ADJUSTMENT,
            item[more],
            adjustment,
            place[more],
            difference[more],
            at,
            unit_value=world.standard_cost()[item[more]],
            reference_type=COUNT_REFERENCE,
            reference=rows[more],
        )

    def _scrap_expired(self) -> None:
        world, stock = self.world, self.world.stock
        lots = world.documents.lots
        if lots.count == 0:
            return
        expired = np.flatnonzero((lots["expiry_day"] != NEVER) & (lots["expiry_day"] <= world.day))
        # Most of them are gone long ago; the longest way of a transfer is covered.
        expired = expired[lots["expiry_day"][expired] > world.day - LOOKED_BACK_DAYS]
        lot, place = np.nonzero(stock.lot_quantity[expired] > 0)
        lot = expired[lot]
        kept = place != world.lookup.transit
        lot, place = lot[kept], place[kept]
        if lot.size:
            stock.post(
                SCRAP,
                lots["item"][lot],
                place,
                world.lookup.scrap,
                stock.lot_quantity[lot, place],
                world.day + 0.6,
                reference_type=NO_REFERENCE,
                lot=lot,
            )
