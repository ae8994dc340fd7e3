"""Who may deliver what: suppliers of each bought node, true and booked lead times, prices, lots."""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.calendars import CHINESE_SUPPLIER, LONG_RUN_RATES
from pipelines.demo.company.company import BUY, SUBCONTRACT, Codes, Floats, Integers, Items, Sources, Suppliers
from pipelines.demo.company.draft import Draft
from pipelines.demo.company.rounding import round_up_nicely, rounded
from pipelines.demo.company.structure import Network
from pipelines.demo.luck import Luck

# Trade: working days at the supplier before the goods leave.
PRODUCTION_DAYS = {
    "frame_parts": 11, "saddles": 10, "drivetrain": 15, "brakes": 13, "lights": 10, "plastics": 8, "printing": 4,
    "electronics": 12, "semiconductors": 25, "wheels": 10, "tyres": 12, "scooter_parts": 8, "bearings": 12,
    "magnets": 14, "connectors": 12, "cables": 7, "cells": 18, "metals": 7, "chemicals": 5, "fasteners": 4,
    "packaging": 3, "painting": 3,
}  # fmt: skip
SECOND_SOURCE, THIRD_SOURCE = 0.35, 0.08


def draw_sources(
    luck: Luck, draft: Draft, items: Items, network: Network, suppliers: Suppliers, trades: list[str], use: Floats,
    market: float,
) -> Sources:  # fmt: skip
    """Sorted by node and priority. `use`: (node) units a week."""
    of_trade: dict[str, list[int]] = {}
    for code, trade in enumerate(trades):
        of_trade.setdefault(trade, []).append(code)
    bought = np.flatnonzero((network.supply == BUY) | (network.supply == SUBCONTRACT))
    several = luck.uniform("sources", network.item[bought])
    first = luck.uniform("first source", network.item[bought]) ** 1.4
    node, supplier, priority, allocation = [], [], [], []
    for number, code in enumerate(bought.tolist()):
        group = "painting" if network.supply[code] == SUBCONTRACT else draft.items[network.item[code]].group
        able = of_trade[group]
        count = min(len(able), 1 + int(several[number] < SECOND_SOURCE) + int(several[number] < THIRD_SOURCE))
        start = int(first[number] * len(able))
        shares = ((1.0,), (0.75, 0.25), (0.6, 0.25, 0.15))[count - 1]
        for rank in range(count):
            node.append(code)
            supplier.append(able[(start + rank) % len(able)])
            priority.append(rank + 1)
            allocation.append(shares[rank])
    nodes, codes, ranks = (np.array(each, dtype=np.int32) for each in (node, supplier, priority))
    shares_of = np.array(allocation)
    return _sources(luck, draft, items, network, suppliers, trades, use, market, nodes, codes, ranks, shares_of)


def _sources(
    luck: Luck, draft: Draft, items: Items, network: Network, suppliers: Suppliers, trades: list[str], use: Floats,
    market: float, nodes: Codes, codes: Codes, ranks: Codes, allocation: Floats,
) -> Sources:  # fmt: skip
    item = network.item[nodes]
    decimals = items.decimals[item]
    usual = np.array([PRODUCTION_DAYS[trades[code]] for code in codes.tolist()], dtype=np.float64)
    production = usual * luck.lognormal(0.22, "production days", item, codes)
    days_a_week = np.where(suppliers.calendar[codes] == CHINESE_SUPPLIER, 6.0, 5.0)
    true_lead = (
        production * 7.0 / days_a_week + suppliers.transit_days[codes] + suppliers.customs_days[codes]
        + suppliers.confirm_days[codes]
    )  # fmt: skip
    rates = np.array(LONG_RUN_RATES)[suppliers.currency[codes]]
    premium = np.where(ranks > 1, 1.015 + 0.06 * luck.uniform("second price", item, codes), 1.0)
    # The painter is paid for painting, not for the frame that is sent to him.
    painting = np.array([draft.items[code].cost for code in item.tolist()])
    basis = np.where(network.supply[nodes] == SUBCONTRACT, painting, items.standard_cost[0, item])
    price = basis * premium * luck.lognormal(0.02, "purchase price", item, codes) / rates
    weekly = use[nodes] * min(market, 1.0) / market
    batch = round_up_nicely(weekly * 0.25, decimals)
    least = np.ceil(weekly * (0.8 + 2.2 * luck.uniform("least order", item, codes)) / batch) * batch
    room = 1.8 + 1.7 * luck.uniform("supplier capacity", item, codes)
    capacity = round_up_nicely(np.maximum(use[nodes] * np.maximum(allocation, 0.4) * room, least), decimals)
    return Sources(
        node=nodes,
        supplier=codes,
        priority=ranks,
        allocation=allocation,
        book_lead_days=np.maximum(1.0, np.rint(true_lead * booking_error(luck, item, codes))),
        production_days=rounded(production, 1),
        price=rounded(price, 4),
        min_quantity=np.maximum(rounded(least, 3), batch),
        multiple=batch,
        weekly_capacity=capacity,
    )


def booking_error(luck: Luck, *keys: Integers) -> Floats:
    """Booked over true lead time: about 20 % are too short, 15 % too long, the rest near the truth."""
    case = luck.uniform("booking case", *keys)
    size = luck.uniform("booking error", *keys)
    return np.select(
        [case < 0.2, case < 0.35], [0.68 + 0.22 * size, 1.12 + 0.3 * size], 0.95 + 0.15 * size
    )  # fmt: skip
