"""The step `predictions`: every predictor learns, is judged against plain rules, and predicts what runs today.

A new predictor is one entry of PREDICTORS; judgements of all of them share three tables, told apart by `model`.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from forecasting.errors import ForecastError
from pipelines.build.context import write_table
from pipelines.predict.arrival_looks import (
    DELIVERY_FEATURES,
    PURCHASE_FEATURES,
    TRANSFER_FEATURES,
    delivery_looks,
    purchase_looks,
    transfer_looks,
)
from pipelines.predict.customer_value import run_customer_value
from pipelines.predict.next_products import run_next_products
from pipelines.predict.predictor import Predictor
from pipelines.predict.production_looks import FEATURES as PRODUCTION_FEATURES
from pipelines.predict.production_looks import production_looks
from tower.errors import BuildError

PREDICTORS = (
    Predictor(
        "production_finish", production_looks, PRODUCTION_FEATURES, "production_predictions", "production_order_id"
    ),
    Predictor(
        "purchase_arrival", purchase_looks, PURCHASE_FEATURES, "purchase_arrival_predictions", "purchase_order_line_id"
    ),
    Predictor(
        "transfer_arrival", transfer_looks, TRANSFER_FEATURES, "transfer_arrival_predictions", "transfer_order_line_id"
    ),
    Predictor("delivery_arrival", delivery_looks, DELIVERY_FEATURES, "delivery_arrival_predictions", "delivery_id"),
)
_SUMMARY = {
    "model": pl.String, "reason": pl.String, "used_for_probability": pl.String, "used_for_date": pl.String,
    "running_count": pl.Int64,
}  # fmt: skip


def run_predictions(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write engine.<table> and engine.<table>_reasons of each predictor, and the shared engine.prediction_… tables.

    Raises BuildError in the engine's words.
    """
    connection.execute("create schema if not exists engine")
    validation, calibration, summaries = [], [], []
    for predictor in PREDICTORS:
        try:
            found = predictor.predict(connection, as_of)
        except ForecastError as error:
            raise BuildError(f"The predictions of {predictor.model} could not be made. {error}") from error
        write_table(connection, f"engine.{predictor.table}", predictor.predictions(found))
        write_table(connection, f"engine.{predictor.table}_reasons", predictor.reasons(found))
        validation.append(predictor.validation(found))
        calibration.append(predictor.calibration(found))
        summaries.append(predictor.summary(found))
    write_table(connection, "engine.prediction_validation", pl.concat(validation))
    write_table(connection, "engine.prediction_calibration", pl.concat(calibration))
    write_table(connection, "engine.prediction_models", pl.DataFrame(summaries, schema=_SUMMARY))
    run_customer_value(connection, as_of)
    run_next_products(connection, as_of)
