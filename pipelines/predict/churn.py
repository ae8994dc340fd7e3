"""Churn of one group of customers: rivals and models judged on later looks, chances of today, and what moves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.chances import (
    MODELS,
    ChanceModel,
    ChanceRows,
    ChanceValidation,
    Rival,
    base_rate,
    by_feature,
    fit_model,
    validated,
)
from forecasting.customer_value import PurchaseHistory, PurchaseRhythm, fit_rhythm, purchase_history
from forecasting.customer_value.silence import chance_of_silence
from forecasting.errors import ForecastError
from forecasting.outcomes.attribution import shares_of_facts
from forecasting.outcomes.rows import day_number
from forecasting.panel import Floats
from pipelines.predict.customer_looks import FEATURES
from pipelines.predict.predictor import SEED

# Below this AUC the candidate with the best chances puts customers in an order hardly better than a coin's.
LEAST_AUC = 0.55
NONE = "none"
# Customers whose facts are kept: those with the most revenue of a year.
MOST_EXPLAINED = 300
_EPOCH = date(1970, 1, 1)
REASON_SCHEMA = {
    "customer_id": pl.String, "rank": pl.Int64, "feature": pl.String, "value": pl.Float64, "usual_value": pl.Float64,
    "effect": pl.Float64, "average": pl.Float64,
}  # fmt: skip
CHANCE_SCHEMA = {"customer_id": pl.String, "churn_probability": pl.Float64}


@dataclass(frozen=True, slots=True)
class Churn:
    """`used` names the candidate that gives the chances, NONE where none tells customers apart; `why`: the reason of
    the validation, or tells_nobody_apart. `chances`: customer_id, churn_probability (null where nothing is known).
    `reasons`: one row per customer and known fact, with an effect only where a learnt `model` is used. `past` and
    `running` are the looks that teach and those of today."""

    validation: ChanceValidation
    used: str
    why: str
    chances: pl.DataFrame
    reasons: pl.DataFrame
    model: ChanceModel | None
    past: ChanceRows
    running: ChanceRows


def churn_of(looks: pl.DataFrame, orders: pl.DataFrame, as_of: date, churn_days: int) -> Churn:
    """Judge, choose and predict. `looks` as `customer_looks` gives them; `orders`: customer_id, ordered_on, value."""
    is_running = pl.col("known_date") == as_of
    taught = looks.filter(pl.col("decided_date").is_not_null())
    past = ChanceRows.of(taught, list(FEATURES))
    running = ChanceRows.of(looks.filter(is_running), list(FEATURES))
    rivals = {
        "base_rate": base_rate,
        "recency": by_feature("silent_days"),
        "bg_nbd": silence_rival(orders, churn_days / 7.0),
    }
    day = day_number(as_of)
    judged = validated(past, day, SEED, rivals, "recency")
    used, why = used_for_ranking(judged)
    if past.count == 0 or used == NONE:
        unknown = _chances(running, np.full(running.count, np.nan))
        facts = pl.DataFrame(schema=REASON_SCHEMA) if past.count == 0 else _facts(past, running, None)
        return Churn(judged, used, why, unknown, facts, None, past, running)
    chosen = next((one for one in MODELS if one == used), None)
    model = fit_model(chosen, past, day, SEED) if chosen else None
    chances = model.chances(running.features) if model else rivals[used](past, day, running)
    return Churn(
        judged, used, why, _chances(running, chances), _facts(past, running, model), model, past, running
    )  # fmt: skip


def used_for_ranking(judged: ChanceValidation) -> tuple[str, str]:
    """The candidate with the best chances and why, or NONE where it tells nobody apart: its AUC over all cutoffs is
    below LEAST_AUC, so that a list ranked by it would mislead. Where nothing could be judged, the plain rival stays."""
    if judged.reason != "compared":
        return judged.chosen, judged.reason
    whole = judged.table.filter((pl.col("split") == "all") & (pl.col("candidate") == judged.chosen))
    area = whole["auc"].item()
    if area is None or area < LEAST_AUC:
        return NONE, "tells_nobody_apart"
    return judged.chosen, judged.reason


def silence_rival(orders: pl.DataFrame, weeks: float) -> Rival:
    """The chance of no order by BG/NBD alone, fitted on the orders known at the cutoff; the base rate where too few."""
    fitted: dict[int, PurchaseRhythm | None] = {}

    def rhythm_at(cutoff: int) -> PurchaseRhythm | None:
        if cutoff not in fitted:
            try:
                fitted[cutoff] = fit_rhythm(purchase_history(orders, _EPOCH + timedelta(days=cutoff)))
            except ForecastError:
                fitted[cutoff] = None
        return fitted[cutoff]

    def rival(past: ChanceRows, cutoff: int, rows: ChanceRows) -> Floats:
        rhythm = rhythm_at(cutoff)
        if rhythm is None:
            return base_rate(past, cutoff, rows)
        unknown = np.full(rows.count, np.nan)
        history = PurchaseHistory(
            rows.subjects.to_numpy().astype(np.str_), rows.column("repeats"), rows.column("buying_weeks"),
            rows.column("known_weeks"), unknown, unknown,
        )  # fmt: skip
        return chance_of_silence(rhythm, history, weeks)

    return rival


def _facts(past: ChanceRows, running: ChanceRows, model: ChanceModel | None) -> pl.DataFrame:
    """The facts of the customers with the most revenue, beside the usual value. With a model, ranked by what a fact
    moves the chance by; without, by how far from the middle of all looks it lies."""
    order = np.lexsort((running.ids.to_numpy().astype(np.str_), -np.nan_to_num(running.worth)))[:MOST_EXPLAINED]
    explained = running.taken(np.sort(order))
    columns = len(past.names)
    usual = np.full(columns, np.nan)
    weight = np.zeros(explained.features.shape)
    for number, column in enumerate(past.features.T):
        known = np.sort(column[np.isfinite(column)])
        if known.size:
            usual[number] = np.median(known)
            asked = explained.features[:, number]
            sides = np.searchsorted(known, asked, "left") + np.searchsorted(known, asked, "right")
            weight[:, number] = np.where(np.isfinite(asked), np.abs(sides / known.size - 1), 0.0)
    effect, average = np.full(weight.shape, np.nan), np.nan
    if model is not None:
        effect, average = shares_of_facts(model.chances, explained.features, past.features, SEED, orders=8)
        weight = np.abs(effect)
    frame = pl.DataFrame(
        {
            "customer_id": np.repeat(explained.subjects.to_numpy().astype(np.str_), columns),
            "feature": np.tile(np.array(past.names), explained.count),
            "value": explained.features.reshape(-1),
            "usual_value": np.tile(usual, explained.count),
            "effect": effect.reshape(-1),
            "average": np.full(effect.size, average),
            "weight": weight.reshape(-1),
        }
    )
    numbers = ("value", "usual_value", "effect", "average")
    ranked = (
        frame.with_columns(pl.col(*numbers).fill_nan(None))
        .filter(pl.col("value").is_not_null())
        .sort("customer_id", "weight", "feature", descending=[False, True, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("customer_id"))
    )
    return ranked.select(pl.col(one).cast(kind) for one, kind in REASON_SCHEMA.items())


def _chances(running: ChanceRows, chances: Floats) -> pl.DataFrame:
    frame = pl.DataFrame({"customer_id": running.subjects, "churn_probability": chances}, schema=CHANCE_SCHEMA)
    return frame.with_columns(pl.col("churn_probability").fill_nan(None))
