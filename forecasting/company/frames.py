"""From nodes to the company's frames: old items get their fading share, sums and quantiles follow the final means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.company.base_forecasts import BaseForecasts, with_mean
from forecasting.company.hierarchy import LEVELS, Hierarchy
from forecasting.company.history import DemandHistory, demand_history, period_starts
from forecasting.company.life_cycle import LifeCycle, fade
from forecasting.company.result import KEYS, QUANTILE_COLUMNS, CompanyForecast
from forecasting.company.series_frame import candidate_weights_frame, series_frame
from forecasting.company.settings import CompanySettings
from forecasting.demand_distribution import POINTS, DemandDistribution, quantiles_of
from forecasting.local_batch import seasonal_naive
from forecasting.panel import Floats, Integers, Panel

_LEVEL_KEYS = {"place": ("item_id", "location_id"), "item": ("item_id",), "family": ("family",), "total": ()}


@dataclass(frozen=True, slots=True)
class CompanyInput:
    """What was read: all `rows` with sales, `items` as told, who lives, and the number of the first forecast period."""

    settings: CompanySettings
    rows: pl.DataFrame
    items: pl.DataFrame
    cycle: LifeCycle
    next_period: int


@dataclass(frozen=True, slots=True)
class NodeForecasts:
    """The living series (`keys`), their hierarchy, what each node says alone, and the series' reconciled `mean`."""

    keys: pl.DataFrame
    nodes: Hierarchy
    base: BaseForecasts
    mean: Floats


@dataclass(frozen=True, slots=True)
class Answers:
    """Every series that is answered for: `keys` with family, in order.

    `source` (series,) is the living series that its forecast comes from, −1 where there is none; `factor` (series,
    horizon) its part of that; `mean` (series, horizon).
    """

    keys: pl.DataFrame
    source: Integers
    factor: Floats
    mean: Floats


def company_frames(told: CompanyInput, found: NodeForecasts | None) -> CompanyForecast:
    """All frames and arrays of the answer; `found` is None where nothing lives."""
    answers = _answers(told, found)
    places, place_keys = _places(told, answers)
    sums = _place_sums(told, found, answers, place_keys)
    about = None if found is None else (found.nodes, found.base)
    return CompanyForecast(
        told.settings,
        _with_quantiles(told, answers.keys.select(KEYS), answers.mean, _points(found, answers.source, answers.mean)),
        series_frame(told.settings, told.cycle, answers.keys, answers.source, about),
        candidate_weights_frame(answers.keys, answers.source, about and about[1]),
        _stages(told, found, answers),
        _sums_frame(told, found, answers),
        _named(place_keys),
        places,
        DemandDistribution(sums),
    )


def _answers(told: CompanyInput, found: NodeForecasts | None) -> Answers:
    horizon = told.settings.periods_ahead
    sold = told.rows.select(KEYS).unique()
    living = sold.clear() if found is None else found.keys
    keys = pl.concat((sold, living)).unique().sort(KEYS)
    handed = told.cycle.handed_over
    # A living series is its own source, an old one that of its successor.
    row = living.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    old = handed.join(
        row.rename({"item_id": "successor_id"}), on=("successor_id", "location_id", "channel"), how="left"
    ).select(*KEYS, "share", "periods_to_launch", old_row="row")
    joined = keys.join(row, on=KEYS, how="left").join(old, on=KEYS, how="left").sort(KEYS)
    source = joined.select(pl.coalesce("row", "old_row").fill_null(-1))["row"].to_numpy()
    left = fade(told.settings, joined["periods_to_launch"].fill_null(0).to_numpy())
    kept = joined["share"].fill_null(0.0).to_numpy()[:, None] * left
    is_old = joined["row"].is_null().to_numpy() & (source >= 0)
    given = np.zeros((max(living.height, 1), horizon))
    np.add.at(given, source[is_old], kept[is_old])
    is_fading = joined["item_id"].is_in(told.cycle.fading.implode()).to_numpy()
    alone = (1.0 - given[source]) * np.where(is_fading[:, None], left, 1.0)
    factor = np.where(is_old[:, None], kept, alone)
    factor = np.where((source >= 0)[:, None], np.maximum(factor, 0.0), 0.0)
    mean = np.zeros((keys.height, horizon)) if found is None else found.mean[source] * factor
    families = keys.join(told.items, on="item_id", how="left", maintain_order="left")["family"]
    return Answers(keys.with_columns(family=families), source, factor, mean)


def _points(found: NodeForecasts | None, node: Integers, mean: Floats) -> Floats:
    """Equally likely demand (rows, horizon, POINTS) of each period, as at a node, with another mean."""
    if found is None:
        return np.zeros((*mean.shape, POINTS))
    return with_mean(np.where((node >= 0)[:, None, None], found.base.by_period[node], 0.0), mean)


def _with_quantiles(told: CompanyInput, keys: pl.DataFrame, mean: Floats, points: Floats) -> pl.DataFrame:
    quantiles = {name: quantiles_of(points, at).ravel() for name, at in QUANTILE_COLUMNS.items()}
    return _long(told, keys, {"quantity": mean}).with_columns(**{k: pl.Series(v) for k, v in quantiles.items()})


def _long(told: CompanyInput, keys: pl.DataFrame, values: dict[str, Floats]) -> pl.DataFrame:
    """keys, bucket, period_start, horizon and the columns of `values` (rows, horizon)."""
    horizon, bucket = told.settings.periods_ahead, told.settings.bucket
    starts = pl.Series(period_starts(told.next_period, horizon, bucket) * keys.height, dtype=pl.Date)
    repeated = keys[pl.Series(np.repeat(np.arange(keys.height), horizon), dtype=pl.Int64)]
    return _named(repeated).with_columns(
        pl.lit(bucket).alias("bucket"),
        starts.alias("period_start"),
        pl.Series("horizon", np.tile(np.arange(1, horizon + 1), keys.height), dtype=pl.Int64),
        *(pl.Series(name, value.ravel(), dtype=pl.Float64) for name, value in values.items()),
    )


def _named(keys: pl.DataFrame) -> pl.DataFrame:
    """Keys as they were told: null where there was none."""
    texts = [name for name in ("location_id", "channel") if name in keys.columns]
    return keys.with_columns(pl.col(name).replace("", None) for name in texts)


def _sums_frame(told: CompanyInput, found: NodeForecasts | None, answers: Answers) -> pl.DataFrame:
    """One block of rows for each level above the series."""
    frames = []
    for number, level in enumerate(LEVELS[1:], start=1):
        columns = _LEVEL_KEYS[level]
        group, first = _grouped(answers.keys, columns)
        mean = np.zeros((first.size, answers.mean.shape[1]))
        np.add.at(mean, group, answers.mean)
        keys = answers.keys[pl.Series(first)].select(
            pl.lit(level).alias("level"),
            *(pl.col(name) if name in columns else pl.lit(None, pl.String).alias(name)
              for name in ("item_id", "location_id", "family")),
        )  # fmt: skip
        points = _points(found, _node(found, answers, number, group, first.size), mean)
        frames.append(_with_quantiles(told, keys, mean, points))
    return pl.concat(frames)


def _node(found: NodeForecasts | None, answers: Answers, level: int, group: Integers, count: int) -> Integers:
    """(groups,) the node that stands for each group of answers, −1 where nothing in it lives."""
    node = np.full(count, -1)
    if found is not None:
        alive = answers.source >= 0
        np.maximum.at(node, group[alive], found.nodes.node_of[level, answers.source[alive]])
    return node


def _grouped(keys: pl.DataFrame, columns: tuple[str, ...]) -> tuple[Integers, Integers]:
    """(series,) the number of each series' group in the order of keys, and (groups,) the first series of each."""
    if not columns:
        return np.zeros(keys.height, dtype=np.int64), np.zeros(1, dtype=np.int64)
    ranked = keys.select(pl.struct(pl.col(name).fill_null("") for name in columns).rank("dense")).to_series()
    group = ranked.cast(pl.Int64).to_numpy() - 1
    return group, np.unique(group, return_index=True)[1].astype(np.int64)


def _places(told: CompanyInput, answers: Answers) -> tuple[Panel, pl.DataFrame]:
    """What was sold of each item at each place, all channels together."""
    blank = answers.keys.select(*KEYS, period=pl.lit(told.next_period - 1, pl.Int64), quantity=pl.lit(0.0))
    rows = pl.concat((told.rows, blank.select(told.rows.columns))).with_columns(channel=pl.lit(""))
    history = demand_history(rows, told.settings.bucket, told.next_period)
    keys = history.keys.select("item_id", "location_id")
    steps = history.values.shape[1]
    values = np.where(np.arange(steps) >= history.starts[:, None], history.values, np.nan)
    last = pl.Series("period", period_starts(told.next_period - 1, 1, told.settings.bucket) * keys.height)
    names = keys.select(series=pl.concat_str("item_id", "location_id", separator=" · "))["series"]
    return Panel(values, history.lengths, names, last, told.settings.bucket), keys


def _place_sums(told: CompanyInput, found: NodeForecasts | None, answers: Answers, keys: pl.DataFrame) -> Floats:
    """Demand summed over the first 1 … horizon periods, (places, horizon, POINTS)."""
    group, first = _grouped(answers.keys, ("item_id", "location_id"))
    mean = np.zeros((keys.height, told.settings.periods_ahead))
    np.add.at(mean, group, answers.mean)
    total = np.cumsum(mean, axis=1)
    if found is None:
        return np.zeros((*total.shape, POINTS))
    node = _node(found, answers, LEVELS.index("place"), group, first.size)
    points = with_mean(np.where((node >= 0)[:, None, None], found.base.sums[node], 0.0), total)
    # Means that fade must not make a longer sum smaller.
    return np.maximum.accumulate(points, axis=1)


def _stages(told: CompanyInput, found: NodeForecasts | None, answers: Answers) -> pl.DataFrame:
    """Naive forecasts know nothing of who continues whom; the others are the nodes', before life cycle and after."""
    horizon, season = told.settings.periods_ahead, told.settings.season
    keys = answers.keys.select(KEYS)
    blank = keys.select(*KEYS, period=pl.lit(told.next_period - 1, pl.Int64), quantity=pl.lit(0.0))
    own: DemandHistory = demand_history(
        pl.concat((told.rows, blank.select(told.rows.columns))), told.settings.bucket, told.next_period
    )
    values = {
        "naive": np.repeat(own.values[:, -1:], horizon, axis=1),
        "seasonal_naive": seasonal_naive(own.values, own.lengths, horizon, season),
    }
    for stage in ("statistical", "global"):
        alone = np.zeros_like(answers.mean) if found is None else found.base.stages[stage][answers.source]
        values[stage] = np.maximum(alone * answers.factor, 0.0)
    values["reconciled"] = answers.mean
    frames = [
        _long(told, keys, {"quantity": value}).with_columns(stage=pl.lit(stage)) for stage, value in values.items()
    ]
    return pl.concat(frames).select(*KEYS, "bucket", "period_start", "horizon", "stage", "quantity")
