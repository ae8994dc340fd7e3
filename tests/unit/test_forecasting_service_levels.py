"""Stock for a service target: by hand, monotone, and as the period-by-period simulation finds it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.demand_distribution import PROBABILITIES, DemandDistribution, bootstrap_sums, normal_sums
from forecasting.errors import ForecastError
from forecasting.panel import Panel
from forecasting.service_levels import LeadTimes, service_of, stock_for_target, trade_off
from forecasting.stock_simulation import simulate_stock

COUNT = PROBABILITIES.size


def coin(longest: int) -> DemandDistribution:
    """Half of the time 0, half of the time 10 a period, and the whole horizon alike."""
    one = np.where(np.arange(COUNT) < COUNT // 2, 0.0, 10.0)
    return DemandDistribution(np.stack([one * periods for periods in range(1, longest + 1)])[None])


def test_a_fill_rate_by_hand() -> None:
    """Review every period, supply at once: demand 0 or 10. With 8 in stock 80 % is filled and half of the cycles."""
    found = service_of(coin(1), LeadTimes.fixed([0]), 1, np.array([8.0]))
    assert found.fill_rate[0] == pytest.approx(0.8)
    assert found.cycle_service[0] == pytest.approx(0.5)
    assert found.safety_stock[0] == pytest.approx(3.0)
    target = stock_for_target(coin(1), LeadTimes.fixed([0]), 1, 0.8)
    assert target.order_up_to[0] == pytest.approx(8.0)
    assert stock_for_target(coin(1), LeadTimes.fixed([0]), 1, 0.8, unit=5.0).order_up_to[0] == 10.0


def test_a_cycle_service_by_hand() -> None:
    found = stock_for_target(coin(2), LeadTimes.fixed([1]), 1, 0.9, "cycle_service")
    assert found.order_up_to[0] == pytest.approx(20.0)
    assert (found.cycle_service[0], found.fill_rate[0]) == (pytest.approx(1), pytest.approx(1))
    assert stock_for_target(coin(2), LeadTimes.fixed([1]), 1, 0.5, "cycle_service").order_up_to[0] == 0.0


def test_lead_times_are_counted_and_those_without_receipts_take_all_others() -> None:
    found = LeadTimes.observed(np.array([0, 0, 0, 2]), np.array([1, 1, 2, 3]), 3)
    np.testing.assert_allclose(found.share, [[0, 2 / 3, 1 / 3, 0], [0, 0.5, 0.25, 0.25], [0, 0, 0, 1]])


def test_lead_times_that_vary_ask_for_more_stock_than_their_mean() -> None:
    demand = normal_sums(np.array([100.0]), np.array([20.0]), 6)
    steady = stock_for_target(demand, LeadTimes.fixed([3]), 1, 0.97)
    varying = stock_for_target(demand, LeadTimes(np.array([[0, 0.25, 0, 0.5, 0, 0.25]])), 1, 0.97)
    assert varying.protected_demand[0] == pytest.approx(steady.protected_demand[0], rel=1e-6)
    assert varying.safety_stock[0] > 2 * steady.safety_stock[0]


def test_nothing_demanded_needs_nothing_and_says_no_service() -> None:
    found = stock_for_target(DemandDistribution(np.zeros((1, 2, COUNT))), LeadTimes.fixed([1]), 1, 0.95)
    (row,) = found.frame(Panel.from_arrays(np.zeros((1, 4)))).to_dicts()
    assert (row["order_up_to"], row["fill_rate"], row["cycle_service"]) == (0.0, None, None)


@pytest.mark.parametrize(
    ("target", "review", "leads", "said"),
    [
        (1.0, 1, [0], "A service target of 1.0"),
        (0.9, 0, [0], "A review every 0 periods"),
        (0.9, 1, [2], "Demand over 3 periods was asked for; 2 are forecast"),
        (0.9, 1, [0, 0], "There are lead times for 2 series and demand for 1"),
    ],
)
def test_what_cannot_be_planned_is_refused(target: float, review: int, leads: list[int], said: str) -> None:
    with pytest.raises(ForecastError, match=said):
        stock_for_target(coin(2), LeadTimes.fixed(leads), review, target)
    with pytest.raises(ForecastError, match="none, or a negative"):
        LeadTimes.observed(np.zeros(0, np.int64), np.zeros(0, np.int64), 1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["fill_rate", "cycle_service"]), st.integers(1, 2))
def test_more_service_never_takes_less_stock_and_the_target_is_reached(seed: int, measure: str, review: int) -> None:
    generator = np.random.default_rng(seed)
    history = Panel.from_arrays((generator.random((3, 30)) < 0.4) * generator.integers(1, 9, (3, 30)))
    demand = bootstrap_sums(history, 5, seed, draws=300)
    leads = LeadTimes(np.array([[0, 0.5, 0.5, 0]] * 3))
    before = np.zeros(3)
    for target in (0.5, 0.8, 0.95, 0.99):
        found = stock_for_target(demand, leads, review, target, measure)  # type: ignore[arg-type]
        assert (found.order_up_to >= before - 1e-9).all()
        reached = getattr(found, measure)
        assert (reached[~np.isnan(reached)] >= target - 1e-9).all()
        before = found.order_up_to


def test_the_trade_off_curve_rises() -> None:
    history = Panel.from_arrays(np.array([[0, 4, 0, 2, 7, 0, 0, 3, 0, 5.0] * 3]))
    curve = trade_off(bootstrap_sums(history, 3, 1), LeadTimes.fixed([2]), 1, history)
    assert curve["target_fill_rate"].to_list() == [0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99]
    assert curve["expected_stock"].is_sorted()
    assert curve["fill_rate"].to_list() == pytest.approx(curve["target_fill_rate"].to_list(), abs=1e-6)


def test_playing_a_few_periods_by_hand() -> None:
    """Level 10, lead time 1, review each period. 6 leaves 4; 6 more: 4 of 6 met; then the first 6 arrive."""
    played = simulate_stock(np.array([[6.0, 6, 1]]), np.array([10.0]), np.ones((1, 3), np.int64), 1)
    assert played.served.tolist() == [6 + 4 + 1]
    assert played.asked.tolist() == [13]
    assert (played.cycles.tolist(), played.cycles_without_shortage.tolist()) == ([3], [2])
    assert played.mean_stock[0] == pytest.approx((4 + 0 + 3) / 3)


@pytest.mark.parametrize(("review", "lead"), [(1, 0), (1, 3), (2, 2), (4, 0)])
def test_playing_it_finds_the_service_that_was_planned(review: int, lead: int) -> None:
    generator = np.random.default_rng(9)
    drawn = (generator.random((20_000, lead + review)) < 0.3) * generator.gamma(2.0, 5.0, (20_000, lead + review))
    sums = np.quantile(np.cumsum(drawn, axis=1), PROBABILITIES, axis=0).T[None]
    planned = stock_for_target(DemandDistribution(sums), LeadTimes.fixed([lead]), review, 0.9)
    demand = (generator.random((200, 1000)) < 0.3) * generator.gamma(2.0, 5.0, (200, 1000))
    leads = np.full(demand.shape, lead)
    played = simulate_stock(demand, np.full(200, planned.order_up_to[0]), leads, review, warm_up=40)
    assert played.fill_rate == pytest.approx(0.9, abs=0.01)
    assert played.cycle_service == pytest.approx(planned.cycle_service[0], abs=0.015)


def test_playing_refuses_what_cannot_happen() -> None:
    with pytest.raises(ForecastError, match="must not be negative"):
        simulate_stock(np.array([[-1.0]]), np.ones(1), np.ones((1, 1), np.int64), 1)
