"""What happened to those something befell, beside others who were alike before: a difference with its interval.

Rows are compared within strata only (same month, same rhythm …), so that what the strata hold cannot be the reason;
what they do not hold still can. Source: Mantel and Haenszel (1959); interval: bootstrap over subjects, since looks at
one subject are not independent (Field and Welsh 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.errors import ForecastError
from forecasting.panel import Flags, Floats, Integers

DRAWS = 400
CONFIDENCE = 0.95
# Fewer subjects on either side, within strata that hold both, carry no interval.
FEWEST_SUBJECTS = 20


@dataclass(frozen=True, slots=True)
class MatchedDifference:
    """`treated_rate` − `other_rate` = `difference`, all weighed alike; NaN where nothing can be compared.

    `low`, `high`: interval of 95 %. Counts are of rows and subjects in strata that hold both kinds.
    """

    treated_rate: float
    other_rate: float
    low: float
    high: float
    treated_rows: int
    other_rows: int
    treated_subjects: int
    other_subjects: int

    @property
    def difference(self) -> float:
        return self.treated_rate - self.other_rate

    @property
    def is_enough(self) -> bool:
        return min(self.treated_subjects, self.other_subjects) >= FEWEST_SUBJECTS


def matched_difference(
    outcome: Floats, treated: Flags, strata: Integers, subjects: Integers, seed: int
) -> MatchedDifference:
    """Compare rows (all arrays of one length): outcome 0 or 1, whether it befell the row, its stratum (0, 1, …) and its
    subject (0, 1, …). Raises ForecastError for arrays of different lengths."""
    if len({len(outcome), len(treated), len(strata), len(subjects)}) > 1:
        raise ForecastError("Rows that are compared need an outcome, a flag, a stratum and a subject each.")
    size = int(strata.max()) + 1 if strata.size else 0
    both = _sums(strata[treated], None, size) * _sums(strata[~treated], None, size) > 0
    used = both[strata] if size else np.zeros(0, dtype=np.bool_)
    outcome, treated, strata, subjects = outcome[used], treated[used], strata[used], subjects[used]
    counts = (int(treated.sum()), int((~treated).sum()))
    people = (np.unique(subjects[treated]).size, np.unique(subjects[~treated]).size)
    if min(people) < FEWEST_SUBJECTS:
        nothing = float("nan")
        return MatchedDifference(nothing, nothing, nothing, nothing, *counts, *people)
    rates = _rates(outcome, treated, strata, np.ones(outcome.size), size)
    draw = np.random.default_rng(seed)
    most = int(subjects.max()) + 1
    found = np.asarray(
        [
            np.subtract(*_rates(outcome, treated, strata, draw.poisson(1.0, most)[subjects].astype(np.float64), size))
            for _ in range(DRAWS)
        ]
    )
    low, high = np.nanquantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return MatchedDifference(rates[0], rates[1], float(low), float(high), *counts, *people)


def _rates(outcome: Floats, treated: Flags, strata: Integers, weight: Floats, size: int) -> tuple[float, float]:
    """Share of yes of both kinds; each stratum weighs n₁ n₀ ÷ (n₁ + n₀) on both sides."""
    one, other = treated, ~treated
    n_one, n_other = _sums(strata[one], weight[one], size), _sums(strata[other], weight[other], size)
    held = (n_one > 0) & (n_other > 0)
    if not held.any():
        return float("nan"), float("nan")
    y_one = _sums(strata[one], weight[one] * outcome[one], size)[held] / n_one[held]
    y_other = _sums(strata[other], weight[other] * outcome[other], size)[held] / n_other[held]
    share = n_one[held] * n_other[held] / (n_one[held] + n_other[held])
    return float(share @ y_one / share.sum()), float(share @ y_other / share.sum())


def _sums(strata: Integers, weight: Floats | None, size: int) -> Floats:
    return np.bincount(strata, weights=weight, minlength=size).astype(np.float64)
