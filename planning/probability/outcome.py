"""What the draws say: dates with their chances, and the supplies that make an order late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.mrp.codes import NONE, Floats, Integers


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Draws of end demands. `demand`: rows of the plan's demand, `asked`: the day each is wanted.

    `day` and `cause` are (end demand × draw): the day on which it is served in full, and the number of the supply event
    that decided it (NONE: no supply did). `supply` and `supply_day`: (supply event × draw) of the supply events that
    were asked for, when each is there.
    """

    demand: Integers
    asked: Integers
    day: NDArray[np.int32]
    cause: NDArray[np.int32]
    supply: Integers
    supply_day: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """One row for each end demand: days (P50, P90: the day by which it is there in half and in nine of ten draws), the
    chance to be in time (0–1) and the mean days late (0 in time)."""

    demand: Integers
    p50_day: Integers
    p90_day: Integers
    in_time_rate: Floats
    mean_days_late: Floats


@dataclass(frozen=True, slots=True)
class Drivers:
    """Which supply events (NONE: no supply) made which end demand late: `late_draws` of all draws; the most frequent
    first."""

    demand: Integers
    supply: Integers
    late_draws: Integers


def summarised(outcomes: Outcomes) -> OutcomeTable:
    """P50, P90, chance and mean lateness. A quantile is a day that was drawn, never one in between."""
    middle, far = quantile_days(outcomes.day)
    late = np.maximum(outcomes.day - outcomes.asked[:, None], 0)
    return OutcomeTable(
        demand=outcomes.demand,
        p50_day=middle,
        p90_day=far,
        in_time_rate=(late == 0).mean(axis=1),
        mean_days_late=late.mean(axis=1),
    )


def quantile_days(drawn: NDArray[np.int32]) -> tuple[Integers, Integers]:
    """P50 and P90 of each row of (row × draw)."""
    days = np.sort(drawn, axis=1)
    draws = days.shape[1]
    middle, far = (days[:, max(int(np.ceil(share * draws)) - 1, 0)].astype(np.int64) for share in (0.5, 0.9))
    return middle, far


def drivers(outcomes: Outcomes, most: int = 3) -> Drivers:
    """For each end demand the supply events that decided its day in the draws in which it was late, at most `most`."""
    row, draw = np.nonzero(outcomes.day > outcomes.asked[:, None])
    if not row.size:
        none = np.zeros(0, np.int64)
        return Drivers(none, none, none)
    key = row.astype(np.int64) << 32 | (outcomes.cause[row, draw].astype(np.int64) - NONE)
    pair, count = np.unique(key, return_counts=True)
    owner = pair >> 32
    order = np.lexsort((pair, -count, owner))
    pair, count, owner = pair[order], count[order], owner[order]
    first = np.flatnonzero(np.concatenate((np.ones(1, np.bool_), owner[1:] != owner[:-1])))
    rank = np.arange(owner.size) - np.repeat(first, np.diff(np.append(first, owner.size)))
    kept = rank < most
    return Drivers(outcomes.demand[owner[kept]], (pair[kept] & 0xFFFFFFFF) + NONE, count[kept].astype(np.int64))
