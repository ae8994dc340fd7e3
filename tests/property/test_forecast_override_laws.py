"""Laws of overrides: sums are exact, locks stay, nothing changes without cause, undo is exact, order does not matter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.overrides import LAYERS, OVERRIDE_COLUMNS, OverriddenForecast, apply_overrides

AS_OF = date(2026, 6, 30)
ITEMS, PLACES, CHANNELS = ["a", "b", "c"], ["P1", "P2"], ["web", None]
MONTHS = [date(2026, 7, 1), date(2026, 8, 1)]
FAMILIES = pl.DataFrame({"item_id": ITEMS, "family": ["bikes", "bikes", "parts"]})
CELLS = list(product(ITEMS, PLACES, CHANNELS, MONTHS))
LEVEL = {"item_id": ITEMS, "location_id": PLACES, "channel": ["web"], "family": ["bikes", "parts"]}

quantities = st.one_of(st.just(0.0), st.floats(0.01, 1e5))
forecasts = st.lists(quantities, min_size=len(CELLS), max_size=len(CELLS))


@st.composite
def overrides(draw: st.DrawFn, layers: tuple[str, ...] = LAYERS, most: int = 6) -> list[dict[str, Any]]:
    rows = []
    for number in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(["set", "add", "factor"]))
        bounds = {"set": (0.0, 1e5), "add": (-1e4, 1e5), "factor": (0.0, 5.0)}[kind]
        months = sorted(draw(st.lists(st.sampled_from(MONTHS), min_size=2, max_size=2)))
        level = {name: draw(st.one_of(st.none(), st.sampled_from(values))) for name, values in LEVEL.items()}
        rows.append(
            {
                "override_id": f"o{number}", "layer": draw(st.sampled_from(layers)), "kind": kind, **level,
                "first_date": months[0], "last_date": months[1], "quantity": draw(st.floats(*bounds)),
                "reason": "law", "author": "anna", "created_at": datetime(2026, 6, 1) + timedelta(hours=number),
                "expires_on": None, "status": "active",
            }
        )  # fmt: skip
    return rows


def frame(values: list[float]) -> pl.DataFrame:
    table = pl.DataFrame(CELLS, schema=["item_id", "location_id", "channel", "period_start"], orient="row")
    return table.with_columns(bucket=pl.lit("month"), quantity=pl.Series(values))


def applied(values: list[float], rows: list[dict[str, Any]]) -> OverriddenForecast:
    table = pl.DataFrame(rows, schema=dict(OVERRIDE_COLUMNS))
    return apply_overrides(frame(values), table, AS_OF, families=FAMILIES)


@settings(max_examples=60, deadline=None)
@given(forecasts, overrides())
def test_sums_are_exact_at_the_level_overridden_and_never_below_0(
    values: list[float], rows: list[dict[str, Any]]
) -> None:
    found = applied(values, rows)
    assert (found.forecasts["quantity"] >= 0).all()
    for row in found.outcomes.filter(pl.col("outcome") == "applied").iter_rows(named=True):
        before, number = row["quantity_before"], row["quantity"]
        expected = {"set": number, "add": before + number, "factor": before * number}[row["kind"]]
        assert abs(row["quantity_after"] - expected) <= 1e-8 * max(1.0, before, expected)
    exact = found.outcomes.filter((pl.col("outcome") == "partly_superseded") & (pl.col("kind") == "set"))
    np.testing.assert_allclose(exact["quantity_after"], exact["quantity"], rtol=1e-8, atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(forecasts, overrides())
def test_what_is_locked_is_the_same_in_every_later_layer_and_without_the_others(
    values: list[float], rows: list[dict[str, Any]]
) -> None:
    found = applied(values, rows).forecasts
    alone = applied(values, [row for row in rows if row["layer"] == "locked"]).forecasts
    assert found["is_locked"].to_list() == alone["is_locked"].to_list()
    is_locked = found["is_locked"].to_numpy()
    for layer in ("event", "planner", "consensus", "quantity"):
        assert (found[layer].to_numpy()[is_locked] == alone["quantity"].to_numpy()[is_locked]).all()


@settings(max_examples=40, deadline=None)
@given(forecasts, overrides())
def test_withdrawing_all_gives_the_statistical_forecast_to_the_last_digit(
    values: list[float], rows: list[dict[str, Any]]
) -> None:
    undone = applied(values, [{**row, "status": "withdrawn"} for row in rows]).forecasts
    assert undone["quantity"].to_list() == values
    assert applied(values, [{**row, "expires_on": date(2026, 6, 29)} for row in rows]).forecasts.equals(undone)


@settings(max_examples=40, deadline=None)
@given(forecasts, overrides(), overrides(most=1))
def test_withdrawing_the_last_gives_exactly_what_was_before_it(
    values: list[float], rows: list[dict[str, Any]], last: list[dict[str, Any]]
) -> None:
    row = {**last[0], "override_id": "last", "created_at": datetime(2026, 6, 20)}
    before = applied(values, rows).forecasts
    applied(values, [*rows, row])
    assert applied(values, [*rows, {**row, "status": "withdrawn"}]).forecasts.equals(before)


@settings(max_examples=40, deadline=None)
@given(forecasts, overrides(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(values: list[float], rows: list[dict[str, Any]], chance: Any) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    order = list(range(len(CELLS)))
    chance.shuffle(order)
    table = pl.DataFrame(shuffled, schema=dict(OVERRIDE_COLUMNS))
    mixed = apply_overrides(frame(values)[order], table, AS_OF, families=FAMILIES)
    straight = applied(values, rows)
    assert mixed.forecasts.equals(straight.forecasts[order])
    assert mixed.outcomes.equals(straight.outcomes)


@settings(max_examples=40, deadline=None)
@given(forecasts, overrides(layers=("planner",)))
def test_cells_outside_all_levels_stay_and_every_change_is_on_record(
    values: list[float], rows: list[dict[str, Any]]
) -> None:
    found = applied(values, rows)
    keys = ["item_id", "location_id", "channel", "period_start"]
    decided = found.forecasts.join(found.changes, on=keys, how="left", nulls_equal=True, maintain_order="left")
    is_idle = decided["override_id"].is_null().to_numpy()
    assert (decided["quantity"].to_numpy()[is_idle] == np.array(values)[is_idle]).all()
    assert (decided["after"].drop_nulls().to_numpy() == decided["quantity"].to_numpy()[~is_idle]).all()


@settings(max_examples=40, deadline=None)
@given(forecasts, st.sampled_from(LAYERS))
def test_a_factor_of_1_and_nothing_added_are_no_change(values: list[float], layer: str) -> None:
    shared = {
        "layer": layer, "first_date": MONTHS[0], "last_date": MONTHS[1], "reason": "law", "author": "anna",
        "created_at": datetime(2026, 6, 1), "status": "active",
    }  # fmt: skip
    rows = [
        {
            **dict.fromkeys(OVERRIDE_COLUMNS),
            **shared,
            "override_id": "one",
            "kind": "factor",
            "quantity": 1.0,
            "item_id": "a",
        },
        {
            **dict.fromkeys(OVERRIDE_COLUMNS),
            **shared,
            "override_id": "two",
            "kind": "add",
            "quantity": 0.0,
            "item_id": "b",
        },
    ]
    assert applied(values, rows).forecasts["quantity"].to_list() == values
