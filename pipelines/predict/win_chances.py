"""The chance that an open opportunity is won: judged on the past, used only where it beats the plain rules."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import polars as pl

from forecasting.chances import MODELS, ChanceRows, base_rate, by_feature, by_group, fit_model, validated
from forecasting.chances.validation import CURVE_SCHEMA, SCHEMA, ChanceValidation
from forecasting.errors import ForecastError
from forecasting.outcomes.attribution import shares_of_facts
from forecasting.panel import Floats
from pipelines.build.context import write_table
from pipelines.predict.predictor import SEED
from pipelines.predict.win_looks import FEATURES, win_looks
from tower.errors import BuildError

MODEL = "win"
# The rule that holds where nothing can be compared: the share won of those seen in the stage.
PLAIN = "stage_average"
RIVALS = {"base_rate": base_rate, PLAIN: by_group, "rep_record": by_feature("rep_win_rate")}
_PREDICTIONS = {
    "opportunity_id": pl.String, "known_date": pl.Date, "win_probability": pl.Float64, "probability_by": pl.String,
    "stage_average": pl.Float64,
}  # fmt: skip
_REASONS = {
    "opportunity_id": pl.String, "rank": pl.Int64, "feature": pl.String, "value": pl.Float64,
    "usual_value": pl.Float64, "effect": pl.Float64, "average": pl.Float64,
}  # fmt: skip


def run_win_chances(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write engine.win_predictions, engine.win_reasons and the three engine.chance_… tables.

    Raises BuildError in the engine's words.
    """
    looks = win_looks(connection, as_of)
    try:
        predictions, reasons, judged, decided = win_chances(looks, as_of)
    except ForecastError as error:
        raise BuildError(f"The chances of the opportunities could not be made. {error}") from error
    connection.execute("create schema if not exists engine")
    write_table(connection, "engine.win_predictions", predictions)
    write_table(connection, "engine.win_reasons", reasons)
    named = pl.lit(MODEL).alias("model")
    is_used = (pl.col("candidate") == judged.chosen).alias("is_used")
    write_table(connection, "engine.chance_validation", judged.table.select(named, *SCHEMA, is_used))
    write_table(connection, "engine.chance_calibration", judged.calibration.select(named, *CURVE_SCHEMA))
    summary = {"model": MODEL, "reason": judged.reason, "used": judged.chosen, "decided_rows": decided,
               "open_count": predictions.height}  # fmt: skip
    schema = {
        "model": pl.String,
        "reason": pl.String,
        "used": pl.String,
        "decided_rows": pl.Int64,
        "open_count": pl.Int64,
    }
    write_table(connection, "engine.chance_models", pl.DataFrame([summary], schema=schema))


def win_chances(looks: pl.DataFrame, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame, ChanceValidation, int]:
    """Chances of what is open at the end of `as_of`, their reasons, how good such chances were, and the looks decided.

    Looks of the day `as_of` are predicted, all others teach. Where nothing was decided yet the chances are empty.
    """
    day = (as_of - date(1970, 1, 1)).days
    past = ChanceRows.of(looks.filter(pl.col("known_date") < as_of), list(FEATURES)).known_by(day)
    running = ChanceRows.of(
        looks.filter(pl.col("known_date") == as_of).with_columns(
            decided_date=pl.lit(None, pl.Date), outcome=pl.lit(None, pl.Float64)
        ),
        list(FEATURES),
    )
    judged = validated(past, day, SEED, RIVALS, PLAIN)
    decided = int(past.is_decided.sum())
    nothing = np.full(running.count, np.nan)
    plain = by_group(past, day, running) if decided else nothing
    reasons = pl.DataFrame(schema=_REASONS)
    chance = plain
    if judged.chosen in MODELS:
        model = fit_model("logistic" if judged.chosen == "logistic" else "boosting", past, day, SEED)
        chance = model.chances(running.features)
        effect, average = shares_of_facts(model.chances, running.features, past.features, SEED)
        reasons = _reasons(running, past.features, effect, average)
    elif decided:
        chance = RIVALS[judged.chosen](past, day, running)
    predictions = pl.DataFrame(
        {
            "opportunity_id": running.subjects,
            "known_date": pl.repeat(as_of, running.count, dtype=pl.Date, eager=True),
            "win_probability": chance,
            "probability_by": pl.repeat(judged.chosen, running.count, dtype=pl.String, eager=True),
            "stage_average": plain,
        }
    )
    shown = predictions.with_columns(pl.col("win_probability", "stage_average").fill_nan(None))
    return shown.cast(_PREDICTIONS).sort("opportunity_id"), reasons, judged, decided  # type: ignore[arg-type]


def _reasons(running: ChanceRows, usual: Floats, effect: Floats, average: float) -> pl.DataFrame:
    """One row per open opportunity and fact, the greatest effect first."""
    columns = len(running.names)
    known = ~np.isnan(usual).all(axis=0)
    middle = np.full(columns, np.nan)
    middle[known] = np.nanmedian(usual[:, known], axis=0)
    rank = np.argsort(np.argsort(-np.abs(effect), axis=1, kind="stable"), axis=1) + 1
    frame = pl.DataFrame(
        {
            "opportunity_id": running.subjects.gather(np.repeat(np.arange(running.count), columns)),
            "rank": rank.ravel(),
            "feature": pl.Series(list(running.names) * running.count, dtype=pl.String),
            "value": running.features.ravel(),
            "usual_value": np.tile(middle, running.count),
            "effect": effect.ravel(),
            "average": np.full(running.count * columns, average),
        }
    ).with_columns(pl.col("value", "usual_value").fill_nan(None))
    return frame.cast(_REASONS).sort("opportunity_id", "rank")  # type: ignore[arg-type]
