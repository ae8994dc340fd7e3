"""What fleet customers ask for: when a project comes, of which items, how many."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import ordinals
from pipelines.demo.company.company import FLEET
from pipelines.demo.market.demand import TodaysDemand
from pipelines.demo.market.orders import OrderDesk, Wishes
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
LINE_SHARE = np.cumsum([0.12, 0.24, 0.30, 0.22, 0.12])
"""A project has 1 to 5 lines: cumulative chances."""
MEAN_LINES = float(np.arange(1, 6) @ np.diff(np.concatenate([[0.0], LINE_SHARE])))
FEWEST_UNITS, MOST_UNITS = 8.0, 45.0
"""Bounds of the mean quantity of a line; outside them, it is the projects that come more or less often."""
UNIT_SPREAD = 0.4
SATURDAY = 5
CONTRACT_LINES = 5
CONTRACT_WEEKS = 13


class Projects:
    """Fleet customers fall into groups by the plant that serves them: each buys what comes from there."""

    def __init__(self, world: World, desk: OrderDesk, demand: TodaysDemand, win_rate: float) -> None:
        self.world, self.demand = world, demand
        customers, catalogue = world.company.customers, world.company.items
        self._row: Rows = np.flatnonzero(catalogue.channel_share[demand.items, FLEET] > 0)
        self._item: Rows = demand.items[self._row].astype(np.int64)
        is_fleet = customers.kind == FLEET
        home = desk.home[self._item]
        self._is_served = home[None, :] == np.arange(len(world.company.places.ids))[:, None]
        # A place from which fleets are served but nothing comes sells them everything.
        self._is_served[~self._is_served.any(axis=1)] = True
        self._place = customers.ship_from.astype(np.int64)
        self._rate = np.where(is_fleet, customers.projects_per_year / 365.0, 0.0)
        self._units = np.full(customers.count, FEWEST_UNITS)
        weekly = catalogue.weekly_demand[self._item] * catalogue.channel_share[self._item, FLEET]
        self._yearly = weekly * world.company.scale.market * (365 / 7)
        self._measure_out(win_rate, is_fleet & (customers.joined_day < 0))

    def _measure_out(self, win_rate: float, of_day_0: npt.NDArray[np.bool_]) -> None:
        """Quantities and rates such that the projects won come to the expected demand of the first year."""
        for place in np.unique(self._place[of_day_0]):
            served = self._place == place
            lines = win_rate * MEAN_LINES * 365.0 * float(self._rate[of_day_0 & served].sum())
            expected = float(self._yearly[self._is_served[place]].sum())
            units = expected / max(lines, 1e-9)
            bounded = float(np.clip(units, FEWEST_UNITS, MOST_UNITS))
            self._units[served] = bounded
            self._rate[served] *= units / bounded

    def asking(self, customers: Rows, day: int) -> Rows:
        """Which of these fleet customers ask for a project on a day; more in season and in a surge of today."""
        weekday = (self.world.company.start_date.weekday() + day) % 7
        if customers.size == 0 or self._item.size == 0 or weekday >= SATURDAY:
            return np.zeros(0, dtype=np.int64)
        today = self._is_served @ (self.demand.factor[self._row, FLEET] * self._yearly)
        usual = self._is_served @ self._yearly
        pull = np.divide(today, usual, out=np.zeros_like(today), where=usual > 0)
        chance = self._rate[customers] * pull[self._place[customers]] * (7 / 5)
        return customers[self.world.luck.chance(chance, "project", customers, day)]

    def wishes(self, customer: Rows, day: Rows, from_lead: Rows, is_contract: npt.NDArray[np.bool_]) -> Wishes:
        """Lines of new opportunities: items and quantities of projects, the assortment of a quarter for contracts."""
        fleets, sellers = np.flatnonzero(~is_contract), np.flatnonzero(is_contract)
        parts = [
            self._projects(customer[fleets], day[fleets], from_lead[fleets], fleets),
            self._contracts(customer[sellers], sellers),
        ]
        order, item, quantity = (np.concatenate(each) for each in zip(*parts, strict=True))
        by_order = np.argsort(order, kind="stable")
        return Wishes(order[by_order], item[by_order], quantity[by_order], np.zeros(order.size, dtype=np.int64))

    def _projects(self, customer: Rows, day: Rows, from_lead: Rows, order: Rows) -> tuple[Rows, Rows, Floats]:
        luck = self.world.luck
        if customer.size == 0 or self._item.size == 0:
            return order[:0], order[:0], np.zeros(0)
        weight = self.demand.daily[self._row, FLEET] * self._is_served[self._place[customer]]
        # A race of the items: the first ones in are the lines, so that no item comes twice.
        times = luck.exponential(1.0, "project item", customer[:, None], day[:, None], from_lead[:, None], self._item)
        with np.errstate(divide="ignore"):
            times = np.where(weight > 0, times / weight, np.inf)
        lines = 1 + luck.choice(LINE_SHARE, "project lines", customer, day, from_lead)
        lines = np.minimum(lines, np.maximum(np.isfinite(times).sum(axis=1), 1))
        ranked = np.argsort(times, axis=1, kind="stable")
        position = np.repeat(np.arange(customer.size), lines)
        item = self._item[ranked[position, ordinals(position)]]
        mean = self._units[customer[position]]
        spread = luck.lognormal(
            UNIT_SPREAD, "project units", customer[position], day[position], from_lead[position], item
        )
        return order[position], item, np.maximum(np.rint(mean * spread), 1.0)

    def _contracts(self, customer: Rows, order: Rows) -> tuple[Rows, Rows, Floats]:
        assortment = self.world.company.assortment
        if customer.size == 0:
            return order[:0], order[:0], np.zeros(0)
        items, rows, orders = self.world.company.items, [], []
        # New contracts are a handful a month.
        for number, each in zip(order.tolist(), customer.tolist(), strict=True):
            start, end = np.searchsorted(assortment.customer, [each, each + 1])
            own = np.arange(start, end)
            own = own[items.sold_from_day[assortment.item[own]] <= self.world.day]
            value = assortment.weekly_rate[own] * items.list_price[assortment.item[own]]
            largest = own[np.argsort(-value, kind="stable")[:CONTRACT_LINES]]
            rows.append(largest)
            orders.append(np.full(largest.size, number))
        row = np.concatenate(rows)
        quantity = np.maximum(np.rint(assortment.weekly_rate[row] * CONTRACT_WEEKS), 1.0)
        return np.concatenate(orders), assortment.item[row].astype(np.int64), quantity
