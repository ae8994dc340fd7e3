"""Purchase rhythm, spend and lifetime value against published figures, slow independent sums, and buyers of known truth."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.integrate import dblquad, quad
from scipy.stats import beta, gamma

from forecasting.customer_value import (
    PurchaseHistory,
    PurchaseRhythm,
    Spend,
    fit_rhythm,
    fit_spend,
    lifetime_value,
    personal_gaps,
    purchase_history,
)
from forecasting.customer_value.lifetime import WEEKS_PER_MONTH
from forecasting.customer_value.rhythm import log_likelihoods as rhythm_likelihoods
from forecasting.customer_value.spend import log_likelihoods as spend_likelihoods
from forecasting.errors import ForecastError

# Fader, Hardie and Lee (2005), CDNOW: the fitted parameters, and the customer of the paper's example.
CDNOW = PurchaseRhythm(0.2426, 4.4136, 0.7929, 2.4259, (0.0, 0.0, 0.0, 0.0), 0.0, 0)


def history(x: list[float], last: list[float], age: list[float], mean: float = np.nan, valued: float = 0.0):
    count = len(x)
    return PurchaseHistory(
        np.array([f"C{number}" for number in range(count)]), np.array(x), np.array(last), np.array(age),
        np.full(count, mean), np.full(count, valued),
    )  # fmt: skip


def simulated_buyers(count: int, rhythm: tuple[float, float, float, float], weeks: float, ahead: float, seed: int):
    """Histories of buyers of known truth, what they bought in the weeks after, and who was still there."""
    draw = np.random.default_rng(seed)
    r, alpha, a, b = rhythm
    rate, leaves = draw.gamma(r, 1 / alpha, count), draw.beta(a, b, count)
    age = weeks - draw.uniform(0, weeks / 3, count)
    now, x, last, later = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    here, alive = np.ones(count, dtype=bool), np.ones(count, dtype=bool)
    while here.any():
        now = np.where(here, now + draw.exponential(1 / rate), now)
        here &= now <= age + ahead
        known = here & (now <= age)
        x[known] += 1
        last[known] = now[known]
        later[here & ~known] += 1
        gone = here & (draw.random(count) < leaves)
        alive &= ~(gone & known)
        here &= ~gone
    names = np.arange(count).astype(str)
    return PurchaseHistory(names, x, last, age, np.full(count, np.nan), np.zeros(count)), later, alive


def test_the_example_of_the_paper() -> None:
    one = history([2.0], [30.43], [38.86])
    assert CDNOW.expected_purchases(one, 39.0)[0] == pytest.approx(1.226, abs=5e-4)
    assert CDNOW.alive(one)[0] == pytest.approx(0.7266, abs=5e-5)


@pytest.mark.parametrize(("x", "last", "age"), [(0, 0.0, 20.0), (1, 7.0, 20.0), (4, 18.0, 30.0)])
def test_the_likelihood_is_that_of_a_slow_sum_over_all_rates_and_chances(x: int, last: float, age: float) -> None:
    r, alpha, a, b = 0.8, 5.0, 1.2, 2.5

    def of(leaves: float, rate: float) -> float:
        stays = 1 - leaves
        path = stays**x * rate**x * np.exp(-rate * age)
        if x:
            path += leaves * stays ** (x - 1) * rate**x * np.exp(-rate * last)
        return path * gamma.pdf(rate, r, scale=1 / alpha) * beta.pdf(leaves, a, b)

    slow, _ = dblquad(of, 0, 12, 0, 1, epsabs=1e-12)
    each, _ = rhythm_likelihoods(np.array([r, alpha, a, b]), np.array([float(x)]), np.array([last]), np.array([age]))
    assert np.exp(each[0]) == pytest.approx(slow, rel=2e-4)


def test_the_slopes_are_those_of_the_likelihoods() -> None:
    x, last, age = np.array([0.0, 1.0, 5.0]), np.array([0.0, 3.0, 20.0]), np.array([9.0, 12.0, 26.0])
    count, mean = np.array([1.0, 4.0, 9.0]), np.array([0.4, 1.2, 3.0])
    for at, of in (
        (np.array([0.7, 4.0, 1.3, 2.2]), lambda p: rhythm_likelihoods(p, x, last, age)),
        (np.array([2.0, 3.5, 1.4]), lambda p: spend_likelihoods(p, count, mean)),
    ):
        _, slopes = of(at)
        for number, step in enumerate(np.eye(len(at)) * 1e-6):
            moved = (of(at + step)[0] - of(at - step)[0]) / 2e-6
            assert slopes[number] == pytest.approx(moved, rel=1e-5, abs=1e-7)


def test_the_density_of_spend_is_that_of_a_slow_sum_over_all_scales() -> None:
    p, q, v, count, mean = 2.2, 3.1, 4.0, 3.0, 5.5
    # The mean of `count` gamma values of rate n is gamma with shape p·count and rate n·count.
    slow, _ = quad(
        lambda n: gamma.pdf(mean, p * count, scale=1 / (n * count)) * gamma.pdf(n, q, scale=1 / v), 0, np.inf
    )
    each, _ = spend_likelihoods(np.array([p, q, v]), np.array([count]), np.array([mean]))
    assert np.exp(each[0]) == pytest.approx(slow, rel=1e-6)


@pytest.mark.parametrize("truth", [(0.5, 6.0, 0.9, 2.5), (2.0, 20.0, 0.6, 4.0)])
def test_parameters_of_known_buyers_are_found_again(truth: tuple[float, float, float, float]) -> None:
    buyers, _, _ = simulated_buyers(8_000, truth, 104.0, 0.0, seed=11)
    found = fit_rhythm(buyers)
    for value, error, true in zip((found.r, found.alpha, found.a, found.b), found.errors, truth, strict=True):
        assert abs(value - true) < 3.5 * error
        assert error < 0.35 * true


def test_what_is_expected_of_known_buyers_comes_true() -> None:
    truth = (0.5, 6.0, 0.9, 2.5)
    buyers, later, alive = simulated_buyers(20_000, truth, 104.0, 26.0, seed=3)
    rhythm = PurchaseRhythm(*truth, (0.0, 0.0, 0.0, 0.0), 0.0, 0)
    expected, chance = rhythm.expected_purchases(buyers, 26.0), rhythm.alive(buyers)
    for group in (buyers.repeats == 0, (buyers.repeats > 0) & (buyers.repeats < 5), buyers.repeats >= 5):
        spread = later[group].std() / np.sqrt(group.sum())
        assert expected[group].mean() == pytest.approx(later[group].mean(), abs=4 * spread)
        assert chance[group].mean() == pytest.approx(alive[group].mean(), abs=4 * 0.5 / np.sqrt(group.sum()))


def test_spend_of_known_buyers_is_found_again_in_any_currency() -> None:
    draw = np.random.default_rng(5)
    p, q, v, buyers = 3.0, 4.0, 900.0, 6_000
    count = draw.integers(1, 12, buyers).astype(float)
    scale = draw.gamma(q, 1 / v, buyers)
    mean = draw.gamma(p * count, 1 / (scale * count))
    known = PurchaseHistory(np.arange(buyers).astype(str), count - 1, count, count + 1, mean, count)
    found = fit_spend(known)
    for value, error, true in zip((found.p, found.q, found.v), found.errors, (p, q, v), strict=True):
        assert abs(value - true) < 3.5 * error
    assert abs(found.dependence) < 0.05
    assert found.mean_value == pytest.approx(p * v / (q - 1), rel=0.05)
    dearer = PurchaseHistory(known.customer, known.repeats, known.last, known.age, known.mean_value * 1e4, count)
    again = fit_spend(dearer)
    assert again.v == pytest.approx(found.v * 1e4, rel=1e-4)
    assert again.expected_value(dearer) == pytest.approx(found.expected_value(known) * 1e4, rel=1e-4)


def test_few_orders_are_drawn_towards_all_customers() -> None:
    spend = Spend(6.25, 3.74, 15.44, (0.0, 0.0, 0.0), 0.0, 100)
    once, often, never = (history([1.0], [1.0], [2.0], 100.0, n) for n in (1.0, 50.0, 0.0))
    assert spend.expected_value(never)[0] == pytest.approx(spend.mean_value)
    assert spend.mean_value < spend.expected_value(once)[0] < spend.expected_value(often)[0] < 100.0
    # By hand: p·(v + n·mean) / (p·n + q − 1).
    assert spend.expected_value(once)[0] == pytest.approx(6.25 * (15.44 + 100) / (6.25 + 2.74))


def test_lifetime_value_by_hand() -> None:
    one = history([2.0], [30.43], [38.86], 35.0, 2.0)
    spend = Spend(6.25, 3.74, 15.44, (0.0, 0.0, 0.0), 0.0, 100)
    found = lifetime_value(one, CDNOW, spend, np.array([0.3]), months=2, yearly_rate=0.21)
    first = CDNOW.expected_purchases(one, WEEKS_PER_MONTH)[0]
    second = CDNOW.expected_purchases(one, 2 * WEEKS_PER_MONTH)[0]
    worth = spend.expected_value(one)[0]
    by_hand = 0.3 * worth * (first / 1.21 ** (1 / 12) + (second - first) / 1.21 ** (2 / 12))
    assert found.value[0] == pytest.approx(by_hand)
    assert found.revenue[0] == pytest.approx(second * worth)
    loss = lifetime_value(one, CDNOW, spend, np.array([-0.1]), months=2)
    unknown = lifetime_value(one, CDNOW, spend, np.array([np.nan]), months=2)
    assert loss.value[0] < 0
    assert np.isnan(unknown.value[0])
    assert unknown.revenue[0] > 0


def orders(rows: list[tuple[str, int, float | None]]) -> pl.DataFrame:
    start = date(2026, 1, 1)
    return pl.DataFrame(
        [(customer, start + timedelta(days=day), value) for customer, day, value in rows],
        schema={"customer_id": pl.String, "ordered_on": pl.Date, "value": pl.Float64},
        orient="row",
    )


def test_a_history_by_hand_in_any_order_and_without_the_future() -> None:
    rows = [("B", 0, 10.0), ("A", 3, 20.0), ("A", 3, 30.0), ("A", 17, -5.0), ("A", 24, 70.0), ("B", 40, 99.0)]
    as_of = date(2026, 1, 30)
    found = purchase_history(orders(rows), as_of)
    assert found.customer.tolist() == ["A", "B"]
    assert found.repeats.tolist() == [2.0, 0.0]
    assert found.last.tolist() == [3.0, 0.0]
    assert found.age == pytest.approx([27 / 7, 30 / 7])
    assert found.mean_value.tolist() == [60.0, 10.0]
    assert found.valued.tolist() == [2.0, 1.0]
    shifted = purchase_history(orders([*rows[::-1], ("B", 60, 1e9), ("C", 31, 5.0)]), as_of)
    for name in ("customer", "repeats", "last", "age", "mean_value", "valued"):
        assert getattr(shifted, name).tolist() == getattr(found, name).tolist()


def test_the_personal_gap_by_hand() -> None:
    rows = [("A", day, 1.0) for day in (0, 10, 20, 32)] + [("B", day, 1.0) for day in (0, 5, 40)]
    found = personal_gaps(orders(rows), date(2026, 2, 22))
    assert found.rows() == [("A", 3, 10.0, 20, False), ("B", 2, None, 12, None)]
    later = personal_gaps(orders(rows), date(2026, 2, 23))
    assert later["at_risk"].to_list() == [True, None]


def test_too_few_customers_are_refused_in_words() -> None:
    with pytest.raises(ForecastError, match="too few for BG/NBD"):
        fit_rhythm(history([1.0] * 10, [1.0] * 10, [5.0] * 10))
    with pytest.raises(ForecastError, match="too few for Gamma-Gamma"):
        fit_spend(history([1.0] * 10, [1.0] * 10, [5.0] * 10, 4.0, 1.0))
