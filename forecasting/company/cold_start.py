"""Series too young to speak for themselves: what similar ones sell, how launches went, and a wide interval.

The ladder: own history (not here) → class prior: a new place or channel of an item, its few periods drawn towards the
level of similar series by how much those differ → analogue curve: a new item, the same with the shape of earlier
launches of its family, aligned at the first sale → attributes: nothing sold yet, the level of similar series alone.
The interval is that of a Gamma distribution: variance of the level, and dispersion of similar demand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from forecasting.company.hierarchy import LEVELS, Hierarchy
from forecasting.company.settings import CompanySettings
from forecasting.demand_distribution import PROBABILITIES
from forecasting.panel import Flags, Floats, Integers

# A group of similar series, and a set of launches to learn a curve from, has at least so many.
FEWEST_SIMILAR = 3
# Share of its periods in which an item sells whose first sale is taken for a launch.
OFTEN = 0.75
# A level is known to at best this share, and at worst to that, of itself (squared).
SUREST, LEAST_SURE = 0.04, 4.0
# Similar levels differ by at least this share (squared).
_LEAST_BETWEEN = 0.0625
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class ColdStart:
    """`mean` (rows, horizon), `by_period` and `sums` (rows, horizon, POINTS), `rung` (rows,) 1 … 3."""

    mean: Floats
    by_period: Floats
    sums: Floats
    rung: Integers


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What the cold start knows of every node.

    `launch` (nodes,) counts the periods from the end of the history to the launch of an item that has not sold yet (0:
    due or past), −1 for all others. `may_be_launch` (nodes,): the item list does not say that it was there before the
    history began. `groups` (n + 1, nodes) number the groups of similar nodes, from the narrowest to the widest, and
    last the families.
    """

    launch: Integers
    may_be_launch: Flags
    groups: Integers


@dataclass(frozen=True, slots=True)
class _Level:
    """What similar series say, (rows,) each: mean rate, variance between them, variance / mean of their demand."""

    rate: Floats
    between: Floats
    dispersion: Floats


def cold_start(nodes: Hierarchy, rows: Integers, facts: NodeFacts, settings: CompanySettings) -> ColdStart:
    """Forecast the nodes `rows`."""
    launch, (*wider, families) = facts.launch, facts.groups
    age = np.where(launch[rows] >= 0, 0, nodes.lengths[rows])
    own = np.where(launch[rows] >= 0, 0.0, np.maximum(nodes.values[rows], 0.0).sum(axis=1))
    item = nodes.node_of[LEVELS.index("item"), nodes.member[rows]]
    is_below = nodes.level[rows] <= LEVELS.index("item")
    is_launch = is_below & (nodes.lengths[item] < settings.own_history)
    level = _similar(nodes, rows, wider, settings)
    curves = launch_curves(nodes, facts.may_be_launch, facts.groups[-1], settings)
    # A new item follows the launches of its family; a new place of a known item has no launch to follow.
    known = is_launch & curves.is_known[families[rows]]
    curve = np.where(known[:, None], curves.shape[families[rows]], 1.0)
    steps = np.arange(1, settings.periods_ahead + 1)
    last = curve.shape[1] - 1
    begun = np.take_along_axis(
        np.pad(np.cumsum(curve, axis=1), ((0, 0), (1, 0))), np.minimum(age, last + 1)[:, None], 1
    )
    exposure = np.maximum(begun[:, 0], _TINY)
    since = age[:, None] + steps - np.maximum(launch[rows], 0)[:, None]
    shape = np.where(since > 0, np.take_along_axis(curve, np.clip(since - 1, 0, last), axis=1), 0.0)
    observed = np.where(age > 0, own / np.where(age > 0, exposure, 1.0), level.rate)
    has_sold = age > 0
    # Variance of the level that the few own periods show.
    noise = level.dispersion * np.maximum(level.rate, observed) / np.where(has_sold, exposure, 1.0)
    weight = np.where(level.rate > 0, level.between / np.maximum(level.between + noise, _TINY), 1.0)
    rate = np.where(has_sold, weight * observed + (1 - weight) * level.rate, level.rate)
    unsure = np.where(has_sold, noise * weight, level.between) / np.where(rate > 0, rate, 1.0) ** 2
    unsure = np.clip(np.where(has_sold, unsure, np.maximum(unsure, 1.0)), SUREST, LEAST_SURE)
    mean = rate[:, None] * shape
    rung = np.where(age == 0, 3, np.where(known, 2, 1))
    return ColdStart(
        mean,
        _gamma(mean, unsure, level.dispersion),
        np.maximum.accumulate(_gamma(np.cumsum(mean, axis=1), unsure, level.dispersion), axis=1),
        rung.astype(np.int64),
    )


@dataclass(frozen=True, slots=True)
class LaunchCurves:
    """`shape` (groups, season): demand in the 1st, 2nd, … period after the first sale over that of a whole season.

    `is_known` (groups,): enough launches were seen.
    """

    shape: Floats
    is_known: Flags


def launch_curves(nodes: Hierarchy, may_be_launch: Flags, group: Integers, settings: CompanySettings) -> LaunchCurves:
    """Mean curve of the items of each group whose first sale the history has seen; of all where a group has few."""
    season, steps = settings.season, nodes.values.shape[1]
    items = np.unique(nodes.node_of[LEVELS.index("item")])
    length = nodes.lengths[items]
    # Items that sold from the very beginning of the data were not launched in it, and the first sale of one that
    # sells rarely is no launch.
    often = (nodes.values[items] > 0).sum(axis=1) >= OFTEN * length
    seen = (nodes.starts[items] >= season // 4) & (length >= settings.own_history) & often & may_be_launch[items]
    items, length = items[seen], length[seen]
    count = int(group.max(initial=0)) + 1
    columns = nodes.starts[items, None] + np.arange(season)
    values = np.where(columns < steps, nodes.values[items[:, None], np.minimum(columns, steps - 1)], np.nan)
    mean = np.nansum(values, axis=1) / np.minimum(length, season)
    relative = values / np.where(mean > 0, mean, 1.0)[:, None]
    known = ~np.isnan(relative)
    # Item nodes of one child stand at a lower level: their group is that of any node of the family.
    family = group[items]
    total, number = np.zeros((count, season)), np.zeros((count, season))
    np.add.at(total, family, np.nan_to_num(relative))
    np.add.at(number, family, known)
    everyone = total.sum(axis=0), number.sum(axis=0)
    few = np.bincount(family, minlength=count) < FEWEST_SIMILAR
    total, number = np.where(few[:, None], everyone[0], total), np.where(few[:, None], everyone[1], number)
    shape = np.divide(total, number, out=np.ones_like(total), where=number > 0)
    return LaunchCurves(shape, ~few | (items.size >= FEWEST_SIMILAR))


def _similar(nodes: Hierarchy, rows: Integers, groups: Sequence[Integers], settings: CompanySettings) -> _Level:
    """Level and spread from the narrowest group of which enough nodes speak for themselves."""
    speaks = (nodes.lengths >= settings.own_history) & (nodes.values > 0).any(axis=1)
    values = np.maximum(nodes.values[speaks, -settings.season :], 0.0)
    seen = np.minimum(nodes.lengths[speaks], values.shape[1])
    rate = values.sum(axis=1) / np.maximum(seen, 1)
    square = (values**2).sum(axis=1) / np.maximum(seen, 1)
    spread = np.divide(np.maximum(square - rate**2, 0.0), rate, out=np.zeros_like(rate), where=rate > 0)
    found = np.zeros((3, rows.size))
    is_open = np.ones(rows.size, dtype=np.bool_)
    for group in groups:
        count = int(group.max(initial=0)) + 1
        size = np.bincount(group[speaks], minlength=count)
        mean = np.bincount(group[speaks], rate, count) / np.maximum(size, 1)
        between = np.bincount(group[speaks], (rate - mean[group[speaks]]) ** 2, count) / np.maximum(size - 1, 1)
        # Typical size of a demand pulls the dispersion; large sellers count as much as they sell.
        noise = np.bincount(group[speaks], spread * rate, count) / np.maximum(
            np.bincount(group[speaks], rate, count), _TINY
        )
        usable = is_open & (size[group[rows]] >= FEWEST_SIMILAR)
        found[:, usable] = np.stack((mean, between, noise))[:, group[rows][usable]]
        is_open &= ~usable
    own = np.maximum(nodes.values[rows], 0.0).sum(axis=1) / np.maximum(nodes.lengths[rows], 1)
    found[:, is_open] = np.stack((own, own**2, own))[:, is_open]
    between = np.maximum(found[1], _LEAST_BETWEEN * found[0] ** 2)
    return _Level(found[0], between, found[2])


def _gamma(mean: Floats, unsure: Floats, dispersion: Floats) -> Floats:
    """Quantiles (rows, horizon, POINTS) with variance dispersion × mean + unsure × mean²; 0 where the mean is 0."""
    safe = np.where(mean > 0, mean, 1.0)
    variance = dispersion[:, None] * safe + unsure[:, None] * safe**2
    shape, scale = safe**2 / variance, variance / safe
    points = stats.gamma.ppf(PROBABILITIES, shape[..., None]) * scale[..., None]
    found: Floats = np.where((mean > 0)[..., None], points, 0.0)
    return found
