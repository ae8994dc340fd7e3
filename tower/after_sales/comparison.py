"""Which lots, or customers, have more failures than the others of their item, given the age of their goods.

Expected are the item's failures by age times the time that the member's own units were at risk at that age (indirect
standardisation). If all failed alike, each of the item's failures would fall on the member with the chance expected ÷
all: the chance of so many or more is a tail of the binomial distribution. Where chances differ by age the binomial
tail is a little too large, so nobody is named too early.

Sources: Breslow and Day 1987 (standardised ratios); Przyborowski and Wilenski 1940, Biometrika 31 (the conditional
test of two Poisson rates); Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from tower.after_sales.life_table import STEP_DAYS, Floats, Integers, exposure, life_table


@dataclass(frozen=True, slots=True)
class Comparison:
    """For each member: units, failures observed and expected, and the chance of so many or more.

    `chance` is 1 for a member that is its whole group, and for one without failures.
    """

    units: Floats
    observed: Floats
    expected: Floats
    chance: Floats


def compared(
    group: Integers, age: Integers, units: Floats, member: Integers, failed_member: Integers, failed_age: Integers,
    group_of_member: Integers,
) -> Comparison:  # fmt: skip
    """Rows of units (group, age in days today, units, member) and failures (member, age in days when it failed).

    Members are 0 … members - 1, each of the one group `group_of_member`.
    """
    members, groups = group_of_member.size, int(group_of_member.max(initial=-1)) + 1
    table = life_table(group, age, units, group_of_member[failed_member], failed_age, groups)
    steps = table.rate.shape[1]
    by_row = (exposure(age, steps) * table.rate[group]).sum(axis=1) * units
    expected = np.bincount(member, weights=by_row, minlength=members).astype(np.float64)
    at_risk = table.unit_days[group_of_member[failed_member], failed_age // STEP_DAYS] > 0
    observed = np.bincount(failed_member[at_risk], minlength=members).astype(np.float64)
    total = table.failures.sum(axis=1)[group_of_member]
    share = np.divide(expected, total, out=np.zeros(members), where=total > 0)
    # I_p(k, n - k + 1) is the chance of k or more out of n.
    tested = (observed > 0) & (share < 1.0)
    tail = betainc(np.maximum(observed, 1.0), total - np.maximum(observed, 1.0) + 1.0, np.clip(share, 0.0, 1.0))
    chance = np.where(tested, tail, 1.0)
    delivered = np.bincount(member, weights=units, minlength=members).astype(np.float64)
    return Comparison(delivered, observed, expected, chance)


def false_discovery(chance: Floats) -> Floats:
    """The chances corrected for how many were tested: of those at most q, no more than the share q is named wrongly."""
    count = chance.size
    order = np.argsort(chance, kind="stable")
    scaled = chance[order] * count / np.arange(1, count + 1)
    falling = np.minimum.accumulate(scaled[::-1])[::-1]
    corrected = np.empty(count)
    corrected[order] = np.minimum(falling, 1.0)
    return corrected
