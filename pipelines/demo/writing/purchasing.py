"""Purchase orders, their lines and receipts as canonical tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import CURRENCIES
from pipelines.demo.records import Columns
from pipelines.demo.world import World
from pipelines.demo.writing.columns import (
    LOT,
    PRODUCTION_ORDER,
    PURCHASE_ORDER,
    RECEIPT,
    coded,
    dates,
    instants,
    line_ids,
    numbered,
)

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
OPEN, DONE, DROPPED = range(3)
LINE_STATUSES = ("open", "completed", "cancelled")
# Of the lines that can be ordered in whole boxes, reels or drums, so many are.
_PACKED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class PurchaseUnits:
    """In what the items are bought, by item: the unit (empty: by the base unit alone) and base units in one of it."""

    units: tuple[str, ...]
    factor: Floats


def line_states(lines: Columns, last_day: int) -> Codes:
    """Index of LINE_STATUSES of purchase lines at the end of the last day."""
    done, dropped = lines["completed_day"] <= last_day, lines["cancelled_day"] <= last_day
    return np.where(dropped, DROPPED, np.where(done, DONE, OPEN))


def purchase_order_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """purchase_orders of some rows."""
    company, documents, day = world.company, world.documents, world.day
    orders = documents.purchase_orders.slice(start, end)
    count = orders["supplier"].size
    # Lines are appended with their order, so they are sorted by it.
    low, high = np.searchsorted(documents.purchase_lines["order"], [start, start + count])
    lines = documents.purchase_lines.slice(int(low), int(high))
    states = line_states(lines, day)
    open_lines, done_lines = (
        np.bincount(lines["order"][states == state] - start, minlength=count) for state in (OPEN, DONE)
    )
    confirmed = orders["confirmed_at"] < day + 1
    state = np.where(open_lines > 0, np.where(confirmed, 1, 0), np.where(done_lines > 0, 2, 3))
    return {
        "purchase_orders": pl.DataFrame(
            {
                "purchase_order_id": numbered(PURCHASE_ORDER, np.arange(start, start + count)),
                "supplier_id": coded(company.suppliers.ids, orders["supplier"]),
                "ordered_at": instants(company.start_date, orders["ordered_at"], day),
                "currency_code": coded(CURRENCIES, orders["currency"]),
                "buyer": coded(company.buyers, orders["buyer"]),
                "order_status": coded(("sent", "confirmed", "completed", "cancelled"), state),
                "confirmed_at": instants(company.start_date, orders["confirmed_at"], day),
            }
        )
    }


def purchase_line_tables(world: World, start: int, end: int, units: PurchaseUnits) -> dict[str, pl.DataFrame]:
    """purchase_order_lines of some rows.

    A line over a whole number of boxes may state boxes and the price of a box; receipts are counted in base units.
    """
    company, documents, day = world.company, world.documents, world.day
    lines = documents.purchase_lines.slice(start, end)
    order, item = lines["order"].astype(np.int64), lines["item"].astype(np.int64)
    confirmed = documents.purchase_orders["confirmed_at"][order] < day + 1
    factor = units.factor[item]
    packed = (factor > 1) & (np.mod(lines["quantity"], np.maximum(factor, 1.0)) == 0)
    packed &= world.luck.chance(_PACKED_SHARE, "packed", lines["source"], lines["requested_day"], lines["line"])
    unit = np.where(packed, factor, 1.0)
    production_order = lines["production_order"].astype(np.int64)
    return {
        "purchase_order_lines": pl.DataFrame(
            {
                "purchase_order_line_id": line_ids(PURCHASE_ORDER, order, lines["line"]),
                "purchase_order_id": numbered(PURCHASE_ORDER, order),
                "item_id": coded(company.items.ids, item),
                "location_id": coded(company.places.ids, lines["place"]),
                "ordered_quantity": lines["quantity"] / unit,
                "unit_price": np.round(lines["price"] * unit, 4),
                "net_value": np.round(lines["quantity"] * lines["price"], 2),
                "requested_date": dates(company.start_date, lines["requested_day"]),
                "first_confirmed_date": dates(company.start_date, lines["first_confirmed_day"]).set(
                    pl.Series(~confirmed), None
                ),
                "confirmed_date": dates(company.start_date, lines["confirmed_day"]).set(pl.Series(~confirmed), None),
                "line_status": coded(LINE_STATUSES, line_states(lines, day)),
                "is_subcontract": production_order >= 0,
                "production_order_id": numbered(PRODUCTION_ORDER, production_order),
                "uom": coded((*company.items.base_uom, *units.units), item + np.where(packed, company.items.count, 0)),
            }
        )
    }


def purchase_line_ids(world: World, rows: npt.ArrayLike) -> pl.Series:
    """Ids of purchase lines by row."""
    row = np.asarray(rows, dtype=np.int64)
    lines = world.documents.purchase_lines
    return line_ids(PURCHASE_ORDER, lines["order"][row], lines["line"][row])


def receipt_tables(world: World, first: int, columns: Columns) -> dict[str, pl.DataFrame]:
    """purchase_receipts of a chunk of the log."""
    company = world.company
    return {
        "purchase_receipts": pl.DataFrame(
            {
                "receipt_line_id": numbered(RECEIPT, np.arange(first, first + columns["item"].size)),
                "purchase_order_line_id": purchase_line_ids(world, columns["purchase_line"]),
                "item_id": coded(company.items.ids, columns["item"]),
                "received_at": instants(company.start_date, columns["at"], world.day),
                "received_quantity": columns["received"],
                "rejected_quantity": columns["rejected"],
                "location_id": coded(company.places.ids, columns["place"]),
                "lot_id": numbered(LOT, columns["lot"]),
            }
        )
    }
