"""The company's own planning: once a week, level by level, with parameters that people keep and get wrong.

It works on cumulated weekly requirements, as a good spreadsheet would: what the projection lacks, rounded to
lots, offset by the booked lead time. Only what must be released this week becomes an order. The product's own
planning engine is another thing altogether and is not used here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from pipelines.demo.arrays import Floats, Rows, laid_out, ordinals
from pipelines.demo.causes import open_production_orders
from pipelines.demo.company.calendars import TWO_SHIFTS
from pipelines.demo.company.company import (
    ASSEMBLE_TO_ORDER,
    BUY,
    FIXED_QUANTITY,
    MAKE,
    MIN_MAX,
    PERIOD_OF_SUPPLY,
    REORDER_POINT,
    SUBCONTRACT,
    TO_ORDER,
    TO_STOCK,
    TRANSFER,
)
from pipelines.demo.documents import CONFIRMED
from pipelines.demo.forecast import Forecast
from pipelines.demo.opening_hours import next_working
from pipelines.demo.production import Production
from pipelines.demo.promise import WORKING_WEEK
from pipelines.demo.purchasing import Purchasing
from pipelines.demo.transfers import Transfers
from pipelines.demo.world import World

WEEKS = 32
OLDEST_OPEN_LINE_DAYS = 270
# Orders consume the forecast of so many weeks together.
CONSUMED_WEEKS = 4
_ECONOMIC_QUANTITY = 2


class Planner:
    """Weekly material requirements planning."""

    def __init__(
        self, world: World, forecast: Forecast, purchasing: Purchasing, production: Production, transfers: Transfers
    ) -> None:
        self.world = world
        self.forecast = forecast
        self.purchasing = purchasing
        self.production = production
        self.transfers = transfers
        levels = world.policy.level
        edges = np.flatnonzero(np.concatenate([[True], levels[1:] != levels[:-1], [True]]))
        self._levels = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
        self._bill_state: tuple[float, ...] = ()
        self._usage: list[csr_array] = []
        self._changing: Rows = np.zeros(0, dtype=np.int64)

    def step(self) -> None:
        """On the first working day of a week: plan and release."""
        if self._is_first_working_day():
            self.forecast.step()
            released = self._plan()
            self._release(released)

    def _is_first_working_day(self) -> bool:
        day, working = self.world.day, self.world.company.is_working[TWO_SHIFTS]
        monday = day - self.world.weekday()
        return monday >= 0 and bool(working[day]) and not working[monday:day].any()

    # -- the plan

    def _plan(self) -> Floats:
        """Quantity of each node to be released this week."""
        world, policy = self.world, self.world.policy
        self._refresh_bill()
        gross = self._independent_demand()
        scheduled = np.zeros((policy.item.size, WEEKS))
        self._open_supply(scheduled, gross)
        on_hand = world.stock.quantity[policy.item, policy.place]
        calendar_days = np.where(
            (policy.supply == MAKE) | (policy.supply == SUBCONTRACT),
            policy.lead_days * WORKING_WEEK,
            policy.lead_days,
        )
        # What is made or bought must be there when its week begins: one week more than its lead time.
        lead_weeks = np.ceil((calendar_days + policy.safety_days) / 7).astype(np.int64) + (policy.supply != TRANSFER)
        lead_weeks = np.minimum(lead_weeks, WEEKS - 1)
        decimals = world.company.items.decimals[policy.item]
        released = np.zeros(policy.item.size)
        weeks = np.arange(WEEKS)
        for level, (start, end) in enumerate(self._levels):
            part = slice(start, end)
            # Nobody keeps a safety stock of what nobody asks for yet, or any more.
            target = np.where(gross[part].any(axis=1), policy.safety_stock[part], 0.0)
            projected = on_hand[part, None] + np.cumsum(scheduled[part] - gross[part], axis=1)
            need = np.maximum.accumulate(np.maximum(target[:, None] - projected, 0.0), axis=1)
            position = on_hand[part] + scheduled[part].sum(axis=1) - gross[part, 0]
            position = np.where(gross[part].any(axis=1), position, np.inf)
            planned = self._lots(part, need, position, lead_weeks[part])
            ahead = np.minimum(weeks[None, :] + lead_weeks[part][:, None], WEEKS - 1)
            release = np.diff(np.take_along_axis(planned, ahead, axis=1), axis=1, prepend=0.0)
            released[part] = release[:, 0]
            release = release / np.maximum(policy.yield_rate[part], 0.5)[:, None]
            gross += self._usage[level] @ release
            for line in self._changing:
                parent = int(world.bill.parent[line])
                if start <= parent < end:
                    active = (world.day + 7 * weeks + 6 >= world.bill.valid_from_day[line]) & (
                        world.day + 7 * weeks < world.bill.valid_until_day[line]
                    )
                    gross[world.bill.component[line]] += _booked(world, line) * release[parent - start] * active
            moves = start + np.flatnonzero(policy.source[part] >= 0)
            if moves.size:
                np.add.at(gross, policy.source[moves], release[moves - start])
        return np.where(decimals > 0, np.round(released, 3), np.ceil(np.round(released, 6)))

    def _lots(self, part: slice, need: Floats, position: Floats, lead_weeks: Rows) -> Floats:
        """Cumulated planned receipts by each node's lot rule. `position`: on hand and under way less what is due."""
        policy = self.world.policy
        rule, fixed = policy.lot_rule[part], policy.fixed_lot[part]
        multiple = np.maximum(policy.lot_multiple[part], 0.0)
        by_fixed = ((rule == FIXED_QUANTITY) | (rule == _ECONOMIC_QUANTITY)) & (fixed > 0)
        unit = np.where(by_fixed, fixed, np.where(multiple > 0, multiple, 0.0))
        covered = need
        periods = np.where(rule == PERIOD_OF_SUPPLY, np.maximum(policy.cover_weeks[part], 1), 1)
        several = np.flatnonzero(periods > 1)
        if several.size:
            weeks = np.arange(WEEKS)
            first = np.argmax(need[several] > 1e-9, axis=1)
            span = periods[several]
            passed = np.maximum(weeks[None, :] - first[:, None], 0)
            last = first[:, None] + (passed // span[:, None] + 1) * span[:, None] - 1
            grouped = np.take_along_axis(need[several], np.minimum(last, WEEKS - 1), axis=1)
            covered = need.copy()
            covered[several] = np.where(weeks[None, :] >= first[:, None], grouped, 0.0)
        least = np.where(covered > 1e-9, np.maximum(covered, policy.min_lot[part][:, None]), 0.0)
        safe = np.where(unit > 0, unit, 1.0)[:, None]
        planned = np.where(unit[:, None] > 0, np.ceil(least / safe - 1e-9) * safe, least)
        pointed = (rule == REORDER_POINT) | (rule == MIN_MAX)
        triggered = np.flatnonzero(pointed & (policy.reorder_point[part] > 0))
        if triggered.size:
            # Looked at once a week: have stock and open orders together fallen to the reorder point?
            reach = np.minimum(lead_weeks[triggered], WEEKS - 1)
            position = position[triggered]
            point = policy.reorder_point[part][triggered]
            up_to = np.maximum(
                policy.max_stock[part][triggered] - policy.reorder_point[part][triggered], fixed[triggered]
            )
            up_to = np.maximum(up_to, policy.min_lot[part][triggered])
            lacks = np.maximum(point - position, 0.0)
            quantity = np.where(position <= point, np.maximum(up_to, lacks), 0.0)
            step = safe[triggered, 0]
            quantity = np.where(unit[triggered] > 0, np.ceil(quantity / step - 1e-9) * step, np.ceil(quantity))
            later = need[triggered] - np.take_along_axis(need[triggered], reach[:, None], axis=1)
            planned[triggered] = np.where(
                np.arange(WEEKS)[None, :] >= reach[:, None],
                quantity[:, None] + np.maximum(later - quantity[:, None], 0.0),
                0.0,
            )
        return planned

    def _independent_demand(self) -> Floats:
        """Orders, and what they leave of the forecast, by node and week; what is late counts in the first week too."""
        world, policy = self.world, self.world.policy
        expected = self.forecast.weekly(WEEKS)[policy.item] * self.forecast.shares[:, None]
        expected[policy.strategy == TO_ORDER] = 0.0
        lines = world.documents.sales_lines
        rows = self.open_sales_lines()
        node = world.lookup.node_at[lines["item"][rows], lines["place"][rows]]
        amount = lines["quantity"][rows] - lines["cancelled"][rows] - lines["shipped"][rows]
        week = (lines["ship_by_day"][rows] - world.day) // 7
        ordered = np.zeros_like(expected)
        late = np.bincount(node[week < 0], amount[week < 0], policy.item.size)
        inside = (week >= 0) & (week < WEEKS)
        np.add.at(ordered, (node[inside], week[inside]), amount[inside])
        unsold = _not_consumed(expected, ordered)
        demand = ordered + unsold
        demand[:, 0] += late
        # Made to order: the production order exists already; assembled to order: the forecast only plans the parts.
        to_order = policy.strategy == TO_ORDER
        assembled = policy.strategy == ASSEMBLE_TO_ORDER
        demand[to_order] = 0.0
        demand[assembled] = unsold[assembled]
        return demand

    def open_sales_lines(self) -> Rows:
        """Lines that are neither shipped nor cancelled, today's new ones included."""
        lines = self.world.documents.sales_lines
        # Older ones are taken for closed.
        start = int(np.searchsorted(lines["ordered_day"], self.world.day - OLDEST_OPEN_LINE_DAYS))
        left = lines["quantity"][start:] - lines["cancelled"][start:] - lines["shipped"][start:]
        return start + np.flatnonzero(left > 1e-6)

    def _open_supply(self, scheduled: Floats, gross: Floats) -> None:
        """What is under way by the week it is expected, and what started orders still take."""
        world, documents, day = self.world, self.world.documents, self.world.day
        lines, rows = documents.purchase_lines, self.purchasing.open_lines
        rows = rows[(lines["production_order"][rows] < 0) & (lines["completed_day"][rows] > day)]
        self._add(
            scheduled,
            lines["node"][rows],
            lines["confirmed_day"][rows],
            lines["quantity"][rows] - lines["received"][rows],
        )
        moves = documents.transfers
        moving, waiting = self.transfers.moving, self.transfers.waiting
        arrival = np.floor(moves["arrives_at"][moving]).astype(np.int64)
        self._add(scheduled, moves["node"][moving], arrival, moves["shipped"][moving])
        self._add(scheduled, moves["node"][waiting], moves["due_day"][waiting], moves["quantity"][waiting])
        source = world.policy.source[moves["node"][waiting]]
        self._add(gross, source, moves["ship_by_day"][waiting], moves["quantity"][waiting])
        orders = documents.production_orders
        running = open_production_orders(world)
        to_stock = running[orders["sales_line"][running] < 0]
        expected = orders["quantity"][to_stock] * world.policy.yield_rate[orders["node"][to_stock]]
        self._add(scheduled, orders["node"][to_stock], orders["planned_finish_day"][to_stock], expected)
        unstarted = running[orders["status"][running] == CONFIRMED]
        start = orders["first_component"][unstarted].astype(np.int64)
        position, component = laid_out(start, start + orders["components"][unstarted])
        parts = documents.order_components
        place = orders["place"][unstarted[position]]
        node = world.lookup.node_at[parts["item"][component], place]
        self._add(gross, node, parts["required_day"][component], parts["required"][component])

    def _add(self, target: Floats, node: npt.ArrayLike, day: npt.ArrayLike, quantity: npt.ArrayLike) -> None:
        week = np.clip((np.asarray(day, dtype=np.int64) - self.world.day) // 7, 0, WEEKS - 1)
        np.add.at(target, (np.asarray(node), week), quantity)

    def _refresh_bill(self) -> None:
        """Usage matrices by level, anew when a bill changed."""
        world, bill = self.world, self.world.bill
        until = bill.valid_until_day
        last = world.day + 7 * WEEKS
        alive_now = (bill.valid_from_day <= world.day) & (until > world.day)
        alive_then = (bill.valid_from_day <= last) & (until > last)
        number = np.arange(until.size)
        state = (
            float(bill.quantity.sum()),
            float(bill.valid_from_day.sum()),
            float(until.sum()),
            float(number[alive_now].sum()),
            float(number[alive_then].sum()),
        )
        if state == self._bill_state:
            return
        self._bill_state = state
        first_choice = bill.substitute_of < 0
        steady = first_choice & (bill.valid_from_day <= world.day) & (until > last)
        alive = first_choice & (bill.valid_from_day < last) & (until > world.day)
        self._changing = np.flatnonzero(alive & ~steady)
        rows = np.flatnonzero(steady)
        usage = _booked(world, rows)
        count = world.policy.item.size
        self._usage = []
        for start, end in self._levels:
            here = (bill.parent[rows] >= start) & (bill.parent[rows] < end)
            self._usage.append(
                csr_array(
                    (usage[here], (bill.component[rows[here]], bill.parent[rows[here]] - start)),
                    shape=(count, end - start),
                )
            )

    # -- the release

    def _release(self, quantity: Floats) -> None:
        """Turn this week's quantities into orders, in lots no larger than the largest lot."""
        world, policy, day = self.world, self.world.policy, self.world.day
        wanted = np.flatnonzero((quantity > 1e-6) & (policy.strategy == TO_STOCK))
        if wanted.size == 0:
            return
        limit = policy.max_lot[wanted]
        lots = np.where(limit > 0, np.ceil(quantity[wanted] / np.where(limit > 0, limit, 1.0) - 1e-9), 1).astype(
            np.int64
        )
        node = np.repeat(wanted, lots)
        order = ordinals(node)
        many = np.repeat(lots, lots)
        each = np.repeat(quantity[wanted], lots) / many
        fractional = world.company.items.decimals[policy.item[node]] > 0
        lot = np.where(fractional, np.round(each, 3), np.ceil(each - 1e-9))
        # The last lot takes the rest, so that the sum is what was wanted.
        rest = np.repeat(quantity[wanted], lots) - lot * (many - 1)
        lot = np.where(order == many - 1, np.where(fractional, np.round(rest, 3), rest), lot)
        kept = lot > 0
        node, order, lot, many = node[kept], order[kept], lot[kept], many[kept]
        left = max(5 - world.weekday(), 1)
        weekday = np.where(many == 1, world.luck.integers(left, "start day", node, day), order * left // many)
        lead = np.ceil(policy.lead_days[node] * WORKING_WEEK).astype(np.int64)
        supply = policy.supply[node]
        made = np.flatnonzero((supply == MAKE) | (supply == SUBCONTRACT))
        self.production.order(
            node[made], lot[made], day + weekday[made], day + weekday[made] + np.maximum(lead[made], 1)
        )
        moved = np.flatnonzero(supply == TRANSFER)
        self.transfers.order(node[moved], lot[moved], day + weekday[moved])
        bought = np.flatnonzero(supply == BUY)
        self._buy(node[bought], lot[bought], weekday[bought])

    def _buy(self, node: Rows, lot: Floats, weekday: Rows) -> None:
        requested = self.world.day + np.ceil(self.world.policy.lead_days[node]).astype(np.int64) + weekday
        calendar = self.world.company.places.calendar[self.world.policy.place[node]]
        self.purchasing.order(
            node, lot, next_working(self.world, calendar, requested.astype(np.float64)).astype(np.int64)
        )


def _not_consumed(expected: Floats, ordered: Floats) -> Floats:
    """The forecast by week less the orders of the same stretch of weeks, wherever in it they lie."""
    shape = (expected.shape[0], WEEKS // CONSUMED_WEEKS, CONSUMED_WEEKS)
    forecast, orders = expected.reshape(shape), ordered.reshape(shape).sum(axis=2)
    total = forecast.sum(axis=2)
    left = np.divide(np.maximum(total - orders, 0.0), total, out=np.zeros_like(total), where=total > 0)
    rest: Floats = (forecast * left[:, :, None]).reshape(expected.shape)
    return rest


def _booked(world: World, lines: npt.ArrayLike) -> Floats:
    """Booked quantity of bill lines per unit of the parent, scrap included; fixed quantities by a usual lot."""
    bill = world.bill
    rows = np.asarray(lines)
    quantity = bill.quantity[rows] / (1.0 - bill.scrap_rate[rows])
    usual = np.maximum(world.policy.max_lot[bill.parent[rows]], 1.0)
    booked: Floats = np.where(bill.is_fixed[rows], quantity / usual, quantity)
    return booked
