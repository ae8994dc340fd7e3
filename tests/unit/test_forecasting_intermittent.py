"""Intermittent demand: classes and classical methods by hand, and the pooled model on real car parts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from forecasting.croston import croston_rates
from forecasting.demand_classes import CLASSES, LIFE_CYCLES, demand_classes
from forecasting.demand_distribution import (
    PROBABILITIES,
    DemandDistribution,
    bootstrap_sums,
    history_moments,
    negative_binomial_sums,
    normal_sums,
    quantiles_of,
)
from forecasting.errors import ForecastError
from forecasting.intermittent_model import forecast_intermittent
from forecasting.panel import Floats, Panel
from forecasting.smoothing import simple_grid, smooth

REPOSITORY = Path(__file__).resolve().parents[2]
CAR_PARTS = REPOSITORY.parent / "shared" / "data" / "intermittent" / "carparts.csv"


def panel(*rows: list[float]) -> Panel:
    return Panel.from_arrays(np.array(rows, dtype=np.float64))


def test_classes_by_hand() -> None:
    found = demand_classes(
        panel([4, 5, 6, 5, 4, 6], [1, 9, 1, 9, 1, 9], [0, 5, 0, 5, 0, 5], [0, 1, 0, 9, 0, 1], [0, 0, 0, 0, 0, 0]),
        new_periods=5,
    )
    assert [CLASSES[one] for one in found.demand_class] == ["smooth", "erratic", "intermittent", "lumpy", "none"]
    assert found.interval.tolist() == [1, 1, 2, 2, np.inf]
    # 1, 9, 1, 9, 1, 9: mean 5, sample variance 19.2.
    assert found.variation[1] == pytest.approx(19.2 / 25)
    assert found.dispersion[1] == pytest.approx(19.2 / 5)
    assert [LIFE_CYCLES[one] for one in found.life_cycle] == ["active", "active", "new", "new", "new"]


def test_an_item_that_fell_silent_is_phasing_out() -> None:
    silent = [3.0, 2, 0, 4, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0]
    found = demand_classes(panel(silent, [3.0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]))
    assert found.silence.tolist() == [8, 7]
    assert [LIFE_CYCLES[one] for one in found.life_cycle] == ["phase_out", "active"]


def test_the_frame_of_classes_names_series_and_warns_of_spread() -> None:
    history = panel([0, 0, 12, 0], [1, 1, 1, 1], [0, 0, 0, 0])
    assert demand_classes(history).frame(history).select("demand_class", "interval", "is_overdispersed").rows() == [
        ("intermittent", 4.0, True),
        ("smooth", 1.0, False),
        ("none", None, False),
    ]


def test_croston_and_its_corrections_by_hand() -> None:
    """6 in period 2, 9 in period 5: size 6 + 0.2·3 = 6.6, interval 2 + 0.2·(3 − 2) = 2.2."""
    found = croston_rates(panel([0, 6, 0, 0, 9]), alpha=0.2, probability_alpha=0.1)
    assert found.croston[0] == pytest.approx(6.6 / 2.2)
    assert found.sba[0] == pytest.approx(6.6 / 2.2 * 0.9)
    probability = 0.4
    for came in (0, 1, 0, 0, 1):
        probability += 0.1 * (came - probability)
    assert found.tsb[0] == pytest.approx(probability * 6.6)


def test_no_demand_is_forecast_as_none() -> None:
    history = panel([0, 0, 0, 0])
    rates = croston_rates(history)
    assert (rates.croston.tolist(), rates.sba.tolist(), rates.tsb.tolist()) == ([0], [0], [0])
    assert bootstrap_sums(history, 3, seed=1).sums.max() == 0
    assert negative_binomial_sums(np.zeros(1), np.zeros(1), 2).sums.max() == 0


def test_quantiles_lie_between_neighbouring_points() -> None:
    points = np.array([1.0, 2.0, 4.0, 8.0])  # at 0.125, 0.375, 0.625, 0.875
    assert quantiles_of(points, 0.375) == 2
    assert quantiles_of(points, 0.5) == 3
    assert quantiles_of(points, 0.99) == 8


def test_classical_distributions_have_the_moments_they_are_given() -> None:
    normal = normal_sums(np.array([100.0]), np.array([5.0]), 4)
    assert normal.mean(4)[0] == pytest.approx(400)
    assert normal.quantile(0.95, 4)[0] == pytest.approx(400 + 1.645 * 10, abs=0.1)
    counted = negative_binomial_sums(np.array([2.0]), np.array([6.0]), 3)
    assert counted.mean(3)[0] == pytest.approx(6, rel=0.01)
    assert counted.over(3)[0].var() == pytest.approx(18, rel=0.06)


def test_resampling_gives_what_history_had() -> None:
    history = panel([0, 3, 0, 0, 3, 0, 3, 0, 0, 0] * 6)
    found = bootstrap_sums(history, 2, seed=4, draws=4000)
    assert set(np.unique(found.sums[0, 0])) == {0.0, 3.0}
    # It ends with a period without demand; 18 of 41 of those were followed by one with.
    assert found.mean(1)[0] == pytest.approx(3 * 18 / 41, abs=0.06)
    np.testing.assert_array_equal(bootstrap_sums(history, 2, seed=4, draws=4000).sums, found.sums)


def test_a_sum_that_was_not_forecast_is_refused() -> None:
    with pytest.raises(ForecastError, match="over 3 periods was asked for; 2 are forecast"):
        DemandDistribution(np.zeros((1, 2, 200))).over(3)
    with pytest.raises(ForecastError, match="A quantile at 1"):
        DemandDistribution(np.zeros((1, 2, 200))).quantile(1, 1)


def intermittent_panel(count: int = 80, steps: int = 40) -> Panel:
    generator = np.random.default_rng(5)
    chance = generator.uniform(0.05, 0.6, (count, 1))
    return Panel.from_arrays((generator.random((count, steps)) < chance) * generator.integers(1, 6, (count, steps)))


def test_distributions_grow_with_the_sum_and_the_mean_is_theirs() -> None:
    found = forecast_intermittent(intermittent_panel(), 4, 12, seed=1)
    sums = found.distribution.sums
    assert (np.diff(sums, axis=1) >= 0).all()
    assert (np.diff(sums, axis=2) >= -1e-12).all()
    assert (found.by_period >= 0).all()
    np.testing.assert_allclose(found.mean, sums.mean(axis=2))


def test_the_order_of_items_changes_nothing_and_scaling_all_scales_all() -> None:
    history = intermittent_panel()
    expected = forecast_intermittent(history, 3, 12, seed=1).distribution.sums
    order = np.random.default_rng(0).permutation(history.series_count)
    shuffled = forecast_intermittent(history.rows(order), 3, 12, seed=1).distribution.sums
    np.testing.assert_allclose(shuffled, expected[order])
    scaled = forecast_intermittent(Panel.from_arrays(history.values * 4.0), 3, 12, seed=1).distribution.sums
    np.testing.assert_allclose(scaled, 4 * expected, rtol=1e-6)


@pytest.mark.parametrize(
    "history",
    [
        panel([3.0]),
        panel([0.0, 0, 0], [1, 0, 2]),
        Panel.from_arrays(np.zeros((50, 30))),
        Panel.from_arrays(np.full((40, 9), 2.0)),
        Panel.from_arrays(np.where(np.eye(60, 30) > 0, -4.0, 1.0)),
    ],
)
def test_no_item_raises(history: Panel) -> None:
    found = forecast_intermittent(history, 3, 12, seed=1)
    assert np.isfinite(found.distribution.sums).all()
    assert (found.distribution.sums >= 0).all()


@cache
def car_parts() -> Floats:
    if not CAR_PARTS.exists():
        pytest.skip(f"the car parts are not at {CAR_PARTS.relative_to(REPOSITORY.parent)} beside the repository")
    lines = CAR_PARTS.read_text(encoding="utf-8").splitlines()[1:]
    found = np.array(
        [[float(cell) if cell not in {"", "NA"} else np.nan for cell in line.split(",")] for line in lines]
    )
    return found[:, ~np.isnan(found).any(axis=0)].T


def test_on_car_parts_the_pooled_model_beats_the_best_classical_method() -> None:
    """Pinball over three months at 0.5 to 0.99, scaled by the item's mean, from two cutoffs; bias, coverage of 95 %."""
    values, longest = car_parts(), 3
    losses: dict[str, list[float]] = {}
    expected = came = covered = 0.0
    for hidden in (6, 3):
        history = Panel.from_arrays(values).hiding(hidden)
        actual = values[:, 51 - hidden : 51 - hidden + longest].sum(axis=1)
        scale = history.values.mean(axis=1) * longest
        (smoothed,) = smooth(history.values, history.lengths, simple_grid())
        pooled = forecast_intermittent(history, longest, 12, seed=1).distribution
        rivals = {
            "pooled": pooled,
            "smoothed": normal_sums(smoothed.level, np.sqrt(smoothed.mean_squared_error), longest),
            "tsb": negative_binomial_sums(croston_rates(history).tsb, history_moments(history)[1], longest),
            "resampled": bootstrap_sums(history, longest, seed=1),
        }
        for name, rival in rivals.items():
            for probability in (0.5, 0.75, 0.9, 0.95, 0.99):
                short = actual - rival.quantile(probability, longest)
                loss = np.maximum(probability * short, (probability - 1) * short)
                losses.setdefault(name, []).append(float((loss[scale > 0] / scale[scale > 0]).mean()))
        expected, came = expected + pooled.mean(longest).sum(), came + actual.sum()
        covered += (actual <= pooled.quantile(0.95, longest)).mean() / 2
    pinball = {name: np.mean(loss) for name, loss in losses.items()}
    assert pinball["pooled"] <= 0.93 * min(loss for name, loss in pinball.items() if name != "pooled")
    assert expected / came == pytest.approx(1, abs=0.05)
    assert 0.92 <= covered <= 0.97


def test_the_points_stand_for_equal_shares() -> None:
    assert PROBABILITIES[0] == pytest.approx(0.0025)
    assert PROBABILITIES.mean() == pytest.approx(0.5)
