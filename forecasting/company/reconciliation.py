"""Forecasts of parts and sums made to agree: the smallest change, weighed by how far off each is expected to be.

With base forecasts y, W the (co)variance of their errors and C y = 0 what must hold (a sum less its series), the answer
is y − W Cᵀ (C W Cᵀ)⁻¹ C y, the same as S (SᵀW⁻¹S)⁻¹SᵀW⁻¹ y (Wickramasuriya, Athanasopoulos, Hyndman 2019; Hyndman,
Athanasopoulos, "Forecasting: Principles and Practice", 11.3). W is structural (the number of series in a node),
structural in units of demand (the node's mean forecast: small series give way less, in units, than large ones), the
variance of its errors, or their covariance, shrunk (Schäfer, Strimmer 2005).
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.linalg import splu

from forecasting.company.settings import Reconciliation
from forecasting.panel import Floats

# A covariance of more nodes than this is too large to hold and to estimate.
MOST_COVARIANCES = 2000
# Rounds of holding at zero what came out negative.
ROUNDS = 8
_LEAST_VARIANCE = 1e-6
_TINY = 1e-12


def reconciled(
    base: Floats, summing: sparse.csr_array, method: Reconciliation = "demand", errors: Floats | None = None
) -> Floats:
    """Coherent forecasts (nodes, horizon) of base ones, never negative where the base is not.

    `summing` is (nodes, series), the series first; `errors` (nodes, times) of one step ahead, for the methods that
    weigh by them. Forecasts that agree already stay as they are. A series that would become negative, or whose base is
    0, is held at zero and the rest reconciled anew.
    """
    series = summing.shape[1]
    sums = summing[series:]
    if method == "bottom_up" or sums.shape[0] == 0:
        return _added_up(np.maximum(base[:series], 0.0), sums)
    if method == "minimum_trace" and summing.shape[0] <= MOST_COVARIANCES and errors is not None:
        return _non_negative(base, sums, shrunk_covariance(errors))
    variance = np.asarray(summing.sum(axis=1), dtype=np.float64)
    if method == "demand":
        variance = _above_nothing(np.maximum(base, 0.0).mean(axis=1))
    elif method != "structural" and errors is not None:
        variance = _above_nothing((errors**2).mean(axis=1))
    return _non_negative(base, sums, variance)


def shrunk_covariance(errors: Floats) -> Floats:
    """Covariance (nodes, nodes) of errors (nodes, times) around 0, correlations drawn towards none."""
    times = errors.shape[1]
    deviation = np.sqrt((errors**2).mean(axis=1))
    scale = np.where(deviation > 0, deviation, 1.0)
    standard = errors / scale[:, None]
    correlation = standard @ standard.T / times
    noise = (standard**2 @ (standard**2).T / times - correlation**2) / max(times - 1, 1)
    off = ~np.eye(errors.shape[0], dtype=np.bool_)
    size = float((correlation[off] ** 2).sum())
    share = float(np.clip(noise[off].sum() / size, 0.0, 1.0)) if size > 0 else 1.0
    shrunk = (1 - share) * correlation
    np.fill_diagonal(shrunk, 1.0)
    floor = 1e-3 * float(deviation.mean()) if deviation.any() else 1.0
    wide = np.maximum(deviation, floor)
    found: Floats = shrunk * wide * wide[:, None]
    return found


def _above_nothing(variance: Floats) -> Floats:
    """A node without any variance would take no part at all."""
    return np.maximum(variance, _LEAST_VARIANCE * float(variance.mean()) if variance.any() else 1.0)


def _non_negative(base: Floats, sums: sparse.csr_array, weight: Floats) -> Floats:
    """Reconcile; hold negative series at zero (no variance, no forecast) and repeat; the last negatives are cut."""
    series = sums.shape[1]
    base = base.copy()
    found = _projected(base, sums, weight)[:series]
    held = np.zeros(found.shape, dtype=np.bool_)
    limit = _TINY * np.abs(base).max(initial=0.0)
    for _ in range(ROUNDS):
        # What is forecast as nothing, before its launch, say, takes no share of what others miss.
        negative = ((found < -limit) | (base[:series] == 0)) & ~held
        if not negative.any():
            break
        held |= negative
        for step in np.flatnonzero(negative.any(axis=0)):
            column = base[:, step : step + 1].copy()
            column[:series][held[:, step]] = 0.0
            free = np.r_[np.where(held[:, step], 0.0, 1.0), np.ones(sums.shape[0])]
            own = weight * free if weight.ndim == 1 else weight * free * free[:, None]
            found[:, step] = _projected(column, sums, own)[:series, 0]
    # What is left of a zero by rounding is a zero.
    return _added_up(np.where(found > limit, found, 0.0), sums)


def _projected(base: Floats, sums: sparse.csr_array, weight: Floats) -> Floats:
    """The formula above; `weight` (nodes,) variances or (nodes, nodes) covariance."""
    series = sums.shape[1]
    constraint = sparse.csr_array(sparse.hstack((-sums, sparse.eye_array(sums.shape[0]))))
    missed = constraint @ base
    if weight.ndim == 2:
        spread = constraint @ weight
        inner = constraint @ spread.T
        step = linalg.solve(inner + _TINY * np.trace(inner) * np.eye(inner.shape[0]), missed, assume_a="pos")
        moved: Floats = base - spread.T @ step
        return moved
    own, of_sums = weight[:series], weight[series:]
    matrix = sparse.csc_array(sums @ sparse.diags_array(own) @ sums.T + sparse.diags_array(of_sums))
    solved = splu(matrix, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve(missed)
    found: Floats = base - weight[:, None] * (constraint.T @ solved)
    return found


def _added_up(series: Floats, sums: sparse.csr_array) -> Floats:
    return np.vstack((series, sums @ series))
