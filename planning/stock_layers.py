"""Stock in layers: what is left of each receipt, and which receipt fed which issue. First in, first out, exactly.

Rules
- Each (item, own place, lot) is a queue of its own; a movement without a lot has the queue without lot. First out is
  what arrived at the place first. At the same instant the movement's number decides among arrivals, and among
  departures; an arrival serves a departure of the same instant.
- A movement between two own places carries its layers along: origin, original receipt date and value stay. Outside to
  own is a receipt, own to outside an issue. Outside to outside, and from a place to itself, moves no stock.
- The original receipt date of a receipt is the one it states (opening stock, returns, conversions), else the day it
  arrived.
- A departure from an empty queue is covered by the next arrival there (`is_backfilled`). What nothing covers stays as
  a layer with a negative quantity, dated the departure, so that the layers of a queue always add up to its stock on
  hand. Where such goods arrived at another own place, the transfer itself is their origin.
- The value of a receipt is shared among its pieces to the millionth, none made or lost; without a value its pieces
  have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from planning.errors import PlanningError
from planning.fifo_queues import NONE, Integers, Queues, match_queues, queue_keys
from planning.layer_origins import Pieces, trace_origins

# A value that the source did not state, in an int64 array.
NO_VALUE = np.iinfo(np.int64).min
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class StockMovements:
    """Movements as arrays of the same length; the order of rows does not matter.

    `number` is unique and decides at the same instant. `item`, the places and `lot` (NONE: no lot) are codes from 0.
    `quantity` is positive (0 is left out) and `value` that of the whole movement (NO_VALUE: not known), both in
    millionths.
    `moved_at` is datetime64[us], `original_receipt_date` datetime64[D] (NaT: not stated).
    """

    number: Integers
    item: Integers
    from_location: Integers
    to_location: Integers
    lot: Integers
    moved_at: NDArray[np.datetime64]
    original_receipt_date: NDArray[np.datetime64]
    quantity: Integers
    value: Integers


@dataclass(frozen=True, slots=True)
class StockLayers:
    """What is left and what was used.

    `…_row` columns are row numbers of the movements handed in, quantities and values millionths.

    `layers`: in_row (null in a negative layer), origin_row, item, location, lot (null: none), original_receipt_date,
    arrived_date, quantity, value (null: not known), origin_quantity, origin_value (of the whole origin: its unit
    cost).
    `uses`: out_row, in_row, origin_row, item, location, used_date, original_receipt_date, quantity, value,
    is_backfilled. One row for each movement in (and out) × origin, in the order of the queues.
    """

    layers: pl.DataFrame
    uses: pl.DataFrame


def stock_layers(movements: StockMovements, is_own_stock: NDArray[np.bool_], as_of: date) -> StockLayers:
    """Layers at the end of the day `as_of` and all uses until then. `is_own_stock` is indexed by location code.

    Raises PlanningError for a negative quantity, a number used twice, or quantities too large to count.
    """
    _check(movements)
    end = np.datetime64(as_of, "D").astype("datetime64[us]") + _DAY
    from_own = is_own_stock[movements.from_location]
    to_own = is_own_stock[movements.to_location]
    counts = (
        (movements.moved_at < end)
        & (movements.quantity > 0)
        & (from_own | to_own)
        & (movements.from_location != movements.to_location)
    )
    order = _time_order(movements)
    arrivals = order[(counts & to_own)[order]]
    departures = order[(counts & from_own)[order]]
    places = np.column_stack((movements.from_location, movements.to_location)).astype(np.int64)
    from_key, to_key = queue_keys(movements.item.astype(np.int64), places, movements.lot.astype(np.int64))
    queues = match_queues(
        rows=movements.number.size,
        arrivals=arrivals,
        arrival_key=to_key[arrivals],
        departures=departures,
        departure_key=from_key[departures],
        quantity=movements.quantity,
    )
    pieces = trace_origins(queues, counts & from_own & to_own)
    return _result(movements, queues, pieces)


def _check(movements: StockMovements) -> None:
    negative = np.flatnonzero(movements.quantity < 0)
    if negative.size:
        raise PlanningError(
            f"{negative.size} stock movements have a negative quantity "
            f"(the first is number {movements.number[negative[0]]}). "
            "Turn them round: the quantity is positive, the places say which way it went."
        )
    ordered = np.sort(movements.number)
    if (ordered[1:] == ordered[:-1]).any():
        raise PlanningError("Two stock movements have the same number; give each its own.")


def _time_order(movements: StockMovements) -> Integers:
    """Row numbers by instant and number, within each item; rows that come in that order are not sorted again."""
    item, moved_at, number = movements.item, movements.moved_at, movements.number
    same_item = item[1:] == item[:-1]
    same_instant = moved_at[1:] == moved_at[:-1]
    later = (moved_at[1:] > moved_at[:-1]) | (same_instant & (number[1:] > number[:-1]))
    if bool(((item[1:] > item[:-1]) | (same_item & later)).all()):
        return np.arange(item.size)
    return np.lexsort((number, moved_at, item))


def _result(movements: StockMovements, queues: Queues, pieces: Pieces) -> StockLayers:
    segments = queues.segments
    arrival = segments.arrival[pieces.segment]
    departure = segments.departure[pieces.segment]
    uncovered = arrival == NONE
    # A circle has no origin: the movement that brought it in stands for it, and its value is not known.
    origin = np.where(pieces.origin == NONE, arrival, pieces.origin)
    value = _share(movements, origin, pieces)
    frame = pl.DataFrame(
        {
            "segment": pieces.segment,
            "in_row": arrival,
            "out_row": departure,
            "origin_row": origin,
            "quantity": np.where(uncovered, -pieces.quantity, pieces.quantity),
            "value": np.where(uncovered & (value != NO_VALUE), -value, value),
            "position": segments.start[pieces.segment],
            "origin_offset": pieces.origin_offset,
        }
    ).with_columns(value=pl.when(pl.col("value") != NO_VALUE).then("value"))
    remains = frame["out_row"].to_numpy() == NONE
    layers = _by_origin(frame.filter(remains | uncovered))
    uses = _by_origin(frame.filter(~(remains | uncovered)))
    return StockLayers(_described_layers(movements, layers), _described_uses(movements, uses))


def _share(movements: StockMovements, origin: Integers, pieces: Pieces) -> Integers:
    """Each piece's share of its origin's value: the difference of two roundings, so that neighbours add up exactly."""
    total = movements.value[origin]
    quantity = movements.quantity[origin]

    def until(offset: Integers) -> Integers:
        exact = np.rint(total * (offset / quantity)).astype(np.int64)
        return np.where(offset == quantity, total, exact)

    shared = until(pieces.origin_offset + pieces.quantity) - until(pieces.origin_offset)
    return np.where((total == NO_VALUE) | (pieces.origin == NONE), NO_VALUE, shared)


def _by_origin(pieces: pl.DataFrame) -> pl.DataFrame:
    """One row for each segment × origin, in the order of the line. An unknown value makes the sum unknown."""
    unknown = pl.col("value").is_null().any()
    return (
        pieces.group_by("segment", "origin_row")
        .agg(
            pl.col("in_row", "out_row", "position").first(),
            pl.col("quantity").sum(),
            value=pl.when(~unknown).then(pl.col("value").sum()),
            origin_offset=pl.col("origin_offset").min(),
        )
        .sort("segment", "origin_row")
    )


def _days(instants: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    return instants.astype("datetime64[D]")


def _receipt_date(movements: StockMovements, row: Integers) -> NDArray[np.datetime64]:
    stated = movements.original_receipt_date[row].astype("datetime64[D]")
    return np.where(np.isnat(stated), _days(movements.moved_at[row]), stated)


def _described_layers(movements: StockMovements, layers: pl.DataFrame) -> pl.DataFrame:
    arrival, departure, origin = (layers[name].to_numpy() for name in ("in_row", "out_row", "origin_row"))
    negative = arrival == NONE
    row = np.where(negative, departure, arrival)
    received = np.where(negative, _days(movements.moved_at[row]), _receipt_date(movements, origin))
    return pl.DataFrame(
        {
            "in_row": layers.select(pl.when(pl.col("in_row") != NONE).then("in_row"))["in_row"],
            "origin_row": origin,
            "item": movements.item[row],
            "location": np.where(negative, movements.from_location[row], movements.to_location[row]),
            "lot": movements.lot[row],
            "original_receipt_date": received,
            "arrived_date": _days(movements.moved_at[row]),
            "quantity": layers["quantity"],
            "value": layers["value"],
            "origin_quantity": movements.quantity[origin],
            "origin_value": np.where(layers["value"].is_null().to_numpy(), NO_VALUE, movements.value[origin]),
        }
    ).with_columns(
        lot=pl.when(pl.col("lot") != NONE).then("lot"),
        origin_value=pl.when(pl.col("origin_value") != NO_VALUE).then("origin_value"),
    )


def _described_uses(movements: StockMovements, uses: pl.DataFrame) -> pl.DataFrame:
    arrival, departure, origin = (uses[name].to_numpy() for name in ("in_row", "out_row", "origin_row"))
    return pl.DataFrame(
        {
            "out_row": departure,
            "in_row": arrival,
            "origin_row": origin,
            "item": movements.item[departure],
            "location": movements.from_location[departure],
            "used_date": _days(movements.moved_at[departure]),
            "original_receipt_date": _receipt_date(movements, origin),
            "quantity": uses["quantity"],
            "value": uses["value"],
            "is_backfilled": movements.moved_at[arrival] > movements.moved_at[departure],
        }
    )
