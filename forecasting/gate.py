"""How much the mean, the weights, the residual and the direct model count in the end: weighed, not chosen.

All of them forecast once more with the last horizon hidden. Every point of a simplex grid (35 points for four voices,
and one that is the best single candidate of the backtest) is one way to mix them; the points are averaged with the
softmax of how well each would have done, by the mean of sMAPE and scaled error, each over that of the reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from forecasting.panel import Floats

# Steps of the simplex: shares are multiples of one fourth.
STEPS = 4
SHARPNESS = 60.0
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Gate:
    """Shares (voices,) that add up to 1, and how each voice alone did: `measured` (voices,), 1 = as the reference.

    `mixed` is how their mix did. NaN where nothing was measured.
    """

    voices: tuple[str, ...]
    shares: Floats
    measured: Floats
    mixed: float

    def mix(self, forecasts: Floats) -> Floats:
        """(voices, n, horizon) to (n, horizon)."""
        mixed: Floats = np.einsum("v,vnh->nh", self.shares, forecasts)
        return mixed


def equal_gate(voices: tuple[str, ...]) -> Gate:
    """All voices count the same: what stands where there was nothing to measure them by."""
    return Gate(voices, np.full(len(voices), 1 / len(voices)), np.full(len(voices), np.nan), float("nan"))


def simplex(voices: int, steps: int = STEPS) -> Floats:
    """All shares (points, voices) that are multiples of 1/`steps` and add up to 1: 35 points for 4 voices."""
    points = [point for point in product(range(steps + 1), repeat=voices) if sum(point) == steps]
    return np.array(points, dtype=np.float64) / steps


def open_gate(
    voices: tuple[str, ...], forecasts: Floats, actuals: Floats, scale: Floats, reference: Floats, *, alone: str = ""
) -> Gate:
    """Weigh the voices by forecasts (voices, n, horizon) of what came, `actuals` (n, horizon), NaN where not known.

    `scale` (n,) divides errors; `reference` (n, horizon) is the forecast that 1 stands for. The voice `alone` is not
    mixed in the grid, it is one point of its own.
    """
    in_grid = np.array([voice != alone for voice in voices])
    points = np.zeros((0, len(voices)))
    if in_grid.any():
        points = np.zeros((simplex(int(in_grid.sum())).shape[0], len(voices)))
        points[:, in_grid] = simplex(int(in_grid.sum()))
    points = np.vstack((points, np.eye(len(voices))[~in_grid]))
    if not np.isfinite(actuals).any():
        return equal_gate(voices)
    scores = np.array(
        [relative_error(np.einsum("v,vnh->nh", point, forecasts), actuals, scale, reference) for point in points]
    )
    raised = np.exp(-SHARPNESS * (scores - scores.min()))
    shares = raised @ points / raised.sum()
    measured = np.array([relative_error(forecast, actuals, scale, reference) for forecast in forecasts])
    mixed = relative_error(np.einsum("v,vnh->nh", shares, forecasts), actuals, scale, reference)
    return Gate(voices, shares, measured, mixed)


def relative_error(forecast: Floats, actuals: Floats, scale: Floats, reference: Floats) -> float:
    """Mean of sMAPE and scaled absolute error of a forecast (n, horizon), each over that of the reference."""
    percent, scaled = _errors(forecast, actuals, scale)
    reference_percent, reference_scaled = _errors(reference, actuals, scale)
    return (percent / max(reference_percent, _TINY) + scaled / max(reference_scaled, _TINY)) / 2


def _errors(forecast: Floats, actuals: Floats, scale: Floats) -> tuple[float, float]:
    error = np.abs(forecast - actuals)
    size = np.abs(forecast) + np.abs(actuals)
    percent = np.where(size > 0, error / np.where(size > 0, size, 1.0), 0.0)
    known = np.isfinite(actuals)
    return float(percent[known].mean()), float((error / scale[:, None])[known].mean())
