"""Overrides worked out by hand: levels, kinds, layers, locks, conflicts, expiry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from forecasting.errors import ForecastError
from forecasting.overrides import OVERRIDE_COLUMNS, OverriddenForecast, apply_overrides

AS_OF = date(2026, 6, 30)
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
FAMILIES = pl.DataFrame({"item_id": ["a", "b", "c"], "family": ["bikes", "bikes", "parts"]})
# July: a 10 + 30 (two places), b 60, c 0; August: the same again.
FORECASTS = pl.DataFrame(
    [
        (item, place, None, "month", month, quantity)
        for month in (JULY, AUGUST)
        for item, place, quantity in (("a", "P1", 10.0), ("a", "P2", 30.0), ("b", "P1", 60.0), ("c", "P1", 0.0))
    ],
    schema={
        "item_id": pl.String, "location_id": pl.String, "channel": pl.String, "bucket": pl.String,
        "period_start": pl.Date, "quantity": pl.Float64,
    },
    orient="row",
)  # fmt: skip


def override(number: int, kind: str, quantity: float, **columns: Any) -> dict[str, Any]:
    return {
        "override_id": f"o{number}", "layer": "planner", "kind": kind, "quantity": quantity, "first_date": JULY,
        "last_date": JULY, "reason": "campaign", "author": "anna", "created_at": datetime(2026, 6, number),
        "expires_on": None, "status": "active", **columns,
    }  # fmt: skip


def applied(*rows: dict[str, Any], history: pl.DataFrame | None = None) -> OverriddenForecast:
    frame = pl.DataFrame(
        [{name: row.get(name) for name in OVERRIDE_COLUMNS} for row in rows], schema=dict(OVERRIDE_COLUMNS)
    )
    return apply_overrides(FORECASTS, frame, AS_OF, families=FAMILIES, history=history)


def july(found: OverriddenForecast, column: str = "quantity") -> list[float]:
    return found.forecasts.filter(pl.col("period_start") == JULY)[column].to_list()


def outcomes(found: OverriddenForecast) -> list[str]:
    return found.outcomes.sort("override_id")["outcome"].to_list()


def test_without_overrides_every_layer_is_the_statistical_forecast() -> None:
    found = applied()
    for layer in ("statistical", "event", "planner", "consensus", "locked", "quantity"):
        assert found.forecasts[layer].to_list() == FORECASTS["quantity"].to_list()
    assert found.outcomes.is_empty()
    assert found.changes.is_empty()


@pytest.mark.parametrize(
    ("kind", "quantity", "level", "expected"),
    [
        ("set", 80, {"item_id": "a"}, [20, 60, 60, 0]),
        ("add", 10, {"family": "bikes"}, [11, 33, 66, 0]),
        ("factor", 0.5, {"location_id": "P1"}, [5, 30, 30, 0]),
        ("set", 200, {}, [20, 60, 120, 0]),
        ("set", 5, {"item_id": "a", "location_id": "P2"}, [10, 5, 60, 0]),
        ("set", 7, {"item_id": "c"}, [10, 30, 60, 7]),
        ("factor", 0, {"family": "bikes"}, [0, 0, 0, 0]),
    ],
)
def test_one_override_is_spread_in_proportion(
    kind: str, quantity: float, level: dict[str, str], expected: list[float]
) -> None:
    found = applied(override(1, kind, quantity, **level))
    assert july(found) == pytest.approx(expected)
    assert outcomes(found) == ["applied"]
    august = found.forecasts.filter(pl.col("period_start") == AUGUST)
    assert august["quantity"].to_list() == [10, 30, 60, 0]


def test_a_number_over_several_periods_is_their_sum() -> None:
    found = applied(override(1, "set", 100, item_id="b", last_date=AUGUST))
    assert found.forecasts.filter(pl.col("item_id") == "b")["quantity"].to_list() == [50, 50]


def test_cells_without_forecast_share_by_what_they_sold_and_else_evenly() -> None:
    nothing = FORECASTS.with_columns(quantity=pl.lit(0.0))
    row = override(1, "set", 12, item_id="a")
    frame = pl.DataFrame([{name: row.get(name) for name in OVERRIDE_COLUMNS}], schema=dict(OVERRIDE_COLUMNS))
    sold = pl.DataFrame(
        {"item_id": ["a", "a"], "location_id": ["P1", "P2"], "channel": [None, None], "demand_quantity": [3.0, 1.0]},
        schema_overrides={"channel": pl.String},
    )
    by_history = apply_overrides(nothing, frame, AS_OF, history=sold)
    assert july(by_history) == [9, 3, 0, 0]
    assert by_history.outcomes["spread_by"].to_list() == ["history"]
    evenly = apply_overrides(nothing, frame, AS_OF)
    assert july(evenly) == [6, 6, 0, 0]
    assert evenly.outcomes["spread_by"].to_list() == ["equal"]


def test_layers_build_on_each_other_and_the_later_one_wins() -> None:
    found = applied(
        override(1, "set", 50, item_id="b", layer="consensus"),
        override(2, "factor", 2, item_id="b", layer="planner"),
        override(3, "add", 10, item_id="b", layer="event"),
    )
    row = found.forecasts.filter((pl.col("item_id") == "b") & (pl.col("period_start") == JULY)).row(0, named=True)
    assert [row[layer] for layer in ("statistical", "event", "planner", "consensus", "locked")] == [60, 70, 140, 50, 50]
    assert found.changes.select("override_id", "before", "after").rows() == [
        ("o3", 60, 70),
        ("o2", 70, 140),
        ("o1", 140, 50),
    ]


def test_layers_are_stages_that_can_be_judged() -> None:
    stages = applied(override(1, "factor", 2, item_id="b")).stages()
    assert stages.columns == ["item_id", "location_id", "channel", "bucket", "period_start", "stage", "quantity"]
    july_of_b = stages.filter((pl.col("item_id") == "b") & (pl.col("period_start") == JULY))
    assert dict(july_of_b.select("stage", "quantity").rows()) == {
        "event": 60,
        "planner": 120,
        "consensus": 120,
        "locked": 120,
    }


def test_a_locked_cell_keeps_its_value_and_the_rest_absorbs() -> None:
    lock = override(1, "set", 40, item_id="b", layer="locked")
    found = applied(lock, override(2, "set", 120, family="bikes"), override(3, "set", 1000, item_id="b", layer="event"))
    assert july(found) == pytest.approx([20, 60, 40, 0])
    assert outcomes(found) == ["applied", "applied", "impossible"]
    assert july(applied(lock, override(2, "factor", 1.5, family="bikes"))) == pytest.approx([20, 60, 40, 0])
    assert july(applied(lock, override(2, "add", 40, family="bikes"))) == pytest.approx([20, 60, 40, 0])


def test_what_locks_make_impossible_is_said_with_the_cells_and_left_undone() -> None:
    lock = override(1, "factor", 1, item_id="b", layer="locked")
    found = applied(lock, override(2, "set", 50, family="bikes"))
    assert july(found) == [10, 30, 60, 0]
    assert outcomes(found) == ["applied", "impossible"]
    with pytest.raises(
        ForecastError,
        match=r"The override o2 sets family bikes to 50, but 60 of its 100 are locked: b · P1 of 2026-07-01\. Unlock",
    ):
        found.refuse_impossible()


def test_taking_off_more_than_there_is_is_impossible() -> None:
    found = applied(override(1, "add", -41, item_id="a"))
    assert july(found) == [10, 30, 60, 0]
    assert found.outcomes["message"][0] == (
        "The override o1 adds -41 to item a, which would bring it below 0: the forecast is 40. Take off less."
    )


def test_in_one_layer_the_newest_wins_and_an_older_set_keeps_its_sum() -> None:
    newer = override(3, "set", 20, item_id="b")
    found = applied(override(2, "set", 200, family="bikes"), newer)
    assert july(found) == pytest.approx([45, 135, 20, 0])
    assert outcomes(found) == ["partly_superseded", "applied"]
    assert july(applied(override(2, "factor", 2, family="bikes"), newer)) == pytest.approx([20, 60, 20, 0])
    assert july(applied(override(2, "add", 40, family="bikes"), newer)) == pytest.approx([20, 60, 20, 0])


def test_what_has_no_cell_or_sum_left_is_superseded() -> None:
    found = applied(override(1, "set", 5, item_id="b"), override(2, "set", 90, item_id="b"))
    assert july(found) == [10, 30, 90, 0]
    assert outcomes(found) == ["superseded", "applied"]
    found = applied(override(1, "set", 50, family="bikes"), override(2, "set", 90, item_id="b"))
    assert july(found) == [10, 30, 90, 0]
    assert outcomes(found) == ["superseded", "applied"]


def test_what_is_impossible_leaves_its_cells_to_the_older_ones() -> None:
    found = applied(override(1, "set", 8, item_id="a"), override(2, "add", -100, item_id="a"))
    assert july(found) == [2, 6, 60, 0]
    assert outcomes(found) == ["applied", "impossible"]


def test_expired_withdrawn_and_aimless_overrides_change_nothing_and_are_reported() -> None:
    found = applied(
        override(1, "set", 5, item_id="a", expires_on=date(2026, 6, 29)),
        override(2, "set", 5, item_id="a", status="withdrawn"),
        override(3, "set", 5, item_id="zzz"),
        override(4, "set", 5, item_id="b", expires_on=AS_OF),
    )
    assert july(found) == [10, 30, 5, 0]
    assert outcomes(found) == ["expired", "withdrawn", "no_cells", "applied"]


def test_quantiles_move_with_the_quantity() -> None:
    wide = FORECASTS.with_columns(p05=pl.col("quantity") * 0.5, p95=pl.col("quantity") * 2 + 1)
    rows = [override(1, "set", 90, item_id="b"), override(2, "set", 3, item_id="c")]
    frame = pl.DataFrame(
        [{name: row.get(name) for name in OVERRIDE_COLUMNS} for row in rows], schema=dict(OVERRIDE_COLUMNS)
    )
    found = apply_overrides(wide, frame, AS_OF).forecasts.filter(pl.col("period_start") == JULY)
    assert found["p05"].to_list() == pytest.approx([5, 15, 45, 3])
    assert found["p95"].to_list() == pytest.approx([21, 61, 181.5, 4])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": "  "}, "o1 has no reason"),
        ({"layer": "boss"}, "o1 has a layer that is not known. Known: event"),
        ({"kind": "times"}, "o1 has a kind that is not known"),
        ({"quantity": -1.0}, "o1 sets the forecast below 0"),
        ({"quantity": float("nan")}, "o1 has no quantity"),
        ({"last_date": date(2026, 6, 1)}, "o1 has no period, or ends before it begins"),
    ],
)
def test_an_override_that_cannot_be_read_is_refused_by_name(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ForecastError, match=sentence):
        applied({**override(1, "set", 5), **change})


def test_forecasts_of_mixed_buckets_twice_or_below_0_are_refused() -> None:
    none = pl.DataFrame(schema=dict(OVERRIDE_COLUMNS))
    with pytest.raises(ForecastError, match="mix days, weeks or months"):
        apply_overrides(pl.concat([FORECASTS, FORECASTS.with_columns(bucket=pl.lit("week"))]), none, AS_OF)
    with pytest.raises(ForecastError, match="a · P1 of 2026-07-01 is there twice"):
        apply_overrides(pl.concat([FORECASTS, FORECASTS]), none, AS_OF)
    with pytest.raises(ForecastError, match="a · P1 of 2026-07-01 is below 0"):
        apply_overrides(FORECASTS.with_columns(pl.col("quantity") - 11), none, AS_OF)
