"""Laws of the local forecasts: scale, shift, order, no raise, no leak."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.local_batch import CANDIDATES, local_forecasts
from forecasting.panel import Floats, Panel

PERIOD, HORIZON = 4, 6
value = st.one_of(st.just(0.0), st.integers(-5, 60).map(float), st.floats(0.01, 1e6))
series = st.lists(value, min_size=1, max_size=30)
histories = st.lists(series, min_size=1, max_size=6)


def panel(rows: list[list[float]]) -> Panel:
    values = np.full((len(rows), max(map(len, rows))), np.nan)
    for number, row in enumerate(rows):
        values[number, values.shape[1] - len(row) :] = row
    return Panel.from_arrays(values)


def random_panel(seed: int, count: int = 40, *, lowest: float = 10.0) -> Panel:
    generator = np.random.default_rng(seed)
    lengths = generator.integers(1, 50, count)
    season = 1 + 0.3 * np.sin(np.arange(50) * 2 * np.pi / PERIOD)
    rows = lowest + np.abs(generator.normal(50, 20, (count, 50))) * season
    return Panel.from_arrays(np.where(np.arange(50) >= 50 - lengths[:, None], rows, np.nan))


@settings(max_examples=60, deadline=None)
@given(histories)
def test_no_series_raises_and_every_forecast_is_a_number(rows: list[list[float]]) -> None:
    found = local_forecasts(panel(rows), HORIZON, PERIOD)
    assert found.values.shape == (len(CANDIDATES), len(rows), HORIZON)
    assert np.isfinite(found.values).all()
    never_negative = [min(row) >= 0 for row in rows]
    assert (found.values[:, never_negative] >= 0).all()


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1e6), st.integers(1, 30), st.sampled_from([1, 4, 12]))
def test_a_constant_stays_constant(level: float, length: int, period: int) -> None:
    found = local_forecasts(panel([[level] * length]), HORIZON, period)
    np.testing.assert_allclose(found.values, level, rtol=1e-9)


def test_one_value_is_repeated() -> None:
    np.testing.assert_allclose(local_forecasts(panel([[7.0]]), HORIZON, PERIOD).values, 7.0)


def test_scaling_a_series_scales_its_forecasts() -> None:
    history = random_panel(1)
    expected = local_forecasts(history, HORIZON, PERIOD).values
    for factor in (0.001, 3.0, 1e9):
        scaled = Panel.from_arrays(history.values * factor)
        np.testing.assert_allclose(local_forecasts(scaled, HORIZON, PERIOD).values, expected * factor, rtol=1e-6)


def test_methods_without_a_season_move_with_a_shift() -> None:
    """Levels and lines are linear in the data; the grid may change its mind only through rounding."""
    history = random_panel(2)
    long_enough = history.lengths > 3
    expected, moved = (
        local_forecasts(Panel.from_arrays(history.values + shift), HORIZON, 1) for shift in (0.0, 1000.0)
    )
    for candidate in ("naive", "ses", "holt", "damped", "theta", "optimised_theta"):
        np.testing.assert_allclose(
            moved.of(candidate)[long_enough] - 1000.0, expected.of(candidate)[long_enough], atol=1e-4, err_msg=candidate
        )


def test_the_order_and_the_company_of_series_change_nothing() -> None:
    history = random_panel(3, count=150)
    expected = local_forecasts(history, HORIZON, PERIOD).values
    shuffled = np.random.default_rng(0).permutation(150)
    found = local_forecasts(history.rows(shuffled), HORIZON, PERIOD).values
    np.testing.assert_allclose(found, expected[:, shuffled], rtol=1e-9)
    alone = local_forecasts(history.rows(np.array([17])), HORIZON, PERIOD).values
    np.testing.assert_allclose(alone, expected[:, [17]], rtol=1e-9)


def test_the_future_does_not_reach_an_earlier_forecast() -> None:
    history = random_panel(4)
    changed: Floats = history.values.copy()
    changed[:, -3:] *= 17.0
    expected = local_forecasts(history.hiding(3), HORIZON, PERIOD).values
    found = local_forecasts(Panel.from_arrays(changed).hiding(3), HORIZON, PERIOD).values
    np.testing.assert_array_equal(found, expected)


def test_a_straight_line_goes_on() -> None:
    found = local_forecasts(panel([[float(10 + 2 * step) for step in range(40)]]), 3, 1)
    np.testing.assert_allclose(found.of("holt"), [[90, 92, 94]], rtol=1e-9)
    np.testing.assert_allclose(found.of("optimised_theta"), [[90, 92, 94]], rtol=0.03)
