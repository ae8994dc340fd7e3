"""Matched differences: by hand, a planted effect found, none where the strata explain it, no order of rows."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.chances.matched import matched_difference
from forecasting.errors import ForecastError


def flat(rows: list[tuple[int, bool, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows of (outcome, treated, stratum), each of a subject of its own."""
    outcome, treated, strata = (np.asarray(column) for column in zip(*rows, strict=True))
    return outcome.astype(np.float64), treated.astype(np.bool_), strata.astype(np.int64), np.arange(len(rows))


def test_rates_by_hand() -> None:
    # Stratum 0: 10 treated with 5 yes, 30 others with 6. Stratum 1: 20 and 20, 5 and 10. Stratum 2 holds others only.
    rows = [(i < 5, True, 0) for i in range(10)] + [(i < 6, False, 0) for i in range(30)]
    rows += [(i < 5, True, 1) for i in range(20)] + [(i < 10, False, 1) for i in range(20)]
    rows += [(1, False, 2)] * 50
    found = matched_difference(*flat([(int(a), b, c) for a, b, c in rows]), seed=1)
    first, second = 10 * 30 / 40, 20 * 20 / 40
    assert found.treated_rate == pytest.approx((first * 0.5 + second * 0.25) / (first + second))
    assert found.other_rate == pytest.approx((first * 0.2 + second * 0.5) / (first + second))
    assert (found.treated_rows, found.other_rows) == (30, 50)
    assert found.low < found.difference < found.high


def simulated(effect: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Three looks at each of 1,500 customers of five kinds; the kinds that are served late more often leave more often
    anyway, by 10 points each."""
    draw = np.random.default_rng(seed)
    subject = np.repeat(np.arange(1_500), 3)
    kind = draw.integers(0, 5, 1_500)[subject]
    late = draw.random(subject.size) < 0.1 + 0.15 * kind
    leaves = draw.random(subject.size) < 0.2 + 0.1 * kind + effect * late
    return leaves.astype(np.float64), late, kind, subject


def test_a_planted_effect_lies_in_the_interval_and_none_holds_zero() -> None:
    found = matched_difference(*simulated(0.15, 3), seed=1)
    assert found.low < 0.15 < found.high
    assert found.low > 0
    outcome, late, kind, subject = simulated(0.0, 4)
    none = matched_difference(outcome, late, kind, subject, seed=1)
    assert none.low < 0 < none.high
    # Without strata the kinds would have been taken for the effect.
    naive = matched_difference(outcome, late, np.zeros_like(kind), subject, seed=1)
    assert naive.low > 0.03


def test_the_interval_covers_the_truth_in_most_companies() -> None:
    covered = 0
    for seed in range(40):
        found = matched_difference(*simulated(0.1, seed), seed=7)
        covered += found.low < 0.1 < found.high
    assert covered >= 34


def test_the_same_rows_give_the_same_interval() -> None:
    rows = simulated(0.1, 5)
    assert matched_difference(*rows, seed=2) == matched_difference(*rows, seed=2)


def test_too_few_subjects_are_told_and_broken_rows_refused() -> None:
    few = matched_difference(*flat([(1, True, 0)] * 19 + [(0, False, 0)] * 50), seed=1)
    assert not few.is_enough
    assert np.isnan(few.difference)
    empty = np.zeros(0)
    nobody = matched_difference(empty, empty.astype(bool), empty.astype(np.int64), empty.astype(np.int64), seed=1)
    assert not nobody.is_enough
    with pytest.raises(ForecastError, match="a stratum and a subject each"):
        matched_difference(np.ones(2), np.ones(3, dtype=np.bool_), np.zeros(2, np.int64), np.zeros(2, np.int64), seed=1)
