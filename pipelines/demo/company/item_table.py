"""The drawn catalogue as the arrays of Items; costs and prices are filled in when the bills are rolled up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from pipelines.demo.company.company import (
    ASSEMBLE_TO_ORDER,
    HORIZON_DAYS,
    TO_ORDER,
    Codes,
    Floats,
    Integers,
    Items,
)
from pipelines.demo.company.draft import Draft
from pipelines.demo.company.models import CARGO, CITY, DRIVES, FOLDING, SCOOTERS, SPARE_PARTS, TREKKING, Model
from pipelines.demo.luck import Luck

# Family: yearly growth, season strength, day of the year with the most demand.
SEASONS = {
    CITY: (0.06, 0.26, 135), TREKKING: (0.08, 0.32, 125), CARGO: (0.11, 0.14, 110), FOLDING: (0.01, 0.20, 150),
    SCOOTERS: (0.03, 0.22, 205), DRIVES: (0.08, 0.12, 75), SPARE_PARTS: (0.06, 0.15, 180),
}  # fmt: skip
# Shares of distribution, online and fleets by family, and of what is assembled or made to order.
SHARES = {
    CITY: (0.89, 0.08, 0.03), TREKKING: (0.89, 0.07, 0.04), CARGO: (0.85, 0.07, 0.08), FOLDING: (0.86, 0.13, 0.01),
    SCOOTERS: (0.85, 0.12, 0.03), DRIVES: (0.25, 0.05, 0.70), SPARE_PARTS: (0.80, 0.20, 0.0),
}  # fmt: skip
ORDER_SHARES = {TO_ORDER: (0.0, 0.0, 1.0), ASSEMBLE_TO_ORDER: (0.0, 0.0, 1.0)}
RAMP_DAYS = 120


def cost_period_days(start_date: date) -> Codes:
    """First day of each cost period: 1 January of the start year and of every later year of the horizon."""
    last = (start_date + timedelta(HORIZON_DAYS)).year
    return np.array([(date(year, 1, 1) - start_date).days for year in range(start_date.year, last + 1)], dtype=np.int32)


def item_table(luck: Luck, draft: Draft, models: Sequence[Model], start_date: date) -> Items:
    """Items with costs and list prices still 0."""
    drafted = draft.items
    count = len(drafted)
    demand, growth, strength = np.zeros(count), np.zeros(count), np.zeros(count)
    peak = np.zeros(count, dtype=np.int32)
    share = np.zeros((count, 3))
    is_intermittent = np.zeros(count, dtype=bool)
    sold = np.array([model.item for model in models])
    noise = luck.normal("item growth", sold) * 0.025
    shift = np.rint(luck.normal("item season", sold) * 9).astype(np.int32)
    sporadic = luck.chance(0.7, "intermittent", sold)
    for number, model in enumerate(models):
        family = model.plan.family
        yearly, season, day = SEASONS[family]
        demand[model.item] = model.weekly_units
        growth[model.item] = round(yearly + float(noise[number]), 4)
        strength[model.item] = season
        peak[model.item] = (day + int(shift[number])) % 365
        share[model.item] = ORDER_SHARES.get(model.strategy, SHARES[family])
        is_intermittent[model.item] = family == SPARE_PARTS and bool(sporadic[number])
    periods = cost_period_days(start_date)
    uom = tuple(item.uom for item in drafted)
    return Items(
        ids=tuple(item.item_id for item in drafted),
        names=tuple(item.name for item in drafted),
        names_zh=tuple(item.name_zh for item in drafted),
        item_type=np.array([item.item_type for item in drafted], dtype=np.int32),
        family=np.array([item.family for item in drafted], dtype=np.int32),
        category_id=tuple(item.category_id for item in drafted),
        base_uom=uom,
        decimals=np.array([0 if unit == "PCS" else 3 for unit in uom], dtype=np.int32),
        standard_cost=np.zeros((periods.size, count)),
        cost_from_day=periods,
        list_price=np.zeros(count),
        is_lot_tracked=np.array([item.shelf_life_days > 0 for item in drafted]),
        shelf_life_days=np.array([item.shelf_life_days for item in drafted], dtype=np.int32),
        is_phantom=np.array([item.is_phantom for item in drafted]),
        sold_from_day=np.array([item.from_day for item in drafted], dtype=np.int32),
        sold_until_day=np.array([item.until_day for item in drafted], dtype=np.int32),
        replaced_by=np.array([item.replaced_by for item in drafted], dtype=np.int32),
        weekly_demand=demand,
        yearly_growth=growth,
        season_strength=strength,
        season_peak=peak,
        is_intermittent=is_intermittent,
        channel_share=share,
    )


def demand_level(items: Items, days: Integers) -> Floats:
    """(day, item): demand on the day as a multiple of Items.weekly_demand, without season and promotions."""
    day = np.asarray(days, dtype=np.float64)[:, None]
    rise = np.clip((day - items.sold_from_day) / RAMP_DAYS, 0.0, 1.0)
    fall = np.clip((items.sold_until_day - day) / RAMP_DAYS, 0.0, 1.0)
    level: Floats = (1.0 + items.yearly_growth) ** (day / 365.0) * rise * fall
    return level


def season_level(items: Items, days: Integers, start_date: date) -> Floats:
    """(day, item): the season's factor."""
    first = start_date.timetuple().tm_yday
    day_of_year = (first + np.asarray(days, dtype=np.float64)[:, None] - 1) % 365.25
    level: Floats = 1.0 + items.season_strength * np.cos(2 * np.pi * (day_of_year - items.season_peak) / 365.0)
    return level
