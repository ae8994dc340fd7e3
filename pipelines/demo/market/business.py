"""Fleets and contracts: opportunities move through their stages day by day, and the won ones become orders.

Fleet customers ask for projects at their own rates; leads bring further ones, and prospects. A prospect becomes a
customer when he first buys (fleets) or signs (distributors, who then order as the others do). What a customer felt of
late deliveries lowers the chance to win.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import DISTRIBUTION, FLEET, NEVER
from pipelines.demo.documents import CHANGED_DOCUMENTS, CHANGED_FIELDS, DIRECT, LOST_REASONS, STAGES
from pipelines.demo.market.channel import Channel
from pipelines.demo.market.demand import TodaysDemand
from pipelines.demo.market.orders import HIGH_PRIORITY, Heads, OrderDesk, Wishes
from pipelines.demo.market.projects import Projects
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
NEGOTIATION, WON, LOST = (STAGES.index(name) for name in ("negotiation", "won", "lost"))
QUOTATION = STAGES.index("quotation")
OPEN_STATUS, WON_STATUS, LOST_STATUS = range(3)
STAGE_DAYS = np.array([7.0, 13.0, 11.0, 15.0])
STAGE_SPREAD = 0.5
PASSES = np.array([0.82, 0.87, 0.88])
"""Chance to get beyond qualification, needs and quotation."""
WIN_ODDS = 0.62
"""Log odds to win in the end, at the usual price and without bad memories (65 %)."""
WIN_RATE = float(np.prod(PASSES)) * 0.64
"""What the above comes to on average."""
PRICE_PULL, LATENESS_PULL = 9.0, 3.5
"""Change of the log odds by discount (1.0 = all) and by felt lateness (1.0 = the worst)."""
DISCOUNT_SPREAD = 0.05
SHORTEST_WEEKS, LONGEST_WEEKS = 5, 10
# Weights of LOST_REASONS, and how felt lateness adds to them.
REASON_WEIGHT = np.array([0.34, 0.08, 0.24, 0.16, 0.05, 0.13])
REASON_BY_LATENESS = np.array([0.0, 1.2, 0.2, 0.0, 0.5, 0.0])
_OPPORTUNITY = CHANGED_DOCUMENTS.index("opportunity")
_CLOSE_DATE = CHANGED_FIELDS.index("expected_close_date")
_PRICE = LOST_REASONS.index("price")


class Business:
    """Opportunities and the customers behind them. `felt` is the lateness that each business customer remembers, 0 to 1."""

    def __init__(
        self, world: World, desk: OrderDesk, demand: TodaysDemand, channel: Channel, felt: Floats
    ) -> None:
        self.world, self.desk, self.channel, self.felt = world, desk, channel, felt
        self.projects = Projects(world, desk, demand, WIN_RATE)
        self._open: Rows = np.zeros(0, dtype=np.int64)
        # Customers of whom a sales rep may hear through a lead: all fleets, and distributors who are none yet.
        customers = world.company.customers
        self._fleets: Rows = np.flatnonzero(customers.kind == FLEET)
        is_prospect = customers.joined_day == NEVER
        self._candidates: Rows = np.flatnonzero(is_prospect | (customers.kind == FLEET))
        self._has_open_contract = np.zeros(customers.count, dtype=bool)

    def step(self) -> None:
        """New projects, then every opportunity that moves today."""
        day = self.world.day
        active = self._fleets[
            (self.world.customer_joined_day[self._fleets] <= day) & (self.world.customer_left_day[self._fleets] > day)
        ]
        asking = self.projects.asking(active)
        if asking.size:
            created = day + 0.05 + 0.4 * self.world.luck.uniform("project comes at", asking, day)
            self._start(asking, created, np.full(asking.size, -1), np.full(asking.size, -1))
        self._move()

    def start_from_leads(self, keys: Rows, at: Floats, campaign: Rows, lead: Rows) -> tuple[Rows, Rows]:
        """Opportunities from leads: (customer, opportunity), both -1 where the lead is of someone we talk to already."""
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
            customer[taken] = wanted[taken]
            opportunity[taken] = self._start(wanted[taken], at[taken], campaign[taken], lead[taken])
        return customer, opportunity

    def _start(self, customer: Rows, created: Floats, campaign: Rows, lead: Rows) -> Rows:
        world, luck, day = self.world, self.world.luck, self.world.day
        customers, documents = world.company.customers, world.documents
        is_contract = customers.kind[customer] == DISTRIBUTION
        from_lead = (lead >= 0).astype(np.int64)
        self._has_open_contract[customer[is_contract]] = True
        rep = customers.sales_rep[customer]
        optimism = 0.9 + 0.5 * luck.uniform("optimism", rep)
        first_close = np.rint(created + STAGE_DAYS.sum() / optimism).astype(np.int64)
        discount = np.clip(
            customers.discount_rate[customer] + DISCOUNT_SPREAD * luck.normal("bargain", customer, day, from_lead), 0, 0.45
        )
        wishes = self.projects.wishes(customer, is_contract, from_lead)
        net = np.round(
            world.company.items.list_price[wishes.item] * wishes.quantity * (1 - discount[wishes.order]), 2
        )
        sizes = np.bincount(wishes.order, minlength=customer.size)
        first_line = documents.opportunity_lines.count + np.cumsum(sizes) - sizes
        rows = documents.opportunities.append(
            customer.size,
            customer=customer,
            lead=lead,
            sales_rep=rep,
            campaign=campaign,
            created_at=created,
            stage=0,
            status=OPEN_STATUS,
            expected_value=np.round(np.bincount(wishes.order, net, customer.size), 2),
            rep_probability=np.round(np.clip(WIN_RATE * optimism * 1.25, 0.05, 0.95), 2),
            first_close_day=first_close,
            close_day=first_close,
            closed_at=np.inf,
            lost_reason=-1,
            sales_order=-1,
            next_stage_day=day + self._stage_days(np.zeros(customer.size, dtype=np.int64), customer, day, from_lead),
            first_line=first_line,
            lines=sizes,
            quoted_at=np.inf,
        )
        weeks = SHORTEST_WEEKS + luck.integers(LONGEST_WEEKS - SHORTEST_WEEKS + 1, "wanted in", customer, day, from_lead)
        documents.opportunity_lines.append(
            wishes.order.size,
            opportunity=rows[wishes.order],
            item=wishes.item,
            quantity=wishes.quantity,
            net_value=net,
            wanted_day=(first_close + 7 * weeks)[wishes.order],
        )
        documents.stage_changes.append(customer.size, opportunity=rows, at=created, stage=0)
        self._open = np.concatenate([self._open, rows])
        return rows

    def _stage_days(self, stage: Rows, customer: Rows, created_day: npt.ArrayLike, from_lead: Rows) -> Rows:
        factor = self.world.luck.lognormal(STAGE_SPREAD, "stage takes", customer, created_day, from_lead, stage)
        days: Rows = np.maximum(np.rint(STAGE_DAYS[stage] * factor), 1).astype(np.int64)
        return days

    def _move(self) -> None:
        world, day, table = self.world, self.world.day, self.world.documents.opportunities
        rows = self._open
        due = rows[table["next_stage_day"][rows] <= day]
        if due.size:
            self._advance(due)
            self._open = rows = rows[table["status"][rows] == OPEN_STATUS]
        # A date that has passed is moved, again and again.
        late = rows[table["close_day"][rows] <= day]
        if late.size:
            customer, created = table["customer"][late], table["created_at"][late].astype(np.int64)
            further = 10 + world.luck.integers(25, "close date moves", customer, created, day)
            self._move_close(late, day + further, day + 0.35)

    def _move_close(self, rows: Rows, new: Rows, at: npt.ArrayLike) -> None:
        table = self.world.documents.opportunities
        old = table["close_day"][rows]
        self.world.documents.changes.append(
            rows.size, document=_OPPORTUNITY, row=rows, field=_CLOSE_DATE, old=old, new=new, at=at
        )
        table["close_day"][rows] = new

    def _advance(self, rows: Rows) -> None:
        world, luck, day = self.world, self.world.luck, self.world.day
        table = world.documents.opportunities
        stage, customer = table["stage"][rows].astype(np.int64), table["customer"][rows].astype(np.int64)
        created, from_lead = table["created_at"][rows].astype(np.int64), (table["lead"][rows] >= 0).astype(np.int64)
        at = day + 0.05 + 0.5 * luck.uniform("stage at", customer, created, from_lead, stage)
        passes = np.append(PASSES, 0.0)[stage]
        final = stage == NEGOTIATION
        odds = WIN_ODDS - LATENESS_PULL * self.felt[customer] + PRICE_PULL * self._bargain(rows, customer)
        passes = np.where(final, 1 / (1 + np.exp(-odds)), passes)
        # Whoever left does not buy.
        passes = np.where(world.customer_left_day[customer] <= day, 0.0, passes)
        good = luck.chance(passes, "stage passes", customer, created, from_lead, stage)
        new = np.where(good, stage + 1, LOST)
        table["stage"][rows] = new
        world.documents.stage_changes.append(rows.size, opportunity=rows, at=at, stage=new)
        quoted = new == QUOTATION
        table["quoted_at"][rows[quoted]] = at[quoted]
        moves = np.flatnonzero(good & ~final)
        days = self._stage_days(new[moves], customer[moves], created[moves], from_lead[moves])
        table["next_stage_day"][rows[moves]] = day + days
        lost = np.flatnonzero(~good)
        if lost.size:
            table["status"][rows[lost]] = LOST_STATUS
            table["closed_at"][rows[lost]] = at[lost]
            table["lost_reason"][rows[lost]] = self._reasons(customer[lost], created[lost], from_lead[lost])
            self._has_open_contract[customer[lost]] = False
        won = np.flatnonzero(good & final)
        if won.size:
            table["status"][rows[won]] = WON_STATUS
            table["closed_at"][rows[won]] = at[won]
            self._win(rows[won], customer[won], at[won])

    def _bargain(self, rows: Rows, customer: Rows) -> Floats:
        """Discount beyond what the customer is used to, from the lines as quoted."""
        world = self.world
        lines = world.documents.opportunity_lines
        first = world.documents.opportunities["first_line"][rows]
        list_value = world.company.items.list_price[lines["item"][first]] * lines["quantity"][first]
        given: Floats = 1 - lines["net_value"][first] / np.maximum(list_value, 0.01)
        return given - world.company.customers.discount_rate[customer]

    def _reasons(self, customer: Rows, created: Rows, from_lead: Rows) -> Rows:
        weights = REASON_WEIGHT + REASON_BY_LATENESS * self.felt[customer][:, None]
        cumulative = np.cumsum(weights, axis=1)
        drawn = self.world.luck.uniform("why lost", customer, created, from_lead) * cumulative[:, -1]
        reasons: Rows = (drawn[:, None] >= cumulative).sum(axis=1)
        return reasons

    def _win(self, rows: Rows, customer: Rows, at: Floats) -> None:
        world, day = self.world, self.world.day
        customers, documents = world.company.customers, world.documents
        new = world.customer_joined_day[customer] == NEVER
        world.customer_joined_day[customer[new]] = day
        is_contract = customers.kind[customer] == DISTRIBUTION
        self.channel.contract[customer[is_contract]] = rows[is_contract]
        self._has_open_contract[customer[is_contract]] = False
        rows, customer, at = rows[~is_contract], customer[~is_contract], at[~is_contract]
        if rows.size == 0:
            return
        table, lines = documents.opportunities, documents.opportunity_lines
        sizes = table["lines"][rows].astype(np.int64)
        order = np.repeat(np.arange(rows.size), sizes)
        line = np.repeat(table["first_line"][rows], sizes) + np.arange(order.size)
        line -= np.repeat(np.cumsum(sizes) - sizes, sizes)
        item, quantity = lines["item"][line].astype(np.int64), lines["quantity"][line]
        discount = 1 - lines["net_value"][line] / (world.company.items.list_price[item] * quantity)
        weeks = world.luck.integers(LONGEST_WEEKS - SHORTEST_WEEKS + 1, "delivery in", customer, day)
        requested = day + 7 * (SHORTEST_WEEKS + weeks) + np.ceil(customers.transit_days[customer]).astype(np.int64)
        orders, _ = self.desk.place_orders(
            Heads(
                customer=customer,
                channel=DIRECT,
                sales_rep=customers.sales_rep[customer],
                ordered_at=at,
                currency=customers.currency[customer],
                ship_from=customers.ship_from[customer],
                transit_days=customers.transit_days[customer],
                priority=HIGH_PRIORITY,
                opportunity=rows,
            ),
            Wishes(
                order=order,
                item=item,
                quantity=quantity,
                requested_day=requested[order],
                discount=np.round(discount, 4),
            ),
        )
        table["sales_order"][rows] = orders
