"""Lead times of purchase lines with those still open in them: the product-limit estimate of Kaplan and Meier (1958)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from planning.mrp.codes import Floats, Integers
from planning.probability.survival import ProductLimits

FIGURES = {
    "observed": pl.Int64, "censored": pl.Int64, "censored_late": pl.Int64, "median_days": pl.Float64,
    "p90_days": pl.Float64,
}  # fmt: skip


def lead_time_figures(seen: pl.DataFrame, keys: Sequence[str], middle: float = 0.5) -> pl.DataFrame:
    """One row per group of `keys`, sorted, with FIGURES; `median_days` is the quantile `middle`.

    `seen` holds the keys, days, is_observed and is_late. A quantile is the least number of days by which that share
    has come; it is empty where so few have come that the open ones leave it undecided.
    """
    if seen.is_empty():
        return pl.DataFrame(schema={**dict.fromkeys(keys, pl.String), **FIGURES})
    groups = seen.select(keys).unique().sort(keys)
    number = seen.join(groups.with_row_index("group"), on=list(keys), maintain_order="left")["group"]
    limits = _limits(seen, number.to_numpy().astype(np.int64), groups.height)
    counts = (
        seen.group_by(keys)
        .agg(
            observed=(pl.col("is_observed") == 1).sum(),
            censored=(pl.col("is_observed") == 0).sum(),
            censored_late=((pl.col("is_observed") == 0) & (pl.col("is_late") == 1)).sum(),
        )
        .sort(keys)
    )
    return counts.with_columns(
        median_days=pl.Series(quantile(limits, middle)).fill_nan(None),
        p90_days=pl.Series(quantile(limits, 0.9)).fill_nan(None),
    ).cast(FIGURES)  # type: ignore[arg-type]


def curve(seen: pl.DataFrame) -> pl.DataFrame:
    """days (rising, whole) and share, the part that had come by then, with the lines still open in it."""
    if seen.is_empty():
        return pl.DataFrame(schema={"days": pl.Float64, "share": pl.Float64})
    limits = _limits(seen, np.zeros(seen.height, np.int64), 1)
    frame = pl.DataFrame({"days": limits.value.astype(np.float64), "share": limits.share_done})
    return frame.group_by("days").agg(pl.col("share").max()).sort("days")


def shares(days: pl.Series) -> pl.DataFrame:
    """days (rising) and share, the part of the values that are no greater."""
    frame = pl.DataFrame({"days": days.cast(pl.Float64)})
    counted = frame.group_by("days").agg(n=pl.len()).sort("days")
    return counted.select("days", share=pl.col("n").cum_sum() / max(days.len(), 1))


def quantile(limits: ProductLimits, share: float) -> Floats:
    """(groups,) the least value by which `share` has ended, NaN where it never does."""
    groups = limits.first.size - 1
    owner = np.repeat(np.arange(groups), np.diff(limits.first))
    # Shares rise from 0 to 1 within a group, so that owner × 2 + share rises over all groups.
    target = np.arange(groups) * 2 + share - 1e-7
    found = np.searchsorted(owner * 2 + limits.share_done, target, side="left")
    is_reached = found < limits.first[1:]
    last = max(limits.value.size - 1, 0)
    return np.where(is_reached, limits.value[np.minimum(found, last)].astype(np.float64), np.nan)


def _limits(seen: pl.DataFrame, group: Integers, groups: int) -> ProductLimits:
    days = seen["days"].round(0).cast(pl.Int64).to_numpy()
    return ProductLimits.of(group, days, (seen["is_observed"] == 1).to_numpy(), groups)
