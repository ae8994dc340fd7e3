"""Control charts against worked examples of the literature, and rules against patterns drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tower.control_chart import (
    RULES,
    capability,
    individual_limits,
    mean_range_limits,
    moving_ranges,
    run_rules,
)

# NIST/SEMATECH e-Handbook 6.3.2.2, flow rates of ten batches.
FLOW = np.array([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])


def test_limits_of_individuals_are_those_of_the_nist_handbook() -> None:
    limits = individual_limits(FLOW)
    assert limits.centre == pytest.approx(50.81)
    assert limits.spread_centre == pytest.approx(1.8778, abs=5e-5)
    assert limits.upper == pytest.approx(55.8041, abs=5e-4)
    assert limits.lower == pytest.approx(45.8159, abs=5e-4)


def test_limits_of_means_and_ranges_are_those_of_montgomery() -> None:
    # Flow width of wafers, 25 subgroups of 5: grand mean 1.5056, mean range 0.32521 (Montgomery, example 6.1).
    means, ranges = np.full(25, 1.5056), np.full(25, 0.32521)
    limits = mean_range_limits(means, ranges, 5)
    assert limits.upper == pytest.approx(1.69325, abs=2e-4)
    assert limits.lower == pytest.approx(1.31795, abs=2e-4)
    assert limits.spread_upper == pytest.approx(0.68749, abs=2e-4)
    assert limits.spread_lower == 0
    assert limits.sigma == pytest.approx(0.1398, abs=1e-4)
    # The specification is 1.50 ± 0.50 microns; the book's Cp is 1.192.
    found = capability(limits.centre, limits.sigma, 1.0, 2.0)
    assert found.cp == pytest.approx(1.192, abs=1e-3)
    assert found.cpk == pytest.approx((2.0 - 1.5056) / (3 * 0.32521 / 2.326))


def test_capability_with_one_limit_and_without_any() -> None:
    assert capability(10.0, 1.0, None, 13.0).cp is None
    assert capability(10.0, 1.0, None, 13.0).cpk == pytest.approx(1.0)
    assert capability(10.0, 1.0, None, None).cpk is None
    assert capability(10.0, 0.0, 7.0, 13.0).cp is None


def test_the_first_moving_range_is_unknown() -> None:
    assert np.isnan(moving_ranges(FLOW)[0])
    assert moving_ranges(FLOW)[1] == pytest.approx(2.0)
    assert moving_ranges(np.array([])).size == 0


def marked(values: list[float], rule: str) -> list[int]:
    return np.flatnonzero(run_rules(np.array(values, dtype=float), 0.0, 1.0)[rule]).tolist()


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        ("beyond_limits", [0, 3.0, 3.1, -3.1], [2, 3]),
        ("nine_on_one_side", [0.1] * 8, []),
        ("nine_on_one_side", [0.1] * 10, [8, 9]),
        ("nine_on_one_side", [0.1] * 8 + [0.0] + [0.1] * 8, []),
        ("six_in_one_direction", [-0.2, -0.1, 0, 0.1, 0.2], []),
        ("six_in_one_direction", [-0.2, -0.1, 0, 0.1, 0.2, 0.3], [5]),
        ("six_in_one_direction", [0.3, 0.2, 0.1, 0.1, 0, -0.1, -0.2], []),
        ("fourteen_alternating", [0.1, -0.1] * 6 + [0.1], []),
        ("fourteen_alternating", [0.1, -0.1] * 7, [13]),
        ("two_of_three", [2.1, 0, 2.1], [2]),
        ("two_of_three", [2.1, -2.1, 0], []),
        ("two_of_three", [0, 2.1, 2.1, 0], [2]),
        ("four_of_five", [1.1, 1.1, 0, 1.1, 1.1], [4]),
        ("four_of_five", [1.1, 1.1, 0, -1.1, 1.1], []),
    ],
)
def test_a_rule_marks_the_point_that_completes_its_pattern(rule: str, values: list[float], expected: list[int]) -> None:
    assert marked(values, rule) == expected


def test_all_rules_answer_for_every_point_and_for_none() -> None:
    for size in (0, 1, 2, 40):
        found = run_rules(np.zeros(size), 0.0, 1.0)
        assert tuple(found) == RULES
        assert all(flags.shape == (size,) and not flags.any() for flags in found.values())


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="subgroups of 2 to 10"):
        mean_range_limits(np.zeros(3), np.zeros(3), 11)
    with pytest.raises(ValueError, match="at least two values"):
        individual_limits(np.array([1.0]))
    with pytest.raises(ValueError, match="finite"):
        run_rules(np.array([np.nan]), 0.0, 1.0)
