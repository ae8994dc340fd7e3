"""Who supplies Lanhe Mobility: suppliers by trade and country, and how reliable they really are."""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.calendars import COUNTRY_CALENDAR
from pipelines.demo.company.company import TRANSPORT_MODES, Suppliers
from pipelines.demo.company.rounding import rounded
from pipelines.demo.company.words import (
    BRANDS,
    CITIES,
    COMPANY_FORM,
    PORTS,
    TRADES,
    WESTERN,
    City,
    first_free,
    made_unique,
)
from pipelines.demo.luck import Luck

# Trade: countries of its suppliers with the whole catalogue, the most important first.
TRADE_COUNTRIES = {
    "frame_parts": ("CN", "TW", "CN", "CN", "VN", "CN"),
    "saddles": ("CN", "IT", "CN", "TW"),
    "drivetrain": ("JP", "TW", "CN", "CN", "CN"),
    "brakes": ("TW", "CN", "JP", "DE"),
    "lights": ("CN", "DE", "CN", "NL"),
    "plastics": ("CN", "CN", "CN", "CN", "VN", "CN"),
    "printing": ("CN", "CN", "CN"),
    "electronics": ("CN", "TW", "CN", "KR", "CN", "CN"),
    "semiconductors": ("TW", "US", "CN", "JP", "DE", "US"),
    "wheels": ("CN", "TW", "IT", "CN"),
    "tyres": ("VN", "TW", "CN", "DE"),
    "scooter_parts": ("CN", "CN", "CN"),
    "bearings": ("JP", "CN", "IT", "CN"),
    "magnets": ("CN", "CN", "JP"),
    "connectors": ("US", "CN", "TW", "JP"),
    "cables": ("CN", "CN", "KR"),
    "cells": ("KR", "CN", "JP", "CN"),
    "metals": ("CN", "CN", "KR", "CN", "CN"),
    "chemicals": ("NL", "CN", "DE", "CN", "US"),
    "fasteners": ("CN", "TW", "IT"),
    "packaging": ("CN", "CN", "CN"),
    "painting": ("CN",),
}
# Mode, mean days on the way, spread (sigma of the logarithm), days at customs.
SEA_NEAR, EU_SEA, EU_RAIL, EU_AIR = (
    ("sea", 6.5, 0.20, 2.0), ("sea", 38.0, 0.14, 3.0), ("rail", 20.0, 0.16, 2.0), ("air", 5.5, 0.20, 1.5)
)  # fmt: skip
ROUTES = {
    "CN": (("road", 2.2, 0.30, 0.0),),
    "TW": (SEA_NEAR,),
    "JP": (SEA_NEAR,),
    "KR": (("sea", 5.5, 0.20, 2.0),),
    "VN": (("sea", 10.0, 0.22, 2.0), ("road", 8.0, 0.25, 2.0)),
    "DE": (EU_RAIL, EU_SEA, EU_AIR),
    "NL": (EU_SEA, EU_RAIL),
    "IT": (EU_SEA, EU_AIR),
    "US": (("air", 6.0, 0.22, 2.0), ("sea", 32.0, 0.15, 3.0)),
}
LIGHT_TRADES = ("semiconductors", "connectors", "electronics")
CURRENCY_OF = {"CN": 0, "TW": 1, "JP": 1, "KR": 1, "VN": 1, "US": 1, "DE": 2, "NL": 2, "IT": 2}

# Good, average, poor: slip spread (working days), optimism (days), partial rate, defect rate, move rate.
HABITS = np.array(
    [
        [0.9, 0.0, 0.02, 0.003, 0.05],
        [1.7, 0.3, 0.05, 0.010, 0.14],
        [4.2, 2.2, 0.12, 0.028, 0.30],
    ]
)


def draw_suppliers(luck: Luck, catalogue: float) -> tuple[Suppliers, list[str]]:
    """All suppliers, and the trade of each."""
    trades = [
        (trade, country)
        for trade, countries in TRADE_COUNTRIES.items()
        for country in countries[: _count(len(countries), catalogue)]
    ]
    count = len(trades)
    numbers = np.arange(count)
    home = [_city(luck, trade, country, number) for number, (trade, country) in enumerate(trades)]
    routes = [_route(trade, country, number) for number, (trade, country) in enumerate(trades)]
    habit = np.searchsorted([0.45, 0.86], luck.uniform("supplier habit", numbers))
    means = HABITS[habit]
    wobble = luck.lognormal(0.25, "supplier wobble", numbers[:, None], np.arange(5))
    slip, optimism, partial, defect, move = (means * wobble).T
    jitter = luck.normal("supplier place", numbers[:, None], np.arange(2)) * 0.06
    is_painter = np.array([trade == "painting" for trade, _ in trades])
    transit = np.array([route[1] for route in routes]) * luck.lognormal(0.12, "supplier transit", numbers)
    near_painter = np.where(is_painter, 0.8, transit)
    suppliers = Suppliers(
        ids=tuple(f"V{number + 1:03d}" for number in range(count)),
        names=_names(luck, trades, home),
        country=tuple(country for _, country in trades),
        latitude=rounded([city.latitude for city in home] + jitter[:, 0], 4),
        longitude=rounded([city.longitude for city in home] + jitter[:, 1], 4),
        calendar=np.array([COUNTRY_CALENDAR[country] for _, country in trades], dtype=np.int32),
        currency=np.array([CURRENCY_OF[country] for _, country in trades], dtype=np.int32),
        terms_days=np.array([30, 45, 60, 90], dtype=np.int32)[luck.integers(4, "supplier terms", numbers)],
        is_subcontractor=is_painter,
        status=tuple(
            "probation" if poor and unlucky else "qualified"
            for poor, unlucky in zip(habit == 2, luck.chance(0.5, "supplier status", numbers), strict=True)
        ),
        transport_mode=np.array([TRANSPORT_MODES.index(route[0]) for route in routes], dtype=np.int32),
        port=tuple(
            "" if route[0] in {"road", "air"} else PORTS.get(country, "")
            for route, (_, country) in zip(routes, trades, strict=True)
        ),
        transit_days=rounded(near_painter, 2),
        transit_spread=np.array([route[2] for route in routes]),
        customs_days=np.array([route[3] for route in routes]),
        confirm_days=rounded(0.5 + luck.exponential(1.2, "confirm days", numbers), 2),
        optimism_days=rounded(optimism - np.where(habit == 0, 0.5, 0.0), 2),
        slip_spread=rounded(slip, 2),
        partial_rate=rounded(partial, 4),
        defect_rate=rounded(defect, 5),
        move_rate=rounded(move, 4),
    )
    return suppliers, [trade for trade, _ in trades]


def _count(whole: int, catalogue: float) -> int:
    return max(1, round(whole * catalogue)) + (1 if whole >= 5 and catalogue < 0.5 else 0)


def _city(luck: Luck, trade: str, country: str, number: int) -> City:
    cities = CITIES[country]
    if trade == "painting":
        return cities[[city.name for city in cities].index("Wuxi" if number % 2 else "Kunshan")]
    return cities[int(luck.integers(len(cities), "supplier city", number)[0])]


def _route(trade: str, country: str, number: int) -> tuple[str, float, float, float]:
    routes = ROUTES[country]
    if country == "US":
        return routes[0 if trade in LIGHT_TRADES else 1]
    if trade in LIGHT_TRADES and country == "DE":
        return EU_AIR
    return routes[number % len(routes)]


def _names(luck: Luck, trades: list[tuple[str, str]], home: list[City]) -> tuple[str, ...]:
    names: list[str] = []
    taken: set[str] = set()
    for number, ((trade, country), city) in enumerate(zip(trades, home, strict=True)):
        english, chinese = TRADES[trade]
        draw = int(luck.integers(10_000, "supplier name", number)[0])
        form = COMPANY_FORM[country]
        if country in {"CN", "TW"}:
            first = draw + 11 * number
            brands = (BRANDS[(first + step) % len(BRANDS)] for step in range(len(BRANDS)))
            able = (f"{city.name} {name} {english} {form} {city.name_zh}{zh}{chinese}有限公司" for name, zh in brands)
        else:
            words = WESTERN[country]
            able = (f"{words[(draw + number + step) % len(words)]} {english} {form}" for step in range(len(words)))
        names.append(first_free(able, taken))
    return made_unique(names)
