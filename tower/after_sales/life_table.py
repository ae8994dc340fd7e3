"""How often goods fail by their age: failures per unit and time at risk, and the share that has failed by then.

Goods delivered last month had no time to fail in their second year; they count at the ages that they have reached and
no longer. Every failure counts, a second one of the same piece too, because few sources number the pieces.

Source: Breslow and Day 1987, Statistical Methods in Cancer Research II, chapter 2 (rates from time at risk).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

STEP_DAYS = 30


@dataclass(frozen=True, slots=True)
class LifeTable:
    """By step of age, each STEP_DAYS long, for each group: arrays (groups, steps).

    `rate` is failures per unit-day, 0 where no unit was at risk; `share` of the units has failed by the step's end.
    """

    unit_days: Floats
    failures: Floats
    rate: Floats
    share: Floats


def exposure(age: Integers, steps: int) -> Floats:
    """(rows, steps) days that a piece of this age has spent in each step of age."""
    first = np.arange(steps) * STEP_DAYS
    # A piece that arrived today has been watched for today.
    spent: Floats = np.clip((age + 1)[:, None] - first[None, :], 0, STEP_DAYS).astype(np.float64)
    return spent


def life_table(
    group: Integers, age: Integers, units: Floats, failed_group: Integers, failed_age: Integers, groups: int
) -> LifeTable:
    """Units delivered (rows of `group`, `age` in days today, `units`) and failures (group, age in days when it failed).

    Groups are 0 … groups - 1. A failure at an age that no unit has reached is left out: it has no time at risk.
    """
    oldest = int(max(age.max(initial=0), failed_age.max(initial=0)))
    steps = oldest // STEP_DAYS + 1
    unit_days = np.zeros((groups, steps))
    np.add.at(unit_days, group, exposure(age, steps) * units[:, None])
    failures = np.zeros((groups, steps))
    np.add.at(failures, (failed_group, failed_age // STEP_DAYS), 1.0)
    failures[unit_days <= 0] = 0.0
    rate = np.divide(failures, unit_days, out=np.zeros_like(failures), where=unit_days > 0)
    return LifeTable(unit_days, failures, rate, 1.0 - np.exp(-np.cumsum(rate * STEP_DAYS, axis=1)))
