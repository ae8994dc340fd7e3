"""How consumers come, buy again and stop: the latent truth (BG/NBD), and how many must be born to meet the demand.

The process of Fader, Hardie and Lee (2005): a living consumer orders again after exponential gaps with his own rate,
Gamma distributed over consumers, and leaves after each repeat order with his own probability, Beta distributed. The
first order is the birth; as in the model, it is not followed by a chance to leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammaincinv

from pipelines.demo.company.company import HORIZON_DAYS, ITEM_TYPES, ONLINE
from pipelines.demo.market.demand import DemandFormula
from pipelines.demo.market.repeat_orders import BUY_SCALE_DAYS, BUY_SHAPE, LEAVE_A, LEAVE_B, expected_repeats
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
SPARE_PART = ITEM_TYPES.index("spare_part")
MORE_SPARES = (0.55, 0.9)
"""An order takes 1, 2 or 3 of a spare part: cumulative chances."""
MEAN_SPARES = 1.0 + (1 - MORE_SPARES[0]) + (1 - MORE_SPARES[1])
MOST_ADDED = 0.25
"""Largest share of orders that take a spare part along."""
FEWEST_BORN = 0.25
"""First orders are at least this share of all, whatever the repeat orders bring."""
LEAD_CONVERSION = 0.05
"""Chance that a consumer lead of quality 1 buys."""


def drawn_rates(world: World, keys: Rows) -> tuple[Floats, Floats]:
    """(repeat orders a day, chance to leave after each) of consumers."""
    luck = world.luck
    buy = gammaincinv(BUY_SHAPE, luck.uniform("buy rate", keys)) / BUY_SCALE_DAYS
    return buy, betaincinv(LEAVE_A, LEAVE_B, luck.uniform("leave probability", keys))


@dataclass(slots=True)
class BirthPlan:
    """What is expected by day, without incidents: organic births, repeat orders, and the spare parts among both.

    `added_rate` is the chance that an order takes a spare part along, `vehicles` and `spares` the online units by kind.
    """

    births: Floats
    first_spare_share: Floats
    repeat_spare_share: Floats
    vehicles: Floats
    spares: Floats
    repeats: Floats
    added_rate: float


def plan_births(world: World, formula: DemandFormula, items: Rows) -> BirthPlan:
    """Births such that first and repeat orders together meet the online demand of the items."""
    company = world.company
    vehicles, spares = np.zeros(HORIZON_DAYS), np.zeros(HORIZON_DAYS)
    is_spare = company.items.item_type[items] == SPARE_PART
    for start in range(0, HORIZON_DAYS, 400):
        days = np.arange(start, min(start + 400, HORIZON_DAYS))
        daily = formula.weekly_by_channel(items[None, :], days[:, None])[..., ONLINE] / 7.0
        vehicles[days] = daily[:, ~is_spare].sum(axis=1)
        spares[days] = daily[:, is_spare].sum(axis=1)
    spare_lines = spares / MEAN_SPARES
    half = 0.5 * spare_lines.mean() / max(vehicles.mean() + spare_lines.mean(), 1e-9)
    added_rate = min(MOST_ADDED, half / (1 - half))
    orders = (vehicles + spare_lines) / (1 + added_rate)
    by_campaigns = _expected_conversions(world)
    births, repeats = _renewed(orders)
    main_spares = np.maximum(orders - vehicles, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        repeat_share = np.nan_to_num(np.clip(0.85 * main_spares / repeats, 0.0, 0.9))
        first_share = np.nan_to_num(np.clip((main_spares - repeat_share * repeats) / births, 0.0, 1.0))
    return BirthPlan(
        births=np.maximum(births - by_campaigns, FEWEST_BORN * births),
        first_spare_share=first_share,
        repeat_spare_share=repeat_share,
        vehicles=vehicles,
        spares=spares,
        repeats=repeats,
        added_rate=added_rate,
    )


def _renewed(orders: Floats) -> tuple[Floats, Floats]:
    """Split orders by day into births and repeat orders, week by week: those born before order again."""
    weeks = -(-orders.size // 7)
    weekly = np.add.reduceat(orders, np.arange(0, orders.size, 7))
    # Consumers are born in the middle of their week.
    ages = 7.0 * (np.arange(weeks) + 0.5)
    kernel = np.diff(np.concatenate([[0.0], expected_repeats(ages)]))
    born, again = np.zeros(weeks), np.zeros(weeks)
    for week in range(weeks):
        before = float(born[:week] @ kernel[week:0:-1]) if week else 0.0
        born[week] = max((weekly[week] - before) / (1 + kernel[0]), FEWEST_BORN * weekly[week])
        again[week] = before + kernel[0] * born[week]
    days = np.array([7] * (weeks - 1) + [orders.size - 7 * (weeks - 1)])
    repeats = np.repeat(again / days, days)
    return np.maximum(orders - repeats, FEWEST_BORN * orders), repeats


def _expected_conversions(world: World) -> Floats:
    """Consumers whom campaigns should bring, by day."""
    campaigns, market = world.company.campaigns, world.company.scale.market
    expected = np.zeros(HORIZON_DAYS)
    for row in range(campaigns.start_day.size):
        first, last = max(int(campaigns.start_day[row]), 0), int(campaigns.end_day[row]) + 1
        chance = min(LEAD_CONVERSION * float(campaigns.quality[row]), 1.0)
        expected[first : max(first, last)] += campaigns.consumer_leads[row] * market * chance
    return expected
