"""How each node is planned: lot rules, safety stocks and lead times, with the errors that a real company lives with."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from pipelines.demo.company.company import (
    BUY,
    FIXED_QUANTITY,
    LOT_FOR_LOT,
    LOT_RULES,
    MAKE,
    MIN_MAX,
    PERIOD_OF_SUPPLY,
    REORDER_POINT,
    SUBCONTRACT,
    TO_STOCK,
    TRANSFER,
    Codes,
    Flags,
    Floats,
    Items,
    Lanes,
    Nodes,
    Operations,
    Sources,
)
from pipelines.demo.company.draft import SPARE
from pipelines.demo.company.purchasing import booking_error
from pipelines.demo.company.rounding import round_up_nicely, rounded, whole_up
from pipelines.demo.company.structure import Network
from pipelines.demo.luck import Luck

ECONOMIC_QUANTITY = LOT_RULES.index("economic_quantity")
USUAL_LOT_WEEKS = 3.0
CHEAP, DEAR = 800.0, 12_000.0
"""CNY of use a week at market 1.0: what is not worth a second look, and what is bought by the week."""
REVIEW_DAYS = 7.0
"""MRP runs once a week: a need may wait that long before it is ordered."""


@dataclass(frozen=True, slots=True)
class Plans:
    """What the policies rest on, by node."""

    strategy: Codes
    use: Floats
    """Units a week, mean of the first three years."""
    customer_share: Floats
    """Share of the use that customers take directly."""


def draw_nodes(
    luck: Luck, items: Items, network: Network, operations: Operations, sources: Sources, lanes: Lanes, plans: Plans,
    market: float,
) -> Nodes:  # fmt: skip
    """All parameters of all nodes."""
    item, supply, strategy = network.item, network.supply, plans.strategy
    key = (item, network.place)
    decimals = items.decimals[item]
    usual = plans.use * min(market, 1.0) / market
    lead = _lead_days(luck, network, operations, sources, lanes, usual)
    calendar_lead = np.where((supply == MAKE) | (supply == SUBCONTRACT), lead * 1.45, lead)
    value = plans.use / market * items.standard_cost[0, item]
    rule, cover = _lot_rules(luck, items, network, strategy, value)
    service = _service_rates(luck, items, network)
    safety = _safety_stocks(luck, items, network, plans, usual, market, calendar_lead, service)
    batch, least, most, fixed = _lots(luck, items, network, sources, usual, value < CHEAP)
    reorder = plans.use * (calendar_lead + REVIEW_DAYS) / 7.0 + safety
    enough = reorder + np.maximum(np.where(fixed > 0, fixed, 0.0), plans.use * 2.0)
    is_pointed = (rule == REORDER_POINT) | (rule == MIN_MAX)
    setup = np.zeros(network.item.size)
    np.add.at(setup, operations.node, operations.setup_hours * 90.0)
    ordering = np.select([supply == BUY, supply == TRANSFER], [140.0, 45.0], setup + 60.0)
    weeks = np.select([supply == BUY, supply == TRANSFER], [1.0, 0.7], 0.5)
    opening = weeks * (0.6 + 0.9 * luck.uniform("opening weeks", *key))
    is_stocked = (strategy == TO_STOCK) & (items.sold_from_day[item] < 0) & (plans.use > 0)
    return Nodes(
        item=item,
        place=network.place,
        supply=supply,
        source=network.source,
        strategy=strategy,
        level=network.level,
        lot_rule=rule,
        fixed_lot=np.where((rule == FIXED_QUANTITY) | (rule == ECONOMIC_QUANTITY) | is_pointed, fixed, 0.0),
        min_lot=least,
        max_lot=most,
        lot_multiple=batch,
        cover_weeks=cover,
        ordering_cost=rounded(ordering * luck.lognormal(0.15, "ordering cost", *key), 0),
        holding_rate=rounded(0.17 + 0.08 * luck.uniform("holding rate", *key), 3),
        safety_stock=safety,
        safety_days=np.where((supply == BUY) & luck.chance(0.3, "safety days", *key), 3.0, 0.0),
        service_rate=service,
        lead_days=lead,
        reorder_point=whole_up(np.where(is_pointed, reorder, 0.0), decimals),
        max_stock=whole_up(np.where(rule == MIN_MAX, enough, 0.0), decimals),
        yield_rate=_yield_rates(luck, network, operations),
        planner=_planners(items, network),
        opening_weeks=np.where(is_stocked, rounded(opening, 2), 0.0),
    )


def _lead_days(
    luck: Luck, network: Network, operations: Operations, sources: Sources, lanes: Lanes, usual: Floats
) -> Floats:
    """As booked: calendar days for BUY and TRANSFER, working days for what is made or painted."""
    count = network.item.size
    key = (network.item, network.place)
    lead = np.ones(count)
    first = sources.priority == 1
    stale = np.where(luck.chance(0.06, "stale lead", *key), 0.7 + 0.8 * luck.uniform("stale lead size", *key), 1.0)
    booked = np.zeros(count)
    booked[sources.node[first]] = sources.book_lead_days[first]
    bought = network.supply == BUY
    lead[bought] = np.maximum(1.0, np.rint(booked * stale))[bought]
    moved = np.flatnonzero(network.source >= 0)
    usual_lane: dict[tuple[int, int], float] = {}
    for first_place, last_place, days in zip(
        lanes.from_place.tolist(), lanes.to_place.tolist(), lanes.book_days.tolist(), strict=True
    ):
        usual_lane.setdefault((first_place, last_place), days)
    origin = network.place[network.source[moved]].tolist()
    lead[moved] = [usual_lane[pair] for pair in zip(origin, network.place[moved].tolist(), strict=True)]
    made = np.flatnonzero(network.supply == MAKE)
    busy = np.zeros(count)
    hours = operations.setup_hours + operations.run_hours * np.minimum(USUAL_LOT_WEEKS * usual[operations.node], 600.0)
    np.add.at(busy, operations.node, operations.queue_days + np.minimum(hours / 14.0, 6.0) + 0.65)
    lead[made] = np.maximum(1.0, np.ceil(busy * booking_error(luck, *key))[made])
    painted = network.supply == SUBCONTRACT
    lead[painted] = np.maximum(3.0, np.rint(5.0 * booking_error(luck, *key)))[painted]
    return lead


def _lot_rules(luck: Luck, items: Items, network: Network, strategy: Codes, value: Floats) -> tuple[Codes, Codes]:
    """Rule and weeks of cover. `value`: CNY of use a week at market 1.0."""
    drawn = luck.uniform("lot rule", network.item, network.place)
    supply = network.supply
    is_spare = items.item_type[network.item] == SPARE
    is_cheap, is_dear = value < CHEAP, value > DEAR

    def pick(*choices: tuple[float, int]) -> Codes:
        limits = np.array([limit for limit, _ in choices])
        return np.array([rule for _, rule in choices])[np.searchsorted(limits[:-1], drawn, side="right")]

    bought_dear = pick((0.7, PERIOD_OF_SUPPLY), (0.8, LOT_FOR_LOT), (1.0, ECONOMIC_QUANTITY))
    bought = pick((0.45, PERIOD_OF_SUPPLY), (0.75, ECONOMIC_QUANTITY), (0.9, FIXED_QUANTITY), (1.0, MIN_MAX))
    bought_cheap = pick((0.55, REORDER_POINT), (0.8, MIN_MAX), (1.0, PERIOD_OF_SUPPLY))
    moved = pick((0.65, PERIOD_OF_SUPPLY), (0.75, LOT_FOR_LOT), (1.0, MIN_MAX))
    made = pick((0.5, PERIOD_OF_SUPPLY), (0.78, FIXED_QUANTITY), (0.84, LOT_FOR_LOT), (1.0, ECONOMIC_QUANTITY))
    spare = pick((0.65, REORDER_POINT), (1.0, MIN_MAX))
    rule = np.select(
        [strategy != TO_STOCK, is_spare, supply == TRANSFER, supply != BUY, is_cheap, is_dear],
        [np.full(drawn.size, LOT_FOR_LOT), spare, moved, made, bought_cheap, bought_dear],
        bought,
    ).astype(np.int32)  # fmt: skip
    weeks = np.select(
        [supply == TRANSFER, supply != BUY, is_dear, is_cheap],
        [2 + (drawn * 2), 3 + (drawn * 3), 1 + (drawn * 2), 6 + (drawn * 6)],
        2 + drawn * 3,
    )  # fmt: skip
    return rule, np.where(rule == PERIOD_OF_SUPPLY, np.floor(weeks), 0).astype(np.int32)


def _service_rates(luck: Luck, items: Items, network: Network) -> Floats:
    usual = np.select(
        [items.item_type[network.item] == SPARE, items.family[network.item] >= 0, network.supply == BUY],
        [0.92, 0.95, 0.97], 0.95,
    )  # fmt: skip
    return rounded(np.minimum(usual + 0.02 * luck.uniform("service", network.item, network.place), 0.99), 3)


def _safety_stocks(
    luck: Luck, items: Items, network: Network, plans: Plans, usual: Floats, market: float, calendar_lead: Floats,
    service: Floats,
) -> Floats:  # fmt: skip
    """Service factor × spread of demand over lead time and review; a few are years old, a few were never set."""
    key = (network.item, network.place)
    weekly_spread = np.sqrt(usual) + usual * np.where(plans.customer_share > 0.5, 0.20, 0.15)
    weekly_spread = weekly_spread * np.sqrt(market / min(market, 1.0))
    weeks = (calendar_lead + REVIEW_DAYS) / 7.0
    needed = _safety_factors(service) * weekly_spread * np.sqrt(np.minimum(weeks, 8.0))
    case = luck.uniform("stale safety stock", *key)
    # Goods that wait at the plant for the centres are covered by the stock that lies there.
    needed = (
        np.where((network.supply == MAKE) & (items.family[network.item] >= 0) & (plans.customer_share < 0.5), 0.5, 1.0)
        * needed
    )
    stale = np.select([case < 0.04, case < 0.07, case < 0.09], [0.3, 2.4, 0.0], 1.0)
    bulk = items.decimals[network.item] > 0
    needed = np.where(bulk, np.minimum(needed, 2.5 * plans.use), needed)
    is_stocked = (plans.strategy == TO_STOCK) & (plans.use > 0)
    return whole_up(np.where(is_stocked, needed * stale, 0.0), items.decimals[network.item])


def _safety_factors(service: Floats) -> Floats:
    """Quantile of the normal distribution."""
    rates, position = np.unique(service, return_inverse=True)
    return np.array([NormalDist().inv_cdf(rate) for rate in rates.tolist()])[position]


def _lots(
    luck: Luck, items: Items, network: Network, sources: Sources, usual: Floats, is_cheap: Flags
) -> tuple[Floats, Floats, Floats, Floats]:
    """Multiple, least, most and usual lot. `usual`: units a week at a market of at most 1.0."""
    supply = network.supply
    key = (network.item, network.place)
    decimals = items.decimals[network.item]
    count = network.item.size
    made = (supply == MAKE) | (supply == SUBCONTRACT)
    weeks = luck.uniform("lot weeks", *key)
    multiple, least = np.where(decimals > 0, 0.0, 1.0), np.zeros(count)
    first = sources.priority == 1
    bought_multiple, bought_least = np.zeros(count), np.zeros(count)
    bought_multiple[sources.node[first]] = sources.multiple[first]
    bought_least[sources.node[first]] = sources.min_quantity[first]
    bought = supply == BUY
    multiple = np.where(bought, bought_multiple, multiple)
    least = np.where(bought, bought_least, least)
    pallet = round_up_nicely(usual * 0.1, decimals)
    is_palletised = luck.chance(0.3, "pallet", *key) & ((supply == TRANSFER) | made) & (items.family[network.item] < 0)
    multiple = np.where(is_palletised, pallet, multiple)
    step = np.maximum(multiple, np.where(decimals > 0, 0.1, 1.0))
    most = np.select(
        [made, bought], [np.maximum(usual * (5.0 + 2 * weeks), 4.0), np.maximum(usual * 15, 4 * bought_least)], 0.0
    )
    most = np.where(most > 0, np.ceil(most / step) * step, 0.0)
    fixed = np.select(
        [made, is_cheap, bought],
        [usual * (2.5 + 1.5 * weeks), usual * (7.0 + 5 * weeks), usual * (2.5 + 3 * weeks)],
        usual * (1.5 + 1.5 * weeks),
    )
    fixed = np.maximum(np.ceil(fixed / step) * step, np.maximum(least, step))
    fixed = np.where(most > 0, np.minimum(fixed, most), fixed)
    return rounded(multiple, 3), rounded(least, 3), rounded(most, 3), rounded(fixed, 3)


def _yield_rates(luck: Luck, network: Network, operations: Operations) -> Floats:
    """As booked: the true yield, with what was not looked after."""
    good = np.ones(network.item.size)
    np.multiply.at(good, operations.node, 1.0 - operations.defect_rate)
    booked = 1.0 - (1.0 - good) * (0.5 + luck.uniform("booked yield", network.item, network.place))
    return rounded(np.where(network.supply == MAKE, booked, 1.0), 3)


def _planners(items: Items, network: Network) -> Codes:
    """Two for the assembly plant, two for the drive plant and the painter, one for the centres, one for spare parts."""
    is_spare = items.item_type[network.item] == SPARE
    is_bought = network.supply == BUY
    return np.select(
        [is_spare, network.place >= 3, (network.place == 0) & is_bought, network.place == 0, is_bought],
        [5, 4, 1, 0, 3], 2,
    ).astype(np.int32)  # fmt: skip


def draw_strategies(items: Items, network: Network, of_item: Codes) -> Codes:
    """Strategy of the item's own production; everything else is to stock."""
    return np.where(network.supply == MAKE, of_item[network.item], TO_STOCK).astype(np.int32)
