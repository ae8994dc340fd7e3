"""Goods that come back: to the returns store some weeks after they arrived, then to scrap or back to stock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.documents import (
    CUSTOMER_RETURN,
    MARKETPLACE,
    RETURN_REASONS,
    RETURN_REFERENCE,
    SCRAP,
    TRANSFER_MOVE,
    WEB_SHOP,
)
from pipelines.demo.market.schedule import Schedule
from pipelines.demo.opening_hours import handed_over, next_working
from pipelines.demo.world import World

Rows = npt.NDArray[np.int64]
DEFECTIVE, DAMAGED, WRONG, CHANGED_MIND = range(len(RETURN_REASONS))
# Chance of each reason, of a line that a consumer bought online and of a line of anybody else.
ONLINE_CHANCE = (0.009, 0.006, 0.003, 0.024)
BUSINESS_CHANCE = (0.012, 0.006, 0.004, 0.0)
SMALLEST_PART, LARGEST_PART = 0.04, 0.20
"""Share of a large line that comes back."""
SOONEST_DAYS, LATEST_DAYS = 3, 25
SORTED_AFTER_DAYS = 7
RETURNS_STORE = "D1-Q"


class CustomerReturns:
    """What will come back, and what waits in the returns store to be sorted."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._store = world.company.places.code(RETURNS_STORE)
        parent = int(world.company.places.parent[self._store])
        self._centre = parent
        self._coming, self._sorting = Schedule(), Schedule()

    def arrived(self, delivery_lines: Rows) -> None:
        """Draw what of today's arrivals will come back, and when."""
        if delivery_lines.size == 0:
            return
        luck, day = self.world.luck, self.world.day
        who, item, is_online = self._whose(delivery_lines)
        chance = np.where(is_online[:, None], ONLINE_CHANCE, BUSINESS_CHANCE).sum(axis=1)
        returned = luck.chance(chance, "comes back", who, item, day)
        rows, who, item = delivery_lines[returned], who[returned], item[returned]
        if rows.size:
            after = SOONEST_DAYS + luck.integers(LATEST_DAYS - SOONEST_DAYS + 1, "comes back after", who, item, day)
            at = day + after + luck.uniform("comes back at", who, item, day)
            self._coming.add(rows, handed_over(self.world, self._calendar(rows), at))

    def step(self) -> None:
        """Today's returns, and those of a week ago that are sorted today."""
        rows, at = self._coming.due(self.world.day)
        if rows.size:
            self._take_back(rows, at)
        rows, at = self._sorting.due(self.world.day)
        if rows.size:
            self._sort(rows)

    def _whose(self, delivery_lines: Rows) -> tuple[Rows, Rows, npt.NDArray[np.bool_]]:
        """(luck's key of the customer, item, whether bought online by a consumer)."""
        documents, count = self.world.documents, self.world.company.customers.count
        sales_line = documents.delivery_lines["sales_line"][delivery_lines]
        customer = documents.sales_lines["customer"][sales_line].astype(np.int64)
        item = documents.delivery_lines["item"][delivery_lines].astype(np.int64)
        channel = documents.sales_orders["channel"][documents.sales_lines["order"][sales_line]]
        is_consumer = customer >= count
        who = customer.copy()
        who[is_consumer] = documents.consumers["key"][customer[is_consumer] - count]
        return who, item, is_consumer & np.isin(channel, (MARKETPLACE, WEB_SHOP))

    def _take_back(self, rows: Rows, at: npt.NDArray[np.float64]) -> None:
        world, luck = self.world, self.world.luck
        documents, day = world.documents, world.day
        table = documents.delivery_lines
        who, item, is_online = self._whose(rows)
        delivered = table["quantity"][rows]
        share = SMALLEST_PART + (LARGEST_PART - SMALLEST_PART) * luck.uniform("part that comes back", who, item, day)
        quantity = np.where(delivered > 3, np.ceil(delivered * share), delivered)
        odds = np.where(is_online[:, None], ONLINE_CHANCE, BUSINESS_CHANCE).cumsum(axis=1)
        drawn = luck.uniform("why it comes back", who, item, day) * odds[:, -1]
        reason = (drawn[:, None] >= odds).sum(axis=1)
        unit_value = table["cost_value"][rows] / delivered
        shipped = documents.deliveries["shipped_at"][table["delivery"][rows]]
        returns = documents.returns.append(
            rows.size,
            sales_line=table["sales_line"][rows],
            customer=documents.sales_lines["customer"][table["sales_line"][rows]],
            item=item,
            quantity=quantity,
            returned_at=at,
            reason=reason,
            lot=table["lot"][rows],
            to_place=self._store,
            cost_value=np.round(quantity * unit_value, 2),
        )
        world.stock.post(
            CUSTOMER_RETURN,
            item,
            world.lookup.customer,
            self._store,
            quantity,
            at,
            unit_value=unit_value,
            reference_type=RETURN_REFERENCE,
            reference=returns,
            lot=table["lot"][rows],
            original_day=np.floor(shipped).astype(np.int64),
        )
        sorted_at = np.full(rows.size, day + SORTED_AFTER_DAYS + 0.3)
        self._sorting.add(returns, next_working(world, self._calendar(rows), sorted_at))

    def _calendar(self, rows: Rows) -> Rows:
        return np.full(rows.size, self.world.company.places.calendar[self._store], dtype=np.int64)

    def _sort(self, returns: Rows) -> None:
        """Faulty goods are scrapped; the others go back to the distribution centre, if the item is kept there."""
        world, table = self.world, self.world.documents.returns
        item = table["item"][returns].astype(np.int64)
        is_sound = (table["reason"][returns] == WRONG) | (table["reason"][returns] == CHANGED_MIND)
        is_sound &= world.lookup.node_at[item, self._centre] >= 0
        for rows, kind, place in (
            (returns[is_sound], TRANSFER_MOVE, self._centre),
            (returns[~is_sound], SCRAP, world.lookup.scrap),
        ):
            if rows.size:
                world.stock.post(
                    kind,
                    table["item"][rows],
                    self._store,
                    place,
                    table["quantity"][rows],
                    world.day + 0.3,
                    reference_type=RETURN_REFERENCE,
                    reference=rows,
                    lot=table["lot"][rows],
                )
