"""Master data about planning and supply: places, suppliers, policies, targets, lanes and exchange rates."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from pipelines.demo.company.calendars import LONG_RUN_RATES
from pipelines.demo.company.company import (
    CURRENCIES,
    FIXED_QUANTITY,
    LOT_RULES,
    MAKE,
    NEVER,
    REORDER_POINT,
    STRATEGIES,
    SUBCONTRACT,
    SUPPLY_TYPES,
    TRANSPORT_MODES,
    Company,
    Floats,
)
from pipelines.demo.company.frames import date_of, dates, day_of, flags, named, numbers, text, whole
from pipelines.demo.company.item_table import season_level
from pipelines.demo.company.master_view import MasterView
from pipelines.demo.luck import Luck

RATES_BEFORE_DAYS = 400
TARGETS_AHEAD_DAYS = 45
DISTRIBUTION_CENTRE = "distribution_centre"
# Trade of a supplier: trade of those who supply it.
UPSTREAM = {
    "electronics": "semiconductors",
    "lights": "semiconductors",
    "cells": "metals",
    "wheels": "metals",
    "brakes": "metals",
    "frame_parts": "metals",
    "cables": "metals",
    "connectors": "metals",
    "drivetrain": "bearings",
    "saddles": "plastics",
    "scooter_parts": "plastics",
}


def planning_tables(view: MasterView) -> dict[str, pl.DataFrame]:
    """locations, suppliers, item_suppliers, planning_policies, safety_stock_targets, lanes, tiers, currency_rates."""
    return {
        "locations": _locations(view),
        "suppliers": _suppliers(view),
        "item_suppliers": _item_suppliers(view),
        "planning_policies": _policies(view),
        "safety_stock_targets": _targets(view),
        "transport_lanes": _lanes(view),
        "supplier_tiers": _tiers(view),
        "currency_rates": _rates(view),
    }


def _locations(view: MasterView) -> pl.DataFrame:
    company, places = view.company, view.company.places
    return pl.DataFrame(
        {
            "location_id": text(places.ids),
            "location_name": text(places.names),
            "location_type": text(places.kind),
            "is_own_stock": flags(places.is_own),
            "parent_location_id": named(places.ids, places.parent),
            "calendar_id": named(company.calendars, np.where(places.is_own, places.calendar, -1)),
            "country_code": text(places.country),
            "latitude": numbers(places.latitude),
            "longitude": numbers(places.longitude),
        }
    )


def _suppliers(view: MasterView) -> pl.DataFrame:
    company, suppliers = view.company, view.company.suppliers
    return pl.DataFrame(
        {
            "supplier_id": text(suppliers.ids),
            "supplier_name": text(suppliers.names),
            "country_code": text(suppliers.country),
            "latitude": numbers(suppliers.latitude),
            "longitude": numbers(suppliers.longitude),
            "calendar_id": named(company.calendars, suppliers.calendar),
            "payment_terms_days": whole(suppliers.terms_days),
            "is_subcontractor": flags(suppliers.is_subcontractor),
            "supplier_status": text(suppliers.status),
        }
    )


def _item_suppliers(view: MasterView) -> pl.DataFrame:
    """A row for each cost period: prices are agreed anew each year. In CNY at the rate of the first day."""
    company, items, sources = view.company, view.company.items, view.company.sources
    item = company.nodes.item[sources.node]
    begins = items.cost_from_day
    ends = np.append(begins[1:], NEVER)
    held = (begins[:, None] <= view.day) & (ends[:, None] > view.known_from[item]) & view.known[item]
    row, period = np.nonzero(held.T)
    first = np.maximum(begins[period], view.known_from[item[row]])
    follows = np.append(row[1:] == row[:-1], False)
    last = np.where(follows, ends[period] - 1, NEVER)
    index = items.standard_cost[period, item[row]] / items.standard_cost[0, item[row]]
    rate = company.exchange_rate[company.suppliers.currency[sources.supplier[row]], np.maximum(first, 0)]
    return pl.DataFrame(
        {
            "item_id": named(items.ids, item[row]),
            "supplier_id": named(company.suppliers.ids, sources.supplier[row]),
            "priority": whole(sources.priority[row]),
            "lead_time_days": numbers(sources.book_lead_days[row]),
            "unit_price": numbers(np.round(sources.price[row] * index * rate, 4)),
            "min_order_quantity": numbers(sources.min_quantity[row]),
            "order_multiple": numbers(sources.multiple[row]),
            "weekly_capacity_quantity": numbers(sources.weekly_capacity[row]),
            "allocation_rate": numbers(sources.allocation[row]),
            "valid_from_date": dates(company, first),
            "valid_to_date": dates(company, last),
        }
    )


def _policies(view: MasterView) -> pl.DataFrame:
    company, nodes = view.company, view.policies
    rows = view.nodes()
    working = (nodes.supply == MAKE) | (nodes.supply == SUBCONTRACT)
    # Working days of a five-day week as calendar days.
    lead = np.where(working, np.ceil(nodes.lead_days * 7.0 / 5.0), nodes.lead_days)
    source = np.where(nodes.source >= 0, nodes.place[nodes.source], -1)
    # Min/max fills up to the maximum; who orders at a point alone orders a lot.
    ordered_in_lots = (nodes.lot_rule == FIXED_QUANTITY) | (nodes.lot_rule == REORDER_POINT)

    def limited(values: Floats) -> pl.Series:
        return numbers(values[rows], values[rows] > 0)

    return pl.DataFrame(
        {
            "item_id": named(company.items.ids, nodes.item[rows]),
            "location_id": named(company.places.ids, nodes.place[rows]),
            "supply_type": named(SUPPLY_TYPES, nodes.supply[rows]),
            "strategy": named(STRATEGIES, nodes.strategy[rows]),
            "lot_rule": named(LOT_RULES, nodes.lot_rule[rows]),
            "fixed_lot_quantity": limited(np.where(ordered_in_lots, nodes.fixed_lot, 0.0)),
            "min_lot_quantity": limited(nodes.min_lot),
            "max_lot_quantity": limited(nodes.max_lot),
            "lot_multiple": limited(nodes.lot_multiple),
            "periods_of_supply": whole(nodes.cover_weeks[rows], nodes.cover_weeks[rows] > 0),
            "ordering_cost": numbers(nodes.ordering_cost[rows]),
            "holding_rate": numbers(nodes.holding_rate[rows]),
            "safety_stock_quantity": numbers(nodes.safety_stock[rows]),
            "safety_time_days": limited(nodes.safety_days),
            "target_service_rate": numbers(nodes.service_rate[rows]),
            "lead_time_days": numbers(lead[rows]),
            "reorder_point_quantity": limited(nodes.reorder_point),
            "max_stock_quantity": limited(nodes.max_stock),
            "source_location_id": named(company.places.ids, source[rows]),
            "yield_rate": numbers(nodes.yield_rate[rows]),
            "planner": named(company.planners, nodes.planner[rows]),
        }
    )


def _targets(view: MasterView) -> pl.DataFrame:
    """By quarter, for some vehicles in the distribution centres: more before their season."""
    company, nodes, items = view.company, view.policies, view.company.items
    rows = view.nodes()
    item = nodes.item[rows]
    in_centre = np.array([kind == DISTRIBUTION_CENTRE for kind in company.places.kind])[nodes.place[rows]]
    drawn = Luck(company.seed).chance(0.4, "seasonal target", item, nodes.place[rows])
    chosen = rows[in_centre & drawn & (items.season_strength[item] >= 0.2) & (nodes.safety_stock[rows] > 0)]
    quarters = _quarters(company, view.day + TARGETS_AHEAD_DAYS)
    factor = season_level(items, quarters + 60, company.start_date)[:, nodes.item[chosen]]
    # A target is set only where the item is in the books; those of an item of the future begin with it.
    is_set = quarters[:, None] >= view.known_from[nodes.item[chosen]]
    row, quarter = np.nonzero(is_set.T)
    quantity = np.ceil(nodes.safety_stock[chosen[row]] * factor[quarter, row])
    return pl.DataFrame(
        {
            "item_id": named(items.ids, nodes.item[chosen[row]]),
            "location_id": named(company.places.ids, nodes.place[chosen[row]]),
            "valid_from_date": dates(company, quarters[quarter]),
            "quantity": numbers(quantity),
        }
    )


def _quarters(company: Company, last_day: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """First days of the quarters from day 0 to `last_day`."""
    last = date_of(company, last_day).year
    firsts = [date(year, month, 1) for year in range(company.start_date.year, last + 1) for month in (1, 4, 7, 10)]
    days = np.array([day_of(company, first) for first in firsts])
    return days[(days >= 0) & (days <= last_day)]


def _lanes(view: MasterView) -> pl.DataFrame:
    company, lanes = view.company, view.company.lanes
    return pl.DataFrame(
        {
            "from_location_id": named(company.places.ids, lanes.from_place),
            "to_location_id": named(company.places.ids, lanes.to_place),
            "transport_mode": named(TRANSPORT_MODES, lanes.transport_mode),
            "lead_time_days": numbers(lanes.book_days),
            "cost_per_unit": numbers(lanes.cost_per_unit),
        }
    )


def _tiers(view: MasterView) -> pl.DataFrame:
    """Who supplies the suppliers, as far as they told; for half of them also which item it is for."""
    company, sources = view.company, view.company.sources
    item = company.nodes.item[sources.node]
    known = np.flatnonzero(view.known[item] & (company.items.sold_from_day[item] < 0))
    first_item: dict[int, int] = {}
    for supplier, code in zip(sources.supplier[known].tolist(), item[known].tolist(), strict=True):
        first_item.setdefault(supplier, code)
    trade_of = {
        supplier: company.items.category_id[code].rpartition("-")[2].lower() for supplier, code in first_item.items()
    }
    luck = Luck(company.seed)
    rows = []
    for supplier in sorted(trade_of):
        able = [other for other in sorted(trade_of) if trade_of[other] == UPSTREAM.get(trade_of[supplier])]
        if able and bool(luck.chance(0.6, "tier told", supplier)[0]):
            upstream = able[int(luck.integers(len(able), "tier", supplier)[0])]
            names_item = bool(luck.chance(0.5, "tier item", supplier)[0])
            rows.append((supplier, upstream, first_item[supplier] if names_item else -1))
    told = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return pl.DataFrame(
        {
            "supplier_id": named(company.suppliers.ids, told[:, 0]),
            "upstream_supplier_id": named(company.suppliers.ids, told[:, 1]),
            "item_id": named(company.items.ids, told[:, 2]),
        }
    )


def _rates(view: MasterView) -> pl.DataFrame:
    """Daily from the start; one row before it, for documents of the time before."""
    company = view.company
    days = np.append(-RATES_BEFORE_DAYS, np.arange(view.day + 1))
    frames = []
    for code in range(1, len(CURRENCIES)):
        rates = np.append(LONG_RUN_RATES[code], company.exchange_rate[code, : view.day + 1])
        frames.append(
            pl.DataFrame(
                {
                    "currency_code": pl.Series([CURRENCIES[code]] * days.size, dtype=pl.String),
                    "rate_date": dates(company, days),
                    "rate_to_company": numbers(rates),
                }
            )
        )
    return pl.concat(frames)
