"""Stock by item and place, in quantity and value: the one door through which anything moves.

Every movement is written down, and what is on hand is exactly what the movements say. Value leaves at the average value
of what lies there and travels with a transfer; the last piece takes the rest, so that no stock means no value.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Floats, Rows, running_totals
from pipelines.demo.company.company import NEVER, Company
from pipelines.demo.documents import Documents


class Stock:
    """On hand as the books say (`quantity`, `value`: item × place) and what of it is not there (`missing`)."""

    def __init__(self, company: Company, documents: Documents) -> None:
        shape = (company.items.count, len(company.places.ids))
        self.quantity = np.zeros(shape)
        self.value = np.zeros(shape)
        self.missing = np.zeros(shape)
        self.lot_quantity = np.zeros((64, shape[1]))
        self._documents = documents
        self._own = company.places.is_own
        self._lot_tracked = company.items.is_lot_tracked
        self._places = shape[1]

    def available(self, item: npt.ArrayLike, place: npt.ArrayLike) -> Floats:
        """What can really be taken: the books less what is missing."""
        where = (np.asarray(item, dtype=np.int64), np.asarray(place, dtype=np.int64))
        return np.maximum(self.quantity[where] - self.missing[where], 0.0)

    def on_shelf(self) -> Floats:
        """What can really be taken of everything: item × place, laid out flat. A copy, to allocate from."""
        return np.maximum(self.quantity - self.missing, 0.0).reshape(-1)

    def post(
        self,
        kind: int,
        item: npt.ArrayLike,
        from_place: npt.ArrayLike,
        to_place: npt.ArrayLike,
        quantity: npt.ArrayLike,
        at: npt.ArrayLike,
        *,
        unit_value: npt.ArrayLike = 0.0,
        reference_type: int = 0,
        reference: npt.ArrayLike = -1,
        lot: npt.ArrayLike = -1,
        original_day: npt.ArrayLike = NEVER,
    ) -> Floats:
        """Move rows, given as arrays of one length or single values; returns the value of each row.

        `unit_value` is what a unit is worth when it comes from outside own stock. Lot-tracked items must name their
        lot: see `issue` for taking them out by expiry.
        """
        item = np.atleast_1d(np.asarray(item, dtype=np.int64))
        count = item.size
        if count == 0:
            return np.zeros(0)
        source = np.broadcast_to(np.asarray(from_place, dtype=np.int64), count)
        target = np.broadcast_to(np.asarray(to_place, dtype=np.int64), count)
        amount = np.broadcast_to(np.asarray(quantity, dtype=np.float64), count)
        lots = np.broadcast_to(np.asarray(lot, dtype=np.int64), count)
        values: Floats = np.round(amount * np.asarray(unit_value, dtype=np.float64), 2)
        flat_quantity, flat_value = self.quantity.reshape(-1), self.value.reshape(-1)
        leaves, comes = self._own[source], self._own[target]
        if leaves.any():
            out = np.flatnonzero(leaves)
            key = item[out] * self._places + source[out]
            values[out] = self._taken(flat_quantity, flat_value, key, amount[out])
            self._change_lots(lots[out], source[out], -amount[out])
        if comes.any():
            into = np.flatnonzero(comes)
            key = item[into] * self._places + target[into]
            np.add.at(flat_quantity, key, amount[into])
            np.add.at(flat_value, key, values[into])
            flat_quantity[key] = np.round(flat_quantity[key], 3)
            flat_value[key] = np.round(flat_value[key], 2)
            self._change_lots(lots[into], target[into], amount[into])
        self._documents.movements.append(
            count,
            item=item,
            at=at,
            type=kind,
            from_place=source,
            to_place=target,
            quantity=amount,
            value=values,
            lot=lots,
            original_day=original_day,
            reference_type=reference_type,
            reference=reference,
        )
        return values

    def issue(
        self,
        kind: int,
        item: npt.ArrayLike,
        from_place: npt.ArrayLike,
        to_place: npt.ArrayLike,
        quantity: npt.ArrayLike,
        at: npt.ArrayLike,
        *,
        reference_type: int = 0,
        reference: npt.ArrayLike = -1,
    ) -> tuple[Rows, npt.NDArray[np.int64], Floats, Floats]:
        """Take rows out of own stock, lots by expiry. Returns (row, lot, quantity, value) of what was posted.

        A row of a lot-tracked item may be split over lots; rows of other items come back once with lot -1.
        """
        item = np.atleast_1d(np.asarray(item, dtype=np.int64))
        count = item.size
        source = np.broadcast_to(np.asarray(from_place, dtype=np.int64), count)
        target = np.broadcast_to(np.asarray(to_place, dtype=np.int64), count)
        amount = np.broadcast_to(np.asarray(quantity, dtype=np.float64), count)
        moments = np.broadcast_to(np.asarray(at, dtype=np.float64), count)
        references = np.broadcast_to(np.asarray(reference, dtype=np.int64), count)
        tracked = self._lot_tracked[item]
        rows, lots, amounts = np.arange(count), np.full(count, -1, dtype=np.int64), amount
        if tracked.any():
            by_lot = np.flatnonzero(tracked)
            taken_row, taken_lot, taken = self._lots_by_expiry(item[by_lot], source[by_lot], amount[by_lot])
            plain = np.flatnonzero(~tracked)
            rows = np.concatenate([plain, by_lot[taken_row]])
            lots = np.concatenate([np.full(plain.size, -1, dtype=np.int64), taken_lot])
            amounts = np.concatenate([amount[plain], taken])
            order = np.argsort(rows, kind="stable")
            rows, lots, amounts = rows[order], lots[order], amounts[order]
        values = self.post(
            kind,
            item[rows],
            source[rows],
            target[rows],
            amounts,
            moments[rows],
            reference_type=reference_type,
            reference=references[rows],
            lot=lots,
        )
        return rows, lots, amounts, values

    def new_lots(
        self,
        item: npt.ArrayLike,
        produced_day: npt.ArrayLike,
        shelf_days: npt.ArrayLike,
        supplier: npt.ArrayLike,
    ) -> Rows:
        """Number new lots. A shelf life of 0 has no expiry."""
        items = np.atleast_1d(np.asarray(item))
        shelf = np.broadcast_to(np.asarray(shelf_days), items.shape)
        expiry = np.where(shelf > 0, np.asarray(produced_day) + shelf, NEVER)
        lots = self._documents.lots.append(
            items.size, item=items, produced_day=produced_day, expiry_day=expiry, supplier=supplier
        )
        if lots.size and lots[-1] >= self.lot_quantity.shape[0]:
            size = max(int(lots[-1]) + 1, 2 * self.lot_quantity.shape[0])
            grown = np.zeros((size, self._places))
            grown[: self.lot_quantity.shape[0]] = self.lot_quantity
            self.lot_quantity = grown
        return lots

    def _taken(self, flat_quantity: Floats, flat_value: Floats, key: Rows, amount: Floats) -> Floats:
        """Take amounts at the average value; the row that empties a place takes what is left of its value."""
        held = flat_quantity[key]
        with np.errstate(divide="ignore", invalid="ignore"):
            average = np.where(held > 0, flat_value[key] / held, 0.0)
        values = np.round(average * amount, 2)
        np.subtract.at(flat_quantity, key, amount)
        np.subtract.at(flat_value, key, values)
        left = np.round(flat_quantity[key], 3)
        flat_quantity[key] = left
        flat_value[key] = np.round(flat_value[key], 2)
        empty = np.flatnonzero((left == 0) & (flat_value[key] != 0))
        if empty.size:
            # One row for each emptied place: the last.
            last = empty.size - 1 - np.unique(key[empty][::-1], return_index=True)[1]
            rows = empty[last]
            values[rows] = np.round(values[rows] + flat_value[key[rows]], 2)
            flat_value[key[rows]] = 0.0
        return values

    def _change_lots(self, lots: Rows, place: Rows, amount: Floats) -> None:
        known = np.flatnonzero(lots >= 0)
        if known.size:
            np.add.at(self.lot_quantity, (lots[known], place[known]), amount[known])
            self.lot_quantity[lots[known], place[known]] = np.round(self.lot_quantity[lots[known], place[known]], 3)

    def _lots_by_expiry(self, item: Rows, place: Rows, amount: Floats) -> tuple[Rows, Rows, Floats]:
        """Match rows with the lots of their item and place, the earliest expiry first."""
        lots = self._documents.lots
        key = item * self._places + place
        keys = np.unique(key)
        lot, lot_place = np.nonzero(self.lot_quantity[: lots.count] > 0)
        lot_key = lots["item"][lot].astype(np.int64) * self._places + lot_place
        wanted = np.isin(lot_key, keys)
        lot, lot_place, lot_key = lot[wanted], lot_place[wanted], lot_key[wanted]
        order = np.lexsort((lot, lots["expiry_day"][lot], lot_key))
        lot, lot_place, lot_key = lot[order], lot_place[order], lot_key[order]
        demand = np.argsort(key, kind="stable")
        row, supply, taken = match_in_order(key[demand], amount[demand], lot_key, self.lot_quantity[lot, lot_place])
        return demand[row], lot[supply], taken


def match_in_order(demand_key: Rows, demand: Floats, supply_key: Rows, supply: Floats) -> tuple[Rows, Rows, Floats]:
    """Serve demands from supplies of the same key, both in the order given (each sorted by key).

    Returns (demand row, supply row, quantity), nothing for what finds no supply. Within a key the cumulated demands and
    supplies cut each other into pieces: each piece has one demand and one supply.
    """
    keys = np.unique(np.concatenate([demand_key, supply_key]))
    if keys.size == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    demand_code = np.searchsorted(keys, demand_key)
    supply_code = np.searchsorted(keys, supply_key)
    demanded = np.bincount(demand_code, demand, keys.size)
    supplied = np.bincount(supply_code, supply, keys.size)
    # Each key gets a stretch of the line as long as the larger side, so that keys never overlap.
    room = np.round(np.maximum(demanded, supplied) + 1, 3)
    offset = np.concatenate([[0.0], np.cumsum(room)[:-1]])
    demand_end = _ends(demand, demand_code, offset)
    supply_end = _ends(supply, supply_code, offset)
    cuts = np.unique(np.round(np.concatenate([demand_end, supply_end, demand_end - demand, supply_end - supply]), 3))
    start, end = cuts[:-1], cuts[1:]
    middle = (start + end) / 2
    by_demand = np.minimum(np.searchsorted(demand_end, middle), max(demand.size - 1, 0))
    by_supply = np.minimum(np.searchsorted(supply_end, middle), max(supply.size - 1, 0))
    if demand.size == 0 or supply.size == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    inside = (
        (middle > (demand_end - demand)[by_demand])
        & (middle < demand_end[by_demand])
        & (middle > (supply_end - supply)[by_supply])
        & (middle < supply_end[by_supply])
    )
    quantity = np.round(end - start, 3)
    kept = inside & (quantity > 0)
    return by_demand[kept].astype(np.int64), by_supply[kept].astype(np.int64), quantity[kept]


def _ends(amount: Floats, code: Rows, offset: Floats) -> Floats:
    return running_totals(code, amount) + offset[code]
