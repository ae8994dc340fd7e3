"""Distributors and retailers: what they sell on, what lies on their shelves, and what they order from us.

Their own demand is steady; their orders are not. They order up to a target that follows what they sold of late, in
packs, once a week: that is how the bullwhip comes about. Empty shelves lose sales; the buyer notices that a shelf was
empty, and does not take it for falling demand.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.calendars import AMERICA, ASIA, EUROPE, WAREHOUSE
from pipelines.demo.company.company import CUSTOMER_TYPES, DISTRIBUTION, ITEM_TYPES
from pipelines.demo.documents import DISTRIBUTOR, MARKETPLACE, RETAIL
from pipelines.demo.market.demand import TodaysDemand
from pipelines.demo.market.orders import Heads, OrderDesk, Wishes, off_weekend
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
SPARE_PART = ITEM_TYPES.index("spare_part")
REORDER_SHARE = 0.55
"""A buyer orders when what is there and on order falls to this share of the target."""
MEMORY, INTERMITTENT_MEMORY = 0.22, 0.08
"""Weight of the last week in the buyer's idea of weekly sales."""
SHOP_SPREAD = 0.20
"""Sigma of a good or bad week of one customer."""
MEAN_BATCH = 3
"""Intermittent items sell rarely, then 1 to 5 at once."""
LAUNCH_SHARE = 0.35
"""How much of the full demand a buyer expects of what is new."""
LISTING_DAYS, DELISTING_DAYS = 10, 28
"""Orders begin before the first day of sale, and end before the last."""
SHORTEST_DAYS, LONGEST_DAYS = 7, 14
SPARES_SHORTEST_DAYS, SPARES_LONGEST_DAYS = 3, 7
ORDERING_CALENDAR = {"CN": WAREHOUSE, "NL": EUROPE, "DE": EUROPE, "IT": EUROPE, "FR": EUROPE, "US": AMERICA}
"""Others have that of Asia."""
# A pack by what a piece costs: (list price below, pieces).
PACKS = ((60.0, 10.0), (250.0, 5.0), (900.0, 2.0))


class Channel:
    """Shelves, as rows of customer × item (the assortment, with successors that it does not name itself)."""

    def __init__(self, world: World, desk: OrderDesk, demand: TodaysDemand) -> None:
        self.world, self.desk, self.demand = world, desk, demand
        items, customers = world.company.items, world.company.customers
        self.customer, self.item, self.rate, self.cover = _rows_with_successors(world)
        self._key = self.customer * items.count + self.item
        self._sold_row = demand.position[self.item]
        self._is_intermittent = items.is_intermittent[self.item]
        price = items.list_price[self.item]
        self.pack = np.select([price < limit for limit, _ in PACKS], [pieces for _, pieces in PACKS], 1.0)
        weekday = customers.order_weekday[self.customer]
        self._rows_of_weekday = [np.flatnonzero(weekday == each) for each in range(7)]
        self._is_spare = np.isin(items.family[self.item], _spare_families(world))
        channel_of_type = {"distributor": DISTRIBUTOR, "retailer": RETAIL, "online_channel": MARKETPLACE}
        channels = np.array([channel_of_type.get(name, DISTRIBUTOR) for name in CUSTOMER_TYPES])
        self._sales_channel = channels[customers.customer_type]
        self._calendar = np.array([ORDERING_CALENDAR.get(each, ASIA) for each in customers.country])
        self.shelf = np.zeros(self.item.size)
        self.on_order = np.zeros(self.item.size)
        self.expected = np.zeros(self.item.size)
        """The buyer's idea of weekly sales."""
        self.is_listed = np.zeros(self.item.size, dtype=bool)
        self._pull = np.zeros(demand.items.size)
        self._days = 0
        self.contract = np.full(customers.count, -1, dtype=np.int64)
        """Opportunity that won a new customer, until its first order."""

    def step(self) -> None:
        """Mondays: what was sold last week. Every day: the orders of those who order today."""
        world = self.world
        if world.day == 0:
            self._stock_up()
        if world.weekday() == 0 and world.day > 0:
            self._sell_out()
        self._pull += self.demand.factor[:, DISTRIBUTION] / 7.0
        self._days += 1
        self._order(self._rows_of_weekday[world.weekday()])

    def receive(self, customer: Rows, item: Rows, quantity: Floats) -> None:
        """What reached the customers lies on their shelves."""
        rows = np.searchsorted(self._key, customer * self.world.company.items.count + item)
        rows = np.minimum(rows, max(self._key.size - 1, 0))
        known = self._key[rows] == customer * self.world.company.items.count + item if self._key.size else rows > 0
        rows, quantity = rows[known], quantity[known]
        np.add.at(self.shelf, rows, quantity)
        np.subtract.at(self.on_order, rows, quantity)
        self.on_order[rows] = np.maximum(self.on_order[rows], 0.0)

    def _active(self, rows: Rows) -> npt.NDArray[np.bool_]:
        world, customer = self.world, self.customer[rows]
        return (world.customer_joined_day[customer] <= world.day) & (world.customer_left_day[customer] > world.day)

    def _stock_up(self) -> None:
        """Day 0: every shelf somewhere between the point of ordering and the target."""
        rows = np.flatnonzero(self._active(np.arange(self.item.size)) & self._orderable(np.arange(self.item.size)))
        self._list(rows)
        target = self.cover[rows] * self.expected[rows]
        filled = self.world.luck.uniform("first shelf", self.customer[rows], self.item[rows])
        self.shelf[rows] = np.rint(target * (REORDER_SHARE + (1 - REORDER_SHARE) * filled))

    def _orderable(self, rows: Rows) -> npt.NDArray[np.bool_]:
        items, item, day = self.world.company.items, self.item[rows], self.world.day
        begun = day >= items.sold_from_day[item] - LISTING_DAYS
        return begun & (day < items.sold_until_day[item] - DELISTING_DAYS)

    def _list(self, rows: Rows) -> None:
        """Take up items: the buyer has an idea of what they will sell."""
        level = self.demand.formula.level(self.item[rows], self.world.day)
        self.expected[rows] = self.rate[rows] * np.maximum(level, LAUNCH_SHARE)
        self.is_listed[rows] = True

    def _sell_out(self) -> None:
        world, luck, day = self.world, self.world.luck, self.world.day
        rows = np.flatnonzero(self.is_listed & self._active(np.arange(self.item.size)))
        customer, item, shelf = self.customer[rows], self.item[rows], self.shelf[rows]
        good_week = luck.lognormal(SHOP_SPREAD, "week of a shop", np.arange(world.company.customers.count), day)
        mean = self.rate[rows] * self._pull[self._sold_row[rows]] * good_week[customer]
        batches = self._is_intermittent[rows]
        wanted = luck.poisson(np.where(batches, mean / MEAN_BATCH, mean), "sell-out", customer, item, day)
        if batches.any():
            size = 1 + luck.integers(2 * MEAN_BATCH - 1, "batch", customer[batches], item[batches], day)
            wanted[batches] *= size
        sold = np.minimum(wanted, shelf)
        self.shelf[rows] = shelf - sold
        # A shelf that ran empty tells only that demand was not less than what was sold.
        weekly = sold * (7.0 / max(self._days, 1))
        seen = np.where(wanted > sold, np.maximum(weekly, self.expected[rows]), weekly)
        memory = np.where(batches, INTERMITTENT_MEMORY, MEMORY)
        self.expected[rows] += memory * (seen - self.expected[rows])
        if self._days == 7:
            told = world.company.customers.reports_stock[customer] & ((sold > 0) | (shelf > 0))
            world.documents.channel_weeks.append(
                int(told.sum()),
                customer=customer[told],
                item=item[told],
                week_day=day - 7,
                sold=sold[told],
                stock=(shelf - sold)[told],
            )
        self._pull[:] = 0.0
        self._days = 0

    def _order(self, rows: Rows) -> None:
        world, items = self.world, self.world.company.items
        # On a holiday nobody orders: next week there is more to order.
        at_work = world.is_working(self._calendar)[self.customer[rows]]
        rows = rows[at_work & self._active(rows) & self._orderable(rows)]
        if rows.size == 0:
            return
        new = rows[~self.is_listed[rows]]
        if new.size:
            self._list(new)
        # What is about to be replaced is not stocked for longer than it will be sold.
        weeks = np.minimum(self.cover[rows], (items.sold_until_day[self.item[rows]] - world.day) / 7.0)
        target = weeks * self.expected[rows]
        position = self.shelf[rows] + self.on_order[rows]
        due = (position <= REORDER_SHARE * target) & (target >= 0.5)
        rows, missing = rows[due], (target - position)[due]
        if rows.size == 0:
            return
        quantity = np.ceil(np.round(missing / self.pack[rows], 6)) * self.pack[rows]
        self.on_order[rows] += quantity
        self._book(rows, quantity)

    def _book(self, rows: Rows, quantity: Floats) -> None:
        world, luck, day = self.world, self.world.luck, self.world.day
        customers = world.company.customers
        customer, order = np.unique(self.customer[rows], return_inverse=True)
        transit = customers.transit_days[customer]
        usual = SHORTEST_DAYS + luck.integers(LONGEST_DAYS - SHORTEST_DAYS + 1, "wished in", customer, day)
        soon = SPARES_SHORTEST_DAYS + luck.integers(
            SPARES_LONGEST_DAYS - SPARES_SHORTEST_DAYS + 1, "spares wished in", customer, day
        )
        wished = np.where(self._is_spare[rows], soon[order], usual[order])
        requested = off_weekend(world, day + np.maximum(wished, np.ceil(transit).astype(np.int64)[order] + 1))
        opportunity = self.contract[customer]
        orders, _ = self.desk.place_orders(
            Heads(
                customer=customer,
                channel=self._sales_channel[customer],
                sales_rep=customers.sales_rep[customer],
                ordered_at=day + 0.03 + 0.4 * luck.uniform("time of order", customer, day),
                currency=customers.currency[customer],
                ship_from=customers.ship_from[customer],
                transit_days=transit,
                opportunity=opportunity,
            ),
            Wishes(
                order=order.astype(np.int64),
                item=self.item[rows],
                quantity=quantity,
                requested_day=requested,
                discount=customers.discount_rate[self.customer[rows]],
            ),
        )
        won = opportunity >= 0
        world.documents.opportunities["sales_order"][opportunity[won]] = orders[won]
        self.contract[customer] = -1


def _spare_families(world: World) -> Rows:
    """Families of what is sold as a spare part."""
    items = world.company.items
    return np.unique(items.family[(items.item_type == SPARE_PART) & (items.family >= 0)])


def _rows_with_successors(world: World) -> tuple[Rows, Rows, Floats, Floats]:
    """(customer, item, weekly rate, cover) by customer and item.

    A successor that the assortment does not name gets the rate of its predecessor.
    """
    assortment, items = world.company.assortment, world.company.items
    customer, item = assortment.customer.astype(np.int64), assortment.item.astype(np.int64)
    rate, cover = assortment.weekly_rate, assortment.cover_weeks
    for _ in range(60):
        successor = items.replaced_by[item].astype(np.int64)
        key = customer * items.count + item
        heir = customer * items.count + successor
        new = np.flatnonzero((successor >= 0) & ~np.isin(heir, key))
        if new.size == 0:
            break
        new = new[np.unique(heir[new], return_index=True)[1]]
        customer = np.concatenate([customer, customer[new]])
        item = np.concatenate([item, successor[new]])
        rate, cover = np.concatenate([rate, rate[new]]), np.concatenate([cover, cover[new]])
    order = np.lexsort((item, customer))
    return customer[order], item[order], rate[order], cover[order]
