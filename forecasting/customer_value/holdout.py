"""How well expected order days came true: fitted on what was known half a year ago, judged on the half-year since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.customer_value.estimation import Floats
from forecasting.customer_value.purchases import purchase_history
from forecasting.customer_value.rhythm import fit_rhythm
from forecasting.errors import ForecastError

WEEKS = 26
# A model that is not better by this share of the error is not better.
WORTH = 0.01
BG_NBD, BASE_RATE, OWN_PACE = "bg_nbd", "base_rate", "own_pace"


@dataclass(frozen=True, slots=True)
class ValueHoldout:
    """Order days of `customers` after the cutoff: those that `came` and were `expected`; mean squared errors of BG/NBD,
    of the base rate, and of as many as in the half-year before; `rank`: correlation of the ranks of expected and came,
    NaN where one of them is the same for all. The base rate is known at the cutoff: order days in the half-year before
    it of those who had ordered before that."""

    customers: int
    came: float
    expected: float
    model_error: float
    mean_error: float
    before_error: float
    rank: float

    @property
    def plain_error(self) -> float:
        """That of the better plain rule."""
        return min(self.mean_error, self.before_error)

    @property
    def is_better(self) -> bool:
        """Whether BG/NBD is better than both plain rules, and puts customers into the order in which they came."""
        return self.model_error <= (1 - WORTH) * self.plain_error and not self.rank <= 0

    @property
    def used(self) -> str:
        """What is used: bg_nbd, else the better plain rule, base_rate or own_pace."""
        if self.is_better:
            return BG_NBD
        return BASE_RATE if self.mean_error <= self.before_error else OWN_PACE


def value_holdout(orders: pl.DataFrame, until: date, weeks: int = WEEKS) -> ValueHoldout | None:
    """`orders`: customer_id, ordered_on, value; later ones than `until` are not looked at. None where too few customers
    had ordered by the cutoff."""
    cutoff = until - timedelta(weeks=weeks)
    try:
        history = purchase_history(orders, cutoff)
        rhythm = fit_rhythm(history)
    except ForecastError:
        return None
    after = _order_days(orders, history.customer, cutoff, until)
    before = own_pace(orders, history.customer, cutoff, weeks)
    base = base_rate(orders, cutoff, weeks)
    expected = rhythm.expected_purchases(history, float(weeks))

    def error(guess: Floats) -> float:
        return float(((guess - after) ** 2).mean())

    return ValueHoldout(
        len(history), float(after.sum()), float(expected.sum()), error(expected),
        error(np.full(len(history), base)), error(before), _rank_correlation(expected, after),
    )  # fmt: skip


def base_rate(orders: pl.DataFrame, until: date, weeks: int = WEEKS) -> float:
    """Mean order days in the `weeks` up to a day of those who had ordered before these weeks; 0 where there is none."""
    since = until - timedelta(weeks=weeks)
    known = orders.filter(pl.col("ordered_on") <= since)["customer_id"].unique().sort().to_numpy()
    return float(_order_days(orders, known, since, until).mean()) if len(known) else 0.0


def own_pace(orders: pl.DataFrame, customers: np.ndarray, until: date, weeks: int = WEEKS) -> Floats:
    """Order days of each customer in the `weeks` up to a day."""
    return _order_days(orders, customers, until - timedelta(weeks=weeks), until)


def _order_days(orders: pl.DataFrame, customers: np.ndarray, since: date, until: date) -> Floats:
    """Days with an order after `since` up to `until` of each customer."""
    found = (
        orders.filter((pl.col("ordered_on") > since) & (pl.col("ordered_on") <= until))
        .group_by("customer_id")
        .agg(pl.col("ordered_on").n_unique().cast(pl.Float64).alias("days"))
    )
    names = pl.DataFrame({"customer_id": customers}, schema={"customer_id": pl.String})
    joined = names.join(found, on="customer_id", how="left", maintain_order="left")
    return joined["days"].fill_null(0.0).to_numpy()


def _rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's, with mean ranks for equal values."""
    ranks = [pl.Series(one).rank("average").to_numpy() for one in (first, second)]
    if min(np.ptp(one) for one in ranks) == 0:
        return float("nan")
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
