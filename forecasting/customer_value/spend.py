"""Gamma-Gamma: what an order of a customer is worth, drawn towards all customers where few orders say it.

Order values of a customer are gamma distributed around a mean of its own; the means differ between customers, and do
not depend on how often they buy (`dependence` says how far that holds). Source: Fader and Hardie (2013), The
Gamma-Gamma model of monetary value, equations (1a), (5). It needs positive values: revenue, never margin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from forecasting.customer_value.estimation import Floats, standard_errors
from forecasting.customer_value.purchases import PurchaseHistory
from forecasting.errors import ForecastError

LEAST_CUSTOMERS = 50
_START = (2.0, 3.0, 2.0)
_BOUNDS = [(-7.0, 9.0), (-7.0, 9.0), (-14.0, 14.0)]


@dataclass(frozen=True, slots=True)
class Spend:
    """`p` and `q` (shapes) and `v` (company currency), their standard errors, and what they were fitted on.

    `dependence`: correlation of purchases and mean value, which the model assumes to be 0; NaN where all are alike.
    """

    p: float
    q: float
    v: float
    errors: tuple[float, float, float]
    dependence: float
    customers: int

    @property
    def mean_value(self) -> float:
        """The mean over all customers, in company currency; infinite where q is not above 1."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("inf")

    def expected_value(self, history: PurchaseHistory) -> Floats:
        """Expected revenue of one purchase of each customer; NaN for who has no purchase of positive value, if the
        mean over all is infinite."""
        count = history.valued
        total = np.where(count > 0, count * np.nan_to_num(history.mean_value), 0.0)
        below = self.p * count + self.q - 1
        expected: Floats = np.where(below > 0, self.p * (self.v + total) / np.where(below > 0, below, 1.0), np.nan)
        return expected


def fit_spend(history: PurchaseHistory) -> Spend:
    """The parameters of highest likelihood over customers with a purchase of positive value.

    Raises ForecastError for too few of them.
    """
    known = (history.valued > 0) & np.isfinite(history.mean_value)
    count, mean = history.valued[known], history.mean_value[known]
    if len(count) < LEAST_CUSTOMERS:
        raise ForecastError(
            f"{len(count)} customers with an order of positive value are too few for Gamma-Gamma: it wants "
            f"{LEAST_CUSTOMERS}."
        )
    # In units of the typical order the parameters are near 1 whatever the currency.
    unit = float(np.exp(np.log(mean).mean()))

    def loss(logarithms: Floats) -> tuple[float, Floats]:
        each, slopes = log_likelihoods(np.exp(logarithms), count, mean / unit)
        return -float(each.mean()), -slopes.mean(axis=1) * np.exp(logarithms)

    best = minimize(loss, np.log(_START), jac=True, method="L-BFGS-B", bounds=_BOUNDS)
    if not np.isfinite(best.fun):
        raise ForecastError("Gamma-Gamma finds no likeliest parameters for these customers.")
    p, q, v = (float(one) for one in np.exp(best.x))
    errors = np.exp(best.x) * standard_errors(lambda logarithms: loss(logarithms)[1], best.x, len(count))
    return Spend(p, q, v * unit, (float(errors[0]), float(errors[1]), float(errors[2]) * unit),
                 _dependence(count, mean), len(count))  # fmt: skip


def log_likelihoods(parameters: Floats, count: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Log density of each customer's mean value (length n), and its derivatives by p, q and v (3 × n)."""
    p, q, v = parameters
    shape, total = p * count, count * mean
    each = (
        gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v)
        + (shape - 1) * np.log(mean) + shape * np.log(count) - (shape + q) * np.log(v + total)
    )  # fmt: skip
    by_p = count * (digamma(shape + q) - digamma(shape) + np.log(total) - np.log(v + total))
    by_q = digamma(shape + q) - digamma(q) + np.log(v) - np.log(v + total)
    by_v = q / v - (shape + q) / (v + total)
    return each, np.stack([by_p, by_q, by_v])


def _dependence(count: Floats, mean: Floats) -> float:
    if np.ptp(count) == 0 or np.ptp(mean) == 0:
        return float("nan")
    return float(np.corrcoef(count, mean)[0, 1])
