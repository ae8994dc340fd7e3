"""From goods that are there to goods at the customer: the last stretch, as it was observed.

A line whose goods are there waits for its day and arrives about then; one that waited for its goods leaves as soon as
it has them. So a line is done on the later of two days: its promised day and what deliveries were after it, and the
day of its goods and the time on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.mrp.codes import NONE
from planning.probability.outcome import Outcomes
from planning.probability.propagation import BLOCK
from planning.probability.samples import SampleTable

_CERTAIN = -(2.0**40)


@dataclass(frozen=True, slots=True)
class ObservedDelivery:
    """By row of the plan's demand table, days (negative: earlier).

    `after_promise`: from the promised day to the customer, of lines that had their goods. `on_the_way`: from the goods
    to the customer. A demand without observations is done when its goods are there.
    """

    after_promise: SampleTable
    on_the_way: SampleTable


def delivered(outcomes: Outcomes, observed: ObservedDelivery, seed: int = 1) -> Outcomes:
    """The draws of `outcomes` with the day at the customer; `cause` is NONE where the goods did not decide it."""
    row = np.where(outcomes.demand < observed.after_promise.rows, outcomes.demand, NONE)
    known = observed.after_promise.is_observed & observed.on_the_way.is_observed
    chosen = np.flatnonzero((row >= 0) & known[np.maximum(row, 0)]) if known.size else np.zeros(0, np.int64)
    if not chosen.size:
        return outcomes
    generator = np.random.default_rng((seed, 1))
    day, cause = outcomes.day.copy(), outcomes.cause.copy()
    row, least = row[chosen], np.full(chosen.size, _CERTAIN)
    for start in range(0, day.shape[1], BLOCK):
        draws = slice(start, min(start + BLOCK, day.shape[1]))
        size = (chosen.size, draws.stop - start)
        usual = outcomes.asked[chosen][:, None] + observed.after_promise.drawn(row, generator.random(size), least)
        waited = day[chosen, draws] + observed.on_the_way.drawn(row, generator.random(size), least)
        by_goods = waited > usual
        day[chosen, draws] = np.rint(np.where(by_goods, waited, usual))
        cause[chosen, draws] = np.where(by_goods, cause[chosen, draws], NONE)
    return replace(outcomes, day=day, cause=cause)
