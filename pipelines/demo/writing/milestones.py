"""What a carrier reports on the way: milestones of shipments, planned and actual, with place and coordinates.

Goods under way can still be held up, and nobody knows it before: what lies between departure and arrival is timed from
the departure, so that what was reported stays true. What has not happened by the last day is not told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import TRANSPORT_MODES, Company
from pipelines.demo.world import World
from pipelines.demo.writing.columns import coded, instants

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ROAD, SEA, AIR, RAIL, COURIER = range(5)
EVENT_TYPES = ("booked", "picked_up", "departed", "in_transit", "customs", "arrived", "delivered", "exception")
BOOKED, PICKED_UP, DEPARTED, IN_TRANSIT, CUSTOMS, ARRIVED, DELIVERED, EXCEPTION = range(8)
# Days from the shipper's door until the vehicle of each mode of TRANSPORT_MODES leaves.
_TO_THE_GATE = np.array([0.1, 1.2, 0.4, 0.8, 0.1])
# Shares of the usual way after which goods are halfway and at the customs of the country they go to.
_HALFWAY, _CUSTOMS_AFTER = 0.5, 0.82
_SINGLE_MARKET = frozenset({"AT", "BE", "DE", "ES", "FR", "IT", "NL"})
# Where goods of a mode leave or enter a country: country, mode, name, latitude, longitude.
_GATES = (
    ("CN", SEA, "Yangshan port 洋山港", 30.62, 122.07),
    ("CN", AIR, "Pudong airport 浦东机场", 31.14, 121.80),
    ("CN", RAIL, "Chongqing rail port 重庆铁路口岸", 29.63, 106.33),
    ("CN", ROAD, "Pingxiang border crossing 凭祥口岸", 22.09, 106.76),
    ("NL", SEA, "Port of Rotterdam 鹿特丹港", 51.95, 4.05),
    ("NL", AIR, "Schiphol airport 史基浦机场", 52.31, 4.76),
    ("NL", RAIL, "Tilburg rail terminal 蒂尔堡铁路站", 51.56, 5.06),
    ("DE", SEA, "Port of Hamburg 汉堡港", 53.54, 9.98),
    ("DE", AIR, "Frankfurt airport 法兰克福机场", 50.04, 8.56),
    ("DE", RAIL, "Duisburg rail terminal 杜伊斯堡铁路站", 51.44, 6.74),
    ("IT", SEA, "Port of Genova 热那亚港", 44.41, 8.92),
    ("IT", AIR, "Malpensa airport 马尔彭萨机场", 45.63, 8.73),
    ("FR", SEA, "Port of Le Havre 勒阿弗尔港", 49.48, 0.12),
    ("US", SEA, "Port of Long Beach 长滩港", 33.75, -118.20),
    ("US", AIR, "Los Angeles airport 洛杉矶机场", 33.94, -118.41),
    ("TW", SEA, "Port of Taichung 台中港", 24.26, 120.51),
    ("JP", SEA, "Port of Osaka 大阪港", 34.64, 135.42),
    ("KR", SEA, "Port of Busan 釜山港", 35.10, 129.04),
    ("VN", SEA, "Port of Hai Phong 海防港", 20.86, 106.69),
    ("VN", ROAD, "Huu Nghi border crossing 友谊关", 21.97, 106.71),
    ("SG", SEA, "Port of Singapore 新加坡港", 1.26, 103.84),
)
_LATE_NOTE = "later than planned 晚于计划"


@dataclass(frozen=True, slots=True)
class Legs:
    """Shipments as arrays of one length; `at` values are days with fractions, infinity = not known.

    `origin` and `destination` are positions in Stops, `usual_days` the days that the way takes as a rule; `luck_key`
    tells one leg's luck from another's. A parcel reports no more than its beginning and its end.
    """

    shipment_id: pl.Series
    mode: Codes
    is_parcel: Flags
    origin: Codes
    destination: Codes
    booked_at: Floats
    departed_at: Floats
    arrives_at: Floats
    planned_departure_at: Floats
    planned_arrival_at: Floats
    usual_days: Floats
    luck_key: Codes


class Stops:
    """What a milestone can name: own places, suppliers, business customers, consumers, ports and borders."""

    def __init__(self, company: Company) -> None:
        places, suppliers, customers = company.places, company.suppliers, company.customers
        self.first_supplier = len(places.ids)
        self.first_customer = self.first_supplier + suppliers.count
        self.consumer = self.first_customer + customers.count
        self._business = customers.count
        unknown = np.full(customers.count + 1, np.nan)
        self.names = (*places.names, *suppliers.names, *customers.names, "", *(gate[2] for gate in _GATES))
        self.latitude = np.concatenate([places.latitude, suppliers.latitude, unknown, [gate[3] for gate in _GATES]])
        self.longitude = np.concatenate([places.longitude, suppliers.longitude, unknown, [gate[4] for gate in _GATES]])
        country = [*places.country, *suppliers.country, *customers.country, "", *(gate[0] for gate in _GATES)]
        known, self.country = np.unique(np.array(country), return_inverse=True)
        self._single_market = np.isin(known, sorted(_SINGLE_MARKET))
        self._gate = np.full((known.size, len(TRANSPORT_MODES)), -1, dtype=np.int64)
        for position, (name, mode, *_) in enumerate(_GATES):
            self._gate[known == name, mode] = self.consumer + 1 + position

    def of_customers(self, codes: npt.ArrayLike) -> Codes:
        """Stops of customer codes; all consumers share one, which has neither name nor coordinates."""
        code = np.asarray(codes, dtype=np.int64)
        return np.where(code < self._business, self.first_customer + code, self.consumer)

    def crosses_border(self, origin: Codes, destination: Codes) -> Flags:
        """Whether customs stand between two stops. Consumers are delivered in the country of the place that ships."""
        first, last = self.country[origin], self.country[destination]
        together = self._single_market[first] & self._single_market[last]
        crosses: Flags = (first != last) & ~together & (origin != self.consumer) & (destination != self.consumer)
        return crosses

    def gate(self, stop: Codes, mode: Codes) -> Codes:
        """Where goods of a mode leave or enter the country of a stop; the stop itself where no gate is known."""
        gate = self._gate[self.country[stop], mode]
        return np.where(gate >= 0, gate, stop)


def shipment_event_table(world: World, stops: Stops, legs: Legs) -> pl.DataFrame:
    """shipment_events of the legs, as told until the end of the last day, leg by leg in the order of time."""
    last = world.day + 1
    kinds, at, planned, stop, leg = _milestones(world, stops, legs)
    told = at < last
    kinds, at, planned, stop, leg = kinds[told], at[told], planned[told], stop[told], leg[told]
    order = np.lexsort((kinds, at, leg))
    kinds, at, planned, stop, leg = kinds[order], at[order], planned[order], stop[order], leg[order]
    start_date = world.company.start_date
    return pl.DataFrame(
        {
            "shipment_id": legs.shipment_id.gather(leg),
            "event_at": instants(start_date, at, world.day),
            "event_type": coded(EVENT_TYPES, kinds),
            # What is planned may lie ahead.
            "planned_at": instants(start_date, planned, last + 10_000),
            "place": coded(stops.names, np.where(stop == stops.consumer, -1, stop)),
            "latitude": pl.Series(stops.latitude[stop]).fill_nan(None),
            "longitude": pl.Series(stops.longitude[stop]).fill_nan(None),
            "note": coded((_LATE_NOTE,), np.where(kinds == EXCEPTION, 0, -1)),
        }
    )


def _milestones(world: World, stops: Stops, legs: Legs) -> tuple[Codes, Floats, Floats, Codes, Codes]:
    """(event, moment, planned moment, stop, leg) of all milestones of all legs, infinity where one does not happen."""
    start, end, usual = legs.departed_at, legs.arrives_at, np.maximum(legs.usual_days, 0.1)
    crosses = stops.crosses_border(legs.origin, legs.destination) & ~legs.is_parcel
    gate_days = np.minimum(_TO_THE_GATE[legs.mode], 0.2 * usual)
    pace = world.luck.lognormal(0.06, "pace on the way", legs.luck_key)
    halfway, at_customs = (start + share * usual * pace for share in (_HALFWAY, _CUSTOMS_AFTER))
    # A reason to write: a day after the goods should have been there.
    overdue = np.floor(legs.planned_arrival_at) + 1.1
    never = np.full(start.size, np.inf)
    leaving, entering = stops.gate(legs.origin, legs.mode), stops.gate(legs.destination, legs.mode)
    nowhere = np.full(start.size, stops.consumer)
    before, due = legs.planned_departure_at, legs.planned_arrival_at

    # On the day of arrival itself: until then it may still be held up.
    unloaded = np.maximum(end - 0.08, np.floor(end))

    def on_the_way(at: Floats, happens: Flags) -> Floats:
        return np.where(happens & (at < unloaded) & (at > start), at, np.inf)

    rows = (
        (BOOKED, np.where(crosses, legs.booked_at, never), before - 0.1, legs.origin),
        (PICKED_UP, start, before, legs.origin),
        (
            DEPARTED,
            on_the_way(start + gate_days, ~legs.is_parcel),
            before + gate_days,
            np.where(crosses, leaving, legs.origin),
        ),
        (IN_TRANSIT, on_the_way(halfway, crosses & (legs.mode != AIR)), before + _HALFWAY * usual, nowhere),
        (CUSTOMS, on_the_way(at_customs, crosses), before + _CUSTOMS_AFTER * usual, entering),
        (ARRIVED, np.where(crosses, unloaded, never), due - 0.08, legs.destination),
        (DELIVERED, end, due, legs.destination),
        (EXCEPTION, on_the_way(overdue, ~legs.is_parcel), never, np.where(crosses, entering, nowhere)),
    )
    legs_of_all = np.tile(np.arange(start.size), len(rows))
    kinds = np.repeat([row[0] for row in rows], start.size)
    at, planned, stop = (np.concatenate([row[column] for row in rows]) for column in (1, 2, 3))
    return kinds, at, planned, stop.astype(np.int64), legs_of_all
