"""What late goods do to customers: they remember, buy less, and leave.

A business customer's memory of lateness (`felt`, 0 to 1) rises with late arrivals and with waiting, and fades with what
comes on time. It lowers the chance to win his projects and raises his chance to leave, on top of a small ordinary one.
Both chances are drawn with the same luck, so whoever leaves only because of what he felt is known as such.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import NEVER
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
ARRIVAL_WEIGHT, WAITING_WEIGHT = 0.20, 0.07
"""Weight of a delivery, and of a week of waiting, in the memory."""
DAYS_TO_ANGER = 7.0
"""Lateness that is felt as 1 - 1/e of the worst."""
TOLD_LATER = 0.3
"""A day of a promise later than the wish is felt as this part of a late day."""
FADES_A_WEEK = 0.96
ORDINARY_LEAVING = 0.04 / 52
"""Chance a week that a business customer leaves for reasons of his own: 4 % a year."""
TOLERANCE, IMPATIENCE = 0.25, 0.015
"""Felt lateness that is forgiven; chance a week to leave at the worst, above it."""
EXPOSED, EXPOSED_DAYS = 45.0, 42
"""How much more ready to leave customers are whose deliveries an incident delays, and for how long after it."""
MEMORY_DAYS = 150
CONSUMER_LEAVES_A_DAY, CONSUMER_LEAVES_AT_MOST = 0.03, 0.5
"""Chance to leave by days late beyond the first, of consumers."""


class Reactions:
    """Memory of business customers; who leaves."""

    def __init__(self, world: World) -> None:
        self.world = world
        count = world.company.customers.count
        self.felt = np.zeros(count)
        self._cause = np.full(count, -1, dtype=np.int16)
        self._cause_day = np.full(count, -NEVER, dtype=np.int64)
        self._exposed_day = np.full(count, -NEVER, dtype=np.int64)
        self._seen_lines = 0
        self._open_lines: Rows = np.zeros(0, dtype=np.int64)

    def arrived(self, delivery_lines: Rows) -> Rows:
        """What arrived today, by everybody; returns the consumers who leave over it."""
        if delivery_lines.size == 0:
            return np.zeros(0, dtype=np.int64)
        world, table = self.world, self.world.documents.sales_lines
        lines = world.documents.delivery_lines["sales_line"][delivery_lines]
        customer = table["customer"][lines].astype(np.int64)
        promised, requested = table["first_promised_day"][lines], table["requested_day"][lines]
        late = np.maximum(world.day - promised, 0)
        is_business = customer < world.company.customers.count
        business = np.flatnonzero(is_business)
        if business.size:
            told = TOLD_LATER * np.maximum(promised - requested, 0)[business]
            who = customer[business]
            self._feel(who, 1 - np.exp(-(late[business] + told) / DAYS_TO_ANGER), ARRIVAL_WEIGHT)
            self._blame(who[late[business] > 0], lines[business][late[business] > 0])
        consumers = np.flatnonzero(~is_business & (late > 1))
        who = customer[consumers] - world.company.customers.count
        keys = world.documents.consumers["key"][who]
        chance = np.minimum(CONSUMER_LEAVES_A_DAY * (late[consumers] - 1), CONSUMER_LEAVES_AT_MOST)
        return np.unique(who[world.luck.chance(chance, "leaves over lateness", keys, world.day)])

    def look_back(self) -> None:
        """Once a week: those who wait, and those who leave."""
        self._wait()
        self._leave()

    def _feel(self, customer: Rows, severity: Floats, weight: float, only_worse: bool = False) -> None:
        who, position = np.unique(customer, return_inverse=True)
        mean = np.bincount(position, severity) / np.bincount(position)
        change = mean - self.felt[who]
        self.felt[who] += weight * (np.maximum(change, 0.0) if only_worse else change)

    def _blame(self, customer: Rows, lines: Rows) -> None:
        cause = self.world.documents.sales_lines["cause"][lines]
        known = cause >= 0
        self._cause[customer[known]] = cause[known]
        self._cause_day[customer[known]] = self.world.day

    def _wait(self) -> None:
        world, table = self.world, self.world.documents.sales_lines
        new = self._seen_lines + np.flatnonzero(table["customer"][self._seen_lines :] < world.company.customers.count)
        self._seen_lines = table.count
        rows = np.concatenate([self._open_lines, new])
        rows = rows[np.round(table["quantity"][rows] - table["shipped"][rows] - table["cancelled"][rows], 3) > 0]
        self._open_lines = rows
        self.felt *= FADES_A_WEEK
        late = world.day - table["first_promised_day"][rows]
        rows, late = rows[late > 0], late[late > 0]
        if rows.size:
            customer = table["customer"][rows].astype(np.int64)
            self._feel(customer, 1 - np.exp(-late / DAYS_TO_ANGER), WAITING_WEIGHT, only_worse=True)
            self._blame(customer, rows)

    def _leave(self) -> None:
        world, day = self.world, self.world.day
        active = np.flatnonzero((world.customer_joined_day <= day) & (world.customer_left_day > day))
        self._exposed_day[world.effects.customer_transit_delay > 0] = day
        exposed = day - self._exposed_day[active] <= EXPOSED_DAYS
        anger = np.maximum(self.felt[active] - TOLERANCE, 0.0) / (1 - TOLERANCE)
        over_lateness = IMPATIENCE * anger**1.5 * np.where(exposed, EXPOSED, 1.0)
        draw = world.luck.uniform("leaves this week", active, day)
        leaves = draw < ORDINARY_LEAVING + over_lateness
        if not leaves.any():
            return
        who = active[leaves]
        world.customer_left_day[who] = day
        remembered = np.where(day - self._cause_day[who] <= MEMORY_DAYS, self._cause[who], -1)
        cause = np.where(remembered >= 0, remembered, world.effects.customer_cause[who])
        angry = draw[leaves] >= ORDINARY_LEAVING
        world.customer_left_cause[who[angry]] = cause[angry]
