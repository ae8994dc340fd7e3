"""What each stage of forecasting added: its error beside that of the stage before, on the same cells.

Source: Gilliland 2002 (forecast value added).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from forecasting.errors import ForecastError
from forecasting.evaluation.comparison import KEYS, NAIVE, common_cells
from forecasting.evaluation.measures import measures, quotient

# In the order in which a forecast passes through them; those that are not there are skipped.
STAGES = (
    "naive",
    "seasonal_naive",
    "mean6",
    "statistical",
    "global",
    "reconciled",
    "event",
    "planner",
    "consensus",
    "locked",
)


def value_added(rows: pl.DataFrame, by: Sequence[str] = (), order: Sequence[str] = STAGES) -> pl.DataFrame:
    """One row per group × stage, in the order of the stages; only cells that every stage forecast count.

    Columns: `by`, `stage`, `previous_stage` (null for the first), `cells`, `actual_quantity`, `wape`, `bias`,
    `value_added` (WAPE of the stage before − own; positive: better), `value_added_quantity` (the same in units of
    error), `value_added_to_naive`, `changed_cells` (where the stage changed the number), `improved_cells` and
    `worsened_cells` of those, `improved_share` of the changed cells.
    """
    unknown = sorted(set(rows["stage"].unique()) - set(order))
    if unknown:
        raise ForecastError(f"There is no place for the stage {unknown[0]!r}. Name it in the order of the stages.")
    rank = pl.col("stage").replace_strict({name: number for number, name in enumerate(order)}, return_dtype=pl.Int64)
    common = common_cells(rows).with_columns(_rank=rank)
    cell = [name for name in (*KEYS, "family", "bucket", "period_start", "cutoff", "lag") if name in rows.columns]
    before = pl.col("quantity").shift(1).over(cell, order_by="_rank")
    own, earlier = (pl.col("quantity") - pl.col("actual")).abs(), (pl.col("_before") - pl.col("actual")).abs()
    moved = pl.col("quantity") != pl.col("_before")
    touched = (
        common.with_columns(_before=before)
        .group_by(*by, "stage")
        .agg(
            changed_cells=moved.sum().cast(pl.Int64),
            improved_cells=(moved & (own < earlier)).sum().cast(pl.Int64),
            worsened_cells=(moved & (own > earlier)).sum().cast(pl.Int64),
        )
    )
    table = measures(common, (*by, "stage")).with_columns(_rank=rank).sort(*by, "_rank")
    previous = ("stage", "wape", "absolute_error")
    shifted = [_within(pl.col(name).shift(1), by).alias(f"_{name}") for name in previous]
    naive = _within(pl.col("wape").filter(pl.col("stage") == NAIVE).first(), by)
    return (
        table.with_columns(*shifted, _naive=naive)
        .join(touched, on=[*by, "stage"], how="left", nulls_equal=True, maintain_order="left")
        .select(
            *by, "stage", pl.col("_stage").alias("previous_stage"), "cells", "actual_quantity", "wape", "bias",
            (pl.col("_wape") - pl.col("wape")).alias("value_added"),
            (pl.col("_absolute_error") - pl.col("absolute_error")).alias("value_added_quantity"),
            (pl.col("_naive") - pl.col("wape")).alias("value_added_to_naive"),
            "changed_cells", "improved_cells", "worsened_cells",
            quotient(pl.col("improved_cells").cast(pl.Float64), pl.col("changed_cells")).alias("improved_share"),
        )
    )  # fmt: skip


def _within(expression: pl.Expr, by: Sequence[str]) -> pl.Expr:
    return expression.over(list(by)) if by else expression
