"""Measures by hand, and rolling origins that know no future."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from forecasting.accuracy import accuracy, overall_weighted_average, quantile_accuracy, tracking_signal
from forecasting.errors import ForecastError
from forecasting.panel import Panel
from forecasting.rolling_origins import compared_frame, origin_at, rolling_origins


def compared(rows: list[tuple[str, str, int, int, float, float | None]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["candidate", "series", "cutoff", "horizon", "quantity", "actual"], orient="row")
    return frame.with_columns(scale=pl.lit(2.0), squared_scale=pl.lit(4.0))


def test_measures_of_four_forecasts_by_hand() -> None:
    """Errors 2, −1, 0, 1 on actuals 8, 11, 5, 0."""
    rows = [("a", 10.0, 8.0), ("a", 10.0, 11.0), ("b", 5.0, 5.0), ("b", 1.0, 0.0)]
    frame = compared([("x", series, 0, number, *pair) for number, (series, *pair) in enumerate(rows)])
    (found,) = accuracy(frame).to_dicts()
    assert found["wape"] == pytest.approx(4 / 24)
    assert found["bias"] == pytest.approx(2 / 24)
    assert found["mae"] == pytest.approx(1.0)
    assert found["mase"] == pytest.approx(0.5)
    assert found["smape"] == pytest.approx((200 * 2 / 18 + 200 * 1 / 21 + 0 + 200) / 4)
    assert found["rmsse"] == pytest.approx((np.sqrt(5 / 8) + np.sqrt(1 / 8)) / 2)
    assert (found["count"], found["unscaled_count"]) == (4, 0)


def test_what_has_not_come_yet_is_not_measured_and_nothing_is_divided_by_zero() -> None:
    frame = compared([("x", "a", 0, 1, 0.0, 0.0), ("x", "a", 0, 2, 3.0, None)]).with_columns(scale=pl.lit(0.0))
    (found,) = accuracy(frame).to_dicts()
    assert (found["count"], found["unscaled_count"], found["wape"], found["mase"]) == (1, 1, None, None)
    assert found["smape"] == 0.0


def test_owa_of_the_reference_is_one_in_every_group() -> None:
    rows = [("naive2", "a", 0, 1, 2.0, 1.0), ("x", "a", 0, 1, 1.5, 1.0), ("naive2", "a", 0, 2, 5.0, 1.0)]
    table = accuracy(compared(rows), by=("horizon", "candidate"))
    found = overall_weighted_average(table).select("horizon", "candidate", "owa").rows()
    half = (200 * 0.5 / 2.5) / (200 / 3)
    assert found == [(1, "naive2", 1.0), (1, "x", pytest.approx((half + 0.5) / 2)), (2, "naive2", 1.0)]
    with pytest.raises(ForecastError, match="no candidate naive2"):
        overall_weighted_average(accuracy(compared(rows[1:2])))


def test_pinball_and_coverage_by_hand() -> None:
    """At 0.9: one short by 2 costs 1.8, two over by 5 cost 0.5 each."""
    frame = compared([("x", "a", 0, 1, 10.0, 12.0), ("x", "a", 0, 2, 10.0, 5.0), ("x", "b", 0, 1, 10.0, 5.0)])
    (found,) = quantile_accuracy(frame.with_columns(probability=pl.lit(0.9))).to_dicts()
    assert found["pinball"] == pytest.approx(2.8 / 3)
    assert found["scaled_pinball"] == pytest.approx(1.4 / 3)
    assert found["coverage"] == pytest.approx(2 / 3)


def test_tracking_signal_and_streak_by_hand() -> None:
    rows = [("x", "a", cutoff, 1, 10.0 + error, 10.0) for cutoff, error in enumerate([-1.0, 2.0, 3.0, 4.0])]
    rows += [("x", "b", cutoff, 1, 9.0, 10.0) for cutoff in range(3)]
    found = tracking_signal(compared(rows)).rows()
    assert found == [("a", pytest.approx(8 / 2.5), 3, 4), ("b", -3.0, -3, 3)]


def test_a_frame_without_the_needed_columns_is_refused() -> None:
    with pytest.raises(ForecastError, match="no column actual, scale"):
        accuracy(compared([("x", "a", 0, 1, 1.0, 1.0)]).drop("actual", "scale"))


def test_origins_know_what_was_known_and_skip_what_had_not_begun() -> None:
    values = np.array([np.arange(20.0) + 1, np.r_[np.full(14, np.nan), np.arange(6.0) + 50]])
    panel = Panel.from_arrays(values)
    early, late = rolling_origins(panel, (4, 2), 3, 1)
    assert (early.rows.tolist(), late.rows.tolist()) == ([0], [0, 1])
    np.testing.assert_array_equal(early.actuals, [[17, 18, 19]])
    np.testing.assert_array_equal(late.actuals, [[19, 20, np.nan], [54, 55, np.nan]])
    np.testing.assert_array_equal(late.forecasts.of("naive"), [[18, 18, 18], [53, 53, 53]])
    np.testing.assert_array_equal(late.scale, [1, 1])


def test_the_compared_frame_says_cutoff_and_period() -> None:
    history = pl.DataFrame({"series": ["a"] * 8, "period": range(8), "quantity": [1.0, 3, 1, 3, 1, 3, 1, 5]})
    panel = Panel.from_frame(history)
    frame = compared_frame(panel, [origin_at(panel, 1, 2, 1)]).filter(pl.col("candidate") == "naive")
    assert frame.drop("candidate").rows() == [
        ("a", 6, 7, 1, 1.0, 5.0, 2.0, 4.0),
        ("a", 6, 8, 2, 1.0, None, 2.0, 4.0),
    ]
