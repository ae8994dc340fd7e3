"""Order lines meet stock: what is due is allocated by priority and promise, shipped, and arrives in its time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Floats, Rows, laid_out, running_totals
from pipelines.demo.causes import node_causes
from pipelines.demo.company.company import ASSEMBLE_TO_ORDER, TO_ORDER, TO_STOCK
from pipelines.demo.documents import CHANGED_DOCUMENTS, CHANGED_FIELDS, COMPLETED, DELIVERY_REFERENCE, SHIPMENT
from pipelines.demo.opening_hours import in_opening_hours
from pipelines.demo.production import Production
from pipelines.demo.promise import WORKING_WEEK
from pipelines.demo.purchasing import Purchasing
from pipelines.demo.world import World

_LINE = CHANGED_DOCUMENTS.index("sales_order_line")
_PROMISED = CHANGED_FIELDS.index("promised_date")
ALLOCATION_PASSES = 2
# A business customer takes a part of a late line from this share on, after so many days.
PARTIAL_SHARE, PARTIAL_DAYS = 0.3, 2
CONSUMER_TRANSIT_SPREAD = 0.25
# An order that comes later in the day (15:00 in China) does not leave on it.
CUT_OFF = 0.29
SUNDAY = 6
# What is made to order is started so much earlier than its lead time asks for.
TO_ORDER_RESERVE_DAYS = 0
MADE_PRIORITY, MADE_AGAIN_PRIORITY = 5, 1
# Pieces more than the booked yield asks for, as a multiple of the scrap it expects.
SCRAP_ALLOWANCE = 1.5


class Fulfilment:
    """Open order lines and deliveries on the road."""

    def __init__(self, world: World, purchasing: Purchasing, production: Production) -> None:
        self.world = world
        self.purchasing = purchasing
        self.production = production
        self.open_lines: Rows = np.zeros(0, dtype=np.int64)
        self._seen_lines = 0
        self._on_the_road: Rows = np.zeros(0, dtype=np.int64)
        self._arrival_at = np.zeros(0)

    def release_orders(self) -> None:
        """New lines join the open ones; what is made or assembled to order gets its production order."""
        world, lines = self.world, self.world.documents.sales_lines
        new = np.arange(self._seen_lines, lines.count)
        self._seen_lines = lines.count
        if new.size == 0:
            return
        self.open_lines = np.concatenate([self.open_lines, new])
        nodes = world.lookup.node_at[lines["item"][new], lines["place"][new]]
        strategy = world.policy.strategy[nodes]
        made = np.flatnonzero((strategy == TO_ORDER) | (strategy == ASSEMBLE_TO_ORDER))
        if made.size:
            rows, node = new[made], nodes[made].astype(np.int64)
            # Pieces left over from earlier orders are taken first.
            self._make(rows, node, self._lacking(rows, world.backlog), MADE_PRIORITY)

    def _make(self, rows: Rows, node: Rows, quantity: Floats, priority: int) -> None:
        """Production orders for lines, with a few pieces more for what will be scrapped."""
        world, policy = self.world, self.world.policy
        some = np.flatnonzero(quantity > 0)
        rows, node, quantity = rows[some], node[some], quantity[some]
        spoiled = SCRAP_ALLOWANCE * quantity * (1.0 - policy.yield_rate[node])
        lead = np.ceil(policy.lead_days[node] * WORKING_WEEK).astype(np.int64)
        ship_by = self.world.documents.sales_lines["ship_by_day"][rows]
        start = np.maximum(ship_by - lead - TO_ORDER_RESERVE_DAYS, world.day + 1)
        whole = np.ceil(np.round(quantity + spoiled, 6))
        self.production.order(node, whole, start, start + lead, sales_line=rows, priority=priority)

    def _lacking(self, rows: Rows, promised: Floats) -> Floats:
        """What the stock beyond what is promised leaves open of these lines, in their order."""
        world, lines = self.world, self.world.documents.sales_lines
        item, place = lines["item"][rows].astype(np.int64), lines["place"][rows].astype(np.int64)
        need = self._remaining(rows)
        key = item * world.stock.quantity.shape[1] + place
        free = np.maximum(world.stock.quantity[item, place] - promised[item, place], 0.0)
        return need - np.clip(free - (running_totals(key, need) - need), 0.0, need)

    def _make_again(self) -> None:
        """On Mondays: lines whose production order did not bring enough, since more was scrapped than allowed for."""
        world, lines, orders = self.world, self.world.documents.sales_lines, self.world.documents.production_orders
        rows = self.open_lines
        nodes = world.lookup.node_at[lines["item"][rows], lines["place"][rows]]
        made = world.policy.strategy[nodes] != TO_STOCK
        rows, nodes = rows[made], nodes[made].astype(np.int64)
        order = lines["production_order"][rows]
        is_over = order < 0
        is_over[~is_over] = orders["status"][order[~is_over]] >= COMPLETED
        lacking = self._lacking(rows, np.zeros_like(world.backlog))
        self._make(rows[is_over], nodes[is_over], lacking[is_over], MADE_AGAIN_PRIORITY)

    def arrive(self) -> None:
        """Deliveries that reach their customers today."""
        documents, day = self.world.documents, self.world.day
        here = self._arrival_at < day + 1
        deliveries = self._on_the_road[here]
        self._on_the_road, self._arrival_at = self._on_the_road[~here], self._arrival_at[~here]
        table = documents.delivery_lines["delivery"]
        # Lines of one delivery are neighbours, and deliveries are numbered as they leave.
        start, end = np.searchsorted(table, deliveries), np.searchsorted(table, deliveries, side="right")
        self.world.arrived_delivery_lines = laid_out(start, end)[1]

    def step(self) -> None:
        """Allocate, ship, and tell customers of new dates."""
        world, lines = self.world, self.world.documents.sales_lines
        remaining = self._remaining(self.open_lines)
        self.open_lines = self.open_lines[remaining > 1e-6]
        calendar = world.company.places.calendar
        is_open = world.is_working(calendar)
        rows = self.open_lines
        place = lines["place"][rows]
        # What would fall due while the place is closed leaves before it closes.
        due = is_open[place] & (lines["ship_by_day"][rows] < self._next_open_day(calendar)[place])
        due &= world.documents.sales_orders["ordered_at"][lines["order"][rows]] < world.day + CUT_OFF
        self._ship(rows[due])
        self.open_lines = self.open_lines[self._remaining(self.open_lines) > 1e-6]
        if world.weekday() == 0:
            self._make_again()
        self._blame_and_repromise()
        self._count_backlog()

    def _next_open_day(self, calendar: npt.NDArray[np.int32]) -> Rows:
        """The next working day after today of each calendar (at most two weeks ahead)."""
        ahead = self.world.company.is_working[calendar, self.world.day + 1 : self.world.day + 15]
        days: Rows = self.world.day + 1 + np.argmax(ahead, axis=1)
        return days

    def _remaining(self, rows: Rows) -> Floats:
        lines = self.world.documents.sales_lines
        return np.round(lines["quantity"][rows] - lines["cancelled"][rows] - lines["shipped"][rows], 3)

    def _allocated(self, rows: Rows) -> tuple[Rows, Floats]:
        """Lines in the order of priority and promise, and what each gets of what is there."""
        world, lines = self.world, self.world.documents.sales_lines
        priority = world.documents.sales_orders["priority"][lines["order"][rows]]
        rows = rows[np.lexsort((rows, lines["promised_day"][rows], priority))]
        places = world.stock.quantity.shape[1]
        key = lines["item"][rows].astype(np.int64) * places + lines["place"][rows]
        left = world.stock.on_shelf()
        need = self._remaining(rows)
        given = np.zeros(rows.size)
        waiting = left[key] > 0
        for _ in range(ALLOCATION_PASSES):
            some = np.flatnonzero(waiting & (given == 0))
            if some.size == 0:
                break
            fits = running_totals(key[some], need[some]) <= left[key[some]] + 1e-6
            served = some[fits]
            given[served] = need[served]
            np.subtract.at(left, key[served], need[served])
        # What is left over goes to a business customer who waits already.
        waits = (given == 0) & (left[key] >= 1) & (lines["ship_by_day"][rows] <= world.day - PARTIAL_DAYS)
        waits &= lines["customer"][rows] < world.company.customers.count
        waits &= np.floor(left[key]) >= PARTIAL_SHARE * need
        first = np.flatnonzero(waits)
        first = first[np.unique(key[first], return_index=True)[1]]
        given[first] = np.minimum(np.floor(left[key[first]]), need[first])
        return rows, given

    def _ship(self, rows: Rows) -> None:
        if rows.size == 0:
            return
        world, documents, day = self.world, self.world.documents, self.world.day
        lines = documents.sales_lines
        rows, given = self._allocated(rows)
        shipped = given > 0
        rows, given = rows[shipped], given[shipped]
        if rows.size == 0:
            return
        by_order = np.lexsort((rows, lines["place"][rows], lines["order"][rows]))
        rows, given = rows[by_order], given[by_order]
        places = world.stock.quantity.shape[1]
        key = lines["order"][rows].astype(np.int64) * places + lines["place"][rows]
        _, first, position = np.unique(key, return_index=True, return_inverse=True)
        head = rows[first]
        customer = lines["customer"][head].astype(np.int64)
        transit, book, cause = self._transit(customer, lines["place"][head])
        shipped_at = day + 0.3 + 0.25 * world.luck.uniform("loading", customer, day, lines["place"][head])
        arrives_at = in_opening_hours(shipped_at + transit, shipped_at + 0.1)
        # Nobody is at a shop's door on a Sunday.
        sunday = (world.weekday() + np.floor(arrives_at) - day) % 7 == SUNDAY
        arrives_at += sunday & (customer < world.company.customers.count)
        deliveries = documents.deliveries.append(
            head.size,
            customer=customer,
            order=lines["order"][head],
            place=lines["place"][head],
            planned_ship_day=lines["ship_by_day"][head],
            shipped_at=shipped_at,
            expected_day=day + np.maximum(np.ceil(book), 1).astype(np.int64),
            arrives_at=arrives_at,
            cause=cause,
        )
        taken_row, lot, quantity, value = world.stock.issue(
            SHIPMENT,
            lines["item"][rows],
            lines["place"][rows],
            world.lookup.customer,
            given,
            shipped_at[position],
            reference_type=DELIVERY_REFERENCE,
            reference=deliveries[position],
        )
        documents.delivery_lines.append(
            taken_row.size,
            delivery=deliveries[position[taken_row]],
            sales_line=rows[taken_row],
            item=lines["item"][rows[taken_row]],
            quantity=quantity,
            lot=lot,
            cost_value=value,
        )
        lines["shipped"][rows] = np.round(lines["shipped"][rows] + given, 3)
        full = self._remaining(rows) <= 1e-6
        lines["shipped_full_day"][rows[full]] = day
        slow = (cause[position] >= 0) & (lines["cause"][rows] < 0)
        lines["cause"][rows[slow]] = cause[position[slow]]
        self._on_the_road = np.concatenate([self._on_the_road, deliveries])
        self._arrival_at = np.concatenate([self._arrival_at, arrives_at])

    def _transit(self, customer: Rows, place: Rows) -> tuple[Floats, Floats, npt.NDArray[np.int16]]:
        """(true days, booked days, incident) on the way to each customer."""
        world, day = self.world, self.world.day
        business = world.company.customers
        known = np.minimum(customer, business.count - 1)
        is_business = customer < business.count
        book, spread = business.transit_days[known], business.transit_spread[known]
        key = customer.copy()
        if not is_business.all():
            consumers = world.documents.consumers
            who = np.maximum(customer - business.count, 0)
            who = np.where(is_business, 0, who)
            book = np.where(is_business, book, consumers["transit_days"][who])
            spread = np.where(is_business, spread, CONSUMER_TRANSIT_SPREAD)
            key = np.where(is_business, customer, consumers["key"][who])
        delay = np.where(is_business, world.effects.customer_transit_delay[known], 0.0)
        cause = np.where(is_business & (delay > 0), world.effects.customer_cause[known], -1).astype(np.int16)
        true = book * world.luck.lognormal(spread, "to customer", key, day, place) + delay
        return np.maximum(true, 0.2), book, cause

    def _blame_and_repromise(self) -> None:
        """Late lines learn their cause; on Mondays and Thursdays customers are told a new date."""
        world, lines, day = self.world, self.world.documents.sales_lines, self.world.day
        rows = self.open_lines
        late = rows[lines["ship_by_day"][rows] < day]
        if late.size == 0:
            return
        unknown = late[lines["cause"][late] < 0]
        if unknown.size:
            causes = node_causes(world, self.purchasing.open_lines)
            node = world.lookup.node_at[lines["item"][unknown], lines["place"][unknown]]
            made = lines["production_order"][unknown]
            own = np.full(made.size, -1)
            own[made >= 0] = world.documents.production_orders["cause"][made[made >= 0]]
            lines["cause"][unknown] = np.where(own >= 0, own, causes[node])
        if world.weekday() not in (0, 3):
            return
        transit = lines["requested_day"][late] - lines["ship_by_day"][late]
        told = late[day + transit > lines["promised_day"][late]]
        if told.size == 0:
            return
        order = lines["order"][told]
        customer = lines["customer"][told]
        further = 4 + world.luck.integers(9, "repromise", customer, lines["item"][told], day)
        new = day + (lines["requested_day"][told] - lines["ship_by_day"][told]) + further
        world.documents.changes.append(
            order.size,
            document=_LINE,
            row=told,
            field=_PROMISED,
            old=lines["promised_day"][told],
            new=new,
            at=day + 0.4,
        )
        lines["promised_day"][told] = new

    def _count_backlog(self) -> None:
        world, lines = self.world, self.world.documents.sales_lines
        backlog = np.zeros_like(world.backlog)
        np.add.at(
            backlog,
            (lines["item"][self.open_lines], lines["place"][self.open_lines]),
            self._remaining(self.open_lines),
        )
        world.backlog = backlog
