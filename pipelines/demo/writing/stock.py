"""Movements, balances, counts, reservations, lots and transfers as canonical tables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.arrays import running_totals
from pipelines.demo.documents import (
    COUNT_REFERENCE,
    DELIVERY_REFERENCE,
    MOVEMENT_TYPES,
    PRODUCTION_REFERENCE,
    RECEIPT_REFERENCE,
    REFERENCE_TYPES,
    RETURN_REFERENCE,
    TRANSFER_REFERENCE,
)
from pipelines.demo.records import Columns
from pipelines.demo.world import World
from pipelines.demo.writing.columns import (
    COUNT,
    DELIVERY,
    LOT,
    MOVEMENT,
    PRODUCTION_ORDER,
    RECEIPT,
    RETURN,
    TRANSFER_ORDER,
    coded,
    dates,
    instants,
    known_dates,
    numbered,
)
from pipelines.demo.writing.sales import sales_line_ids

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
UNRESTRICTED, BLOCKED = "unrestricted", "blocked"
# Open lines that leave within so many days have their goods set aside.
RESERVED_DAYS = 3
_PREFIXES = {
    RECEIPT_REFERENCE: RECEIPT,
    PRODUCTION_REFERENCE: PRODUCTION_ORDER,
    DELIVERY_REFERENCE: DELIVERY,
    TRANSFER_REFERENCE: TRANSFER_ORDER,
    RETURN_REFERENCE: RETURN,
    COUNT_REFERENCE: COUNT,
}


def is_quarantine(world: World) -> Flags:
    """Which places hold what nobody may use: the stores beneath a place where refused and returned goods wait."""
    places = world.company.places
    return np.array([name.endswith("-Q") for name in places.ids]) & (places.parent >= 0)


def movement_tables(world: World, first: int, columns: Columns) -> dict[str, pl.DataFrame]:
    """stock_movements of a chunk of the log that begins with movement number `first`."""
    company, start_date, day = world.company, world.company.start_date, world.day
    blocked = is_quarantine(world)
    touches = blocked[columns["from_place"]] | blocked[columns["to_place"]]
    kind, number = columns["reference_type"].astype(np.int64), columns["reference"].astype(np.int64)
    prefixes = [_PREFIXES.get(code, "") for code in range(len(REFERENCE_TYPES))]
    known = (kind > 0) & (number >= 0)
    digits = pl.Series(number + 1).cast(pl.String).str.zfill(7)
    reference = pl.select(pl.when(pl.Series(known)).then(pl.concat_str(coded(prefixes, kind), digits))).to_series()
    return {
        "stock_movements": pl.DataFrame(
            {
                "movement_id": numbered(MOVEMENT, np.arange(first, first + kind.size)),
                "item_id": coded(company.items.ids, columns["item"]),
                "moved_at": instants(start_date, columns["at"], day),
                "movement_type": coded(MOVEMENT_TYPES, columns["type"]),
                "from_location_id": coded(company.places.ids, columns["from_place"]),
                "to_location_id": coded(company.places.ids, columns["to_place"]),
                "quantity": columns["quantity"],
                "unit_cost": np.round(columns["value"] / columns["quantity"], 6),
                "value": columns["value"],
                "lot_id": numbered(LOT, columns["lot"]),
                "stock_status": coded((UNRESTRICTED, BLOCKED), touches),
                "original_receipt_date": dates(start_date, columns["original_day"]),
                "reference_type": coded(REFERENCE_TYPES, kind),
                "reference_id": reference,
            }
        )
    }


def balance_tables(world: World) -> dict[str, pl.DataFrame]:
    """stock_balances as of the last day: what is on hand by item, place and lot, with its value."""
    stock, company = world.stock, world.company
    own = company.places.is_own
    plain = ~company.items.is_lot_tracked
    item, place = np.nonzero((stock.quantity != 0) & own & plain[:, None])
    count = world.documents.lots.count
    lot, lot_place = np.nonzero((stock.lot_quantity[:count] != 0) & own)
    lot_item = world.documents.lots["item"][lot].astype(np.int64)
    value = np.concatenate([stock.value[item, place], _lot_values(world, lot, lot_item, lot_place)])
    quantity = np.concatenate([stock.quantity[item, place], stock.lot_quantity[lot, lot_place]])
    items, places = np.concatenate([item, lot_item]), np.concatenate([place, lot_place])
    lots = np.concatenate([np.full(item.size, -1), lot])
    order = np.lexsort((lots, places, items))
    items, places, lots = items[order], places[order], lots[order]
    return {
        "stock_balances": pl.DataFrame(
            {
                "as_of_date": dates(company.start_date, np.full(items.size, world.day)),
                "item_id": coded(company.items.ids, items),
                "location_id": coded(company.places.ids, places),
                "lot_id": numbered(LOT, lots),
                "stock_status": coded((UNRESTRICTED, BLOCKED), is_quarantine(world)[places]),
                "quantity": np.round(quantity[order], 3),
                "value": np.round(value[order], 2),
            }
        )
    }


def _lot_values(world: World, lot: Codes, item: Codes, place: Codes) -> Floats:
    """Share the value of a lot-tracked item at a place among its lots by quantity; the last lot takes the rest."""
    stock = world.stock
    key = item * stock.quantity.shape[1] + place
    order = np.lexsort((lot, key))
    ordered = key[order]
    held, worth = stock.quantity[item, place][order], stock.value[item, place][order]
    with np.errstate(divide="ignore", invalid="ignore"):
        exact: Floats = np.where(held > 0, worth * stock.lot_quantity[lot, place][order] / held, 0.0)
    share: Floats = exact.round(2)
    last = np.append(ordered[1:] != ordered[:-1], True) if ordered.size else np.zeros(0, dtype=bool)
    share[last] = np.round(share[last] + worth[last] - running_totals(ordered, share)[last], 2)
    result = np.empty(lot.size)
    result[order] = share
    return result


def count_tables(world: World, first: int, columns: Columns) -> dict[str, pl.DataFrame]:
    """stock_counts of a chunk of the log."""
    company = world.company
    return {
        "stock_counts": pl.DataFrame(
            {
                "count_id": numbered(COUNT, np.arange(first, first + columns["item"].size)),
                "counted_at": instants(company.start_date, columns["at"], world.day),
                "item_id": coded(company.items.ids, columns["item"]),
                "location_id": coded(company.places.ids, columns["place"]),
                "lot_id": numbered(LOT, columns["lot"]),
                "book_quantity": columns["book"],
                "counted_quantity": columns["counted"],
            }
        )
    }


def reservation_tables(world: World) -> dict[str, pl.DataFrame]:
    """stock_reservations: what is set aside for sales lines that leave soon, by priority and promise while it lasts."""
    company, lines = world.company, world.documents.sales_lines
    open_quantity = np.round(lines["quantity"] - lines["cancelled"] - lines["shipped"], 3)
    row = np.flatnonzero((open_quantity > 0) & (lines["ship_by_day"] <= world.day + RESERVED_DAYS))
    priority = world.documents.sales_orders["priority"][lines["order"][row]]
    row = row[np.lexsort((row, lines["promised_day"][row], priority))]
    item, place = lines["item"][row].astype(np.int64), lines["place"][row].astype(np.int64)
    wanted, held = open_quantity[row], world.stock.quantity[item, place]
    total = running_totals(item * world.stock.quantity.shape[1] + place, wanted)
    reserved = np.round(np.clip(held - (total - wanted), 0.0, wanted), 3)
    some = reserved > 0
    return {
        "stock_reservations": pl.DataFrame(
            {
                "item_id": coded(company.items.ids, item[some]),
                "location_id": coded(company.places.ids, place[some]),
                "lot_id": numbered(LOT, np.full(int(some.sum()), -1)),
                "quantity": reserved[some],
                "document_type": coded(("sales_order_lines",), np.zeros(int(some.sum()), dtype=np.int64)),
                "line_id": sales_line_ids(world, row[some]),
            }
        )
    }


def lot_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """Lots of some rows."""
    company = world.company
    lots = world.documents.lots.slice(start, end)
    return {
        "lots": pl.DataFrame(
            {
                "lot_id": numbered(LOT, np.arange(start, start + lots["item"].size)),
                "item_id": coded(company.items.ids, lots["item"]),
                "produced_date": dates(company.start_date, lots["produced_day"]),
                "expiry_date": dates(company.start_date, lots["expiry_day"]),
                "supplier_id": coded(company.suppliers.ids, lots["supplier"]),
            }
        )
    }


def transfer_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """transfer_orders of some rows."""
    company, day = world.company, world.day
    transfers = world.documents.transfers.slice(start, end)
    shipped = transfers["shipped_at"] < day + 1
    received = known_dates(company.start_date, transfers["received_day"], day).is_not_null().to_numpy()
    return {
        "transfer_orders": pl.DataFrame(
            {
                "transfer_order_line_id": numbered(TRANSFER_ORDER, np.arange(start, start + shipped.size)),
                "item_id": coded(company.items.ids, transfers["item"]),
                "from_location_id": coded(company.places.ids, transfers["from_place"]),
                "to_location_id": coded(company.places.ids, transfers["to_place"]),
                "ordered_quantity": transfers["quantity"],
                "due_date": dates(company.start_date, transfers["due_day"]),
                "shipped_quantity": np.where(shipped, transfers["shipped"], 0.0),
                "shipped_at": instants(company.start_date, transfers["shipped_at"], day),
                "received_quantity": np.where(received, transfers["shipped"], 0.0),
                "received_at": instants(company.start_date, np.where(received, transfers["arrives_at"], np.inf), day),
                "transfer_status": coded(
                    ("open", "in_transit", "completed"), np.where(received, 2, np.where(shipped, 1, 0))
                ),
            }
        )
    }
