"""Intervals around regular forecasts: they cover what comes, grow with the series' own errors, and never break."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from forecasting.gate import relative_error
from forecasting.intervals import Intervals, intervals
from forecasting.panel import Panel
from forecasting.recipe import forecast

HORIZON = 4


def noisy(count: int, steps: int, seed: int) -> np.ndarray:
    """Levels with noise of a size of their own: 1 % to 20 % of the level, slowly drifting."""
    generator = np.random.default_rng(seed)
    level = generator.uniform(50, 500, (count, 1))
    noise = np.repeat(np.array([0.01, 0.2]), count // 2)[:, None] * level
    drift = np.cumsum(generator.normal(0, 0.2, (count, steps)), axis=1) * noise
    return np.maximum(level + drift + generator.normal(0, 1, (count, steps)) * noise, 0)


@cache
def found() -> tuple[np.ndarray, Intervals]:
    values = noisy(120, 44, seed=3)
    history = Panel.from_arrays(values[:, :-HORIZON])
    return values[:, -HORIZON:], intervals(history, forecast(history, HORIZON, 1), 1)


def test_intervals_cover_what_comes_as_often_as_they_say() -> None:
    actual, given = found()
    covered = (actual <= given.quantile(0.975)) & (actual >= given.quantile(0.025))
    assert covered.mean() == pytest.approx(0.95, abs=0.035)
    assert (actual.sum(axis=1) <= given.sums.quantile(0.9, HORIZON)).mean() == pytest.approx(0.9, abs=0.06)


def test_a_restless_series_has_a_wider_interval_than_a_calm_one() -> None:
    _, given = found()
    width = (given.quantile(0.95) - given.quantile(0.05)).mean(axis=1)
    assert np.median(width[60:]) > 10 * np.median(width[:60])
    assert (np.diff(given.by_period, axis=2) >= 0).all()
    assert (given.by_period >= 0).all()


def test_a_sum_is_less_uncertain_than_the_sum_of_its_periods() -> None:
    _, given = found()
    added = (given.quantile(0.95) - given.quantile(0.5)).sum(axis=1)
    together = given.sums.quantile(0.95, HORIZON) - given.sums.quantile(0.5, HORIZON)
    assert np.median(together / added) < 0.95


@pytest.mark.parametrize("rows", [[[5.0]], [[0.0] * 20], [[1.0, 2, 3, 4, 5, 6, 7, 8]], [[-3.0, 4, -5, 6, 9, 1, 2, 2]]])
def test_a_lonely_series_has_an_interval_too(rows: list[list[float]]) -> None:
    history = Panel.from_arrays(np.array(rows))
    given = intervals(history, forecast(history, 3, 1), 1)
    assert np.isfinite(given.by_period).all()
    assert np.isfinite(given.sums.sums).all()
    assert given.frame(history, (0.1, 0.9)).height == 6


def test_scaling_a_series_scales_its_interval() -> None:
    values = noisy(4, 30, seed=8)
    expected, scaled = (
        intervals(Panel.from_arrays(one), forecast(Panel.from_arrays(one), 3, 1), 1).by_period
        for one in (values, values * 8.0)
    )
    np.testing.assert_allclose(scaled, expected * 8.0, rtol=1e-9)


def test_the_errors_of_the_mix_are_those_that_the_gate_measured() -> None:
    history = Panel.from_arrays(noisy(120, 44, seed=3)[:, :-HORIZON])
    given = forecast(history, HORIZON, 1)
    before = given.origins[0]
    assert given.rehearsed.shape == before.actuals.shape
    measured = relative_error(given.rehearsed, before.actuals, before.scale, before.forecasts.of("naive2"))
    assert measured == pytest.approx(given.gate.mixed, rel=1e-3)


def test_without_a_gate_nothing_is_rehearsed_and_there_are_intervals_all_the_same() -> None:
    history = Panel.from_arrays(noisy(120, 40, seed=3))
    ungated = forecast(history, HORIZON, 1, gated=False)
    assert ungated.rehearsed.shape == (0, HORIZON)
    assert np.isfinite(intervals(history, ungated, 1).by_period).all()
