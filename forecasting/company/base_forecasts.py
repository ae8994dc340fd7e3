"""Every node forecast by itself, by the way that suits its demand.

Smooth and erratic demand goes through the recipe and temporal reconciliation, intermittent and lumpy through the pooled
Poisson model, what is too young through the cold-start ladder, and what never sold is forecast as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from forecasting.company.cold_start import NodeFacts, cold_start
from forecasting.company.hierarchy import Hierarchy
from forecasting.company.pooled_season import PooledSeason
from forecasting.company.settings import TEMPORAL_BLOCKS, CompanySettings
from forecasting.company.temporal import temporally_reconciled
from forecasting.demand_classes import CLASSES, DemandClasses, demand_classes
from forecasting.demand_distribution import POINTS
from forecasting.intermittent_model import FEWEST_SERIES as FEWEST_INTERMITTENT
from forecasting.intermittent_model import SHORTEST, forecast_intermittent
from forecasting.intervals import intervals
from forecasting.local_batch import CANDIDATES, MEAN6, local_forecasts
from forecasting.panel import Flags, Floats, Integers
from forecasting.recipe import ALONE, BASE, Forecast, forecast

ROUTES = ("regular", "intermittent", "ladder", "no_demand")
RUNGS = ("own_history", "class_prior", "analogue_curve", "attributes")
INTERVAL_METHODS = (
    "pooled split conformal", "pooled ratios by rate", "own history resampled", "level of similar series", "none",
)  # fmt: skip
# What a regular series' answer is mixed from, for the page: candidates, then the global models.
VOICES = (*CANDIDATES[:-1], "residual", "direct", ALONE)
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class BaseForecasts:
    """Of every node: `mean` (nodes, horizon); positions in ROUTES, RUNGS, INTERVAL_METHODS (nodes,); `classes`.

    `by_period` (nodes, horizon, POINTS) and `sums` (nodes, horizon, POINTS), ascending in the last axis, have the mean.
    `stages` (naive, seasonal_naive, statistical, global) hold (nodes, horizon). `shares` (nodes, VOICES) of regular
    nodes, 0 elsewhere; `gate` names each voice of the recipe with its share.
    """

    mean: Floats
    by_period: Floats
    sums: Floats
    route: Integers
    rung: Integers
    interval_method: Integers
    classes: DemandClasses
    stages: dict[str, Floats]
    shares: Floats
    gate: tuple[tuple[str, float], ...]


def base_forecasts(
    nodes: Hierarchy, season: PooledSeason, facts: NodeFacts, settings: CompanySettings
) -> BaseForecasts:
    """Forecast all nodes, without the season that they share and then with it."""
    horizon, count = settings.periods_ahead, nodes.level.size
    everyone = nodes.panel(np.arange(count))
    classes = demand_classes(everyone, settings.own_history)
    route = _routes(nodes, classes, facts.launch, settings)
    local = local_forecasts(everyone, horizon, settings.season)
    nodes = replace(nodes, values=nodes.values / season.history)
    mean = np.zeros((count, horizon))
    by_period, sums = np.zeros((count, horizon, POINTS)), np.zeros((count, horizon, POINTS))
    rung = np.where(route == ROUTES.index("ladder"), -1, 0)
    method = np.full(count, INTERVAL_METHODS.index("none"))
    shares = np.zeros((count, len(VOICES)))
    gate: tuple[tuple[str, float], ...] = ()
    regular = np.flatnonzero(route == ROUTES.index("regular"))
    if regular.size:
        panel = nodes.panel(regular)
        found = forecast(
            panel, horizon, settings.season, scale_period=settings.scale_period, seed=settings.seed,
            gated=settings.effort == "full",
        )  # fmt: skip
        around = intervals(panel, found, settings.scale_period)
        values = temporally_reconciled(found.values, panel, TEMPORAL_BLOCKS[settings.bucket], settings.season)
        mean[regular] = np.maximum(values, 0.0)
        by_period[regular], sums[regular] = around.by_period, around.sums.sums
        shares[regular] = _shares(found)
        gate = tuple(zip(found.gate.voices, (float(share) for share in found.gate.shares), strict=True))
        method[regular] = 0
    rare = np.flatnonzero(route == ROUTES.index("intermittent"))
    if rare.size:
        panel = nodes.panel(rare)
        seen = forecast_intermittent(panel, horizon, settings.season, settings.seed)
        mean[rare] = np.diff(seen.mean, axis=1, prepend=0.0)
        by_period[rare], sums[rare] = seen.by_period, seen.distribution.sums
        pooled = rare.size >= FEWEST_INTERMITTENT and panel.values.shape[1] >= horizon + SHORTEST
        method[rare] = 1 if pooled else 2
    young = np.flatnonzero(route == ROUTES.index("ladder"))
    if young.size:
        prior = cold_start(nodes, young, facts, settings)
        mean[young], by_period[young], sums[young] = prior.mean, prior.by_period, prior.sums
        rung[young] = prior.rung
        method[young] = 3
    mean = np.maximum(mean, 0.0) * season.future
    stages = {
        "naive": local.of("naive"), "seasonal_naive": local.of("seasonal_naive"), "statistical": local.of(BASE),
        "global": mean,
    }  # fmt: skip
    return BaseForecasts(
        mean, with_mean(by_period, mean), with_mean(sums, np.cumsum(mean, axis=1)), route, rung, method, classes,
        stages, shares, gate,
    )  # fmt: skip


def with_mean(points: Floats, mean: Floats) -> Floats:
    """Equally likely points (…, POINTS) stretched to a mean (…,): never negative, 0 stays 0."""
    own = points.mean(axis=-1)
    is_known = own > _TINY * np.abs(points).max(axis=-1, initial=0.0)
    factor = np.divide(mean, own, out=np.zeros_like(own), where=is_known & (own > 0))
    found: Floats = np.where((factor > 0)[..., None], points * factor[..., None], mean[..., None])
    return found


def _routes(nodes: Hierarchy, classes: DemandClasses, launch: Integers, settings: CompanySettings) -> Integers:
    is_rare: Flags = np.isin(classes.demand_class, (CLASSES.index("intermittent"), CLASSES.index("lumpy")))
    is_empty = classes.demand_class == CLASSES.index("none")
    is_young = (nodes.lengths < settings.own_history) & ~is_empty
    coming = is_empty & (launch >= 0)
    return np.select([is_young | coming, is_empty, is_rare], [2, 3, 1], 0).astype(np.int64)


def _shares(found: Forecast) -> Floats:
    """(series, VOICES): how much each candidate counts in the answer, mean over the horizon; rows add up to 1."""
    series = found.values.shape[0]
    shares = np.zeros((series, len(VOICES)))
    by_voice = dict(zip(found.gate.voices, found.gate.shares, strict=True))
    for name in MEAN6:
        shares[:, VOICES.index(name)] += by_voice.get(BASE, 0.0) / len(MEAN6)
    if "weights" in by_voice:
        own = found.candidate_weights.mean(axis=2)
        shares[:, : len(CANDIDATES) - 1] += by_voice["weights"] * own[:-1].T
        for name in MEAN6:
            shares[:, VOICES.index(name)] += by_voice["weights"] * own[-1] / len(MEAN6)
    for name in ("residual", "direct", ALONE):
        shares[:, VOICES.index(name)] = by_voice.get(name, 0.0)
    return shares
