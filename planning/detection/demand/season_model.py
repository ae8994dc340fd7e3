"""What a family usually sells in a week: level, trend and season of several families at once, deaf to wild weeks.

A Poisson regression on the logarithm (McCullagh and Nelder, Generalized Linear Models, 1989) with the season as
harmonics of the year, once for all families and once as each family's own departure, held back by a ridge. Weeks far
off count less (Huber's weights), so that a surge of last year is not taken for this year's season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

YEAR_WEEKS = 365.25 / 7
_HARMONICS = 3
# Prior weeks that hold back the level, the trend and the two seasons: the more, the flatter.
_RIDGE_LEVEL, _RIDGE_TREND, _RIDGE_SHARED, _RIDGE_OWN = 0.1, 20.0, 1.0, 15.0
_RIDGE_EVENT = 3.0
_ROUNDS = 40
# Huber's bound: beyond so many spreads a week counts less.
_BOUND = 1.5
_MAD_TO_SPREAD = 1.4826


@dataclass(frozen=True, slots=True)
class UsualSales:
    """expected: pieces of each row; dispersion: of each family, variance over mean, at least 1."""

    expected: Floats
    dispersion: Floats


def usual_sales(
    family: Integers, week: Integers, sold: Floats, exposure: Floats, events: Floats | None = None
) -> UsualSales:
    """Rows are a family's weeks: `family` counts from 0, `week` is a number of weeks, `exposure` pieces > 0;
    `events` rows × kinds of event, the share of the row's week that one covers: what it usually does is expected.

    With less than a year and a half of a family its season is mostly that of all.
    """
    count = int(family.max(initial=-1)) + 1
    design, ridge = _design(family, week, count)
    if events is not None:
        design = np.column_stack([design, events])
        ridge = np.concatenate([ridge, np.full(events.shape[1], _RIDGE_EVENT)])
    offset = np.log(np.maximum(exposure, 1e-9))
    beta: Floats = np.zeros(design.shape[1])
    beta[:count] = np.log(_sums(family, sold, count) + 0.5) - np.log(_sums(family, exposure, count) + 0.5)
    dispersion: Floats = np.ones(count)
    scale = max(float(sold.sum()) / max(sold.size, 1), 1e-9)
    for _ in range(_ROUNDS):
        mean = np.exp(np.clip(design @ beta + offset, -20, 20))
        pearson = (sold - mean) / np.sqrt(np.maximum(mean, 0.05))
        dispersion = _dispersion(family, pearson, count)
        apart = np.abs(pearson) / np.sqrt(dispersion[family])
        weight = mean * np.minimum(1.0, _BOUND / np.maximum(apart, 1e-9)) / dispersion[family]
        working = design @ beta + (sold - mean) / np.maximum(mean, 0.05)
        left = design.T @ (design * weight[:, None]) + np.diag(ridge * scale)
        following: Floats = np.linalg.solve(left, design.T @ (weight * working)).astype(np.float64)
        step = np.abs(following - beta).max(initial=0.0)
        beta = following
        if step < 1e-7:
            break
    return UsualSales(np.exp(np.clip(design @ beta + offset, -20, 20)), dispersion)


def _design(family: Integers, week: Integers, count: int) -> tuple[Floats, Floats]:
    """Columns: level and trend of each family, the season of all, the own season of each family; with their ridges."""
    own = np.zeros((family.size, count))
    own[np.arange(family.size), family] = 1.0
    years = (week - week.max(initial=0)) / YEAR_WEEKS
    angle = 2 * np.pi * week / YEAR_WEEKS
    waves = np.column_stack([wave(k * angle) for k in range(1, _HARMONICS + 1) for wave in (np.sin, np.cos)])
    own_waves = (own[:, :, None] * waves[:, None, :]).reshape(family.size, -1)
    design = np.column_stack([own, own * years[:, None], waves, own_waves])
    ridge = np.concatenate(
        [
            np.full(count, _RIDGE_LEVEL),
            np.full(count, _RIDGE_TREND),
            np.full(waves.shape[1], _RIDGE_SHARED),
            np.full(own_waves.shape[1], _RIDGE_OWN),
        ]
    )
    return design, ridge


def _sums(family: Integers, values: Floats, count: int) -> Floats:
    return np.bincount(family, weights=values, minlength=count).astype(np.float64)


def _dispersion(family: Integers, pearson: Floats, count: int) -> Floats:
    """Robust variance of each family's residuals in units of the mean, at least that of a Poisson count."""
    order = np.lexsort((np.abs(pearson), family))
    ranked = np.abs(pearson)[order]
    sizes = np.bincount(family, minlength=count)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    middle = np.minimum(starts + sizes // 2, max(ranked.size - 1, 0))
    spread = ranked[middle] * _MAD_TO_SPREAD if ranked.size else np.zeros(count)
    return np.maximum(spread**2, 1.0)
