"""All that a build says about its forecast, as frames: accuracy, coverage, value added, churn, alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from forecasting.demand_classes import demand_classes
from forecasting.evaluation.actual_panel import actual_panel
from forecasting.evaluation.alarms import bias_alarms, class_alarms, coverage_alarms, level_alarms, ranked
from forecasting.evaluation.churn import churn, forecast_changes
from forecasting.evaluation.comparison import KEYS, actuals_at, at_level, common_cells, compare, with_lag
from forecasting.evaluation.measures import interval_coverage, measures, scaled_pinball
from forecasting.evaluation.season import season_alarms
from forecasting.evaluation.value_added import STAGES, value_added
from forecasting.panel import Bucket

# Forecasts made elsewhere are stages of their own: `other_planner` is the stage planner of the source.
OTHER = "other_"
# Items are judged over the next so many buckets together.
ITEM_LAGS = 3
_ITEM = ("item_id",)
_HALF_A_YEAR: Mapping[Bucket, int] = {"week": 26, "month": 6}
_MEASURES = {
    "cells": pl.Int64, "actual_quantity": pl.Float64, "forecast_quantity": pl.Float64, "absolute_error": pl.Float64,
    "wape": pl.Float64, "mae": pl.Float64, "bias": pl.Float64, "tracking_signal": pl.Float64,
}  # fmt: skip
_VALUE_ADDED = {
    "level": pl.String, "stage": pl.String, "previous_stage": pl.String, "cells": pl.Int64,
    "actual_quantity": pl.Float64, "wape": pl.Float64, "bias": pl.Float64, "value_added": pl.Float64,
    "value_added_quantity": pl.Float64, "value_added_to_naive": pl.Float64, "changed_cells": pl.Int64,
    "improved_cells": pl.Int64, "worsened_cells": pl.Int64, "improved_share": pl.Float64,
}  # fmt: skip
SCHEMAS: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    "accuracy": {"level": pl.String, "stage": pl.String, "lag": pl.Int64, **_MEASURES},
    "item_accuracy": {"item_id": pl.String, "stage": pl.String, **_MEASURES, "bias_value": pl.Float64},
    "coverage": {
        "stage": pl.String, "lag": pl.Int64, "interval": pl.Float64, "cells": pl.Int64, "inside": pl.Int64,
        "above": pl.Int64, "below": pl.Int64, "coverage": pl.Float64, "scaled_pinball": pl.Float64,
    },
    "value_added": _VALUE_ADDED,
    "churn": {
        "stage": pl.String, "lag": pl.Int64, "cells": pl.Int64, "previous_quantity": pl.Float64,
        "changed_quantity": pl.Float64, "net_change": pl.Float64, "churn": pl.Float64,
        "undone_share": pl.Float64,
    },
    "alarms": {
        "alarm": pl.String, "item_id": pl.String, "since": pl.Date, "last_period": pl.Date, "periods": pl.Int64,
        "quantity": pl.Float64, "actual_quantity": pl.Float64, "value": pl.Float64, "limit": pl.Float64,
        "probability": pl.Float64, "money": pl.Float64,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportInput:
    """What the report is made from.

    `history`: prepared demand of one bucket. `backtest`: stages from earlier cutoffs, as `compare` takes them.
    `one_step`: one stage at item grain, one bucket ahead, from many cutoffs: what alarms watch. `vintages`: forecasts
    as they were really made, with `stage`, item_id, location_id, channel, bucket, period_start, created_at, quantity,
    perhaps quantiles.
    `families`: item_id, family. `unit_costs`: item_id, unit_cost.
    """

    history: pl.DataFrame
    backtest: pl.DataFrame
    one_step: pl.DataFrame
    vintages: pl.DataFrame
    families: pl.DataFrame
    unit_costs: pl.DataFrame


def forecast_report(given: ReportInput) -> dict[str, pl.DataFrame]:
    """The frames of SCHEMAS by name; empty where there is nothing to judge yet."""
    nodes = compare(given.backtest, actuals_at(given.history)) if given.backtest.height else None
    actuals = actuals_at(given.history, _ITEM)
    judged = _item_rows(given, actuals)
    items = None if judged is None else _shared(judged)
    found = {
        "accuracy": _accuracy(nodes, items, given.families),
        "item_accuracy": _item_accuracy(judged, given.unit_costs),
        "coverage": _coverage(nodes),
        "value_added": _value_added(nodes, items),
        "churn": _churn(given.vintages),
        "alarms": _alarms(given, actuals),
    }
    return {name: _shaped(found[name], schema) for name, schema in SCHEMAS.items()}


def _item_rows(given: ReportInput, actuals: pl.DataFrame) -> pl.DataFrame | None:
    """Own stages and forecasts made elsewhere at item grain, each on all the cells that it has."""
    if given.backtest.is_empty():
        return None
    columns = ("stage", *_ITEM, "bucket", "period_start", "cutoff", "quantity")
    own = compare(given.backtest.select(columns), actuals, _ITEM)
    other = given.vintages.filter(pl.col("stage").str.starts_with(OTHER))
    if other.is_empty():
        return own
    elsewhere = compare(with_lag(other).select(columns), actuals, _ITEM)
    within = own.select("bucket", "cutoff", "lag").unique()
    elsewhere = elsewhere.join(within, on=["bucket", "cutoff", "lag"], how="semi", maintain_order="left")
    return pl.concat([own, elsewhere], how="diagonal_relaxed")


def _shared(judged: pl.DataFrame) -> pl.DataFrame:
    """The cells that every stage forecast; own stages alone where they share none with those made elsewhere."""
    shared = common_cells(judged)
    if shared["stage"].n_unique() == judged["stage"].n_unique():
        return shared
    return judged.filter(~pl.col("stage").str.starts_with(OTHER))


def _accuracy(nodes: pl.DataFrame | None, items: pl.DataFrame | None, families: pl.DataFrame) -> pl.DataFrame:
    """By level, stage and lag. Levels above the series are added up from cells that all stages forecast."""
    if nodes is None or items is None:
        return pl.DataFrame(schema=SCHEMAS["accuracy"])
    parts = [measures(nodes).with_columns(level=pl.lit("series")), measures(items).with_columns(level=pl.lit("item"))]
    for level in ("family", "total"):
        parts.append(measures(at_level(items, level, families)).with_columns(level=pl.lit(level)))
    return pl.concat(parts)


def _item_accuracy(items: pl.DataFrame | None, unit_costs: pl.DataFrame) -> pl.DataFrame:
    """By item and stage over the next buckets together, with the bias in money; each stage on all that it forecast."""
    if items is None:
        return pl.DataFrame(schema=SCHEMAS["item_accuracy"])
    table = measures(items.filter(pl.col("lag") <= ITEM_LAGS), ("item_id", "stage"))
    error = pl.col("forecast_quantity") - pl.col("actual_quantity")
    costs = unit_costs.select("item_id", "unit_cost")
    return table.join(costs, on="item_id", how="left", maintain_order="left").with_columns(
        bias_value=error * pl.col("unit_cost")
    )


def _coverage(nodes: pl.DataFrame | None) -> pl.DataFrame:
    if nodes is None or "p05" not in nodes.columns:
        return pl.DataFrame(schema=SCHEMAS["coverage"])
    known = nodes.filter(pl.col("p05").is_not_null())
    if known.is_empty():
        return pl.DataFrame(schema=SCHEMAS["coverage"])
    pinball = scaled_pinball(known).select("stage", "lag", "scaled_pinball")
    return interval_coverage(known).join(pinball, on=["stage", "lag"], how="left", maintain_order="left")


def _value_added(nodes: pl.DataFrame | None, items: pl.DataFrame | None) -> pl.DataFrame:
    """Each own stage against the one before; those made elsewhere follow, each against the last of its kind."""
    parts = []
    for level, rows in (("series", nodes), ("item", items)):
        if rows is None or rows.is_empty():
            continue
        others = sorted({stage for stage in rows["stage"].unique() if stage.startswith(OTHER)}, reverse=True)
        parts.append(value_added(rows, order=(*STAGES, *others)).with_columns(level=pl.lit(level)))
    return pl.concat(parts) if parts else pl.DataFrame(schema=_VALUE_ADDED)


def _churn(vintages: pl.DataFrame) -> pl.DataFrame:
    if vintages.is_empty():
        return pl.DataFrame(schema=SCHEMAS["churn"])
    changes = forecast_changes(with_lag(vintages))
    return churn(changes) if changes.height else pl.DataFrame(schema=SCHEMAS["churn"])


def _alarms(given: ReportInput, actuals: pl.DataFrame) -> pl.DataFrame:
    """Alarms of items, the most money first."""
    by: Sequence[str] = _ITEM
    kinds = [season_alarms(actuals, by), *_class_alarms(actuals), *_coverage_alarms(given)]
    if given.one_step.height:
        rows = compare(given.one_step, actuals, _ITEM)
        kinds += [bias_alarms(rows, by), level_alarms(rows, by)]
    return ranked(kinds, given.unit_costs)


def _class_alarms(actuals: pl.DataFrame) -> list[pl.DataFrame]:
    """Items whose class is another one than it was half a year ago."""
    found = []
    for bucket, half in _HALF_A_YEAR.items():
        panel = actual_panel(actuals, "item_id", bucket)
        if panel is None or not (panel.lengths > half).any():
            continue
        frames = [
            demand_classes(part)
            .frame(part)
            .select(item_id="series", demand_class="demand_class")
            .with_columns(actual_quantity=np.nansum(part.values[:, -2 * half :], axis=1))
            for part in (panel.hiding(half), panel)
        ]
        last = actuals.filter(pl.col("bucket") == bucket)["period_start"].max()
        assert isinstance(last, date)
        found.append(class_alarms(frames[0], frames[1], _ITEM, last))
    return found


def _coverage_alarms(given: ReportInput) -> list[pl.DataFrame]:
    """Of each item the series whose demand lay farthest outside the intervals that were really forecast for it."""
    own = given.vintages.filter(pl.col("stage").is_in(STAGES))
    if own.is_empty() or "p05" not in own.columns:
        return []
    next_one = with_lag(own.filter(pl.col("p05").is_not_null())).filter(pl.col("lag") == 1)
    if next_one.is_empty():
        return []
    alarms = coverage_alarms(compare(next_one, actuals_at(given.history)), KEYS)
    farthest = alarms.sort(pl.col("quantity").abs(), *KEYS, descending=[True, False, False, False])
    return [farthest.unique("item_id", keep="first", maintain_order=True)]


def _shaped(frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    missing = [pl.lit(None).cast(kind).alias(name) for name, kind in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in schema.items())
