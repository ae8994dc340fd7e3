from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tower.charts import bar_figure, trend_figure
from tower.charts.style import MAX_POINTS, round_ticks


def months(values: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"period": [date(2026, month, 1) for month in range(1, len(values) + 1)], "value": values},
        schema={"period": pl.Date, "value": pl.Float64},
    )


def trend(values: list[float | None], *, is_amount: bool, target: float | None = None):
    return trend_figure(
        months(values), label=lambda value: f"{value:g}", tick=lambda value: f"{value:g}",
        period_label=lambda day: f"{day:%b}", tick_label=lambda day: f"{day:%b}", is_amount=is_amount, target=target, target_label="target",
    )  # fmt: skip


def test_amounts_are_bars_from_zero() -> None:
    figure = trend([900.0, 1000.0, 950.0], is_amount=True)
    assert figure.data[0].type == "bar"
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.range[1] > 1000


def test_a_rate_is_a_line_that_breaks_where_a_value_is_missing() -> None:
    figure = trend([0.9, None, 0.95], is_amount=False)
    assert figure.data[0].type == "scatter"
    assert list(figure.data[0].y) == [0.9, None, 0.95]
    assert figure.data[0].connectgaps is False


def test_the_last_value_is_written_at_its_point_and_the_target_is_named() -> None:
    figure = trend([0.9, 0.95, None], is_amount=False, target=0.97)
    assert [annotation.text for annotation in figure.layout.annotations] == ["target", "<b>0.95</b>"]
    assert figure.layout.yaxis.range[1] > 0.97


def test_the_axis_names_the_year_once() -> None:
    figure = trend([0.9, 0.95, 0.97], is_amount=False)
    assert list(figure.layout.xaxis.ticktext) == ["Jan<br>2026", "Feb", "Mar"]


def test_bars_start_at_zero_and_keep_the_order_of_the_frame() -> None:
    frame = pl.DataFrame({"name": ["b", "a", "a"], "value": [3.0, 2.0, -1.0]})
    figure = bar_figure(frame, label=lambda value: f"{value:g}", reference=1.5, reference_label="All")
    assert list(figure.layout.yaxis.ticktext) == ["All", "b", "a", "a"]
    assert list(figure.data[0].x) == [1.5, 3.0, 2.0, -1.0]
    assert figure.layout.xaxis.range[0] < -1.0
    assert list(figure.data[0].text) == ["1.5", "3", "2", "-1"]


def test_too_many_points_are_refused() -> None:
    frame = pl.DataFrame({"name": ["x"] * (MAX_POINTS + 1), "value": [1.0] * (MAX_POINTS + 1)})
    with pytest.raises(ValueError, match="too many"):
        bar_figure(frame, label=str)


@pytest.mark.parametrize(("low", "high"), [(0, 97.3), (-3, 10), (0.8, 0.97), (5, 5), (0, 0)])
def test_ticks_are_round_and_span_the_values(low: float, high: float) -> None:
    ticks = round_ticks(low, high)
    assert ticks[0] <= low <= ticks[-1]
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 8
