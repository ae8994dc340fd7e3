"""The long frame: what is read, what is refused, what comes back."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from forecasting.errors import ForecastError
from forecasting.panel import Panel, blocks


def frame(rows: list[tuple[str, object, float | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["series", "period", "quantity"], orient="row")


def test_series_of_different_length_end_together() -> None:
    panel = Panel.from_frame(frame([("b", 7, 5.0), ("a", 2, 2.0), ("a", 1, 1.0), ("a", 3, 3.0), ("b", 8, 6.0)]))
    np.testing.assert_array_equal(panel.values, [[1, 2, 3], [np.nan, 5, 6]])
    assert panel.lengths.tolist() == [3, 2]
    assert panel.names.to_list() == ["a", "b"]
    assert panel.last_period.to_list() == [3, 8]


def test_months_go_on_from_each_series_own_end() -> None:
    history = frame([("a", date(2026, 1, 1), 1.0), ("a", date(2026, 2, 1), 2.0), ("b", date(2025, 12, 1), 9.0)])
    forecasts = Panel.from_frame(history, "month").forecast_frame(np.array([[3.0, 4.0], [9.0, 9.0]]))
    assert forecasts.rows() == [
        ("a", date(2026, 3, 1), 1, 3.0),
        ("a", date(2026, 4, 1), 2, 4.0),
        ("b", date(2026, 1, 1), 1, 9.0),
        ("b", date(2026, 2, 1), 2, 9.0),
    ]


def test_hiding_periods_gives_the_panel_as_it_was() -> None:
    panel = Panel.from_frame(frame([("a", 1, 1.0), ("a", 2, 2.0), ("a", 3, 3.0), ("b", 3, 7.0)]))
    earlier = panel.hiding(1)
    np.testing.assert_array_equal(earlier.values, [[1, 2]])
    assert (earlier.names.to_list(), earlier.lengths.tolist(), earlier.last_period.to_list()) == (["a"], [2], [2])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("a", 1, 1.0), ("a", 2, None)], "The quantity of series a in period 2 is missing"),
        ([("a", 1, float("nan"))], "The quantity of series a in period 1 is nan"),
        ([("a", 1, float("inf"))], "is inf"),
        ([("a", 1, 1.0), ("a", 1, 1.0)], "Series a has period 1 twice"),
        ([("a", 1, 1.0), ("a", 3, 1.0)], "Series a goes from period 1 to 3; 2 was due"),
    ],
)
def test_what_cannot_be_read_is_named(rows: list[tuple[str, object, float | None]], said: str) -> None:
    with pytest.raises(ForecastError, match=said):
        Panel.from_frame(frame(rows))


def test_an_empty_history_and_wrong_periods_are_refused() -> None:
    with pytest.raises(ForecastError, match="There is no demand history"):
        Panel.from_frame(pl.DataFrame(schema={"series": pl.String, "period": pl.Int64, "quantity": pl.Float64}))
    with pytest.raises(ForecastError, match="they must be dates"):
        Panel.from_frame(frame([("a", 1, 1.0)]), "month")
    with pytest.raises(ForecastError, match="Series 1 has no value"):
        Panel.from_arrays(np.array([[1.0, 2.0], [np.nan, np.nan]]))


def test_a_missing_month_is_a_gap_whatever_its_length() -> None:
    with pytest.raises(ForecastError, match="2026-02-01 was due"):
        Panel.from_frame(frame([("a", date(2026, 1, 1), 1.0), ("a", date(2026, 3, 1), 1.0)]), "month")


def test_blocks_hold_every_series_once_longest_first() -> None:
    lengths = np.array([3, 1, 5, 5, 2])
    found = list(blocks(lengths, parameters=16_000))
    assert np.concatenate([rows for rows, _ in found]).tolist() == [2, 3, 0, 4, 1]
    assert [active.tolist() for _, active in found] == [[2, 2, 2, 2, 2], [1, 2, 2], [1]]
