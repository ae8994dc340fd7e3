"""What a predictor brings: looks at what runs, and the names under which its predictions are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from forecasting.outcomes.outcome import PREDICTION_SCHEMA, REASON_SCHEMA, PredictedOutcomes, predict_outcomes
from forecasting.outcomes.rows import OutcomeRows, day_number
from forecasting.outcomes.validation import CURVE_SCHEMA, SCHEMA

# One seed for all: the same rows give the same predictions.
SEED = 20_240_229


@dataclass(frozen=True, slots=True)
class Predictor:
    """`looks` reads (connection, as_of) into the columns of `OutcomeRows.of` and `features`.

    Looks made on the as-of date at what still runs are predicted, all others teach. `model` names the predictor in the
    shared tables; `table` is the engine table of its predictions, whose rows are named by the column `key`.
    """

    model: str
    looks: Callable[[duckdb.DuckDBPyConnection, date], pl.DataFrame]
    features: Mapping[str, str]
    table: str
    key: str

    def predict(self, connection: duckdb.DuckDBPyConnection, as_of: date) -> PredictedOutcomes:
        """The predictions of what runs at the end of the as-of date."""
        looks = self.looks(connection, as_of)
        runs = (pl.col("known_date") == as_of) & pl.col("ended_date").is_null()
        return predict_outcomes(
            OutcomeRows.of(looks.filter(~runs), list(self.features)),
            OutcomeRows.of(looks.filter(runs), list(self.features)),
            day_number(as_of),
            SEED,
        )

    def predictions(self, found: PredictedOutcomes) -> pl.DataFrame:
        """One row per running subject, named by `key`."""
        names = [name for name in PREDICTION_SCHEMA if name not in ("row_id", "subject")]
        return found.predictions.select(pl.col("subject").alias(self.key), *names).sort(self.key)

    def reasons(self, found: PredictedOutcomes) -> pl.DataFrame:
        """One row per running subject, what is explained, and fact; named by `key`."""
        names = [name for name in REASON_SCHEMA if name != "row_id"]
        subjects = found.predictions.select("row_id", pl.col("subject").alias(self.key))
        return found.reasons.join(subjects, on="row_id").select(self.key, *names).sort(self.key, "explains", "rank")

    def validation(self, found: PredictedOutcomes) -> pl.DataFrame:
        """One row per candidate and split, saying for what the candidate is used."""
        judged = found.validation
        return judged.table.select(
            pl.lit(self.model).alias("model"),
            *SCHEMA,
            (pl.col("candidate") == judged.for_probability).alias("is_used_for_probability"),
            (pl.col("candidate") == judged.for_date).alias("is_used_for_date"),
        )

    def calibration(self, found: PredictedOutcomes) -> pl.DataFrame:
        """One row per candidate and bin of chances."""
        return found.validation.calibration.select(pl.lit(self.model).alias("model"), *CURVE_SCHEMA)

    def summary(self, found: PredictedOutcomes) -> dict[str, object]:
        """What is used, and why."""
        judged = found.validation
        return {
            "model": self.model,
            "reason": judged.reason,
            "used_for_probability": judged.for_probability,
            "used_for_date": judged.for_date,
            "running_count": found.predictions.height,
        }
