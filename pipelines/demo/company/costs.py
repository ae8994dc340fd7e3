"""Standard costs rolled up through the bills for each cost period, and the list prices that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipelines.demo.company.company import MAKE, SUBCONTRACT, TO_ORDER, Floats, Items, Operations, WorkCentres
from pipelines.demo.company.draft import Draft
from pipelines.demo.company.models import CARGO, CITY, DRIVES, FOLDING, SCOOTERS, SPARE_PARTS, TREKKING, Model
from pipelines.demo.company.rounding import rounded
from pipelines.demo.company.structure import Network
from pipelines.demo.luck import Luck

CONVERSION_DRIFT = 0.03
"""Yearly rise of the cost of an hour."""
MARGIN = {
    CITY: 0.33, TREKKING: 0.37, CARGO: 0.36, FOLDING: 0.30, SCOOTERS: 0.29, DRIVES: 0.33, SPARE_PARTS: 0.42,
}  # fmt: skip
USUAL_DISCOUNT = 0.19
ORDER_DISCOUNT = 0.13


def with_costs(
    luck: Luck, draft: Draft, models: Sequence[Model], items: Items, network: Network, operations: Operations,
    centres: WorkCentres,
) -> Items:  # fmt: skip
    """The items with standard costs of every period and list prices."""
    cost = standard_costs(bought_costs(luck, draft, items), draft, items, network, operations, centres)
    return replace(items, standard_cost=cost, list_price=_list_prices(luck, models, items, cost))


def bought_costs(luck: Luck, draft: Draft, items: Items) -> Floats:
    """(period, item): what the item costs before anything is built of it; for painted frames the painter's price."""
    groups = sorted({item.group for item in draft.items})
    group = np.array([groups.index(item.group) for item in draft.items])
    later = np.arange(1, items.cost_from_day.size)[:, None]
    drift = -0.005 + 0.045 * luck.uniform("price drift", np.arange(len(groups)), later)
    own = 0.006 * luck.normal("own price drift", np.arange(items.count), later)
    yearly = np.clip(drift[:, group] + own, -0.01, 0.05)
    index = np.vstack([np.ones(items.count), np.cumprod(1.0 + yearly, axis=0)])
    bought: Floats = np.array([item.cost for item in draft.items]) * index
    return bought


def standard_costs(
    bought: Floats, draft: Draft, items: Items, network: Network, operations: Operations, centres: WorkCentres
) -> Floats:
    """(period, item): material + hours × cost per hour + the subcontractor's price, from the bottom up, to 4 decimals.

    Bills as they are on the first day of the period. By-products and quantities per order are not counted.
    """
    lines = network.bill_lines
    periods = items.cost_from_day.size
    days = items.cost_from_day[:, None]
    is_valid = (lines.valid_from_day <= days) & (days < lines.valid_until_day)
    counted = is_valid & (lines.substitute_of < 0) & ~lines.is_fixed
    factor = np.where(counted, lines.quantity / (1.0 - lines.scrap_rate), 0.0)
    rise = conversion_index(periods)[:, None]
    hourly = operations.run_hours * centres.cost_per_hour[operations.work_centre] * rise
    conversion = np.zeros((periods, network.item.size))
    np.add.at(conversion.T, operations.node, hourly.T)
    cost = rounded(bought, 4)
    makes = (network.supply == MAKE) | (network.supply == SUBCONTRACT)
    for level in range(int(network.level.max()), -1, -1):
        nodes = np.flatnonzero(makes & (network.level == level))
        if not nodes.size:
            continue
        own = np.flatnonzero(network.level[lines.parent] == level)
        material = np.zeros((periods, network.item.size))
        np.add.at(material.T, lines.parent[own], (factor[:, own] * cost[:, network.item[lines.component[own]]]).T)
        made = network.item[nodes]
        cost[:, made] = rounded(bought[:, made] + material[:, nodes] + conversion[:, nodes], 4)
    _gather_phantoms(draft, items, cost)
    return cost


def conversion_index(periods: int) -> Floats:
    """What an hour costs in each period, the first one being 1."""
    return np.power(1.0 + CONVERSION_DRIFT, np.arange(periods, dtype=np.float64))


def _gather_phantoms(draft: Draft, items: Items, cost: Floats) -> None:
    """A phantom is worth its parts."""
    phantom = set(np.flatnonzero(items.is_phantom).tolist())
    for line in draft.lines:
        if line.parent in phantom and line.substitute_of < 0:
            is_valid = (line.from_day <= items.cost_from_day) & (items.cost_from_day < line.until_day)
            cost[is_valid, line.parent] += line.quantity / (1 - line.scrap_rate) * cost[is_valid, line.component]
    codes = sorted(phantom)
    cost[:, codes] = rounded(cost[:, codes], 4)


def _list_prices(luck: Luck, models: Sequence[Model], items: Items, cost: Floats) -> Floats:
    """Cost of the year of launch (or of the second year) over margin and usual discount, ending in 9 for vehicles."""
    prices = np.zeros(items.count)
    noise = 0.018 * luck.normal("margin", np.arange(items.count))
    for model in models:
        launched = int(np.searchsorted(items.cost_from_day, items.sold_from_day[model.item], side="right")) - 1
        basis = float(cost[max(1, launched), model.item])
        margin = MARGIN[model.plan.family] + float(np.clip(noise[model.item], -0.03, 0.03))
        discount = ORDER_DISCOUNT if model.strategy == TO_ORDER else USUAL_DISCOUNT
        price = basis / (1.0 - margin) / (1.0 - discount)
        prices[model.item] = round(price) if price < 1000 else round(price / 50) * 50 - 1
    return prices
