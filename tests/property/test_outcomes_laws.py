"""Laws of predicting ends: a planted signal is found, a shuffled one is not, and the future tells nothing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from forecasting.outcomes.censoring import MOST, censoring_weights
from forecasting.outcomes.outcome import predict_outcomes
from forecasting.outcomes.prediction import Prediction, in_agreement
from forecasting.outcomes.rows import OutcomeRows, day_number
from forecasting.outcomes.validation import MODEL, SHUFFLED, validated

START = date(2025, 1, 1)
FEATURES = ("queue", "short_parts", "noise")
DAYS = 300


def company(seed: int, signal: float) -> pl.DataFrame:
    """Orders of 20 days; a long queue and parts that are short make them late, by as much as `signal` says."""
    draw = np.random.default_rng(seed)
    count = 1_500
    known = np.sort(draw.integers(0, DAYS, count))
    queue, short = draw.gamma(2.0, 2.0, count), draw.binomial(1, 0.2, count)
    took = 19 + signal * (1.5 * queue - 5 + 8 * short) + draw.normal(0, 2.0, count)
    ended = known + np.maximum(np.round(took), 1).astype(np.int64)
    due = known + 20
    return pl.DataFrame(
        {
            "row_id": [f"R{number:05d}" for number in range(count)],
            "subject": [f"S{number:05d}" for number in range(count)],
            "group": [f"item {number % 7}" for number in range(count)],
            "known_date": [START + timedelta(int(day)) for day in known],
            "due_date": [START + timedelta(int(day)) for day in due],
            "ended_date": [START + timedelta(int(day)) for day in ended],
            "queue": queue,
            "short_parts": short.astype(np.float64),
            "noise": draw.normal(size=count),
        }
    )


def today() -> int:
    return day_number(START) + DAYS


def as_known(frame: pl.DataFrame, day: date) -> tuple[OutcomeRows, OutcomeRows]:
    """The past looks and the looks of that very day's running orders."""
    hidden = frame.with_columns(
        ended_date=pl.when(pl.col("ended_date") <= day).then(pl.col("ended_date")),
    )
    running = hidden.filter(pl.col("ended_date").is_null()).with_columns(
        known_date=pl.lit(day), row_id=pl.col("row_id") + " now"
    )
    return OutcomeRows.of(hidden, FEATURES), OutcomeRows.of(running, FEATURES)


def measured(table: pl.DataFrame, candidate: str, measure: str) -> float:
    row = table.filter(pl.col("candidate") == candidate, pl.col("split") == "all")
    return float(row[measure].item())


def test_a_planted_signal_is_found_and_shuffling_the_ends_destroys_it() -> None:
    found = validated(OutcomeRows.of(company(3, signal=1.0), FEATURES), today(), seed=11)
    table = found.table
    assert (found.for_probability, found.for_date) == (MODEL, MODEL)
    assert measured(table, MODEL, "auc") > 0.85
    assert abs(measured(table, SHUFFLED, "auc") - 0.5) < 0.08
    assert measured(table, MODEL, "brier") < 0.8 * measured(table, "usual_slip", "brier")
    assert measured(table, MODEL, "mean_absolute_error_days") < 0.8 * measured(
        table, "usual_slip", "mean_absolute_error_days"
    )
    assert abs(measured(table, MODEL, "coverage_p90") - 0.9) < 0.05
    assert measured(table, MODEL, "calibration_error") < 0.06


def test_where_there_is_no_signal_the_plain_rule_stays() -> None:
    found = validated(OutcomeRows.of(company(3, signal=0.0), FEATURES), today(), seed=11)
    assert found.reason == "compared"
    assert MODEL not in (found.for_probability, found.for_date)
    assert abs(measured(found.table, MODEL, "auc") - 0.5) < 0.08


@pytest.fixture(scope="module")
def predicted() -> pl.DataFrame:
    return predict_outcomes(*as_known(company(5, 1.0), START + timedelta(250)), day_number(START) + 250, 11).predictions


def test_what_comes_after_the_day_changes_nothing(predicted: pl.DataFrame) -> None:
    """Later looks and other later ends: the same prediction to the last digit."""
    frame = company(5, 1.0)
    day = START + timedelta(250)
    other = frame.with_columns(
        ended_date=pl.when(pl.col("ended_date") > day).then(day + pl.duration(days=90)).otherwise(pl.col("ended_date")),
        queue=pl.when(pl.col("known_date") > day).then(99.0).otherwise(pl.col("queue")),
    )
    rows = OutcomeRows.of(other, FEATURES)
    _, running = as_known(frame.filter(pl.col("known_date") <= day), day)
    first = predict_outcomes(rows, running, day_number(day), 11).predictions
    second = predict_outcomes(OutcomeRows.of(frame, FEATURES), running, day_number(day), 11).predictions
    assert_frame_equal(first, second, check_exact=True)
    assert first.filter(~pl.col("row_id").is_in(predicted["row_id"].implode())).is_empty()


def test_the_order_of_rows_changes_nothing(predicted: pl.DataFrame) -> None:
    mixed = company(5, 1.0).sample(fraction=1.0, shuffle=True, seed=1)
    again = predict_outcomes(*as_known(mixed, START + timedelta(250)), day_number(START) + 250, 11).predictions
    assert_frame_equal(predicted, again, check_exact=True)


def test_reasons_add_up_to_the_chance_less_the_average() -> None:
    frame, day = company(5, 1.0), START + timedelta(250)
    past, running = as_known(frame.filter(pl.col("known_date") <= day), day)
    found = predict_outcomes(past, running, day_number(day), 11)
    of_chance = found.reasons.filter(pl.col("explains") == "probability")
    added = of_chance.group_by("row_id").agg(total=pl.sum("effect") + pl.first("average"))
    joined = added.join(found.predictions, on="row_id")
    assert joined.height == found.predictions.filter(~pl.col("is_overdue")).height > 20
    assert (joined["total"] - joined["late_probability"]).abs().max() < 1e-9  # type: ignore[operator]
    first = of_chance.filter(pl.col("rank") == 1)["feature"].value_counts(sort=True)["feature"][0]
    assert first in ("queue", "short_parts")


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 60), st.booleans()), min_size=1, max_size=40),
)
def test_weights_are_at_least_one_for_what_is_known_and_nothing_for_the_rest(
    looks: list[tuple[int, int, bool]],
) -> None:
    known = np.array([day for day, _, _ in looks])
    took = np.array([float(took) if seen and day + took <= 50 else np.nan for day, took, seen in looks])
    weights = censoring_weights(known, took, 50)
    assert ((weights == 0) == np.isnan(took)).all()
    assert ((weights[weights > 0] >= 1) & (weights[weights > 0] <= MOST)).all()


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(-20, 30), st.floats(0, 1), st.floats(-40, 40), st.floats(-40, 40)),
        min_size=1,
        max_size=20,
    )
)
def test_dates_and_chance_never_contradict_each_other(looks: list[tuple[int, float, float, float]]) -> None:
    frame = pl.DataFrame(
        {
            "row_id": [str(number) for number in range(len(looks))],
            "subject": [str(number) for number in range(len(looks))],
            "group": ["g"] * len(looks),
            "known_date": [START] * len(looks),
            "due_date": [START + timedelta(days=due) for due, *_ in looks],
            "ended_date": pl.Series([None] * len(looks), dtype=pl.Date),
        }
    )
    rows = OutcomeRows.of(frame, [])
    places = rows.ids.cast(pl.Int64).to_numpy()
    chance, p50, p90 = (np.array([look[which] for look in looks])[places] for which in (1, 2, 3))
    found = in_agreement(rows, Prediction(chance, p50, p90))
    ends = rows.plain_end + found.p50
    assert (ends > rows.known).all()
    assert (found.p90 >= found.p50).all()
    undecided = rows.is_undecided
    assert ((found.p50 > 0) == (found.probability > 0.5))[undecided].all()
    assert (found.probability[~undecided] == 1).all()
