"""What an override would do, before it is kept: by hand on two months of two places."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tower.demand_forecast.preview import OverrideRefused, Preview, ServedForecast, previewed
from tower.store.forecast_overrides import ForecastOverride, override_frame

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
SERVED = ServedForecast(
    cells=pl.DataFrame(
        {
            "item_id": ["LAMP"] * 4, "location_id": ["D1", "D1", "D2", "D2"], "channel": ["shop"] * 4,
            "bucket": ["month"] * 4, "period_start": [JUNE, JULY] * 2, "quantity": [30.0, 10.0, 10.0, 10.0],
        }
    ),
    history=pl.DataFrame(
        {"item_id": ["LAMP"], "location_id": ["D1"], "channel": ["shop"], "demand_quantity": [9.0]}
    ),
    families=pl.DataFrame({"item_id": ["LAMP"], "family": ["LIGHT"]}),
    as_of=date(2026, 6, 15),
)  # fmt: skip


def override(
    number: int, kind: str = "set", quantity: float = 80.0, layer: str = "planner", **level: str
) -> ForecastOverride:
    return ForecastOverride(
        layer, kind, quantity, JUNE, date(2026, 6, 30), "tender", author="planner", override_id=number,
        created_at=datetime(2026, 6, 10 + number, tzinfo=UTC), **level,  # type: ignore[arg-type]
    )  # fmt: skip


def preview(new: ForecastOverride, *others: ForecastOverride) -> Preview:
    return previewed(SERVED, override_frame(others), override_frame([new]))


def test_a_sum_is_spread_in_proportion_over_the_cells_of_its_month() -> None:
    found = preview(override(1, item_id="LAMP"))
    assert found.periods.rows() == [(JUNE, 40.0, 80.0)]
    assert found.cells.select("location_id", "before", "after").rows() == [("D1", 30.0, 60.0), ("D2", 10.0, 20.0)]
    assert not found.is_refused


def test_it_comes_on_top_of_what_stands() -> None:
    found = preview(override(2, "factor", 2.0, "consensus", family="LIGHT"), override(1, item_id="LAMP"))
    assert found.periods.rows() == [(JUNE, 80.0, 160.0)]


def test_what_would_fall_below_zero_is_refused_with_its_sentence() -> None:
    found = preview(override(1, "add", -50.0, item_id="LAMP"))
    assert found.is_refused
    assert "would bring it below 0" in found.outcome["message"]
    draft = preview(override(0, "add", -50.0, item_id="LAMP"))
    assert draft.outcome["message"].startswith("This override adds -50 to item LAMP")


def test_a_lock_that_takes_more_than_the_sum_is_named() -> None:
    lock = override(1, quantity=50.0, layer="locked", item_id="LAMP", location_id="D1")
    found = preview(override(2, quantity=40.0, item_id="LAMP"), lock)
    assert found.outcome["outcome"] == "impossible"
    assert "50 of its 60 are locked: LAMP · D1 · shop" in found.outcome["message"]


def test_where_nothing_is_forecast_there_is_nothing_to_change() -> None:
    assert preview(override(1, item_id="OTHER")).is_refused


def test_a_row_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(OverrideRefused, match="below 0"):
        preview(override(1, quantity=-1.0, item_id="LAMP"))
