"""What hangs on each part of the company, in money: the sales that need a supplier, a part, a work centre, a customer.

All of it follows from the static company (weekly demand, prices, bills, sources, assortments) and the bills of the day,
never from what was sold. A year's figures leave seasons and promotions out, growth, ramps and phase-outs are in; the
pace of the coming weeks has them. Money is CNY of a year, net.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import BUY, DISTRIBUTION, FLEET, SUBCONTRACT, Company
from pipelines.demo.market.demand import DemandFormula
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

FLOOR_RATE = 0.0015
"""The floor of every incident, as a share of a year's expected revenue."""
WEEKS = 365 / 7
_RAMP_DAYS = 120
_LOOK_AHEAD_DAYS = 45
# Days ahead whose mean is the pace of the coming weeks.
_COMING_DAYS = (7, 21, 35, 49, 63)


@dataclass(frozen=True, slots=True)
class Exposure:
    """The company's expected year from one day on."""

    revenue: float
    item_revenue: Floats
    """(items); 0 for what is not sold."""
    item_pace: Floats
    """(items) the same at the pace of the coming weeks."""
    node_use: Floats
    """(nodes) units a week of the coming weeks: sold, transferred on, or built in."""
    reach: Flags
    """(nodes, sold items): whether the sold item cannot be made or shipped without the node."""
    sold: Rows
    """Item codes of the columns of `reach`."""
    source_spend: Floats
    centre_hours: Floats
    """(work centres) hours a week that the expected production takes, set-ups at one lot a week."""
    customer_revenue: Floats

    @property
    def floor(self) -> float:
        """What an incident must be able to cost, in CNY."""
        return FLOOR_RATE * self.revenue

    def of_nodes(self) -> Floats:
        """(nodes) revenue of everything that needs the node."""
        return np.asarray(self.reach @ self.item_revenue[self.sold], dtype=np.float64)

    def of_groups(self, group: npt.ArrayLike, node: npt.ArrayLike, count: int) -> Floats:
        """(count) revenue of everything that needs any node of a group; rows pair groups (-1 = none) with nodes."""
        groups, nodes = np.asarray(group, dtype=np.int64), np.asarray(node, dtype=np.int64)
        known = groups >= 0
        together = np.zeros((count, self.sold.size), dtype=bool)
        _mark(together, groups[known], self.reach[nodes[known]])
        return np.asarray(together @ self.item_revenue[self.sold], dtype=np.float64)


class ExposureBook:
    """Exposures by month: worked out when first asked for, on the bills of that moment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shares = _node_shares(world.company)
        self._price = _net_prices(world.company)
        self._formula = DemandFormula(world.company)
        self._month = -1
        self._exposure: Exposure | None = None

    def today(self) -> Exposure:
        """The exposure of the current 30 days."""
        month = self._world.day // 30
        if self._exposure is None or month != self._month:
            self._month, self._exposure = month, self._worked_out(month * 30)
        return self._exposure

    def _worked_out(self, day: int) -> Exposure:
        company = self._world.company
        level = demand_level(company, day + _LOOK_AHEAD_DAYS)
        weekly = company.items.weekly_demand * level * company.scale.market
        revenue = weekly * self._price * WEEKS
        sold = np.flatnonzero(revenue > 0)
        items = np.arange(company.items.count)
        days = day + np.array(_COMING_DAYS)
        coming = self._formula.weekly_by_channel(items[:, None], days[None, :]).sum(axis=-1).mean(axis=1)
        coming = np.where(revenue > 0, coming, 0.0)
        use, reach = _exploded(self._world, day, coming, self._shares, sold)
        return Exposure(
            revenue=float(revenue.sum()),
            item_revenue=revenue,
            item_pace=coming * self._price * WEEKS,
            node_use=use,
            reach=reach,
            sold=sold,
            source_spend=_spend(company, use, day),
            centre_hours=_hours(company, use),
            customer_revenue=_customer_revenue(self._world, revenue, level, self._price),
        )


def demand_level(company: Company, day: int) -> Floats:
    """(items) expected demand of a day as a multiple of the first year's, without season and promotions."""
    items = company.items
    rises = np.clip((day - items.sold_from_day) / _RAMP_DAYS, 0.0, 1.0)
    falls = np.clip((items.sold_until_day - day) / _RAMP_DAYS, 0.0, 1.0)
    return np.asarray((1.0 + items.yearly_growth) ** (day / 365.0) * rises * falls, dtype=np.float64)


def _net_prices(company: Company) -> Floats:
    """(items) list price less the discount that its distributors have on average."""
    customers, assortment, items = company.customers, company.assortment, company.items
    rate = np.bincount(assortment.item, assortment.weekly_rate, items.count)
    given = customers.discount_rate[assortment.customer] * assortment.weekly_rate
    discount = np.bincount(assortment.item, given, items.count) / np.maximum(rate, 1e-9)
    return np.asarray(items.list_price * (1.0 - discount * items.channel_share[:, DISTRIBUTION]), dtype=np.float64)


def _node_shares(company: Company) -> Floats:
    """(nodes) share of its item's sales that is shipped from the node.

    Consumers are taken to be spread over the places like distribution, fleets go by their customers' places.
    """
    nodes, items, customers = company.nodes, company.items, company.customers
    shape = (items.count, len(company.places.ids))
    planned = np.zeros(shape, dtype=bool)
    planned[nodes.item, nodes.place] = True
    shelf = np.zeros(shape)
    np.add.at(
        shelf,
        (company.assortment.item, customers.ship_from[company.assortment.customer]),
        company.assortment.weekly_rate,
    )
    fleet_places = np.bincount(customers.ship_from, customers.projects_per_year, shape[1]).astype(np.float64)
    shelf = shelf * planned
    fleet: Floats = fleet_places[None, :] * planned
    # What no customer's place carries is sold where it is finished.
    first = np.full(items.count, nodes.count, dtype=np.int64)
    np.minimum.at(first, nodes.item, np.arange(nodes.count))
    home = np.zeros(shape)
    carried = np.flatnonzero(first < nodes.count)
    home[carried, nodes.place[first[carried]]] = 1.0
    fleet_share = items.channel_share[:, FLEET][:, None]
    by_place = _as_shares(shelf, home) * (1.0 - fleet_share) + _as_shares(fleet, home) * fleet_share
    return np.asarray(by_place[nodes.item, nodes.place], dtype=np.float64)


def _as_shares(weights: Floats, otherwise: Floats) -> Floats:
    """Rows as shares of their sum; rows without any weight as the other one says."""
    total = weights.sum(axis=1, keepdims=True)
    return np.where(total > 0, weights / np.where(total > 0, total, 1.0), otherwise)


def _exploded(world: World, day: int, weekly: Floats, shares: Floats, sold: Rows) -> tuple[Floats, Flags]:
    """Weekly use of every node, and which sold items need it: from the shelves down the transfers and bills."""
    nodes = world.company.nodes
    use = weekly[nodes.item] * shares
    column = np.full(world.company.items.count, -1, dtype=np.int64)
    column[sold] = np.arange(sold.size)
    reach = np.zeros((nodes.count, sold.size), dtype=bool)
    own = np.flatnonzero((column[nodes.item] >= 0) & (use > 0))
    reach[own, column[nodes.item[own]]] = True
    parent, child, each = edges(world, day)
    for level in np.unique(nodes.level[parent]):
        here = np.flatnonzero(nodes.level[parent] == level)
        np.add.at(use, child[here], use[parent[here]] * each[here])
        _mark(reach, child[here], reach[parent[here]])
    return use, reach


def edges(world: World, day: int) -> tuple[Rows, Rows, Floats]:
    """(parent node, child node, quantity per unit) of the bills valid on a day and of transfers."""
    nodes, bill = world.company.nodes, world.bill
    valid = (bill.valid_from_day <= day) & (bill.valid_until_day > day) & (bill.substitute_of < 0)
    lines = np.flatnonzero(valid)
    moved = np.flatnonzero(nodes.source >= 0)
    per_unit = np.where(bill.is_fixed[lines], 0.0, bill.quantity[lines] * bill.true_usage[lines])
    per_unit = per_unit / (1.0 - bill.scrap_rate[lines])
    parent = np.concatenate([bill.parent[lines], moved]).astype(np.int64)
    child = np.concatenate([bill.component[lines], nodes.source[moved]]).astype(np.int64)
    return parent, child, np.concatenate([per_unit, np.ones(moved.size)])


def _mark(flags: Flags, row: Rows, more: Flags) -> None:
    """flags[row] |= more, for rows that may repeat."""
    if row.size == 0:
        return
    order = np.argsort(row, kind="stable")
    first = np.flatnonzero(np.concatenate([[True], np.diff(row[order]) != 0]))
    flags[row[order][first]] |= np.logical_or.reduceat(more[order], first, axis=0)


def _spend(company: Company, use: Floats, day: int) -> Floats:
    sources, suppliers = company.sources, company.suppliers
    rate = company.exchange_rate[suppliers.currency[sources.supplier], day]
    bought = np.isin(company.nodes.supply[sources.node], (BUY, SUBCONTRACT))
    return np.asarray(use[sources.node] * sources.allocation * sources.price * rate * bought * WEEKS, dtype=np.float64)


def _hours(company: Company, use: Floats) -> Floats:
    operations = company.operations
    hours = operations.setup_hours + operations.run_hours * operations.true_hours * use[operations.node]
    hours = np.where(use[operations.node] > 0, hours, 0.0)
    return np.bincount(operations.work_centre, hours, company.work_centres.count).astype(np.float64)


def _customer_revenue(world: World, revenue: Floats, level: Floats, price: Floats) -> Floats:
    """(customers) what each is expected to buy in a year; those who left or have not come yet buy nothing."""
    company = world.company
    customers, assortment = company.customers, company.assortment
    there = (world.customer_joined_day <= world.day) & (world.customer_left_day > world.day)
    weekly = assortment.weekly_rate * level[assortment.item] * price[assortment.item]
    shelf = np.bincount(assortment.customer, weekly, customers.count) * WEEKS
    projects = np.where((customers.kind == FLEET) & there, customers.projects_per_year, 0.0)
    fleet = float((revenue * company.items.channel_share[:, FLEET]).sum())
    return np.asarray((shelf + fleet * projects / max(float(projects.sum()), 1e-9)) * there, dtype=np.float64)
