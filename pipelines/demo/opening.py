"""The stock of day 0: what a running company has on its shelves, received on different days before."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import BUY, MAKE, SUBCONTRACT, TO_STOCK
from pipelines.demo.documents import OPENING
from pipelines.demo.market.demand import expected_weekly
from pipelines.demo.promise import WORKING_WEEK
from pipelines.demo.world import World

OLDEST_DAYS = 150


def expected_use(world: World) -> npt.NDArray[np.float64]:
    """Expected weekly use of each node in the first weeks: demand of its own and through the bills."""
    company, policy, bill = world.company, world.policy, world.bill
    items = np.flatnonzero(company.items.weekly_demand > 0)
    demand = np.zeros(company.items.count)
    demand[items] = expected_weekly(company, items, 30)
    sellable = demand[policy.item] > 0
    draws = sellable & (policy.source >= 0)
    # Customers are served from the distribution centres where there is one, else from the plant.
    centres = np.bincount(policy.item[draws], minlength=company.items.count)
    weight = np.where(draws, 1.0, np.where(sellable & (centres[policy.item] == 0), 1.0, 0.0))
    total = np.bincount(policy.item, weight, company.items.count)
    use = np.where(total[policy.item] > 0, demand[policy.item] * weight / np.maximum(total[policy.item], 1e-9), 0.0)
    active = (bill.substitute_of < 0) & (bill.valid_from_day <= 30) & (bill.valid_until_day > 30)
    lines = np.flatnonzero(active)
    per_unit = bill.quantity[lines] / (1.0 - bill.scrap_rate[lines])
    for level in np.unique(policy.level):
        here = policy.level == level
        moved = np.flatnonzero(here & (policy.source >= 0))
        np.add.at(use, policy.source[moved], use[moved])
        some = here[bill.parent[lines]]
        np.add.at(use, bill.component[lines[some]], use[bill.parent[lines[some]]] * per_unit[some])
    return use


def stock_up(world: World) -> None:
    """Post the opening stock. Long lead times are covered: nothing is under way on the first day."""
    company, policy, luck = world.company, world.policy, world.luck
    use = expected_use(world)
    working = (policy.supply == MAKE) | (policy.supply == SUBCONTRACT)
    lead = np.where(working, policy.lead_days * WORKING_WEEK, policy.lead_days) / 7
    weeks = policy.opening_weeks + np.where(policy.supply == BUY, lead + 1.0, lead * 0.8)
    quantity = use * weeks * luck.lognormal(0.2, "opening", np.arange(policy.item.size)) + policy.safety_stock
    quantity = np.where((policy.strategy == TO_STOCK) & (use > 0), quantity, 0.0)
    decimals = company.items.decimals[policy.item]
    quantity = np.where(decimals > 0, np.round(quantity, 3), np.ceil(quantity))
    nodes = np.flatnonzero(quantity > 0)
    item = policy.item[nodes]
    age = 1 + luck.integers(OLDEST_DAYS, "opening age", nodes)
    lot = np.full(nodes.size, -1, dtype=np.int64)
    tracked = np.flatnonzero(company.items.is_lot_tracked[item])
    if tracked.size:
        age[tracked] = np.minimum(age[tracked], 30)
        shelf = company.items.shelf_life_days[item[tracked]]
        lot[tracked] = world.stock.new_lots(item[tracked], -age[tracked], shelf, np.full(tracked.size, -1))
    world.stock.post(
        OPENING,
        item,
        world.lookup.adjustment,
        policy.place[nodes],
        quantity[nodes],
        0.0,
        unit_value=company.items.standard_cost[0][item],
        lot=lot,
        original_day=-age,
    )
