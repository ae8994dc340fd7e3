"""The statistics of the detectors: known answers, and laws on random rows."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.detection.supply.surprise import (
    event_surprise,
    joint_chance,
    kept_discoveries,
    standing_excess,
    tail_exponent,
    usual_of,
)
from tests.unit.detection_supply_rows import AS_OF, ago


def _series(scores: list[float], subject: str = "A", step_days: int = 1) -> pl.DataFrame:
    days = [AS_OF - timedelta(days=step_days * (len(scores) - 1 - place)) for place in range(len(scores))]
    return pl.DataFrame({"subject": [subject] * len(scores), "day": days, "score": scores})


def test_kept_discoveries_by_hand() -> None:
    # 0.05 × rank / 5: 0.01, 0.02, 0.03, 0.04, 0.05; the third of the ranked is the last below its limit.
    chance = np.array([0.9, 0.002, 0.029, 0.2, 0.018])
    assert kept_discoveries(chance, 0.05).tolist() == [False, True, True, False, True]
    assert kept_discoveries(np.array([0.5, 0.4]), 0.05).tolist() == [False, False]
    assert kept_discoveries(np.zeros(0), 0.05).size == 0


def test_standing_excess_sums_the_last_run_only() -> None:
    scores = [4.0, 4.0, *[0.0] * 6, 3.0, 0.5, 5.0]
    (row,) = standing_excess(_series(scores), "subject", ["day"], "score", most_days=28).to_dicts()
    assert (row["onset"], row["last"], row["count"], row["observations"]) == (ago(2), ago(0), 2.0, 3.0)
    assert row["excess"] == pytest.approx(2.0 - 0.5 + 4.0)


def test_a_long_pause_ends_a_run() -> None:
    (row,) = standing_excess(_series([4.0, 4.0], step_days=40), "subject", ["day"], "score", most_days=28).to_dicts()
    assert row["onset"] == ago(0)


def test_small_beginnings_are_no_onset() -> None:
    (row,) = standing_excess(_series([1.2, 5.0, 6.0]), "subject", ["day"], "score", most_days=28).to_dicts()
    assert row["onset"] == ago(1)


def test_tail_exponent_of_normal_scores_is_twice_the_allowance() -> None:
    # The root of exp(−r + r²/2) = 1 is 2.
    scores = np.random.default_rng(7).normal(size=200_000)
    assert tail_exponent(scores) == pytest.approx(2.0, abs=0.05)
    assert tail_exponent(np.zeros(5)) == 1.0


def test_usual_of_is_not_moved_by_trouble() -> None:
    rng = np.random.default_rng(3)
    values = np.concatenate([rng.normal(2.0, 1.0, 300), np.full(60, 40.0)])
    frame = pl.DataFrame({"subject": ["A"] * values.size, "value": values})
    (row,) = usual_of(frame, "subject", "value", least_spread=0.1).to_dicts()
    assert row["centre"] == pytest.approx(2.2, abs=0.2)
    assert row["spread"] == pytest.approx(1.2, abs=0.3)


def test_event_surprise_grows_with_size_and_is_nothing_without_an_event() -> None:
    past = [0.0] * 90 + [0.05, 0.1, 0.2, 0.1, 0.08, 0.12, 0.1, 0.09, 0.11, 0.1]
    frame = pl.DataFrame({"subject": ["A"] * 103, "old": [True] * 100 + [False] * 3, "value": [*past, 0.0, 0.1, 0.9]})
    surprise = event_surprise(frame, "subject", "value", pl.col("old"))["surprise"].to_list()[-3:]
    assert surprise[0] == 0.0
    # One in ten lots is bad, half of these with more than 0.1.
    assert surprise[1] == pytest.approx(-np.log(0.1 * 0.5), abs=0.1)
    assert surprise[2] > 8


def test_joint_chance_of_one_observation_is_its_own() -> None:
    assert joint_chance(np.array([3.0]), np.array([1.0]))[0] == pytest.approx(np.exp(-3.0))


@given(st.lists(st.floats(-3, 9), min_size=1, max_size=40), st.integers(0, 1000))
def test_order_of_rows_changes_no_run(scores: list[float], seed: int) -> None:
    frame = pl.concat([_series(scores, "A"), _series(scores[::-1], "B")])
    plain = standing_excess(frame, "subject", ["day"], "score", most_days=28)
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    assert standing_excess(mixed, "subject", ["day"], "score", most_days=28).equals(plain)
