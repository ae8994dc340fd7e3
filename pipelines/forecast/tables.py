"""The tables that the forecast leaves in the schema `engine`, with their columns; all of them are always written."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from forecasting.company.result import QUANTILE_COLUMNS
from forecasting.demand.prepared import AUDIT, CHANNELS, HISTORY, PIPELINE, SERIES, PreparedDemand
from forecasting.evaluation.report import SCHEMAS
from forecasting.overrides import LAYERS, OVERRIDE_COLUMNS
from forecasting.stock_policies.proposals import PROPOSAL_COLUMNS, TRADE_OFF_COLUMNS

# Words that SQL keeps for itself.
_RENAMED = {"before": "quantity_before", "after": "quantity_after", "change": "quantity_change", "limit": "limit_value"}


def _renamed(schema: Mapping[str, type[pl.DataType]]) -> dict[str, type[pl.DataType]]:
    return {_RENAMED.get(name, name): kind for name, kind in schema.items()}


_KEY = {"item_id": pl.String, "location_id": pl.String, "channel": pl.String}
FORECASTS = {
    **_KEY, "bucket": pl.String, "period_start": pl.Date, "horizon": pl.Int64, "quantity": pl.Float64,
    "statistical_quantity": pl.Float64, **{f"{layer}_quantity": pl.Float64 for layer in LAYERS},
    "is_locked": pl.Boolean, **dict.fromkeys(QUANTILE_COLUMNS, pl.Float64),
}  # fmt: skip
TABLES: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    "demand_history": HISTORY,
    "demand_audit": _renamed(AUDIT),
    "demand_series": SERIES,
    "demand_pipeline": PIPELINE,
    "demand_channels": CHANNELS,
    "demand_forecasts": FORECASTS,
    "forecast_series": {
        **_KEY, "family": pl.String, "route": pl.String, "rung": pl.String, "demand_class": pl.String,
        "life_cycle": pl.String, "history_periods": pl.Int64, "interval_method": pl.String, "voices": pl.String,
        "flags": pl.String,
    },
    "forecast_weights": {**_KEY, "candidate": pl.String, "weight": pl.Float64},
    **{f"forecast_{name}": _renamed(schema) for name, schema in SCHEMAS.items()},
    "forecast_overrides": {
        **{name: type(kind) for name, kind in OVERRIDE_COLUMNS.items() if name != "created_at"}, "outcome": pl.String,
        "cells": pl.Int64, "quantity_before": pl.Float64, "quantity_after": pl.Float64, "spread_by": pl.String,
        "message": pl.String,
    },
    "stock_policies": PROPOSAL_COLUMNS,
    "stock_policy_trade_off": TRADE_OFF_COLUMNS,
}  # fmt: skip


def shaped(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Every table of TABLES with its columns; those that are not there are empty, and text without content is null."""
    found = {}
    for name, schema in TABLES.items():
        frame = tables.get(name, pl.DataFrame(schema=schema)).rename(_RENAMED, strict=False)
        missing = [
            pl.lit(None).cast(kind).alias(column) for column, kind in schema.items() if column not in frame.columns
        ]
        shape = frame.with_columns(missing).select(pl.col(column).cast(kind) for column, kind in schema.items())
        found[name] = shape.with_columns(pl.col(pl.String).replace("", None))
    return found


def prepared_tables(prepared: PreparedDemand) -> dict[str, pl.DataFrame]:
    """Demand preparation as tables."""
    return {
        f"demand_{name}": getattr(prepared, name) for name in ("history", "audit", "series", "pipeline", "channels")
    }
