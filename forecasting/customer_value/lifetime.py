"""What a customer is still worth: expected purchases × expected value × the customer's margin rate, discounted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from forecasting.customer_value.estimation import Floats
from forecasting.customer_value.purchases import PurchaseHistory
from forecasting.customer_value.spend import Spend
from forecasting.errors import ForecastError

WEEKS_PER_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True, slots=True)
class LifetimeValue:
    """One row per customer, as in the history. Values in company currency, over `months` at `yearly_rate`.

    `margin` and `value` are NaN where the customer's margin rate is unknown; a loss is negative.
    """

    months: int
    yearly_rate: float
    alive: Floats
    purchases: Floats
    order_value: Floats
    revenue: Floats
    margin: Floats
    value: Floats


class Rhythm(Protocol):
    """What tells how often customers will buy: BG/NBD, or a plain pace where that tells better."""

    def alive(self, history: PurchaseHistory) -> Floats:
        """The chance that each will still buy; NaN where the rule does not know."""

    def expected_purchases(self, history: PurchaseHistory, weeks: Floats | float) -> Floats:
        """Expected purchases in the next weeks."""


@dataclass(frozen=True, slots=True)
class PlainPace:
    """As many purchases a week as counted, for ever: one figure for each customer, or the same for all."""

    per_week: Floats

    def alive(self, history: PurchaseHistory) -> Floats:
        """Not known to this rule."""
        return np.full(len(history), np.nan)

    def expected_purchases(self, history: PurchaseHistory, weeks: Floats | float) -> Floats:
        """The pace times the weeks."""
        expected: Floats = np.broadcast_to(self.per_week, (len(history),)) * weeks
        return expected


def lifetime_value(
    history: PurchaseHistory,
    rhythm: Rhythm,
    spend: Spend,
    margin_rate: Floats,
    *,
    months: int = 24,
    yearly_rate: float = 0.1,
) -> LifetimeValue:
    """Discounted margin of the next `months`, each month's at its end.

    `margin_rate`: margin ÷ revenue of each customer (may be negative; NaN: not known). `revenue` and `margin` are not
    discounted, `value` is. Source: Fader, Hardie and Lee (2005), "RFM and CLV", equation (3), by months.
    """
    if months < 1 or yearly_rate <= -1:
        raise ForecastError(f"A horizon of {months} months at a rate of {yearly_rate} a year has no present value.")
    if len(margin_rate) != len(history):
        raise ForecastError(f"{len(margin_rate)} margin rates for {len(history)} customers.")
    order_value = spend.expected_value(history)
    until = np.zeros(len(history))
    discounted = np.zeros(len(history))
    for month in range(1, months + 1):
        upto = rhythm.expected_purchases(history, month * WEEKS_PER_MONTH)
        discounted += np.maximum(upto - until, 0.0) / (1.0 + yearly_rate) ** (month / 12.0)
        until = upto
    revenue = until * order_value
    return LifetimeValue(
        months=months,
        yearly_rate=yearly_rate,
        alive=rhythm.alive(history),
        purchases=until,
        order_value=order_value,
        revenue=revenue,
        margin=revenue * margin_rate,
        value=discounted * order_value * margin_rate,
    )
