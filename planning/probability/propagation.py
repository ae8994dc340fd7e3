"""Draws through the pegging: a late part delays the order that needs it, and so on up to the customer.

Supply and demand are taken level by level from the purchased parts up; within a level everything moves together, for
a block of draws at a time. A date carries the number of the supply event that decided it in its lower 32 bits, so that
the latest of several dates brings its cause along: comparing the two together costs one comparison.
"""

from __future__ import annotations

import numpy as np

from planning.mrp.codes import NONE, UNIT, Integers
from planning.mrp.pegging import Pegging
from planning.mrp.segments import expanded
from planning.probability.outcome import Outcomes
from planning.probability.samples import ObservedLateness, SampleTable

BLOCK = 64
_SHIFT = 32
_NUMBER = (1 << _SHIFT) - 1
_CERTAIN = -(2.0**40)


def simulate(
    pegging: Pegging, observed: ObservedLateness, draws: int = 1000, seed: int = 1, supply: Integers | None = None
) -> Outcomes:
    """The day of every end demand in every draw, and of the supply events that `supply` names.

    Lateness of different orders is drawn independently, also of one supplier. An open receipt whose day has passed is
    drawn from those that were at least as late. Days are whole. Same seed, same result.
    """
    run = _Run(pegging, observed)
    generator = np.random.default_rng(seed)
    named = np.zeros(0, np.int64) if supply is None else supply
    day, cause = (np.zeros((run.ends.size, draws), np.int32) for _ in range(2))
    supply_day = np.zeros((named.size, draws), np.int32)
    for start in range(0, draws, BLOCK):
        done = slice(start, min(start + BLOCK, draws))
        of_demand, of_supply = run.block(generator, done.stop - start)
        ends = of_demand[run.ends]
        day[:, done], cause[:, done] = ends >> _SHIFT, ends & _NUMBER
        supply_day[:, done] = of_supply[named] >> _SHIFT
    return Outcomes(run.ends, pegging.plan.demand.day[run.ends], day, cause, named, supply_day)


class _Run:
    """What stays the same from draw to draw."""

    def __init__(self, pegging: Pegging, observed: ObservedLateness) -> None:
        plan = pegging.plan
        self.pegging, self.plan = pegging, plan
        demand, supply = plan.demand, plan.supply
        self.ends = np.flatnonzero((demand.parent < 0) & (demand.quantity > 0))
        self.first_day = plan.problem.first_day
        self.source = np.full(supply.count, NONE)
        self.release = np.full(supply.count, self.first_day)
        for made in (plan.orders, plan.passes):
            self.source[made.supply] = made.source
            self.release[made.supply] = made.release_day
        self.day = np.maximum(supply.day, self.first_day)
        # A release in the past is made up for today: everything after it moves.
        self.starts_late = np.maximum(self.first_day - self.release, 0)
        self.day += self.starts_late
        self.levels = plan.structure.levels
        level = plan.structure.level
        self.supplies = [np.flatnonzero(level[supply.node] == depth) for depth in range(self.levels)]
        self.demands = [
            np.flatnonzero((level[demand.node] == depth) & (demand.quantity > 0)) for depth in range(self.levels)
        ]
        self._samples(observed)
        self._yields(observed.source_yield)

    def _samples(self, observed: ObservedLateness) -> None:
        """For each supply event the row of the sample table that it draws from; open receipts come after sources."""
        supply, problem = self.plan.supply, self.plan.problem
        sources, opened = observed.source_days, observed.open_days
        self.samples = SampleTable(
            np.concatenate((sources.first, sources.first[-1] + opened.first[1:])),
            np.concatenate((sources.values, opened.values)),
        )
        self.sample_row = np.full(supply.count, NONE)
        self.least = np.full(supply.count, _CERTAIN)
        planned = np.flatnonzero(self.source >= 0)
        self.sample_row[planned] = np.where(sources.is_observed[self.source[planned]], self.source[planned], NONE)
        given = problem.stock.count + np.arange(problem.open_supply.count)
        is_drawn = opened.is_observed & problem.open_supply.is_firm
        self.sample_row[given[is_drawn]] = sources.rows + np.flatnonzero(is_drawn)
        # What was due before today has not come: it is at least so late.
        self.least[given] = self.first_day - problem.open_supply.day
        self.day[given] = problem.open_supply.day
        not_drawn = given[~is_drawn]
        self.day[not_drawn] = np.maximum(self.day[not_drawn], self.first_day)

    def _yields(self, yields: SampleTable) -> None:
        """Which links lie how far into their supply: what a poor yield does not reach waits for a second order."""
        links, supply = self.pegging.links, self.plan.supply
        self.yields = yields
        self.yield_row = np.full(supply.count, NONE)
        if yields.rows:
            planned = np.flatnonzero(self.source >= 0)
            self.yield_row[planned] = np.where(yields.is_observed[self.source[planned]], self.source[planned], NONE)
        self.reaches = np.zeros(links.demand.size)
        if not (self.yield_row >= 0).any():
            return
        ordered = links.quantity[self.pegging.by_supply] / UNIT
        total = np.cumsum(ordered)
        before = np.concatenate((np.zeros(1), total))[self.pegging.supply_first[:-1]]
        owner = links.supply[self.pegging.by_supply]
        self.reaches[self.pegging.by_supply] = (total - before[owner]) / np.maximum(
            supply.quantity[owner] / UNIT, 1e-12
        )

    def block(self, generator: np.random.Generator, draws: int) -> tuple[Integers, Integers]:
        """Keys (day and cause) of all demand and of all supply, one column a draw."""
        supply_key = np.zeros((self.plan.supply.count, draws), np.int64)
        demand_key = np.zeros((self.plan.demand.count, draws), np.int64)
        for depth in range(self.levels - 1, -1, -1):
            rows = self.supplies[depth]
            supply_key[rows] = self._supplied(rows, demand_key, generator, draws)
            asked = self.demands[depth]
            if asked.size:
                demand_key[asked] = self._served(asked, supply_key, generator, draws)
        return demand_key, supply_key

    def _supplied(self, rows: Integers, demand_key: Integers, generator: np.random.Generator, draws: int) -> Integers:
        """When each supply is there: its own day and lateness, after the latest of its parts."""
        own = np.zeros((rows.size, draws))
        drawn = np.flatnonzero(self.sample_row[rows] >= 0)
        if drawn.size:
            uniform = generator.random((drawn.size, draws))
            own[drawn] = self.samples.drawn(self.sample_row[rows[drawn]], uniform, self.least[rows[drawn]])
        late = np.rint(own).astype(np.int64)
        key = ((self.day[rows][:, None] + late) << _SHIFT) + rows[:, None]
        owner, child = expanded(self.pegging.child_first, rows)
        if not child.size:
            return key
        demand = self.pegging.child_order[child]
        asked = np.maximum(self.plan.demand.day[demand] + self.starts_late[rows[owner]], self.first_day)
        delay = demand_key[demand] - (asked << _SHIFT)[:, None]
        first = np.flatnonzero(np.concatenate((np.ones(1, np.bool_), owner[1:] != owner[:-1])))
        worst = np.maximum.reduceat(delay, first, axis=0)
        parents = owner[first]
        moved = worst + ((self.day[rows[parents]][:, None] + late[parents]) << _SHIFT)
        key[parents] = np.where((worst >> _SHIFT) > 0, moved, key[parents])
        return key

    def _served(self, asked: Integers, supply_key: Integers, generator: np.random.Generator, draws: int) -> Integers:
        """When each demand is served in full: with the latest of what is pegged to it."""
        owner, position = expanded(self.pegging.demand_first, asked)
        link = self.pegging.by_demand[position]
        supply = self.pegging.links.supply[link]
        key = supply_key[supply]
        poor = np.flatnonzero(self.yield_row[supply] >= 0)
        if poor.size:
            maker, which = np.unique(supply[poor], return_inverse=True)
            uniform = generator.random((maker.size, draws))
            share = self.yields.drawn(self.yield_row[maker], uniform, np.full(maker.size, _CERTAIN))[which]
            again = (self.plan.supply.day[supply[poor]] - self.release[supply[poor]])[:, None]
            missed = self.reaches[link[poor]][:, None] > share + 1e-9
            key[poor] += np.where(missed, np.maximum(again, 1) << _SHIFT, 0)
        result = np.full((asked.size, draws), -1, np.int64)
        if owner.size:
            first = np.flatnonzero(np.concatenate((np.ones(1, np.bool_), owner[1:] != owner[:-1])))
            result[owner[first]] = np.maximum.reduceat(key, first, axis=0)
        unserved = np.setdiff1d(np.arange(asked.size), owner)
        result[unserved] = (self.plan.demand.day[asked[unserved]] << _SHIFT)[:, None]
        return result
