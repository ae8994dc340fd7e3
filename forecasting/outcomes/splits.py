"""Cutoffs in time: learn from what was known on one day, be judged by looks made after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.outcomes.rows import OutcomeRows
from forecasting.panel import Floats, Integers

# Looks that most ends have had time to follow: this share of known ends came so soon after the look.
SETTLED = 0.95


@dataclass(frozen=True, slots=True)
class Split:
    """Learn at the end of day `cutoff`; judge by looks made on later days up to `until`."""

    cutoff: int
    until: int


def time_splits(rows: OutcomeRows, day: int, count: int = 3) -> tuple[Split, ...]:
    """At most `count` cutoffs in the second half of the looks, one after another; () without enough days.

    The last looks judged lie so far back from `day`, the day the table was written, that nearly all of their ends are
    known: judging fresh looks would judge by the fast ends only.
    """
    return splits_of(rows.known, rows.ended - rows.known, day, count)


def splits_of(known: Integers, known_after: Floats, day: int, count: int) -> tuple[Split, ...]:
    """The same for looks on days `known` (rows,) whose outcome was known `known_after` days later, NaN: not yet."""
    settled = np.isfinite(known_after)
    if not settled.any():
        return ()
    settling = int(np.quantile(known_after[settled], SETTLED))
    first, last = int(known.min()), day - settling
    edges = np.linspace(first + (last - first) / 2, last, count + 1).astype(np.int64)
    pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return tuple(Split(cutoff, until) for cutoff, until in pairs if first < cutoff < until)
