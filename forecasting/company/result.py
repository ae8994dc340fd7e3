"""A company's forecast: frames for pages and tables, arrays for stock policies."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from forecasting.company.settings import CompanySettings
from forecasting.demand_distribution import DemandDistribution
from forecasting.panel import Panel

KEYS = ("item_id", "location_id", "channel")
# Columns of `forecasts` and the probabilities that they stand for.
QUANTILE_COLUMNS = {
    "p05": 0.05, "p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p975": 0.975,
}  # fmt: skip
# `statistical` is Mean6 of the candidates, `global` what the recipe or the pooled model says of each series by itself.
STAGES = ("naive", "seasonal_naive", "statistical", "global", "reconciled")


@dataclass(frozen=True, slots=True)
class CompanyForecast:
    """What `company_forecast` answers.

    `forecasts`: item_id, location_id, channel, bucket, period_start, horizon (from 1), quantity (the mean), p05 … p975;
    sorted by key and horizon; sums over channels, places and items are the forecasts of those.

    `series`: item_id, location_id, channel, family, route (regular, intermittent, ladder, ended), rung (own_history,
    class_prior, analogue_curve, attributes; null where ended), demand_class, life_cycle, history_periods,
    interval_method, voices (list of voice and share), flags (list of sentences).

    `candidate_weights`: item_id, location_id, channel, candidate, weight: shares of the local candidates and of the
    global voices in the answer of a regular series; they add up to 1.

    `stages`: the keys, bucket, period_start, horizon, stage (STAGES), quantity, for value added.

    `nodes`: the same of every sum: level (place, item, family, total), item_id, location_id, family, then as above.

    `places` names the rows of `place_demand`: item × location, all channels together, as a Panel of what was sold;
    `place_keys`: item_id, location_id in the same order. `place_demand` is learnt from the history of the item at the
    place, so that channels depend on each other in it as they did.
    """

    settings: CompanySettings
    forecasts: pl.DataFrame
    series: pl.DataFrame
    candidate_weights: pl.DataFrame
    stages: pl.DataFrame
    nodes: pl.DataFrame
    place_keys: pl.DataFrame
    places: Panel
    place_demand: DemandDistribution
