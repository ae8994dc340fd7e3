"""Predicting ends from what was known then: known answers by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose

from forecasting.errors import ForecastError
from forecasting.outcomes.attribution import shares_of_facts
from forecasting.outcomes.censoring import censoring_weights
from forecasting.outcomes.outcome import predict_outcomes
from forecasting.outcomes.prediction import Prediction, in_agreement
from forecasting.outcomes.rivals import planned_date, usual_slip
from forecasting.outcomes.rows import OutcomeRows, day_number
from forecasting.outcomes.scores import area_under_curve, calibration_error, pinball, scores
from forecasting.outcomes.splits import time_splits
from forecasting.outcomes.validation import MODEL, SCHEMA, chosen
from forecasting.outcomes.weighted import weighted_quantile

START = date(2025, 1, 1)


def table(looks: list[tuple[str, int, int, int | None]], group: str = "G") -> OutcomeRows:
    """Looks (subject, day of the look, due day, day of the end) counted from START."""
    frame = pl.DataFrame(
        {
            "row_id": [f"{name}@{known}" for name, known, _, _ in looks],
            "subject": [name for name, *_ in looks],
            "group": [group] * len(looks),
            "known_date": [START + timedelta(known) for _, known, _, _ in looks],
            "due_date": [START + timedelta(due) for _, _, due, _ in looks],
            "ended_date": [None if end is None else START + timedelta(end) for *_, end in looks],
        },
        schema_overrides={"ended_date": pl.Date},
    )
    return OutcomeRows.of(frame, [])


def on(day: int) -> int:
    return day_number(START) + day


def test_late_is_known_on_the_due_date_and_the_slip_only_at_the_end() -> None:
    # A: ended in time. B: ended late. C: runs, its date has passed on day 12. D: runs, its date lies ahead.
    rows = table([("A", 0, 10, 9), ("B", 0, 10, 15), ("C", 0, 12, None), ("D", 0, 20, None)])
    assert_allclose(rows.late(on(12)), [0, 1, 1, np.nan])
    assert_allclose(rows.late(on(11)), [0, 1, np.nan, np.nan])
    assert_allclose(rows.slip, [-1, 5, np.nan, np.nan])


def test_a_past_is_restored_by_hiding_later_looks_and_later_ends() -> None:
    rows = table([("A", 0, 10, 9), ("B", 0, 10, 15), ("B", 11, 10, 15)])
    past = rows.known_by(on(10))
    assert past.ids.to_list() == ["A@0", "B@0"]
    assert_allclose(past.ended - on(0), [9, np.nan])
    assert_allclose(past.late(on(10)), [0, 1])


def test_the_slip_of_what_is_overdue_is_counted_from_the_next_day() -> None:
    rows = table([("A", 12, 10, 15)])
    assert rows.plain_end.tolist() == [on(13)]
    assert rows.slip.tolist() == [2]
    assert rows.is_undecided.tolist() == [False]


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (("A", 5, 10, 5), "Only what still runs can be predicted"),
        (("A", 5, 10, 3), "Only what still runs can be predicted"),
    ],
)
def test_a_look_at_what_had_ended_is_refused(look: tuple[str, int, int, int], words: str) -> None:
    with pytest.raises(ForecastError, match=words):
        table([look])


def test_rows_twice_and_missing_keys_and_columns_are_refused_by_name() -> None:
    with pytest.raises(ForecastError, match="A@1 stands twice"):
        table([("A", 1, 3, 4), ("A", 1, 3, 4)])
    frame = pl.DataFrame({"row_id": ["a"], "subject": ["a"]})
    with pytest.raises(ForecastError, match="no column due_date, ended_date, group, known_date, queue"):
        OutcomeRows.of(frame, ["queue"])


def test_an_outcome_that_took_long_also_stands_for_those_that_could_not_show_it_yet() -> None:
    # Looks 40, 30, 20 and 10 days before the cutoff. An end after 25 days could be seen for two of four looks.
    weights = censoring_weights(np.array([0, 10, 20, 30]), np.array([25.0, 5.0, np.nan, 5.0]), 40)
    assert_allclose(weights, [2.0, 1.0, 0.0, 1.0])


def test_weights_mend_the_share_that_fast_ends_distort() -> None:
    """Every day one look ends after 2 days and one after 30; near the cutoff only the fast ones are known."""
    known = np.repeat(np.arange(60), 2)
    took = np.tile([2.0, 30.0], 60)
    seen = np.where(known + took <= 59, took, np.nan)
    weights = censoring_weights(known, seen, 59)
    is_known = np.isfinite(seen)
    assert (seen[is_known] == 30).mean() < 0.35
    assert abs(weights[seen == 30].sum() / weights.sum() - 0.5) < 0.01


def test_weighted_quantile_by_hand() -> None:
    assert weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]), 0.5) == 2.0
    assert weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 0.0]), 0.5) == 1.0
    assert weighted_quantile(np.zeros(0), np.zeros(0), 0.5) == 0.0


def test_rivals_by_hand() -> None:
    """Of twenty orders of the item five came 4 days late; another item has too few to speak for itself."""
    past = table([(f"P{number}", 0, 10, 14 if number < 5 else 9) for number in range(20)])
    asked = table([("X", 90, 100, None)])
    plain = planned_date(past, on(50), asked)
    assert (plain.probability[0], plain.p50[0], plain.p90[0]) == (0.25, 0, 0)
    usual = usual_slip(past, on(50), asked)
    assert (usual.probability[0], usual.p50[0], usual.p90[0]) == (0.25, -1, 4)
    other = usual_slip(past, on(50), table([("X", 90, 100, None)], group="another"))
    assert (other.probability[0], other.p50[0], other.p90[0]) == (0.25, -1, 4)


def test_a_prediction_does_not_contradict_itself_or_the_calendar() -> None:
    rows = table([("A", 0, 3, None), ("B", 0, 3, None), ("C", 0, 3, None), ("D", 5, 3, None)])
    raw = Prediction(
        np.array([0.05, 0.3, 0.8, 0.2]), np.array([-9.0, 1.2, -1.0, -4.0]), np.array([2.0, -1.0, 0.4, -2.0])
    )
    found = in_agreement(rows, raw)
    assert_allclose(found.probability, [0.05, 0.3, 0.8, 1.0])
    # A cannot end before day 1, two days before its date; D is overdue and ends tomorrow at the earliest.
    assert_allclose(found.p50, [-2, 0, 1, 0])
    assert_allclose(found.p90, [0, 1, 1, 0])


def test_scores_by_hand() -> None:
    late, chance = np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.9, 0.4, 0.4, 0.1])
    # Pairs: 0.9 beats both, 0.4 ties one and beats one: 3.5 of 4.
    assert area_under_curve(late, chance) == 3.5 / 4
    assert area_under_curve(np.ones(3), np.ones(3)) is None
    assert_allclose(pinball(np.array([4.0, 1.0]), np.array([2.0, 2.0]), 0.9), [1.8, 0.1])
    assert_allclose(calibration_error(late, chance), (0.1 + 2 * 0.1 + 0.1) / 4)
    rows = table([("A", 0, 10, 9), ("B", 0, 10, 15), ("C", 11, 10, 15)])
    found = scores(
        rows, Prediction(np.array([0.2, 0.7, 1.0]), np.array([0.0, 4.0, 0.0]), np.array([0.0, 4.0, 9.0])), on(30)
    )
    assert (found["judged_rows"], found["ended_rows"], found["base_rate"], found["auc"]) == (2, 3, 0.5, 1.0)
    assert_allclose(found["brier"], (0.2**2 + 0.3**2) / 2)
    assert_allclose(found["mean_absolute_error_days"], (1 + 1 + 3) / 3)
    assert_allclose(found["coverage_p90"], 2 / 3)


def test_the_last_looks_judged_have_had_time_to_end() -> None:
    rows = table([(f"A{day}", day, day + 5, day + 10) for day in range(100)])
    splits = time_splits(rows, on(109), count=3)
    assert splits[-1].until == on(99)
    assert [one.until for one in splits[:-1]] == [one.cutoff for one in splits[1:]]


def test_the_model_is_used_only_where_it_beats_the_best_rival() -> None:
    def measured(model: tuple[float, float, float]) -> pl.DataFrame:
        losses = {"planned_date": (0.20, 0.20, 0.20), "usual_slip": (0.18, 0.18, 0.18), MODEL: model}
        entries = [
            {"candidate": name, "split": split, "brier": loss}
            for name, three in losses.items()
            for split, loss in zip(("all", "1", "2"), three, strict=True)
        ]
        return pl.DataFrame(entries, schema={name: SCHEMA[name] for name in ("candidate", "split", "brier")})

    rivals = ["planned_date", "usual_slip"]
    assert chosen(measured((0.10, 0.10, 0.10)), rivals, ("brier",)) == MODEL
    assert chosen(measured((0.179, 0.178, 0.18)), rivals, ("brier",)) == "usual_slip"
    # Better over all, but only in one split of two.
    assert chosen(measured((0.15, 0.05, 0.25)), rivals, ("brier",)) == "usual_slip"


def test_shares_of_a_sum_are_its_terms() -> None:
    usual = np.zeros((5, 3))
    rows = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 4.0]])
    shares, average = shares_of_facts(lambda facts: facts @ np.array([1.0, 10.0, 100.0]), rows, usual, seed=1)
    assert_allclose(shares, rows * [1, 10, 100])
    assert average == 0


def test_facts_that_work_only_together_share_what_they_do() -> None:
    shares, _ = shares_of_facts(lambda facts: facts[:, 0] * facts[:, 1], np.ones((1, 2)), np.zeros((4, 2)), seed=1)
    assert_allclose(shares, [[0.5, 0.5]])


def test_a_small_company_gets_the_plain_rule_and_is_told_so() -> None:
    past = table([(f"P{number:02d}", number, number + 10, number + 12) for number in range(30)])
    found = predict_outcomes(past, table([("X", 60, 70, None)]), on(60), seed=7)
    assert found.validation.reason == "too_few_subjects"
    assert found.validation.table.is_empty()
    assert found.reasons.is_empty()
    row = found.predictions.row(0, named=True)
    assert (row["date_by"], row["probability_by"]) == ("usual_slip", "usual_slip")
    assert row["p50_date"] == START + timedelta(72)


def test_nothing_at_all_still_gives_tables() -> None:
    nothing = table([])
    found = predict_outcomes(nothing, nothing, on(0), seed=7)
    assert found.predictions.height == 0
    alone = predict_outcomes(nothing, table([("X", 0, 5, None)]), on(0), seed=7)
    assert alone.predictions["p50_date"].to_list() == [START + timedelta(5)]
