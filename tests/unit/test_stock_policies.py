"""Policies proposed from a forecast: the arithmetic of small cases by hand, and what is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from forecasting.demand_distribution import POINTS, DemandDistribution
from forecasting.errors import ForecastError
from forecasting.stock_policies import proposed_policies

KEYS = pl.DataFrame({"item_id": ["A", "B"], "location_id": ["P1", "P1"]})


def steady(rates: list[float], longest: int = 8) -> DemandDistribution:
    """Demand that is the same in every period."""
    periods = np.arange(1, longest + 1)[:, None] * np.ones(POINTS)
    return DemandDistribution(np.array(rates)[:, None, None] * periods)


def coin(small: float, large: float, longest: int = 8) -> DemandDistribution:
    """Demand whose sum over k periods is k × small or k × large, equally likely; one row, twice."""
    low = np.repeat([small, large], POINTS // 2)
    sums = np.arange(1, longest + 1)[:, None] * low
    return DemandDistribution(np.stack([sums, sums]))


def requests(**changed: object) -> pl.DataFrame:
    columns = {
        "item_id": ["A", "B"], "location_id": ["P1", "P1"], "target_rate": 0.9, "measure": "fill_rate",
        "review_periods": 1, "unit": 1.0, "unit_value": 10.0, "present_safety_stock": 0.0,
    }  # fmt: skip
    columns.update(changed)
    return pl.DataFrame({name: value if isinstance(value, list) else [value] * 2 for name, value in columns.items()})


def leads(days: float = 14.0) -> pl.DataFrame:
    return pl.DataFrame({"item_id": ["A", "B"], "location_id": ["P1", "P1"], "days": [days] * 2, "share": [1.0] * 2})


def test_certain_demand_needs_no_safety_stock() -> None:
    found = proposed_policies(steady([10.0, 4.0]), KEYS, requests(), leads(), 7.0).policies
    assert found["safety_stock_quantity"].to_list() == [0.0, 0.0]
    assert found["protected_demand"].to_list() == [30.0, 12.0]  # two weeks of lead time and one of review
    assert found["order_up_to_quantity"].to_list() == [30.0, 12.0]
    assert found["fill_rate"].to_list() == [1.0, 1.0]
    # Just after a delivery one period's demand, just before the next nothing: half of it, at 10 each.
    assert found["expected_stock_value"].to_list() == [50.0, 20.0]


def test_a_coin_by_hand() -> None:
    # Lead time 0, review 1: demand is 0 or 20. With 15 in stock 15 of 20 units are served: a fill rate of 0.75.
    found = proposed_policies(coin(0.0, 20.0), KEYS, requests(target_rate=0.75), leads(0.0), 7.0)
    assert found.policies["order_up_to_quantity"].to_list() == [15.0, 15.0]
    assert found.policies["safety_stock_quantity"].to_list() == [5.0, 5.0]
    assert found.policies["fill_rate"][0] == pytest.approx(0.75)
    # In half of the cycles nothing is short; with no safety stock 10 of 20 are served.
    assert found.policies["cycle_service"][0] == pytest.approx(0.5)
    assert found.policies["present_fill_rate"][0] == pytest.approx(0.5)
    wanted = found.trade_off.filter(item_id="A").sort("target_fill_rate")
    assert wanted["order_up_to_quantity"].to_list() == [16.0, 17.0, 18.0, 19.0, 19.0, 20.0, 20.0, 20.0]


def test_each_item_is_judged_by_its_own_target_and_measure() -> None:
    asked = requests(target_rate=[0.75, 0.9], measure=["fill_rate", "cycle_service"])
    found = proposed_policies(coin(0.0, 20.0), KEYS, asked, leads(0.0), 7.0).policies
    assert found["order_up_to_quantity"].to_list() == [15.0, 20.0]


def test_a_lead_time_between_two_periods_keeps_its_mean() -> None:
    found = proposed_policies(steady([10.0, 4.0]), KEYS, requests(), leads(10.5), 7.0).policies
    assert found["lead_time_periods"].to_list() == [1.5, 1.5]
    assert found["lead_time_deviation"].to_list() == [0.5, 0.5]
    assert found["protected_demand"].to_list() == [25.0, 10.0]


def test_lead_times_that_vary_ask_for_stock() -> None:
    varying = pl.DataFrame(
        {"item_id": ["A", "A", "B"], "location_id": ["P1"] * 3, "days": [7.0, 21.0, 14.0], "share": [0.5, 0.5, 1.0]}
    )
    found = proposed_policies(steady([10.0, 10.0]), KEYS, requests(target_rate=0.97), varying, 7.0).policies
    assert found["safety_stock_quantity"][0] > 0
    assert found["safety_stock_quantity"][1] == 0.0


def test_what_reaches_beyond_the_forecast_says_so() -> None:
    found = proposed_policies(steady([10.0, 4.0]), KEYS, requests(review_periods=[1, 99]), leads(70.0), 7.0).policies
    assert found["is_cut_at_horizon"].to_list() == [True, True]
    assert found["lead_time_periods"].to_list() == [7.0, 0.0]
    assert found["review_periods"].to_list() == [1, 8]


def test_present_stock_is_judged_on_the_same_demand() -> None:
    found = proposed_policies(
        coin(0.0, 20.0), KEYS, requests(present_safety_stock=[5.0, 10.0]), leads(0.0), 7.0
    ).policies
    assert found["present_fill_rate"].to_list() == pytest.approx([0.75, 1.0])
    # 15 in stock: after a delivery 15, before the next 15 or nothing.
    assert found["present_stock_value"][0] == pytest.approx(10 * (15 + 7.5) / 2)


def test_the_order_of_rows_changes_nothing() -> None:
    one = proposed_policies(coin(1.0, 20.0), KEYS, requests(), leads(), 7.0)
    other = proposed_policies(coin(1.0, 20.0), KEYS, requests().reverse(), leads().reverse(), 7.0)
    assert one.policies.equals(other.policies)
    assert one.trade_off.equals(other.trade_off)


@pytest.mark.parametrize(
    ("asked", "taken", "words"),
    [
        (requests(target_rate=1.0), leads(), "between 0 and 1"),
        (requests(review_periods=0), leads(), "less than once"),
        (requests(measure="service"), leads(), "fill_rate, cycle_service"),
        (pl.concat([requests(), requests()]), leads(), "is there twice"),
        (requests(), leads().head(1), "Item B at P1 has no lead time"),
        (requests(), leads(-1.0), "negative"),
        (requests(), leads().with_columns(share=0.5), "add up to 1"),
        (requests().drop("unit"), leads(), "no column unit"),
    ],
)
def test_bad_requests_are_named(asked: pl.DataFrame, taken: pl.DataFrame, words: str) -> None:
    with pytest.raises(ForecastError, match=words):
        proposed_policies(steady([10.0, 4.0]), KEYS, asked, taken, 7.0)


def test_nothing_asked_for_is_an_empty_answer() -> None:
    found = proposed_policies(steady([10.0, 4.0]), KEYS, requests().clear(), leads(), 7.0)
    assert (found.policies.height, found.trade_off.height) == (0, 0)
