"""The classical methods: by hand on small series, and against the published errors of the M4 competition."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from forecasting.errors import ForecastError
from forecasting.local_batch import CANDIDATES, CandidateForecasts, local_forecasts
from forecasting.panel import Floats, Panel
from forecasting.seasonality import autocorrelations, seasonal_indices, seasons
from forecasting.smoothing import Smoothing, smooth
from forecasting.theta import theta

REPOSITORY = Path(__file__).resolve().parents[2]
M4 = REPOSITORY.parent / "shared" / "data" / "m4"


def one(*values: float) -> Floats:
    return np.array([values], dtype=np.float64)


def only(alpha: float, beta: float, phi: float, has_trend: float) -> Smoothing:
    return Smoothing(*(np.array([value]) for value in (alpha, beta, phi, has_trend)))


def test_simple_smoothing_by_hand() -> None:
    """Level 10; 20 lifts it by half to 15; 12 lowers it to 13.5. Errors 0, 10, −3."""
    (found,) = smooth(one(10, 20, 12), np.array([3]), only(0.5, 0, 1, 0))
    np.testing.assert_allclose(found.forecast(2), [[13.5, 13.5]])
    np.testing.assert_allclose(found.mean_squared_error, [109 / 3])


def test_the_damped_trend_by_hand() -> None:
    """The line through 1, 2, 4 begins at −2/3 with slope 1.5; φ 0.5, α 0.5, β 0.4."""
    level, trend = -2 / 3, 1.5
    for value in (1, 2, 4):
        before = level + 0.5 * trend
        error = value - before
        level, trend = before + 0.5 * error, 0.5 * trend + 0.2 * error
    (found,) = smooth(one(1, 2, 4), np.array([3]), only(0.5, 0.4, 0.5, 1))
    np.testing.assert_allclose(found.forecast(2), [[level + 0.5 * trend, level + 0.75 * trend]])


def test_theta_adds_half_the_slope_of_the_line() -> None:
    """On 2, 4, 6, 8 smoothing with α = 1 stands at 8 on the line θ = 2, the line itself goes to 10 and 12."""
    np.testing.assert_allclose(theta(one(2, 4, 6, 8), np.array([4]), 2), [[9, 10]])


def test_seasonal_indices_by_hand() -> None:
    """Two phases, 15 and 5, around a mean of 10: ratios 1.5 and 0.5, differences 5 and −5."""
    values, lengths = one(15, 5, 15, 5, 15, 5), np.array([6])
    np.testing.assert_allclose(seasonal_indices(values, lengths, 2, np.array([True])), [[1.5, 0.5]])
    np.testing.assert_allclose(seasonal_indices(values, lengths, 2, np.array([False])), [[5, -5]])


def test_autocorrelation_by_hand() -> None:
    """1, 2, 3: centred −1, 0, 1; at one step 0 of 2, at two steps −1 of 2."""
    np.testing.assert_allclose(autocorrelations(one(1, 2, 3), np.array([3]), 2), [[0, -0.5]])


def test_a_strict_season_is_found_and_repeated() -> None:
    pattern = [8, 10, 12, 10, 6, 14]
    found = local_forecasts(Panel.from_arrays(one(*pattern * 6)), 6, 6)
    assert seasons(one(*pattern * 6), np.array([36]), 6).is_seasonal.tolist() == [True]
    for candidate in CANDIDATES:
        expected = [14] * 6 if candidate == "naive" else pattern
        np.testing.assert_allclose(found.of(candidate), [expected], rtol=1e-6, err_msg=candidate)


def test_a_season_with_zeros_is_additive() -> None:
    pattern = [0, 10, 20, 10]
    season = seasons(one(*pattern * 8), np.array([32]), 4)
    assert (season.is_seasonal.tolist(), season.is_multiplicative.tolist()) == ([True], [False])
    np.testing.assert_allclose(season.indices, [[-10, 0, 10, 0]])
    np.testing.assert_allclose(
        local_forecasts(Panel.from_arrays(one(*pattern * 8)), 4, 4).of("mean6"), [pattern], atol=1e-6
    )


def test_a_horizon_below_one_is_refused() -> None:
    with pytest.raises(ForecastError, match="Horizon 0 and period 12"):
        local_forecasts(Panel.from_arrays(one(1, 2)), 0, 12)


@cache
def competition(kind: str, horizon: int, period: int) -> tuple[Panel, Floats, CandidateForecasts]:
    if not M4.exists():
        pytest.skip(f"the M4 series are not at {M4.relative_to(REPOSITORY.parent)} beside the repository")
    history, actual = _rows(M4 / f"{kind}-train.csv.gz"), _rows(M4 / f"{kind}-test.csv.gz")
    values = np.full((len(history), max(map(len, history))), np.nan)
    for row, series in enumerate(history):
        values[row, values.shape[1] - len(series) :] = series
    panel = Panel.from_arrays(values)
    return panel, np.array(actual), local_forecasts(panel, horizon, period)


def _rows(file: Path) -> list[list[float]]:
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()[1:]
    return [[float(cell.strip('"')) for cell in line.split(",")[1:] if cell.strip('"')] for line in lines]


# Published sMAPE and MASE. Naive methods leave no choice; for the others the competition used another optimiser.
@pytest.mark.parametrize(
    ("kind", "candidate", "smape", "mase", "tolerance"),
    [
        ("Weekly", "naive", 9.161, 2.777, 0.0005),
        ("Weekly", "naive2", 9.161, 2.777, 0.0005),
        ("Weekly", "ses", 9.012, 2.685, 0.02),
        ("Weekly", "damped", 8.866, 2.404, 0.02),
        ("Hourly", "seasonal_naive", 13.912, 1.193, 0.0005),
        ("Hourly", "naive2", 18.383, 2.395, 0.0005),
        ("Hourly", "ses", 18.094, 2.385, 0.01),
    ],
)
def test_errors_on_the_m4_series_are_the_published_ones(
    kind: str, candidate: str, smape: float, mase: float, tolerance: float
) -> None:
    horizon, period = {"Weekly": (13, 1), "Hourly": (48, 24)}[kind]
    panel, actual, found = competition(kind, horizon, period)
    forecast = found.of(candidate)
    scale = np.nanmean(np.abs(panel.values[:, period:] - panel.values[:, :-period]), axis=1)
    error = np.abs(forecast - actual)
    assert 200 * np.mean(error / (np.abs(forecast) + np.abs(actual))) == pytest.approx(smape, abs=tolerance)
    assert np.mean(error.mean(axis=1) / scale) == pytest.approx(mase, abs=tolerance)
