"""The whole recipe: local candidates, global models on their backtests, and the gate that weighs both.

Cutoffs lie one horizon apart: the forecast itself, the gate one horizon before, and up to five more to learn from. The
local batch runs once at each; both the gate and the final models read those older than themselves. Few series or short
ones get the plain mean of the candidates: global models have nothing to learn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from forecasting.candidate_weights import fit_weights
from forecasting.direct_model import fit_direct
from forecasting.gate import Gate, equal_gate, open_gate
from forecasting.local_batch import CandidateForecasts, local_forecasts
from forecasting.panel import Floats, Panel
from forecasting.residual_model import corrected, fit_residuals
from forecasting.rolling_origins import Origin, rolling_origins
from forecasting.training_rows import CutoffRows, cutoff_rows, past_errors

LEARNING_CUTOFFS = 5
# Below these the plain mean is the forecast.
FEWEST_SERIES = 50
FEWEST_ROWS = 500
SEED = 7
BASE = "mean6"
ALONE = "best_of_backtest"
GLOBAL_VOICES = ("weights", "residual", "direct")


@dataclass(frozen=True, slots=True)
class Forecast:
    """The recipe's answer.

    `values` (series, horizon); `candidates` the local forecasts that it was mixed from; `voices` (voices, series,
    horizon) in the order of `gate.voices`; `candidate_weights` (candidates, series, horizon) of the voice "weights",
    empty where it was not learnt; `origins` the cutoffs with their forecasts, latest first, for measuring; `rehearsed`
    (rows of the first origin, horizon) what the mix would have said there, empty where the gate was not opened.
    """

    values: Floats
    candidates: CandidateForecasts
    voices: Floats
    gate: Gate
    candidate_weights: Floats
    origins: tuple[Origin, ...]
    rehearsed: Floats


@dataclass(frozen=True, slots=True)
class _Stage:
    """Forecasts of all voices at one cutoff."""

    voices: tuple[str, ...]
    forecasts: Floats
    candidate_weights: Floats
    rows: CutoffRows


def forecast(
    panel: Panel, horizon: int, period: int, *, scale_period: int | None = None, seed: int = SEED, gated: bool = True
) -> Forecast:
    """Forecast every series `horizon` periods ahead.

    `period` is the length of a season (1: none); errors are measured against the mean change over `scale_period`
    (default: `period`). Without `gated` the voices count the same, at less than half the cost. The order of the series
    changes nothing: they are drawn for learning in the order of their names.
    """
    order = panel.names.arg_sort().to_numpy().astype(np.int64)
    found = _forecast_in_order(panel.rows(order), horizon, period, scale_period or period, seed, gated)
    back = np.argsort(order)
    return Forecast(
        found.values[back],
        CandidateForecasts(found.candidates.candidates, found.candidates.values[:, back]),
        found.voices[:, back],
        found.gate,
        found.candidate_weights[:, back],
        tuple(replace(origin, rows=order[origin.rows]) for origin in found.origins),
        found.rehearsed,
    )


def _forecast_in_order(panel: Panel, horizon: int, period: int, scale_period: int, seed: int, gated: bool) -> Forecast:
    candidates = local_forecasts(panel, horizon, period)
    cutoffs = range(horizon, (LEARNING_CUTOFFS + 1 + gated) * horizon, horizon)
    shortest = max(2 * period if period <= horizon else period + 2, 6)
    past = rolling_origins(panel, cutoffs, horizon, period, scale_period=scale_period, shortest=shortest)
    now = Origin(
        0, np.arange(panel.series_count), panel, candidates, np.full((panel.series_count, horizon), np.nan),
        np.zeros(panel.series_count), np.zeros(panel.series_count),
    )  # fmt: skip
    final = _stage(panel, now, past, period, scale_period, seed)
    gate, rehearsed = equal_gate(final.voices), np.zeros((0, horizon))
    if len(final.voices) > 1 and gated:
        before, *older = past
        trial = _stage(panel, before, older, period, scale_period, seed)
        if trial.voices == final.voices:
            gate = open_gate(
                trial.voices, trial.forecasts, before.actuals, trial.rows.scale,
                before.forecasts.of("naive2"), alone=ALONE,
            )  # fmt: skip
            rehearsed = _bounded(gate.mix(trial.forecasts), before.history)
    values = _bounded(gate.mix(final.forecasts), panel)
    return Forecast(values, candidates, final.forecasts, gate, final.candidate_weights, past, rehearsed)


def _stage(panel: Panel, origin: Origin, older: Sequence[Origin], period: int, scale_period: int, seed: int) -> _Stage:
    """All voices at one cutoff, learnt from what was known at it."""
    rows = cutoff_rows(origin, older, period, scale_period, origin.hidden)
    nothing = np.zeros((0, *rows.base.shape))  # no weights of candidates
    training = [
        cutoff_rows(one, older[number + 1 :], period, scale_period, origin.hidden) for number, one in enumerate(older)
    ]
    if origin.rows.size < FEWEST_SERIES or sum(one.base.size for one in training) < FEWEST_ROWS:
        return _Stage((BASE,), rows.base[None], nothing, rows)
    weights = fit_weights(training, seed)
    shares = weights.weights(rows)
    hidden = panel.rows(origin.rows).hiding(origin.hidden)
    direct = fit_direct(hidden, origin.horizon, period, scale_period, seed)
    found = (
        rows.base,
        rows.base + (shares * rows.spread).sum(axis=0) * rows.scale[:, None],
        corrected(fit_residuals(training, seed), rows),
        direct.forecast(hidden, origin.horizon),
        best_of_backtest(origin, older, scale_period),
    )
    return _Stage((BASE, *GLOBAL_VOICES, ALONE), np.stack(found), shares, rows)


def best_of_backtest(origin: Origin, older: Sequence[Origin], scale_period: int) -> Floats:
    """Of each series the candidate with the smallest error so far, (n, horizon): what selecting would answer."""
    errors = past_errors(origin, older, scale_period)
    unknown = np.isnan(errors).all(axis=1)
    best = np.argmin(np.where(np.isnan(errors), np.inf, errors), axis=1)
    best = np.where(unknown, origin.forecasts.candidates.index(BASE), best)
    found: Floats = origin.forecasts.values[best, np.arange(best.size)]
    return found


def _bounded(values: Floats, panel: Panel) -> Floats:
    """Not below zero where the history never was."""
    never_negative = np.nanmin(panel.values, axis=1) >= 0
    return np.where(never_negative[:, None], np.maximum(values, 0.0), values)
