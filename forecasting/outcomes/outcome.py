"""From a table of looks to predictions of what runs today, with their reasons and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.outcomes.attribution import shares_of_facts
from forecasting.outcomes.model import OutcomeModel, fit_outcomes
from forecasting.outcomes.prediction import Prediction, in_agreement
from forecasting.outcomes.rivals import PLAIN_RIVALS, Rival
from forecasting.outcomes.rows import OutcomeRows
from forecasting.outcomes.validation import MODEL, Validation, validated
from forecasting.panel import Floats

PREDICTION_SCHEMA = {
    "row_id": pl.String, "subject": pl.String, "known_date": pl.Date, "due_date": pl.Date,
    "late_probability": pl.Float64, "p50_date": pl.Date, "p90_date": pl.Date, "probability_by": pl.String,
    "date_by": pl.String, "is_overdue": pl.Boolean,
}  # fmt: skip
REASON_SCHEMA = {
    "row_id": pl.String, "explains": pl.String, "rank": pl.Int64, "feature": pl.String, "value": pl.Float64,
    "usual_value": pl.Float64, "effect": pl.Float64, "average": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PredictedOutcomes:
    """`predictions`: one row per running look (PREDICTION_SCHEMA); `reasons`: one row per look × fact (REASON_SCHEMA).

    A reason explains `probability` (effect in probability) where the due date lies ahead and the model gives the
    chance, `days` (effect in days of P50) where it is past and the model gives the date. No model, no reasons.
    """

    predictions: pl.DataFrame
    reasons: pl.DataFrame
    validation: Validation


def predict_outcomes(
    history: OutcomeRows, running: OutcomeRows, day: int, seed: int, rivals: Mapping[str, Rival] | None = None
) -> PredictedOutcomes:
    """Judge by the past, learn from all of it, predict what runs at the end of day `day`.

    `history` holds past looks, ended or not; `running` one look per running subject with the same features. The order
    of rows changes nothing.
    """
    rivals = PLAIN_RIVALS if rivals is None else rivals
    past = history.known_by(day)
    judged = validated(past, day, seed, rivals)
    by = (judged.for_probability, judged.for_date)
    model = fit_outcomes(past, day, seed) if MODEL in by else None
    of = {
        name: model.predict(running) if name == MODEL and model is not None else rivals[name](past, day, running)
        for name in sorted(set(by))
    }
    found = in_agreement(running, Prediction(of[by[0]].probability, of[by[1]].p50, of[by[1]].p90))
    predictions = _predictions(running, found, judged)
    reasons = pl.DataFrame(schema=REASON_SCHEMA) if model is None else _reasons(past, running, model, by, seed)
    return PredictedOutcomes(predictions, reasons, judged)


def _predictions(running: OutcomeRows, found: Prediction, judged: Validation) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "row_id": running.ids,
            "subject": running.subjects,
            "known_date": running.known,
            "due_date": running.due,
            "late_probability": found.probability,
            "p50_date": running.plain_end + found.p50.astype(np.int64),
            "p90_date": running.plain_end + found.p90.astype(np.int64),
            "probability_by": pl.repeat(judged.for_probability, running.count, eager=True),
            "date_by": pl.repeat(judged.for_date, running.count, eager=True),
            "is_overdue": ~running.is_undecided,
        }
    )
    dates = [name for name, kind in PREDICTION_SCHEMA.items() if kind == pl.Date]
    return frame.with_columns(pl.col(dates).cast(pl.Int32).cast(pl.Date)).cast(PREDICTION_SCHEMA).sort("row_id")  # type: ignore[arg-type]


def _reasons(
    past: OutcomeRows, running: OutcomeRows, model: OutcomeModel, by: tuple[str, str], seed: int
) -> pl.DataFrame:
    parts = []
    if by[0] == MODEL:
        parts.append(_reasons_of("probability", past, running, model, seed))
    if by[1] == MODEL:
        parts.append(_reasons_of("days", past, running, model, seed))
    return pl.concat(parts).sort("row_id", "explains", "rank")


def _reasons_of(explains: str, past: OutcomeRows, running: OutcomeRows, model: OutcomeModel, seed: int) -> pl.DataFrame:
    is_chance = explains == "probability"
    rows = running.taken(running.is_undecided if is_chance else ~running.is_undecided)
    usual = past.taken(past.is_undecided if is_chance else ~past.is_undecided).features
    if rows.count == 0 or usual.shape[0] == 0:
        return pl.DataFrame(schema=REASON_SCHEMA)

    def days(features: Floats) -> Floats:
        return model.p50.predict(features) + model.p50_shift

    effect, average = shares_of_facts(model.probability if is_chance else days, rows.features, usual, seed)
    rank = np.argsort(np.argsort(-np.abs(effect), axis=1, kind="stable"), axis=1) + 1
    known = ~np.isnan(usual).all(axis=0)
    middle = np.full(usual.shape[1], np.nan)
    middle[known] = np.nanmedian(usual[:, known], axis=0)
    columns = len(rows.names)
    frame = pl.DataFrame(
        {
            "row_id": rows.ids.gather(np.repeat(np.arange(rows.count), columns)),
            "explains": pl.repeat(explains, rows.count * columns, eager=True),
            "rank": rank.ravel(),
            "feature": pl.Series(list(rows.names) * rows.count, dtype=pl.String),
            "value": rows.features.ravel(),
            "usual_value": np.tile(middle, rows.count),
            "effect": effect.ravel(),
            "average": np.full(rows.count * columns, average),
        }
    )
    return frame.with_columns(pl.col("value", "usual_value").fill_nan(None)).cast(REASON_SCHEMA)  # type: ignore[arg-type]
