"""What the market wants: the formula of `Items` with promotions, and what of it reaches the shops today.

The expected demand is the market's own truth; `expected_weekly` is also the opinion with which a planner who knows the
business starts its first year. It knows nothing of incidents: those multiply what `TodaysDemand` says.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import HORIZON_DAYS, ONLINE, Company
from pipelines.demo.market.repeat_orders import shop_level
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
CHANNELS = 3
RAMP_DAYS = 120.0
MOOD_SPREAD = 0.10
"""Sigma of an item's weekly mood: what moves the demand of all customers together and no season explains."""


class DemandFormula:
    """Expected demand without incidents, of any items on any days."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.uplift = promotion_uplifts(company)
        first = np.datetime64(company.start_date, "D")
        self._first = first

    def level(self, items: npt.ArrayLike, day: npt.ArrayLike) -> Floats:
        """Demand as a multiple of the first year's mean, promotions apart: growth × season × ramp. Broadcasts."""
        catalogue, codes, days = self.company.items, np.asarray(items), np.asarray(day)
        growth = (1.0 + catalogue.yearly_growth[codes]) ** (days / 365.0)
        dates = self._first + days
        day_of_year = (dates - dates.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) + 1
        angle = 2 * np.pi * (day_of_year - catalogue.season_peak[codes]) / 365.0
        season = 1.0 + catalogue.season_strength[codes] * np.cos(angle)
        rise = np.clip((days - catalogue.sold_from_day[codes]) / RAMP_DAYS, 0.0, 1.0)
        fall = np.clip((catalogue.sold_until_day[codes] - days) / RAMP_DAYS, 0.0, 1.0)
        level: Floats = growth * season * rise * fall
        return level

    def weekly_by_channel(self, items: npt.ArrayLike, day: npt.ArrayLike) -> Floats:
        """Expected units a week at the company's own market size: the broadcast shape, then one column a channel."""
        catalogue, codes = self.company.items, np.asarray(items)
        total = catalogue.weekly_demand[codes] * self.level(codes, day) * self.company.scale.market
        when = np.clip(np.asarray(day), 0, HORIZON_DAYS - 1)
        uplift = self.uplift[when, np.maximum(catalogue.family[codes], 0)]
        weekly: Floats = total[..., None] * catalogue.channel_share[codes] * uplift * channel_level(day)
        return weekly


def channel_level(day: npt.ArrayLike) -> Floats:
    """Growth of the channels beside that of the items: the web shop is young. One column a channel."""
    level = np.ones((*np.shape(day), CHANNELS))
    level[..., ONLINE] = shop_level(day)
    return level


def expected_weekly(company: Company, item_rows: npt.ArrayLike, day: npt.ArrayLike) -> Floats:
    """Expected units a week of all channels on a day; items and days broadcast."""
    weekly: Floats = DemandFormula(company).weekly_by_channel(item_rows, day).sum(axis=-1)
    return weekly


def promotion_uplifts(company: Company) -> Floats:
    """Factor by which promotions multiply demand: (day 0 … HORIZON_DAYS - 1, family, channel)."""
    promotions = company.promotions
    uplift = np.ones((HORIZON_DAYS, len(company.families), CHANNELS))
    for row in range(promotions.start_day.size):
        first, last = max(int(promotions.start_day[row]), 0), int(promotions.end_day[row]) + 1
        family, channel = int(promotions.family[row]), int(promotions.channel[row])
        families = slice(None) if family < 0 else slice(family, family + 1)
        channels = slice(None) if channel < 0 else slice(channel, channel + 1)
        uplift[first : max(last, first), families, channels] *= promotions.uplift[row]
    return uplift


class TodaysDemand:
    """Demand of everything sold on the world's day, incidents and moods included.

    `items`: codes of all items that are ever sold; `position`: item -> place in `items` (-1: never sold);
    `factor` (items, channel): multiple of the first year's mean; `daily` (items, channel): units of the whole market.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.formula = DemandFormula(world.company)
        catalogue = world.company.items
        self.items: Rows = np.flatnonzero(catalogue.weekly_demand > 0)
        self.position = np.full(catalogue.count, -1, dtype=np.int64)
        self.position[self.items] = np.arange(self.items.size)
        self.family = catalogue.family[self.items].astype(np.int64)
        share = catalogue.channel_share[self.items]
        self._mean = catalogue.weekly_demand[self.items, None] * share * (world.company.scale.market / 7.0)
        self._mood = np.ones(self.items.size)
        self.factor = np.zeros((self.items.size, CHANNELS))
        self.daily = np.zeros((self.items.size, CHANNELS))

    def step(self) -> None:
        """Look at today."""
        world = self.world
        if world.weekday() == 0 or world.day == 0:
            self._mood = world.luck.lognormal(MOOD_SPREAD, "mood of the week", self.items, world.day)
        level = self.formula.level(self.items, world.day) * self._mood * world.effects.item_demand[self.items]
        self.factor = level[:, None] * self.formula.uplift[world.day, self.family] * channel_level(world.day)
        self.daily = self._mean * self.factor
