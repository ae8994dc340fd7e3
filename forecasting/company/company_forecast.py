"""The forecast of a company: read, sort out who lives, forecast every sum by itself, make them agree, hand out.

Nothing here fails on a series: one value, all zeros, gaps before the cut-off and items that nobody has sold yet each
have their way. What is refused is a frame that is not what it says.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from forecasting.company.base_forecasts import base_forecasts
from forecasting.company.cold_start import NodeFacts
from forecasting.company.frames import CompanyInput, NodeForecasts, company_frames
from forecasting.company.hierarchy import LEVELS, Hierarchy, hierarchy
from forecasting.company.history import DemandHistory, demand_history, number_of, period_number, read_history
from forecasting.company.launches import planned_launches
from forecasting.company.life_cycle import life_cycle, read_items
from forecasting.company.pooled_season import pooled_season
from forecasting.company.reconciliation import reconciled
from forecasting.company.result import KEYS, CompanyForecast
from forecasting.company.settings import CompanySettings
from forecasting.errors import ForecastError
from forecasting.panel import Flags, Floats, Integers

# One-step errors for the methods that weigh by them: simple smoothing with this share, over so many seasons.
_SMOOTHING, _ERROR_SEASONS = 0.2, 2


def company_forecast(
    history: pl.DataFrame, items: pl.DataFrame, settings: CompanySettings | None = None
) -> CompanyForecast:
    """Forecast every item × location × channel and all their sums.

    `history`: item_id, location_id, channel, period_start, demand_quantity (where stock was out: what would have been
    asked for), one row per period from the first demand on; with a column `bucket` the rows of the settings' bucket
    count. `items`: item_id, and what is known of family (else category_id), lifecycle_status, introduced_date,
    replaced_by_item_id. The order of rows changes nothing. Raises ForecastError for frames that are not like this.
    """
    settings = settings or CompanySettings()
    rows = read_history(history, settings.bucket, settings.first_period)
    known = read_items(items)
    last = int(rows["period"].max())  # type: ignore[arg-type]
    next_period = period_number(settings.first_period, settings.bucket) if settings.first_period else last + 1
    if next_period <= last:
        raise ForecastError(
            f"The first period to forecast, {settings.first_period}, lies inside a {settings.bucket} of the history. "
            f"Set the first day of a {settings.bucket}."
        )
    cycle = life_cycle(rows, known, next_period, settings)
    coming = planned_launches(rows, cycle.rows, known, next_period, settings)
    if cycle.rows.is_empty() and coming.is_empty():
        return company_frames(CompanyInput(settings, rows, known, cycle, next_period), None)
    living = demand_history(pl.concat((cycle.rows, coming.select(cycle.rows.columns))), settings.bucket, next_period)
    families = living.keys.join(known, on="item_id", how="left", maintain_order="left")["family"].fill_null("")
    nodes = hierarchy(living, families)
    groups = _groups(nodes, living, families)
    facts = NodeFacts(_launch_of(nodes, living, coming), _may_be_launch(nodes, living, known), groups)
    season = pooled_season(nodes, groups[-1], settings.season, settings.periods_ahead)
    # Idle threads of boosting cost three times the work.
    with threadpool_limits(limits=1):
        base = base_forecasts(nodes, season, facts, settings)
    errors = _one_step_errors(nodes, settings) if settings.reconciliation in ("variance", "minimum_trace") else None
    mean = reconciled(base.mean, nodes.summing, settings.reconciliation, errors)
    found = NodeForecasts(living.keys, nodes, base, mean[: nodes.series_count])
    return company_frames(CompanyInput(settings, rows, known, cycle, next_period), found)


def _launch_of(nodes: Hierarchy, living: DemandHistory, coming: pl.DataFrame) -> Integers:
    """Periods from the end of the history to a launch that is still to come, −1 for nodes that hold anything else."""
    joined = living.keys.join(coming, on=KEYS, how="left", maintain_order="left")
    of_series = joined["periods_to_launch"].fill_null(-1).to_numpy()
    found = of_series[nodes.member]
    is_all = nodes.summing @ (of_series >= 0).astype(np.float64) == np.asarray(nodes.summing.sum(axis=1))
    return np.where(is_all, found, -1)


def _may_be_launch(nodes: Hierarchy, living: DemandHistory, items: pl.DataFrame) -> Flags:
    """False for items that were introduced before the history begins."""
    begins = living.next_period - living.values.shape[1]
    introduced = items.select("item_id", first=number_of(pl.col("introduced_date"), living.bucket))
    first = living.keys.join(introduced, on="item_id", how="left", maintain_order="left")["first"]
    found: Flags = (first.fill_null(begins) >= begins).to_numpy()[nodes.member]
    return found


def _groups(nodes: Hierarchy, living: DemandHistory, families: pl.Series) -> Integers:
    """(4, nodes) groups of nodes of one level: same family, place and channel; same family; all; and families alone."""
    frame = living.keys.with_columns(family=families)[pl.Series(nodes.member)].with_columns(
        level=pl.Series(nodes.level)
    )
    place = pl.when(pl.col("level") <= LEVELS.index("place")).then("location_id")
    channel = pl.when(pl.col("level") == LEVELS.index("series")).then("channel")
    family = pl.when(pl.col("level") <= LEVELS.index("item")).then("family")
    ranked = frame.select(
        pl.struct("level", family, place.alias("place"), channel.alias("way")).rank("dense").alias("narrow"),
        pl.struct("level", family).rank("dense").alias("family"),
        pl.col("level").rank("dense").alias("level"),
        pl.col("family").rank("dense").alias("family_alone"),
    )
    found: Integers = ranked.to_numpy().T.astype(np.int64) - 1
    return found


def _one_step_errors(nodes: Hierarchy, settings: CompanySettings) -> Floats:
    """(nodes, times) errors of simple smoothing one step ahead, 0 before a node began."""
    values = nodes.values
    level = values[:, 0].copy()
    errors = np.zeros_like(values)
    for step in range(1, values.shape[1]):
        errors[:, step] = np.where(step > nodes.starts, values[:, step] - level, 0.0)
        level = np.where(step > nodes.starts, level + _SMOOTHING * errors[:, step], values[:, step])
    return errors[:, 1:][:, -_ERROR_SEASONS * settings.season :] if values.shape[1] > 1 else errors
