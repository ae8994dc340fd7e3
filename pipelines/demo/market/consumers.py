"""Consumers of the web shop and the marketplaces: born with a first order, buying again at their own rates, leaving.

The shop opens on day 0. Repeat orders follow the latent process of `population` alone (no season, no promotion); what
is bought follows the demand of the day. A consumer's luck is keyed by how and when he came, never by his number.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import ordinals
from pipelines.demo.company.company import CURRENCIES, HORIZON_DAYS, ITEM_TYPES, NEVER, ONLINE
from pipelines.demo.documents import MARKETPLACE, WEB_SHOP
from pipelines.demo.market.demand import TodaysDemand
from pipelines.demo.market.orders import Heads, OrderDesk, Wishes
from pipelines.demo.market.population import MORE_SPARES, drawn_rates, plan_births
from pipelines.demo.market.schedule import Schedule
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
SPARE_PART = ITEM_TYPES.index("spare_part")
# Where consumers live: country, served from, share, transit days, currency.
REGIONS = (
    ("CN", "D1", 0.60, 2.2, "CNY"),
    ("CN", "D2", 0.30, 2.4, "CNY"),
    ("DE", "D3", 0.045, 2.4, "EUR"),
    ("NL", "D3", 0.025, 1.4, "EUR"),
    ("FR", "D3", 0.015, 3.0, "EUR"),
    ("IT", "D3", 0.015, 3.6, "EUR"),
)
CONSUMER_COUNTRIES = ("CN", "DE", "NL", "FR", "IT")
"""What `consumers.country` points into."""
TRANSIT_SPREAD = 0.25
MARKETPLACE_SHARE = 0.42
SHORTEST_DAYS, LONGEST_DAYS = 2, 5
"""Days after the order, transit apart, when a consumer wishes to be served."""
KEY_BITS = 20
# Share of the orders by hour, from 08:00 in China (00:00 UTC) on: most come in the evening, few in the night.
_HOURLY = np.array(
    [35, 45, 55, 55, 55, 50, 50, 50, 50, 45, 45, 55, 70, 80, 70, 45, 25, 12, 6, 4, 4, 6, 12, 22], dtype=np.float64
)
_SHARE_BEFORE = np.concatenate([[0.0], np.cumsum(_HOURLY)]) / _HOURLY.sum()
_ADDED = 1 << 40


def hour_of_the_day(evenly: Floats) -> Floats:
    """Moments spread evenly over a day (0 to 1), moved to where people buy; their order stays."""
    hour: Floats = np.interp(evenly, _SHARE_BEFORE, np.linspace(0.0, 0.9999, _SHARE_BEFORE.size))
    return hour


class Consumers:
    """Births, repeat orders and what they hold."""

    def __init__(self, world: World, desk: OrderDesk, demand: TodaysDemand) -> None:
        self.world, self.desk, self.demand = world, desk, demand
        items, places = world.company.items, world.company.places
        # Positions in demand.items, by family, so that a family is a stretch of the cumulative weights.
        online = np.flatnonzero(items.channel_share[demand.items, ONLINE] > 0)
        online = online[np.lexsort((demand.items[online], demand.family[online]))]
        self._row = online
        self._item: Rows = demand.items[online].astype(np.int64)
        self._is_spare = items.item_type[self._item] == SPARE_PART
        self._family, self._family_start = np.unique(demand.family[online], return_index=True)
        self.plan = plan_births(world, demand.formula, self._item)
        self._schedule = Schedule()
        self.new_lines: Rows = np.zeros(0, dtype=np.int64)
        """Lines that consumers ordered today."""
        self._region_share = np.cumsum([region[2] for region in REGIONS])
        self._region_place = np.array([places.code(region[1]) for region in REGIONS])
        self._region_transit = np.array([region[3] for region in REGIONS])
        self._region_country = np.array([CONSUMER_COUNTRIES.index(region[0]) for region in REGIONS])
        self._currency = np.zeros(len(CONSUMER_COUNTRIES), dtype=np.int64)
        self._currency[self._region_country] = [CURRENCIES.index(region[4]) for region in REGIONS]
        self._vehicle_weight, self._spare_weight = np.zeros(online.size), np.zeros(online.size)

    def step(self) -> None:
        """Today's organic births with their first orders, and all repeat orders of today."""
        first_line = self.world.documents.sales_lines.count
        self._weigh()
        if self._item.size:
            self._give_birth()
            self._repeat()
        self.new_lines = np.arange(first_line, self.world.documents.sales_lines.count)

    def born_from_leads(self, keys: Rows, at: Floats, campaign: Rows, lead: Rows) -> Rows:
        """Leads who buy today, with their first orders; returns their customer codes. Call before `step`."""
        self._weigh()
        day = self.world.day
        is_spare = self.world.luck.chance(self.plan.first_spare_share[day], "lead buys a spare", keys)
        item = self._chosen(np.where(is_spare, 1.0, 0.0), keys, 0)
        return self._born(keys, at, item, campaign, lead)

    def leave(self, consumers: Rows) -> None:
        """They will not order again."""
        documents = self.world.documents
        living = consumers[documents.consumers["left_day"][consumers] == NEVER]
        documents.consumers["left_day"][living] = self.world.day
        documents.consumers["next_order_at"][living] = np.inf

    def _weigh(self) -> None:
        """Weights of items in vehicle and in spare part orders: 1 in all where nothing unusual happens."""
        day, daily = self.world.day, self.demand.daily[self._row, ONLINE]
        self._vehicle_weight = np.where(self._is_spare, 0.0, daily) / max(self.plan.vehicles[day], 1e-9)
        self._spare_weight = np.where(self._is_spare, daily, 0.0) / max(self.plan.spares[day], 1e-9)

    def _give_birth(self) -> None:
        world, day, plan = self.world, self.world.day, self.plan
        share = plan.first_spare_share[day]
        mean = plan.births[day] * ((1 - share) * self._vehicle_weight + share * self._spare_weight)
        count = world.luck.poisson(mean, "births", self._item, day)
        position = np.repeat(np.arange(count.size), count)
        if position.size == 0:
            return
        keys = ((day * np.int64(world.company.items.count) + self._item[position]) << KEY_BITS) + ordinals(position)
        at = day + hour_of_the_day(world.luck.uniform("born at", keys))
        self._born(keys, at, self._item[position], -1, -1)

    def _born(self, keys: Rows, at: Floats, item: Rows, campaign: npt.ArrayLike, lead: npt.ArrayLike) -> Rows:
        world, luck = self.world, self.world.luck
        region = luck.choice(self._region_share, "lives in", keys)
        buy_rate, leave_probability = drawn_rates(world, keys)
        next_at = at + luck.exponential(1.0 / buy_rate, "gap", keys, 0)
        marketplace = luck.chance(MARKETPLACE_SHARE, "marketplace", keys)
        transit = self._region_transit[region] * luck.lognormal(TRANSIT_SPREAD, "consumer transit", keys)
        rows = world.documents.consumers.append(
            keys.size,
            created_day=world.day,
            campaign=campaign,
            lead=lead,
            ship_from=self._region_place[region],
            country=self._region_country[region],
            channel=np.where(marketplace, MARKETPLACE, WEB_SHOP),
            buy_rate=buy_rate,
            leave_probability=leave_probability,
            orders=1,
            next_order_at=next_at,
            left_day=NEVER,
            transit_days=np.round(transit, 1),
            key=keys,
        )
        self._schedule.add(rows, np.where(next_at < HORIZON_DAYS, next_at, np.inf))
        self._buy(rows, at, item, np.zeros(rows.size, dtype=np.int64))
        return rows + world.company.customers.count

    def _repeat(self) -> None:
        consumers = self.world.documents.consumers
        while True:
            rows, at = self._schedule.due(self.world.day)
            # Whoever left meanwhile is still in the schedule.
            still = consumers["next_order_at"][rows] == at
            rows, at = rows[still], at[still]
            if rows.size == 0:
                return
            keys, number = consumers["key"][rows], consumers["orders"][rows].astype(np.int64)
            share = np.full(rows.size, self.plan.repeat_spare_share[self.world.day])
            item = self._chosen(share, keys, number)
            leaves = self.world.luck.chance(consumers["leave_probability"][rows], "leaves", keys, number)
            gap = self.world.luck.exponential(1.0 / consumers["buy_rate"][rows], "gap", keys, number)
            next_at = np.where(leaves, np.inf, at + gap)
            consumers["orders"][rows] = number + 1
            consumers["next_order_at"][rows] = next_at
            consumers["left_day"][rows[leaves]] = self.world.day
            self._schedule.add(rows, np.where(next_at < HORIZON_DAYS, next_at, np.inf))
            self._buy(rows, np.floor(at) + hour_of_the_day(at - np.floor(at)), item, number)

    def _chosen(self, spare_share: Floats, keys: Rows, number: npt.ArrayLike) -> Rows:
        """An item for each order: a race of the families, so that one family's surge leaves the other choices alone."""
        luck, starts = self.world.luck, self._family_start
        cumulative = np.stack([np.cumsum(self._vehicle_weight), np.cumsum(self._spare_weight)])
        ends = np.append(starts[1:], self._item.size) - 1
        upper = cumulative[:, ends]
        lower = np.concatenate([np.zeros((2, 1)), upper[:, :-1]], axis=1)
        weight = upper - lower
        share = spare_share[:, None]
        pull = (1 - share) * weight[0] + share * weight[1]
        times = luck.exponential(
            1.0, "family", keys[:, None], np.reshape(np.broadcast_to(number, keys.shape), (-1, 1)), self._family
        )
        with np.errstate(divide="ignore"):
            family = np.argmin(np.where(pull > 0, times / pull, np.inf), axis=1)
        # A family has either vehicles or spare parts, as a rule; if both, by what weighs more.
        kind = (weight[1] > weight[0]).astype(np.int64)[family]
        low, high = lower[kind, family], upper[kind, family]
        point = low + luck.uniform("item", keys, number) * (high - low)
        place = np.where(
            kind == 1,
            np.searchsorted(cumulative[1], point, side="right"),
            np.searchsorted(cumulative[0], point, side="right"),
        )
        chosen: Rows = self._item[np.clip(place, starts[family], ends[family])]
        return chosen

    def _buy(self, rows: Rows, at: Floats, item: Rows, number: Rows) -> None:
        """Book one order each: the item, and sometimes a spare part with it. `number`: orders before this one."""
        world, luck = self.world, self.world.luck
        consumers = world.documents.consumers
        keys = consumers["key"][rows]
        order = np.arange(rows.size)
        if self.plan.added_rate > 0 and self._spare_weight.any():
            adds = np.flatnonzero(luck.chance(self.plan.added_rate, "adds", keys, number))
            added = self._item[
                np.minimum(
                    luck.choice(np.cumsum(self._spare_weight), "added", keys[adds], number[adds]), self._item.size - 1
                )
            ]
            other = added != item[adds]
            adds, added = adds[other], added[other]
            order, item = np.concatenate([order, adds]), np.concatenate([item, added])
            by_order = np.argsort(order, kind="stable")
            order, item = order[by_order], item[by_order]
        draw = luck.uniform("how many", keys[order], number[order], item)
        is_spare = world.company.items.item_type[item] == SPARE_PART
        quantity = np.where(is_spare, 1.0 + (draw > MORE_SPARES[0]) + (draw > MORE_SPARES[1]), 1.0)
        transit = consumers["transit_days"][rows]
        wait = SHORTEST_DAYS + luck.integers(LONGEST_DAYS - SHORTEST_DAYS + 1, "consumer wishes", keys, number)
        self.desk.place_orders(
            Heads(
                customer=rows + world.company.customers.count,
                channel=consumers["channel"][rows],
                sales_rep=-1,
                ordered_at=at,
                currency=self._currency[consumers["country"][rows]],
                ship_from=consumers["ship_from"][rows],
                transit_days=transit,
            ),
            Wishes(
                order=order,
                item=item,
                quantity=quantity,
                requested_day=world.day + (wait + np.ceil(transit).astype(np.int64))[order],
            ),
        )
