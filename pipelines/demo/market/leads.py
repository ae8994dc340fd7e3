"""Leads: from campaigns and of their own accord. Most become nothing; how many buy is the campaign's quality.

What becomes of a lead is drawn when it comes and happens on its day: `closed_at` may lie in the future, and whom it
turned out to be is known only then.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import ordinals
from pipelines.demo.company.company import HORIZON_DAYS
from pipelines.demo.documents import DISQUALIFIED_REASONS, LEAD_SOURCES, LEAD_STATUSES
from pipelines.demo.market.business import Business
from pipelines.demo.market.consumers import Consumers
from pipelines.demo.market.population import LEAD_CONVERSION
from pipelines.demo.market.schedule import Schedule
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
CONVERTED, DISQUALIFIED = (LEAD_STATUSES.index(name) for name in ("converted", "disqualified"))
DUPLICATE = DISQUALIFIED_REASONS.index("duplicate")
NO_REPLY = DISQUALIFIED_REASONS.index("no_reply")
# Business leads a day at market 1.0 that no campaign brought, by source.
OWN_SOURCES = (("web", 0.12), ("referral", 0.07), ("fair", 0.06), ("cold_call", 0.10))
BUSINESS_CONVERSION = 0.13
"""Chance that a business lead of quality 1 becomes an opportunity."""
BEST_CHANCE = 0.9
BUSINESS_DAYS, CONSUMER_DAYS = 12.0, 5.0
"""Mean time until a lead converts."""
CLOSED_SHARE = 0.8
"""Of those who never buy: how many say so; the others are given up after about so many days."""
FORGOTTEN_DAYS = 100.0
REASON_SHARE = np.cumsum([0.18, 0.34, 0.14, 0.06, 0.28])
KEY_BITS = 20


class Leads:
    """The lead table and what is still to come of it."""

    def __init__(self, world: World, business: Business, consumers: Consumers) -> None:
        self.world, self.business, self.consumers = world, business, consumers
        campaigns, market = world.company.campaigns, world.company.scale.market
        count = campaigns.start_day.size
        # One stream a campaign for businesses, one for consumers, then one a source of its own.
        brought = [campaigns.business_leads, campaigns.consumer_leads, np.array([rate for _, rate in OWN_SOURCES])]
        self._mean = np.concatenate(brought) * market
        nothing = np.full(len(OWN_SOURCES), -1)
        self._campaign = np.concatenate([np.arange(count), np.arange(count), nothing]).astype(np.int64)
        self._source = np.concatenate(
            [np.full(2 * count, LEAD_SOURCES.index("campaign")), [LEAD_SOURCES.index(name) for name, _ in OWN_SOURCES]]
        ).astype(np.int64)
        self._is_consumer = np.zeros(self._mean.size, dtype=bool)
        self._is_consumer[count : 2 * count] = True
        self._business_due, self._consumers_due = Schedule(), Schedule()
        # Luck's key of each lead, beside the table.
        self._keys: Rows = np.zeros(1024, dtype=np.int64)

    def step(self) -> None:
        """New leads of today, and those who turn into something today."""
        self._come()
        self._convert_businesses()
        self._convert_consumers()

    def _running(self) -> Rows:
        campaigns, day = self.world.company.campaigns, self.world.day
        known = np.maximum(self._campaign, 0)
        own = self._campaign < 0
        if campaigns.start_day.size == 0:
            return np.flatnonzero(own)
        return np.flatnonzero(own | ((campaigns.start_day[known] <= day) & (campaigns.end_day[known] >= day)))

    def _come(self) -> None:
        world, luck, day = self.world, self.world.luck, self.world.day
        streams = self._running()
        campaign = self._campaign[streams]
        known = np.maximum(campaign, 0)
        more, better = np.ones(streams.size), np.ones(streams.size)
        of_campaign = campaign >= 0
        if of_campaign.any():
            more = np.where(of_campaign, world.effects.campaign_leads[known], 1.0)
            better = np.where(
                of_campaign, world.company.campaigns.quality[known] * world.effects.campaign_quality[known], 1.0
            )
        count = luck.poisson(self._mean[streams] * more, "leads", streams, day)
        position = np.repeat(np.arange(streams.size), count)
        if position.size == 0:
            return
        keys = ((streams[position] * np.int64(HORIZON_DAYS) + day) << KEY_BITS) + ordinals(position)
        is_consumer = self._is_consumer[streams[position]]
        chance = np.where(is_consumer, LEAD_CONVERSION, BUSINESS_CONVERSION) * better[position]
        converts = luck.chance(np.minimum(chance, BEST_CHANCE), "lead converts", keys)
        created = day + 0.05 + 0.6 * luck.uniform("lead comes at", keys)
        delay = luck.exponential(np.where(is_consumer, CONSUMER_DAYS, BUSINESS_DAYS), "lead takes", keys)
        closed = luck.chance(CLOSED_SHARE, "lead is closed", keys)
        closed_at = np.where(converts, created + 0.5 + delay, created + 2.0 + 2.5 * delay)
        forgotten = created + FORGOTTEN_DAYS * (0.6 + 0.8 * luck.uniform("lead is forgotten", keys))
        closed_at = np.where(converts | closed, closed_at, forgotten)
        hope = luck.normal("lead score", keys)
        rows = world.documents.leads.append(
            keys.size,
            created_at=created,
            campaign=campaign[position],
            source=self._source[streams[position]],
            customer=-1,
            opportunity=-1,
            status=np.where(converts, CONVERTED, DISQUALIFIED),
            closed_at=closed_at,
            reason=np.where(converts, -1, np.where(closed, luck.choice(REASON_SHARE, "lead fails", keys), NO_REPLY)),
            score=np.round(np.clip(45 + 14 * hope + 14 * converts, 1, 99)),
        )
        if rows[-1] >= self._keys.size:
            grown = np.zeros(2 * int(rows[-1]) + 2, dtype=np.int64)
            grown[: self._keys.size] = self._keys
            self._keys = grown
        self._keys[rows] = keys
        self._business_due.add(rows[converts & ~is_consumer], closed_at[converts & ~is_consumer])
        self._consumers_due.add(rows[converts & is_consumer], closed_at[converts & is_consumer])

    def _convert_businesses(self) -> None:
        leads = self.world.documents.leads
        rows, at = self._business_due.due(self.world.day)
        if rows.size == 0:
            return
        customer, opportunity = self.business.start_from_leads(
            self._keys[rows], at, leads["campaign"][rows].astype(np.int64), rows
        )
        known = opportunity >= 0
        leads["customer"][rows[known]] = customer[known]
        leads["opportunity"][rows[known]] = opportunity[known]
        leads["status"][rows[~known]] = DISQUALIFIED
        leads["reason"][rows[~known]] = DUPLICATE

    def _convert_consumers(self) -> None:
        leads = self.world.documents.leads
        rows, at = self._consumers_due.due(self.world.day)
        if rows.size:
            leads["customer"][rows] = self.consumers.born_from_leads(
                # Below all keys of organic births.
                -1 - self._keys[rows],
                at,
                leads["campaign"][rows].astype(np.int64),
                rows,
            )
