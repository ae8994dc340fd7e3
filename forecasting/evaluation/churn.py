"""How much the forecast of one period moved from vintage to vintage, and how much of that was taken back."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from forecasting.evaluation.comparison import KEYS
from forecasting.evaluation.measures import quotient


def forecast_changes(vintages: pl.DataFrame, grain: Sequence[str] = KEYS) -> pl.DataFrame:
    """One row per stage × series × period × vintage that had one before it.

    `vintages`: stage, grain, bucket, period_start, cutoff, lag, quantity; one row per cutoff. Columns: these, with
    `previous_cutoff`, `previous_quantity`, `change`, `undone_quantity`: as much of the change as the next vintage took
    back (min(|change|, |next change|) where they have opposite signs; null where no vintage followed).
    """
    series = ["stage", *grain, "bucket", "period_start"]
    ordered = vintages.sort(*series, "cutoff")
    before = ordered.with_columns(
        previous_cutoff=pl.col("cutoff").shift(1).over(series),
        previous_quantity=pl.col("quantity").shift(1).over(series),
    ).with_columns(change=pl.col("quantity") - pl.col("previous_quantity"))
    following = pl.col("change").shift(-1).over(series)
    back = pl.min_horizontal(pl.col("change").abs(), following.abs())
    undone = pl.when(following.is_null()).then(None).when(following.sign() * pl.col("change").sign() < 0).then(back)
    return (
        before.with_columns(undone_quantity=undone.otherwise(0.0))
        .filter(pl.col("previous_quantity").is_not_null())
        .select(
            *series, "cutoff", "lag", "previous_cutoff", "previous_quantity", "quantity", "change", "undone_quantity"
        )
    )


def churn(changes: pl.DataFrame, by: Sequence[str] = ("stage", "lag")) -> pl.DataFrame:
    """Columns: `by`, `cells`, `previous_quantity`, `changed_quantity` Σ|change|, `net_change` Σ change, `churn`
    (Σ|change| / Σ previous), `undone_share` (Σ undone / Σ|change| of the changes that a vintage followed).

    `lag` is that of the newer vintage: churn at lag 1 is what moved in the last month before the period.
    """
    followed = pl.col("undone_quantity").is_not_null()
    return (
        changes.group_by(*by, maintain_order=True)
        .agg(
            cells=pl.len().cast(pl.Int64),
            previous_quantity=pl.col("previous_quantity").sum(),
            changed_quantity=pl.col("change").abs().sum(),
            net_change=pl.col("change").sum(),
            _undone=pl.col("undone_quantity").sum(),
            _followed=pl.col("change").abs().filter(followed).sum(),
        )
        .with_columns(
            churn=quotient(pl.col("changed_quantity"), pl.col("previous_quantity")),
            undone_share=quotient(pl.col("_undone"), pl.col("_followed")),
        )
        .drop("_undone", "_followed")
        .sort(*by)
    )


def path_churn(changes: pl.DataFrame, by: Sequence[str] = ("stage",), grain: Sequence[str] = KEYS) -> pl.DataFrame:
    """Over the whole life of each forecast: `by`, `moved_quantity` (Σ|change|), `net_quantity` (Σ|last − first|),
    `undone_share` = 1 − net / moved: 0 where every change went the same way, 1 where all of it was taken back.
    """
    series = [*dict.fromkeys([*by, "stage", *grain, "bucket", "period_start"])]
    paths = changes.group_by(*series, maintain_order=True).agg(
        _moved=pl.col("change").abs().sum(), _net=pl.col("change").sum().abs()
    )
    table = paths.group_by(*by, maintain_order=True).agg(
        moved_quantity=pl.col("_moved").sum(), net_quantity=pl.col("_net").sum()
    )
    return table.with_columns(
        undone_share=quotient(pl.col("moved_quantity") - pl.col("net_quantity"), pl.col("moved_quantity"))
    ).sort(*by)
