"""Fleets and contracts: who asks for what, and what becomes of an opportunity that is won.

Fleet customers ask for projects at their own rates; leads bring further ones, and prospects. A prospect becomes a
customer when he first buys (fleets) or signs (distributors, who then order as the others do).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import DISTRIBUTION, FLEET, NEVER
from pipelines.demo.documents import DIRECT
from pipelines.demo.market.channel import Channel
from pipelines.demo.market.demand import TodaysDemand
from pipelines.demo.market.opportunities import CARRIED_DAYS, LONGEST_WEEKS, SHORTEST_WEEKS, WIN_RATE, Pipeline
from pipelines.demo.market.orders import HIGH_PRIORITY, Heads, OrderDesk, Wishes, off_weekend
from pipelines.demo.market.projects import Projects
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


class Business:
    """Fleet projects and contracts with new distributors."""

    def __init__(self, world: World, desk: OrderDesk, demand: TodaysDemand, channel: Channel, felt: Floats) -> None:
        self.world, self.desk, self.channel = world, desk, channel
        self.projects = Projects(world, desk, demand, WIN_RATE)
        self.pipeline = Pipeline(world, felt)
        customers = world.company.customers
        self._fleets: Rows = np.flatnonzero(customers.kind == FLEET)
        # Whom a lead may turn out to be: a fleet, known or not, or a distributor who is no customer yet.
        carries = np.zeros(customers.count, dtype=bool)
        carries[world.company.assortment.customer] = True
        is_new = (customers.joined_day == NEVER) & carries
        self._candidates: Rows = np.flatnonzero(is_new | (customers.kind == FLEET))
        self._has_open_contract = np.zeros(customers.count, dtype=bool)

    def step(self) -> None:
        """New projects, then every opportunity that moves today."""
        world, day = self.world, self.world.day
        joined, left = world.customer_joined_day[self._fleets], world.customer_left_day[self._fleets]
        active = self._fleets[(joined <= day) & (left > day)]
        if day == 0:
            self._carry_over(active)
        asking = self.projects.asking(active, day)
        if asking.size:
            self._start_projects(asking, day + 0.05 + 0.4 * world.luck.uniform("project comes at", asking, day))
        won = self.pipeline.move()
        if won.size:
            self._win(won)
        closed = self._has_open_contract & (world.customer_left_day <= day)
        self._has_open_contract[closed] = False

    def start_from_leads(self, keys: Rows, at: Floats, campaign: Rows, lead: Rows) -> tuple[Rows, Rows]:
        """(customer, opportunity) of leads that convert; both -1 where the lead is someone we talk to already."""
        world, count = self.world, keys.size
        customer, opportunity = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
        if self._candidates.size == 0:
            return customer, opportunity
        wanted = self._candidates[world.luck.integers(self._candidates.size, "lead is", keys)]
        is_contract = world.company.customers.kind[wanted] == DISTRIBUTION
        known = is_contract & ((world.customer_joined_day[wanted] != NEVER) | self._has_open_contract[wanted])
        free = ~known & (world.customer_left_day[wanted] > world.day)
        # One opportunity a customer and day: the first lead has it.
        first = np.zeros(count, dtype=bool)
        first[np.unique(np.where(free, wanted, -1 - np.arange(count)), return_index=True)[1]] = True
        taken = np.flatnonzero(free & first)
        if taken.size:
            who, is_contract = wanted[taken], is_contract[taken]
            self._has_open_contract[who[is_contract]] = True
            wishes = self.projects.wishes(
                who, np.full(who.size, world.day), np.ones(who.size, dtype=np.int64), is_contract
            )
            customer[taken] = who
            opportunity[taken] = self.pipeline.start(who, at[taken], campaign[taken], lead[taken], wishes)
        return customer, opportunity

    def _start_projects(self, customer: Rows, created: Floats) -> None:
        nothing = np.full(customer.size, -1)
        days = np.floor(created).astype(np.int64)
        wishes = self.projects.wishes(customer, days, 0 * days, np.zeros(customer.size, dtype=bool))
        self.pipeline.start(customer, created, nothing, nothing, wishes)

    def _carry_over(self, customers: Rows) -> None:
        """Opportunities that were open when the company's records began."""
        days = np.arange(-CARRIED_DAYS, 0)
        asked = [self.projects.asking(customers, int(day)) for day in days]
        customer = np.concatenate(asked)
        day = np.repeat(days, [each.size for each in asked])
        created = day + 0.05 + 0.4 * self.world.luck.uniform("project comes at", customer, day)
        alive = self.pipeline.alive_on_day_0(customer, created)
        if alive.any():
            self._start_projects(customer[alive], created[alive])

    def _win(self, rows: Rows) -> None:
        world, day = self.world, self.world.day
        customers, table = world.company.customers, world.documents.opportunities
        customer = table["customer"][rows].astype(np.int64)
        new = world.customer_joined_day[customer] == NEVER
        world.customer_joined_day[customer[new]] = day
        is_contract = customers.kind[customer] == DISTRIBUTION
        self.channel.contract[customer[is_contract]] = rows[is_contract]
        rows, customer = rows[~is_contract], customer[~is_contract]
        if rows.size:
            self._order(rows, customer, table["closed_at"][rows])

    def _order(self, rows: Rows, customer: Rows, at: Floats) -> None:
        world, day = self.world, self.world.day
        customers, items = world.company.customers, world.company.items
        table, lines = world.documents.opportunities, world.documents.opportunity_lines
        sizes = table["lines"][rows].astype(np.int64)
        order = np.repeat(np.arange(rows.size), sizes)
        line = np.arange(order.size) + np.repeat(table["first_line"][rows] - np.cumsum(sizes) + sizes, sizes)
        item, quantity = lines["item"][line].astype(np.int64), lines["quantity"][line]
        discount = 1 - lines["net_value"][line] / (items.list_price[item] * quantity)
        # What is not sold any more by now is delivered as its successor.
        item = np.where(
            (items.sold_until_day[item] <= day) & (items.replaced_by[item] >= 0), items.replaced_by[item], item
        )
        created = np.floor(table["created_at"][rows]).astype(np.int64)
        weeks = world.luck.integers(LONGEST_WEEKS - SHORTEST_WEEKS + 1, "delivery in", customer, created)
        transit = customers.transit_days[customer]
        wished = day + 7 * (SHORTEST_WEEKS + weeks) + np.ceil(transit).astype(np.int64)
        requested = off_weekend(world, wished)
        orders, _ = self.desk.place_orders(
            Heads(
                customer=customer,
                channel=DIRECT,
                sales_rep=customers.sales_rep[customer],
                ordered_at=at,
                currency=customers.currency[customer],
                ship_from=customers.ship_from[customer],
                transit_days=transit,
                priority=HIGH_PRIORITY,
                opportunity=rows,
            ),
            Wishes(order, item, quantity, requested[order], np.round(discount, 4)),
        )
        table["sales_order"][rows] = orders
