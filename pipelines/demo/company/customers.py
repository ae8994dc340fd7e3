"""Who buys: distributors, retailers and fleets of day 0, the prospects of later, and the people who sell to them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import (
    CUSTOMER_TYPES,
    DISTRIBUTION,
    FLEET,
    NEVER,
    Codes,
    Customers,
    Flags,
    Floats,
    Integers,
    SalesReps,
    Texts,
)
from pipelines.demo.company.network import PLACE_IDS
from pipelines.demo.company.words import (
    BRANDS,
    BUSINESS,
    BUSINESS_ABROAD,
    CITIES,
    COMPANY_FORM,
    EUROPEAN_PEOPLE,
    WESTERN,
    City,
    first_free,
    made_unique,
    person,
)
from pipelines.demo.luck import Luck

Words: TypeAlias = npt.NDArray[np.str_]

SELLERS, FLEETS = 60, 45
"""Distribution and fleet customers of day 0 at market 1.0."""
TEAMS = (
    "Management 管理层",
    "China East & North 华东华北",
    "China South & West 华南华西",
    "Overseas 海外",
    "Fleet 车队",
)
EAST, SOUTH, OVERSEAS, FLEET_TEAM = range(1, 5)
SOUTHERN = ("South China", "West China", "Central China")
# Country: cumulative share among distribution and fleet customers.
COUNTRIES = ("CN", "NL", "DE", "IT", "FR", "SG", "US")
COUNTRY_SHARE = {
    DISTRIBUTION: (0.70, 0.77, 0.87, 0.91, 0.95, 0.98, 1.0),
    FLEET: (0.78, 0.84, 0.92, 0.95, 0.98, 1.0, 1.0),
}
PROJECTS_PER_YEAR, CALL_OFFS_PER_YEAR = 9.0, 20.0
"""Fleets buy by the project; vehicle makers call off drive units for what they build in a fortnight."""
CURRENCY_OF = {"CN": 0, "SG": 1, "US": 1}
FLEET_SEGMENTS = ("sharing", "courier", "rental", "public", "oem")
FLEET_SEGMENT_SHARE = (0.22, 0.44, 0.60, 0.72, 1.0)
CARRIERS = {
    "CN": ("SF Express 顺丰", "Deppon 德邦", "ZTO Freight 中通快运"), "EU": ("DHL Freight", "DSV Road"),
    "SG": ("COSCO Shipping 中远海运",), "US": ("COSCO Shipping 中远海运",),
}  # fmt: skip
# Golden ratio: spreads shares evenly over few customers as over many.
GOLDEN = 0.6180339887498949


def draw_sales_reps(luck: Luck, catalogue: float) -> SalesReps:
    """A head of sales, a lead of each team, and their people; in a small catalogue one for each team."""
    team_of = [0, EAST, SOUTH, OVERSEAS, FLEET_TEAM, EAST, EAST, SOUTH, OVERSEAS, OVERSEAS, FLEET_TEAM, FLEET_TEAM]
    manager = [-1, 0, 0, 0, 0, 1, 1, 2, 3, 3, 4, 4]
    if catalogue < 0.5:
        team_of, manager = [EAST, SOUTH, OVERSEAS, FLEET_TEAM], [-1, 0, 0, 0]
    count = len(team_of)
    draw = luck.integers(10_000, "sales rep name", np.arange(count))
    names = made_unique(
        [
            EUROPEAN_PEOPLE[(number + int(draw[0])) % len(EUROPEAN_PEOPLE)]
            if team == OVERSEAS and number % 2
            else person(int(draw[number]) + 3 * number, int(draw[number]) // 20 + number)
            for number, team in enumerate(team_of)
        ]
    )
    return SalesReps(
        ids=tuple(f"R{number + 1:02d}" for number in range(count)),
        names=names,
        team=tuple(TEAMS[team] for team in team_of),
        email=tuple(f"r{number + 1:02d}@lanhe.example" for number in range(count)),
        manager=np.array(manager, dtype=np.int32),
    )


def draw_customers(luck: Luck, market: float, reps: SalesReps) -> Customers:
    """Those of day 0 first, then as many prospects; distribution before fleets in both halves."""
    sellers, fleets = max(8, round(SELLERS * market)), max(6, round(FLEETS * market))
    kind = np.tile(np.repeat([DISTRIBUTION, FLEET], [sellers, fleets]), 2).astype(np.int32)
    count = kind.size
    numbers = np.arange(count)
    is_fleet = kind == FLEET
    spread = (numbers * GOLDEN + luck.uniform("customer spread", kind)) % 1.0
    country = _countries(kind, spread)
    segment = _segments(luck, kind, numbers)
    city = _cities(luck, country, numbers)
    is_south = np.array([place.region in SOUTHERN for place in city])
    is_home = country == "CN"
    is_europe = np.isin(country, ["NL", "DE", "IT", "FR"])
    ship_from = np.select(
        [is_fleet & (segment == "oem"), is_fleet, is_europe, is_south | (country == "SG")],
        [PLACE_IDS.index(place) for place in ("P2", "P1", "D3", "D2")],
        PLACE_IDS.index("D1"),
    ).astype(np.int32)  # fmt: skip
    transit = np.select(
        [is_home, is_europe & ~is_fleet, is_europe, country == "SG"], [2.2, 2.6, 24.0, 9.0], 30.0
    ) * luck.lognormal(0.25, "customer transit", numbers)  # fmt: skip
    late: Floats = np.maximum(0.0, luck.normal("pays late", numbers) * 6.0 + 5.0)
    discount: Floats = np.select(
        [segment == "distributor", segment == "retailer", segment == "oem"], [0.23, 0.17, 0.18], 0.13
    ) + 0.025 * luck.normal("discount", numbers)  # fmt: skip
    often = np.where(segment == "oem", CALL_OFFS_PER_YEAR, PROJECTS_PER_YEAR)
    projects: Floats = np.where(is_fleet, often * luck.lognormal(0.5, "projects", numbers), 0.0)
    joined = np.where(numbers < sellers + fleets, -40 - luck.integers(2400, "customer since", numbers), NEVER)
    customer_type = np.select(
        [segment == "distributor", segment == "retailer"],
        [CUSTOMER_TYPES.index("distributor"), CUSTOMER_TYPES.index("retailer")],
        CUSTOMER_TYPES.index("end_customer"),
    ).astype(np.int32)  # fmt: skip
    return Customers(
        ids=tuple(f"K{number + 1:05d}" for number in range(count)),
        names=_names(luck, country, segment, city),
        kind=kind,
        customer_type=customer_type,
        segment=tuple(segment.tolist()),
        country=tuple(country.tolist()),
        region=tuple(place.region for place in city),
        currency=np.select([is_home, is_europe], [0, 2], 1).astype(np.int32),
        ship_from=ship_from,
        transit_days=np.round(transit, 1),
        transit_spread=np.round(0.2 + 0.15 * luck.uniform("transit spread", numbers), 3),
        carrier=_carriers(luck, country, is_europe, numbers),
        terms_days=np.array([30, 45, 60, 60, 90], dtype=np.int32)[luck.integers(5, "customer terms", numbers)],
        pay_late_days=np.round(late, 1),
        pay_late_spread=np.round(2.0 + 0.5 * late, 1),
        credit_limit=_credit_limits(luck, is_fleet, numbers),
        sales_rep=_reps(luck, reps, is_fleet, is_home, is_south, numbers),
        order_weekday=luck.integers(5, "order weekday", numbers).astype(np.int32),
        discount_rate=np.clip(np.round(discount, 3), 0.05, 0.32),
        reports_stock=~is_fleet & luck.chance(0.6, "reports stock", numbers),
        projects_per_year=np.round(projects, 2),
        joined_day=joined.astype(np.int32),
    )


def _countries(kind: Codes, spread: Floats) -> Words:
    code = np.where(
        kind == DISTRIBUTION,
        np.searchsorted(COUNTRY_SHARE[DISTRIBUTION], spread, side="right"),
        np.searchsorted(COUNTRY_SHARE[FLEET], spread, side="right"),
    )
    return np.array(COUNTRIES)[np.minimum(code, len(COUNTRIES) - 1)]


def _segments(luck: Luck, kind: Codes, numbers: Integers) -> Words:
    seller = np.where(numbers % 9 < 5, "distributor", "retailer")
    drawn = (numbers * GOLDEN + luck.uniform("fleet segment", 0)) % 1.0
    fleet = np.array(FLEET_SEGMENTS)[np.searchsorted(FLEET_SEGMENT_SHARE[:-1], drawn, side="right")]
    return np.where(kind == FLEET, fleet, seller)


def _cities(luck: Luck, country: Words, numbers: Integers) -> list[City]:
    draw = luck.uniform("customer city", numbers)
    return [
        CITIES[name][int(each * len(CITIES[name]))] for name, each in zip(country.tolist(), draw.tolist(), strict=True)
    ]


def _names(luck: Luck, country: Words, segment: Words, city: list[City]) -> Texts:
    draw = luck.integers(1_000_000, "customer name", np.arange(country.size))
    names: list[str] = []
    taken: set[str] = set()
    for home, trade, place, number in zip(country.tolist(), segment.tolist(), city, draw.tolist(), strict=True):
        if home == "CN":
            brands = (BRANDS[(number + step) % len(BRANDS)] for step in range(len(BRANDS)))
            business, business_zh = BUSINESS[trade][number // 100 % len(BUSINESS[trade])]
            able = (f"{place.name} {name} {business} {place.name_zh}{zh}{business_zh}" for name, zh in brands)
        else:
            words, people = BUSINESS_ABROAD[trade], WESTERN[home]
            rest = f"{words[number // 100 % len(words)]} {place.name} {COMPANY_FORM[home]}"
            able = (f"{people[(number + step) % len(people)]} {rest}" for step in range(len(people)))
        names.append(first_free(able, taken))
    return made_unique(names)


def _carriers(luck: Luck, country: Words, is_europe: Flags, numbers: Integers) -> Texts:
    draw = luck.integers(100, "customer carrier", numbers).tolist()
    homes = np.where(is_europe, "EU", country).tolist()
    return tuple(CARRIERS[home][number % len(CARRIERS[home])] for home, number in zip(homes, draw, strict=True))


def _credit_limits(luck: Luck, is_fleet: Flags, numbers: Integers) -> Floats:
    """About four months of purchases of a customer of this size, in steps of 50,000."""
    size = luck.lognormal(0.6, "customer size", numbers)
    usual = np.where(is_fleet, 1_400_000.0, 1_400_000.0 * size)
    return np.maximum(np.round(usual * luck.lognormal(0.25, "credit limit", numbers) / 50_000), 2.0) * 50_000


def _reps(luck: Luck, reps: SalesReps, is_fleet: Flags, is_home: Flags, is_south: Flags, numbers: Integers) -> Codes:
    """Someone of the team; who leads others has customers too, but not the head of sales."""
    team = np.select([is_fleet, ~is_home, is_south], [FLEET_TEAM, OVERSEAS, SOUTH], EAST)
    result = np.zeros(numbers.size, dtype=np.int32)
    for code in (EAST, SOUTH, OVERSEAS, FLEET_TEAM):
        people = np.array([number for number, name in enumerate(reps.team) if name == TEAMS[code]], dtype=np.int32)
        own = team == code
        result[own] = people[luck.integers(people.size, "sales rep of", numbers[own])]
    return result
