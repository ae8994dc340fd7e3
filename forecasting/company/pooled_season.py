"""The season that items share: two or three years of one item are too noisy to show it, those of a family are not.

Indices by ratio to the centred moving average, of the total drawn towards none, of each family towards the total's, by
how much they differ against how sure they are (James, Stein 1961; Miller, Williams 2003, "Shrinkage estimators of time
series seasonal factors"; of groups: Dalhart 1974, Withycombe 1989). Every history is divided by its family's indices
before it is forecast, and its forecast multiplied by them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.company.hierarchy import LEVELS, Hierarchy
from forecasting.panel import Floats, Integers
from forecasting.seasonality import centred_average

# Below so many years each phase of a family was seen once or twice only: luck and season look alike.
FAMILY_YEARS = 4
# Neighbouring weeks share a season: an index is the mean of so many around it.
_SMOOTHED = {52: 9}
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class PooledSeason:
    """Indices of every node, (nodes, periods) of the history and (nodes, horizon) of what comes."""

    history: Floats
    future: Floats


def pooled_season(nodes: Hierarchy, family: Integers, period: int, horizon: int) -> PooledSeason:
    """The season of all nodes; `family` (nodes,) numbers the family of each."""
    bottom = np.maximum(nodes.values[: nodes.series_count], 0.0)
    families = np.zeros((int(family.max(initial=0)) + 1, bottom.shape[1]))
    np.add.at(families, family[: nodes.series_count], bottom)
    of_total, of_families = pooled_indices(bottom.sum(axis=0), families, period)
    is_total = (nodes.level == LEVELS.index("total"))[:, None]
    index = np.where(is_total, of_total, of_families[family])
    steps = bottom.shape[1]
    return PooledSeason(index[:, np.arange(-steps, 0) % period], index[:, np.arange(horizon) % period])


def pooled_indices(total: Floats, families: Floats, period: int) -> tuple[Floats, Floats]:
    """Indices (period,) of the total (times,) and (families, period) of families (families, times).

    Column j belongs to forecast step j + 1, as everywhere. 1 where there are fewer than two years; those of the total
    where there are fewer than four.
    """
    neutral = np.ones((1, period))
    if total.size < 2 * period:
        return neutral[0], np.ones((families.shape[0], period))
    of_total = _drawn(*_indices(total[None], period), neutral)
    if total.size < FAMILY_YEARS * period:
        return of_total[0], np.repeat(of_total, families.shape[0], axis=0)
    return of_total[0], _drawn(*_indices(families, period), of_total)


def _indices(values: Floats, period: int) -> tuple[Floats, Floats]:
    """Indices (rows, period) as they are, and the variance of one (rows,)."""
    rows = values.shape[0]
    trend = centred_average(values, period)
    ratio = np.divide(values, trend, out=np.full_like(values, np.nan), where=trend > _TINY)
    padded = np.pad(ratio, ((0, 0), (-values.shape[1] % period, 0)), constant_values=np.nan).reshape(rows, -1, period)
    seen = (~np.isnan(padded)).sum(axis=1)
    index = np.where(seen > 0, np.nansum(padded, axis=1) / np.maximum(seen, 1), 1.0)
    repeats = np.maximum(seen - 1, 0).sum(axis=1)
    between_years = np.nansum((padded - index[:, None]) ** 2, axis=(1, 2)) / np.maximum(repeats, 1)
    # Before every phase has come twice, changes from one period to the next stand for noise: rather too much of it.
    moves = np.diff(ratio, axis=1)
    of_neighbours = np.nansum(moves**2, axis=1) / np.maximum((~np.isnan(moves)).sum(axis=1), 1) / 2
    noise = np.where(repeats >= period, between_years, of_neighbours) * (1 / np.maximum(seen, 1)).mean(axis=1)
    window = _SMOOTHED.get(period, 1)
    index = np.mean([np.roll(index, shift, axis=1) for shift in range(-(window // 2), window // 2 + 1)], axis=0)
    mean = index.mean(axis=1, keepdims=True)
    return index / np.where(mean > _TINY, mean, 1.0), noise / window


def _drawn(index: Floats, noise: Floats, towards: Floats) -> Floats:
    """Positive-part James–Stein."""
    period = index.shape[1]
    apart = ((index - towards) ** 2).sum(axis=1)
    kept = np.maximum(1 - (period - 3) * noise / np.maximum(apart, _TINY), 0.0)
    found: Floats = towards + kept[:, None] * (index - towards)
    return np.maximum(found, 0.05)
