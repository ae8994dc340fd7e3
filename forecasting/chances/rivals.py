"""Plain rules that a model must beat."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression

from forecasting.chances.rows import ChanceRows
from forecasting.outcomes.weighted import weighted_share
from forecasting.panel import Floats

# The share of a group is drawn towards that of all with the weight of so many rows.
DRAWN = 20.0
FEWEST = 20
# A rival sees the rows as known on a day, that day, and the rows to judge; it gives their chances (rows,).
Rival = Callable[[ChanceRows, int, ChanceRows], Floats]


def base_rate(past: ChanceRows, cutoff: int, rows: ChanceRows) -> Floats:
    """The same chance for all: the share of yes so far."""
    return np.full(rows.count, weighted_share(past.outcome, past.weights(cutoff)))


def by_group(past: ChanceRows, cutoff: int, rows: ChanceRows) -> Floats:
    """The share of yes in the row's group so far, drawn towards the share of all where the group is small."""
    weights = past.weights(cutoff)
    everyone = weighted_share(past.outcome, weights)
    used = weights > 0
    shares = (
        pl.DataFrame(
            {"group": past.groups.filter(pl.Series(used)), "weight": weights[used], "outcome": past.outcome[used]}
        )
        .group_by("group")
        .agg(pl.sum("weight"), (pl.col("weight") * pl.col("outcome")).sum().alias("yes"))
        .with_columns(share=(pl.col("yes") + DRAWN * everyone) / (pl.col("weight") + DRAWN))
    )
    found = pl.DataFrame({"group": rows.groups}).join(shares, on="group", how="left", maintain_order="left")
    return found["share"].fill_null(everyone).to_numpy()


def stated(name: str) -> Rival:
    """The chance that somebody stated, taken as it is (feature `name`, 0–1); the base rate where nobody did."""

    def rival(past: ChanceRows, cutoff: int, rows: ChanceRows) -> Floats:
        said = rows.column(name)
        return np.where(np.isnan(said), base_rate(past, cutoff, rows), np.clip(said, 0.0, 1.0))

    return rival


def by_feature(name: str) -> Rival:
    """One feature alone, put on a logistic curve; the base rate where the feature is not known."""

    def rival(past: ChanceRows, cutoff: int, rows: ChanceRows) -> Floats:
        weights = past.weights(cutoff)
        plain, known = base_rate(past, cutoff, rows), past.column(name)
        used = (weights > 0) & np.isfinite(known)
        if used.sum() < FEWEST or np.ptp(past.outcome[used]) == 0 or np.ptp(known[used]) == 0:
            return plain
        middle, spread = known[used].mean(), known[used].std()
        curve = LogisticRegression(C=1e6).fit(
            ((known[used] - middle) / spread)[:, None], past.outcome[used].astype(np.int64), weights[used]
        )
        asked = rows.column(name)
        given = np.nan_to_num((asked - middle) / spread)
        return np.where(np.isfinite(asked), curve.predict_proba(given[:, None])[:, 1], plain)

    return rival
