"""BG/NBD: how often customers buy, and whether they are still there, when nobody says goodbye.

Each customer buys as a Poisson process at a rate of its own (rates are gamma distributed: `r`, `alpha`) and leaves
after any purchase with a probability of its own (beta distributed: `a`, `b`). Source: Fader, Hardie and Lee (2005),
"Counting your customers" the easy way, Marketing Science 24(2), equations (6), (10); the chance to be alive: Fader,
Hardie and Lee (2008), Computing P(alive) using the BG/NBD model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln, hyp2f1

from forecasting.customer_value.estimation import Floats, standard_errors
from forecasting.customer_value.purchases import PurchaseHistory
from forecasting.errors import ForecastError

# Fewer customers, or fewer who came back, do not carry four parameters.
LEAST_CUSTOMERS = 50
LEAST_REPEATERS = 20
_STARTS = ((1.0, 10.0, 1.0, 1.0), (0.3, 5.0, 0.5, 2.0))
_BOUNDS = [(-7.0, 9.0)] * 4


@dataclass(frozen=True, slots=True)
class PurchaseRhythm:
    """The four parameters (`alpha` in weeks), their standard errors in the same order, and what they were fitted on.

    A standard error is NaN where the data do not say anything about the parameter.
    """

    r: float
    alpha: float
    a: float
    b: float
    errors: tuple[float, float, float, float]
    log_likelihood: float
    customers: int

    def alive(self, history: PurchaseHistory) -> Floats:
        """The chance (0–1) that each customer will still buy."""
        return 1.0 / (1.0 + self._odds_gone(history))

    def expected_purchases(self, history: PurchaseHistory, weeks: Floats | float) -> Floats:
        """Expected purchases in the next `weeks` (a number, or one for each customer), given each history."""
        ahead = np.broadcast_to(np.asarray(weeks, dtype=np.float64), history.age.shape)
        x, end = history.repeats, self.alpha + history.age
        power = np.exp((self.r + x) * np.log(end / (end + ahead)))
        series = hyp2f1(self.r + x, self.b + x, self.a + self.b + x - 1, ahead / (end + ahead))
        # At a = 1 the formula is 0/0; a step aside is closer than any estimate of a.
        a = self.a if abs(self.a - 1.0) > 1e-7 else 1.0 + 1e-7
        expected: Floats = (a + self.b + x - 1) / (a - 1) * (1 - power * series) * self.alive(history)
        return np.maximum(expected, 0.0)

    def _odds_gone(self, history: PurchaseHistory) -> Floats:
        """Gone : alive. Who never came back has had no purchase after which to leave."""
        x = history.repeats
        after_a_purchase = np.maximum(self.b + x - 1, np.finfo(float).tiny)
        waited = (self.r + x) * np.log((self.alpha + history.age) / (self.alpha + history.last))
        odds: Floats = np.where(x > 0, self.a / after_a_purchase * np.exp(np.minimum(waited, 700.0)), 0.0)
        return odds


def fit_rhythm(history: PurchaseHistory) -> PurchaseRhythm:
    """The parameters of highest likelihood; customers with equal histories are counted, not repeated.

    Raises ForecastError for too few customers, too few repeats, or when no maximum is found.
    """
    repeaters = int((history.repeats > 0).sum())
    if len(history) < LEAST_CUSTOMERS or repeaters < LEAST_REPEATERS:
        raise ForecastError(
            f"{len(history)} customers, {repeaters} of whom bought again, are too few for BG/NBD: it wants "
            f"{LEAST_CUSTOMERS} and {LEAST_REPEATERS}."
        )
    rows, counts = np.unique(np.stack([history.repeats, history.last, history.age], axis=1), axis=0, return_counts=True)
    x, last, age = rows.T
    weights = counts / counts.sum()

    def loss(logarithms: Floats) -> tuple[float, Floats]:
        each, slopes = log_likelihoods(np.exp(logarithms), x, last, age)
        return -float(weights @ each), -(slopes @ weights) * np.exp(logarithms)

    found = [minimize(loss, np.log(start), jac=True, method="L-BFGS-B", bounds=_BOUNDS) for start in _STARTS]
    best = min(found, key=lambda one: float(one.fun))
    if not np.isfinite(best.fun):
        raise ForecastError("BG/NBD finds no likeliest parameters for these customers.")
    parameters = np.exp(best.x)
    errors = standard_errors(lambda logarithms: loss(logarithms)[1], best.x, len(history))
    r, alpha, a, b = (float(one) for one in parameters)
    spread = tuple(float(one) for one in parameters * errors)
    return PurchaseRhythm(r, alpha, a, b, (spread[0], spread[1], spread[2], spread[3]),
                          -float(best.fun) * len(history), len(history))  # fmt: skip


def log_likelihoods(parameters: Floats, x: Floats, last: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Log likelihood of each history (length n), and its derivatives by r, alpha, a and b (4 × n).

    Equation (6) of the source, with the chance of leaving after the last purchase written as a beta function.
    """
    r, alpha, a, b = parameters
    again = x > 0
    buying = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    # The chance of having stayed after x purchases, and that of having left after the x-th.
    survived = b + np.where(again, x - 1, 0.0)
    stayed = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
    left = np.where(again, betaln(a + 1, survived) - betaln(a, b) - (r + x) * np.log(alpha + last), -np.inf)
    either = np.logaddexp(stayed, left)
    gone = np.exp(left - either)
    here = 1.0 - gone
    by_r = digamma(r + x) - digamma(r) + np.log(alpha) - here * np.log(alpha + age) - gone * np.log(alpha + last)
    by_alpha = r / alpha - (r + x) * (here / (alpha + age) + gone / (alpha + last))
    by_both = digamma(a + b) - digamma(a + b + x)
    by_a = by_both + gone * (digamma(a + 1) - digamma(a))
    by_b = by_both - digamma(b) + here * digamma(b + x) + gone * digamma(survived)
    return buying + either, np.stack([by_r, by_alpha, by_a, by_b])
