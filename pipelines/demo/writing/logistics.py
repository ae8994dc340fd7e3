"""Shipments: what suppliers send, what goes to customers, what moves between own places, each with its milestones.

The simulation knows when goods leave and arrive. Modes, carriers, freight and milestones are told from that, from the
lane and from luck.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.arrays import ordinals
from pipelines.demo.company.company import TRANSPORT_MODES
from pipelines.demo.records import Columns
from pipelines.demo.world import World
from pipelines.demo.writing.columns import (
    DELIVERY,
    DELIVERY_LINE,
    PURCHASE_ORDER,
    SHIPMENT,
    SHIPMENT_LINE,
    TRANSFER_ORDER,
    coded,
    instants,
    line_ids,
    numbered,
)
from pipelines.demo.writing.customers import customer_keys
from pipelines.demo.writing.milestones import AIR, COURIER, RAIL, ROAD, SEA, Legs, Stops, shipment_event_table

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
INBOUND, OUTBOUND, TRANSFER = (f"{SHIPMENT}{letter}" for letter in "IDT")
DIRECTIONS = ("inbound", "outbound", "transfer")
# By mode of TRANSPORT_MODES: who carries for suppliers, and what that takes: CNY, and a share of the value.
_CARRIERS = (
    ("Deppon Logistics 德邦物流", "Best Freight 百世快运"),
    ("COSCO Shipping 中远海运", "Maersk 马士基"),
    ("Air China Cargo 国货航", "DHL Aviation 敦豪航空"),
    ("China-Europe Railway Express 中欧班列", "DB Cargo 德铁货运"),
    ("SF Express 顺丰速运", "DHL Express 敦豪快递"),
)
_CARRIER_NAMES = tuple(name for pair in _CARRIERS for name in pair)
_PARCEL_CARRIERS = ("SF Express 顺丰速运", "JD Logistics 京东物流", "ZTO Express 中通快递", "DHL Parcel 敦豪包裹")
_FIXED = np.array([60.0, 900.0, 500.0, 700.0, 15.0])
_SHARE = np.array([0.008, 0.018, 0.055, 0.026, 0.012])
# The rest of a part delivery is sent by the quickest way, as soon as the first part is counted.
_REST_LEAVES_AFTER = 0.2
_FAR_FUTURE = 10_000


# -- to customers -----------------------------------------------------------------------------------------------------


def delivery_carriers(world: World, deliveries: Columns) -> pl.Series:
    """The customer's forwarder; parcels go with whoever fetches them on that day."""
    customers = world.company.customers
    code = deliveries["customer"].astype(np.int64)
    is_parcel = code >= customers.count
    names = (*customers.carrier, *_PARCEL_CARRIERS)
    drawn = world.luck.integers(3, "parcel carrier", customer_keys(world, code), np.floor(deliveries["shipped_at"]))
    abroad = np.array([country != "CN" for country in world.company.places.country])[deliveries["place"]]
    parcel = customers.count + np.where(abroad, 3, drawn)
    return coded(names, np.where(is_parcel, parcel, code))


def delivery_freight(world: World, start: int, end: int) -> Floats:
    """What the carrier takes for the deliveries start … end − 1, in CNY."""
    deliveries = world.documents.deliveries.slice(start, end)
    mode, is_parcel, way = _customer_way(world, deliveries)
    lines = world.documents.delivery_lines
    low, high = np.searchsorted(lines["delivery"], [start, start + mode.size])
    value = np.bincount(lines["delivery"][low:high] - start, lines["cost_value"][low:high], mode.size)
    key = customer_keys(world, deliveries["customer"])
    luck = world.luck.lognormal(0.12, "freight", key, np.floor(deliveries["shipped_at"]), deliveries["place"])
    fixed = np.where(is_parcel, _FIXED[COURIER], _FIXED[mode])
    share = np.where(is_parcel, _SHARE[COURIER], _SHARE[mode]) * np.sqrt(np.maximum(way, 0.25) / 2.0)
    return np.round((fixed + share * value) * luck, 2)


def _customer_way(world: World, deliveries: Columns) -> tuple[Codes, npt.NDArray[np.bool_], Floats]:
    """(transport mode, whether it is a parcel, usual days on the way) of deliveries."""
    company = world.company
    code = deliveries["customer"].astype(np.int64)
    is_parcel = code >= company.customers.count
    known = np.minimum(code, company.customers.count - 1)
    way = company.customers.transit_days[known]
    if is_parcel.any():
        who = np.where(is_parcel, code - company.customers.count, 0)
        way = np.where(is_parcel, world.documents.consumers["transit_days"][who], way)
    stops = Stops(company)
    crosses = stops.crosses_border(deliveries["place"].astype(np.int64), stops.of_customers(code))
    by_time = np.where(way >= 25, SEA, np.where(way >= 11, RAIL, AIR))
    return np.where(is_parcel, COURIER, np.where(crosses, by_time, ROAD)), is_parcel, way


def outbound_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """shipments and shipment_events of the deliveries start … end − 1: one shipment a delivery."""
    documents, stops = world.documents, Stops(world.company)
    deliveries = documents.deliveries.slice(start, end)
    mode, is_parcel, way = _customer_way(world, deliveries)
    numbers = np.arange(start, start + mode.size)
    left = deliveries["shipped_at"]
    legs = Legs(
        shipment_id=numbered(OUTBOUND, numbers),
        mode=mode,
        is_parcel=is_parcel,
        origin=deliveries["place"].astype(np.int64),
        destination=stops.of_customers(deliveries["customer"]),
        booked_at=np.maximum(left - 0.1, np.floor(left)),
        departed_at=left,
        arrives_at=deliveries["arrives_at"],
        planned_departure_at=deliveries["planned_ship_day"] + 0.35,
        planned_arrival_at=deliveries["expected_day"] + 0.4,
        usual_days=way,
        luck_key=customer_keys(world, deliveries["customer"]) * 8192 + np.floor(left).astype(np.int64),
    )
    shipments = _shipment_table(
        world,
        legs,
        direction=1,
        carrier=delivery_carriers(world, deliveries),
        document=("delivery_id", numbered(DELIVERY, numbers)),
        places=(deliveries["place"].astype(np.int64), np.full(mode.size, world.lookup.customer)),
        freight=delivery_freight(world, start, end),
    )
    return {"shipments": shipments, "shipment_events": shipment_event_table(world, stops, legs)}


def outbound_line_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """shipment_lines of the delivery lines start … end − 1."""
    lines = world.documents.delivery_lines.slice(start, end)
    numbers = np.arange(start, start + lines["quantity"].size)
    ids = ("delivery_line_id", numbered(DELIVERY_LINE, numbers))
    return {
        "shipment_lines": _shipment_line_table(
            "D", numbers, numbered(OUTBOUND, lines["delivery"]), lines["quantity"], ids
        )
    }


# -- between own places -----------------------------------------------------------------------------------------------


def transfer_shipment_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """Shipments of those of the transfers start … end − 1 that have left."""
    company, stops = world.company, Stops(world.company)
    transfers = world.documents.transfers.slice(start, end)
    left = np.flatnonzero(transfers["shipped_at"] < world.day + 1)
    table = {name: column[left] for name, column in transfers.items()}
    numbers = left + start
    lane = table["lane"].astype(np.int64)
    known = np.maximum(lane, 0)
    mode = np.where(lane >= 0, company.lanes.transport_mode[known], ROAD).astype(np.int64)
    places = (table["from_place"].astype(np.int64), table["to_place"].astype(np.int64))
    legs = Legs(
        shipment_id=numbered(TRANSFER, numbers),
        mode=mode,
        is_parcel=np.zeros(left.size, dtype=bool),
        origin=places[0],
        destination=places[1],
        booked_at=np.maximum(table["shipped_at"] - 0.1, np.floor(table["shipped_at"])),
        departed_at=table["shipped_at"],
        arrives_at=table["arrives_at"],
        planned_departure_at=table["ship_by_day"] + 0.35,
        planned_arrival_at=table["due_day"] + 0.4,
        usual_days=company.lanes.book_days[known],
        luck_key=table["node"].astype(np.int64) * 8192 + np.floor(table["shipped_at"]).astype(np.int64),
    )
    worth = table["shipped"] * company.items.standard_cost[0][table["item"]]
    by_piece = table["shipped"] * company.lanes.cost_per_unit[known]
    shipments = _shipment_table(
        world,
        legs,
        direction=2,
        carrier=coded(company.lanes.carrier, lane),
        document=("transfer_order_line_id", numbered(TRANSFER_ORDER, numbers)),
        places=places,
        # Small parts do not pay by the piece.
        freight=np.round(_FIXED[ROAD] + np.minimum(by_piece, 0.04 * worth), 2),
    )
    ids = ("transfer_order_line_id", numbered(TRANSFER_ORDER, numbers))
    return {
        "shipments": shipments,
        "shipment_lines": _shipment_line_table("T", numbers, legs.shipment_id, table["shipped"], ids),
        "shipment_events": shipment_event_table(world, stops, legs),
    }


# -- from suppliers ---------------------------------------------------------------------------------------------------


class InboundShipments:
    """Shipments of purchase lines: one for each receipt, and one for what is under way.

    Receipts come in chunks and leave memory; what is kept of them is the number of parts and the last day of each line.
    """

    def __init__(self) -> None:
        self._parts = np.zeros(0, dtype=np.int16)
        self._last_at = np.zeros(0)

    def receipt_tables(self, world: World, first: int, columns: Columns) -> dict[str, pl.DataFrame]:
        """shipments, shipment_lines and shipment_events of receipts, in the order in which they came."""
        self._grow(world.documents.purchase_lines.count)
        line = columns["purchase_line"].astype(np.int64)
        order = np.argsort(line, kind="stable")
        nth = np.empty(line.size, dtype=np.int64)
        nth[order] = ordinals(line[order])
        before = np.empty(line.size)
        before[order] = np.concatenate([[0.0], columns["at"][order][:-1]])
        before = np.where(nth > 0, before, self._last_at[line])
        part = self._parts[line] + nth
        self._last_at[line] = columns["at"]
        np.add.at(self._parts, line, 1)
        left = np.where(part > 0, before + _REST_LEAVES_AFTER, columns["leaves_at"])
        return _inbound_tables(world, line, part, left, columns["at"], columns["received"])

    def open_tables(self, world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
        """The same for what is under way of the purchase lines start … end − 1."""
        self._grow(world.documents.purchase_lines.count)
        lines = world.documents.purchase_lines.slice(start, end)
        coming = np.isfinite(lines["arrives_at"]) & (lines["cancelled_day"] > world.day)
        some = np.flatnonzero(coming & (lines["arrives_at"] >= world.day + 1))
        row = some + start
        part = self._parts[row].astype(np.int64)
        left = np.where(part > 0, self._last_at[row] + _REST_LEAVES_AFTER, lines["leaves_at"][some])
        gone = left < world.day + 1
        some, row, part, left = some[gone], row[gone], part[gone], left[gone]
        quantity = _next_quantity(world, {name: column[some] for name, column in lines.items()})
        return _inbound_tables(world, row, part, left, lines["arrives_at"][some], quantity)

    def _grow(self, count: int) -> None:
        if count > self._parts.size:
            size = max(count, 2 * self._parts.size)
            parts, last_at = np.zeros(size, dtype=np.int16), np.zeros(size)
            parts[: self._parts.size], last_at[: self._parts.size] = self._parts, self._last_at
            self._parts, self._last_at = parts, last_at


def _next_quantity(world: World, lines: Columns) -> Floats:
    """What the next receipt of open lines will hold, as the supplier has packed it."""
    remaining = lines["quantity"] - lines["received"]
    part = lines["quantity"] * lines["next_share"]
    part = np.where(world.company.items.decimals[lines["item"]] > 0, np.round(part, 3), np.floor(part))
    quantity = np.where(lines["next_share"] < 1.0, np.clip(part, 0.0, remaining), remaining)
    whole: Floats = np.where(quantity <= 0, remaining, quantity)
    return whole.round(3)


def _inbound_tables(
    world: World, row: Rows, part: Codes, left: Floats, arrives: Floats, quantity: Floats
) -> dict[str, pl.DataFrame]:
    company, stops, documents = world.company, Stops(world.company), world.documents
    lines, about = documents.purchase_lines, company.suppliers
    source, item = lines["source"][row].astype(np.int64), lines["item"][row].astype(np.int64)
    supplier = company.sources.supplier[source].astype(np.int64)
    destination = lines["place"][row].astype(np.int64)
    origin = stops.first_supplier + supplier
    crosses = stops.crosses_border(origin, destination)
    mode = np.where(part > 0, np.where(crosses, AIR, ROAD), about.transport_mode[supplier]).astype(np.int64)
    order = lines["order"][row].astype(np.int64)
    # The plan of a shipment is what was confirmed when it left.
    confirmed = documents.purchase_orders["confirmed_at"][order] <= left
    due = np.where(confirmed, lines["first_confirmed_day"][row], lines["requested_day"][row]) + 0.4
    usual = about.transit_days[supplier] + about.customs_days[supplier]
    line_id = line_ids(PURCHASE_ORDER, order, lines["line"][row])
    shipment_id = pl.select(
        pl.concat_str(pl.lit(f"{INBOUND}-"), line_id, pl.lit("-"), pl.Series(part + 1).cast(pl.String))
    ).to_series()
    legs = Legs(
        shipment_id=shipment_id,
        mode=mode,
        is_parcel=np.zeros(row.size, dtype=bool),
        origin=origin,
        destination=destination,
        booked_at=np.maximum(left - 0.1, np.floor(left)),
        departed_at=left,
        arrives_at=arrives,
        planned_departure_at=np.where(part > 0, left, due - usual),
        planned_arrival_at=np.where(part > 0, left + 10.0, due),
        usual_days=usual,
        luck_key=source * 8192 + np.floor(left).astype(np.int64),
    )
    worth = quantity * company.items.standard_cost[0][item]
    spread = world.luck.lognormal(0.15, "inbound freight", source, np.floor(left).astype(np.int64))
    shipments = _shipment_table(
        world,
        legs,
        direction=0,
        carrier=coded(_CARRIER_NAMES, 2 * mode + world.luck.integers(2, "inbound carrier", supplier, mode)),
        document=("purchase_order_id", numbered(PURCHASE_ORDER, order)),
        places=(np.full(row.size, world.lookup.supplier), destination),
        freight=np.round((_FIXED[mode] + _SHARE[mode] * worth) * spread, 2),
    )
    line_table = pl.DataFrame(
        {
            "shipment_line_id": pl.select(pl.concat_str(shipment_id, pl.lit("-1"))).to_series(),
            "shipment_id": shipment_id,
            "quantity": quantity,
            "purchase_order_line_id": line_id,
            "delivery_line_id": _empty(row.size),
            "transfer_order_line_id": _empty(row.size),
        }
    )
    events = shipment_event_table(world, stops, legs)
    return {"shipments": shipments, "shipment_lines": line_table, "shipment_events": events}


# -- the tables -------------------------------------------------------------------------------------------------------


def _empty(count: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, count)


def _shipment_table(
    world: World,
    legs: Legs,
    *,
    direction: int,
    carrier: pl.Series,
    document: tuple[str, pl.Series],
    places: tuple[Codes, Codes],
    freight: Floats,
) -> pl.DataFrame:
    company, day = world.company, world.day
    count = legs.mode.size
    keys = {name: _empty(count) for name in ("purchase_order_id", "delivery_id", "transfer_order_line_id")}
    keys[document[0]] = document[1]
    return pl.DataFrame(
        {
            "shipment_id": legs.shipment_id,
            "direction": coded(DIRECTIONS, np.full(count, direction)),
            "carrier": carrier,
            "transport_mode": coded(TRANSPORT_MODES, legs.mode),
            **keys,
            "origin_location_id": coded(company.places.ids, places[0]),
            "destination_location_id": coded(company.places.ids, places[1]),
            "planned_departure_at": instants(company.start_date, legs.planned_departure_at, day + _FAR_FUTURE),
            "departed_at": instants(company.start_date, legs.departed_at, day),
            "planned_arrival_at": instants(company.start_date, legs.planned_arrival_at, day + _FAR_FUTURE),
            "arrived_at": instants(company.start_date, legs.arrives_at, day),
            "freight_cost": freight,
        }
    )


def _shipment_line_table(
    letter: str, numbers: Rows, shipment_id: pl.Series, quantity: Floats, document: tuple[str, pl.Series]
) -> pl.DataFrame:
    keys = {
        name: _empty(numbers.size) for name in ("purchase_order_line_id", "delivery_line_id", "transfer_order_line_id")
    }
    keys[document[0]] = document[1]
    return pl.DataFrame(
        {
            "shipment_line_id": numbered(f"{SHIPMENT_LINE}{letter}", numbers),
            "shipment_id": shipment_id,
            "quantity": quantity,
            **keys,
        }
    )
