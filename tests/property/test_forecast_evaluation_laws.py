"""Laws of evaluation: parts add up, units do not matter, order does not matter, the future is not seen."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.evaluation.churn import churn, forecast_changes, path_churn
from forecasting.evaluation.comparison import LEVELS, actuals_at, at_level, baselines, compare
from forecasting.evaluation.measures import measures
from forecasting.evaluation.value_added import value_added

ITEMS = ["a", "b", "c"]
FAMILIES = pl.DataFrame({"item_id": ITEMS, "family": ["x", "x", "y"]})
MONTHS = [date(2025, number, 1) for number in range(1, 13)]
STAGES = ["statistical", "planner", "consensus"]
ITEM = ("item_id",)
quantity = st.one_of(st.just(0.0), st.floats(0.01, 1e6))
history_values = st.lists(quantity, min_size=36, max_size=36)
forecast_values = st.lists(quantity, min_size=36 * 3, max_size=36 * 3)


def history(values: list[float]) -> pl.DataFrame:
    keys = [(item, month) for item in ITEMS for month in MONTHS]
    return pl.DataFrame(keys, schema=["item_id", "period_start"], orient="row").with_columns(
        bucket=pl.lit("month"), demand_quantity=pl.Series(values), is_masked=pl.lit(value=False)
    )


def forecasts(values: list[float]) -> pl.DataFrame:
    """Each stage × item × month of the second half year, from the two months before it and the one before those."""
    keys = [
        (stage, item, MONTHS[period], MONTHS[period - lag])
        for stage in STAGES
        for item in ITEMS
        for period in range(6, 12)
        for lag in (1, 2)
    ]
    table = pl.DataFrame(keys, schema=["stage", "item_id", "period_start", "cutoff"], orient="row")
    return table.with_columns(bucket=pl.lit("month"), quantity=pl.Series(values))


@settings(max_examples=40, deadline=None)
@given(history_values, forecast_values)
def test_the_value_added_of_all_stages_adds_up(past: list[float], made: list[float]) -> None:
    actuals = actuals_at(history(past), ITEM)
    asked = forecasts(made)
    cells = compare(asked, actuals, ITEM)
    rows = compare(pl.concat([asked, baselines(cells, actuals, ITEM).select(asked.columns)]), actuals, ITEM)
    table = value_added(rows)
    errors = measures(rows, ("stage",))
    first, last = (errors.filter(stage=name)["absolute_error"][0] for name in ("naive", "consensus"))
    np.testing.assert_allclose(table["value_added_quantity"].sum(), first - last, rtol=1e-9, atol=1e-6)
    assert (table["improved_cells"] + table["worsened_cells"] <= table["changed_cells"]).all()
    assert table["cells"].n_unique() == 1


@settings(max_examples=40, deadline=None)
@given(history_values, forecast_values, st.floats(0.01, 100))
def test_another_unit_changes_no_ratio(past: list[float], made: list[float], factor: float) -> None:
    plain = measures(compare(forecasts(made), actuals_at(history(past), ITEM), ITEM))
    other_unit = history([value * factor for value in past])
    scaled = measures(compare(forecasts([value * factor for value in made]), actuals_at(other_unit, ITEM), ITEM))
    for name in ("wape", "bias", "tracking_signal"):
        np.testing.assert_allclose(scaled[name].to_numpy(), plain[name].to_numpy(), rtol=1e-6, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(history_values, forecast_values)
def test_errors_of_parts_add_up_and_cancel_out_on_the_way_up(past: list[float], made: list[float]) -> None:
    rows = compare(forecasts(made), actuals_at(history(past), ITEM), ITEM)
    whole = measures(rows, ("stage",))
    parts = measures(rows, ("stage", "item_id")).group_by("stage").agg(pl.col("absolute_error").sum()).sort("stage")
    np.testing.assert_allclose(parts["absolute_error"], whole["absolute_error"], rtol=1e-9)
    errors = [
        measures(at_level(rows, level, FAMILIES), ("stage",))["absolute_error"].to_numpy()
        for level in ("item", "family", "total")
    ]
    assert (errors[0] >= errors[1] - 1e-6).all()
    assert (errors[1] >= errors[2] - 1e-6).all()
    biases = [measures(at_level(rows, level, FAMILIES), ("stage",))["bias"].to_numpy() for level in list(LEVELS)[1:]]
    np.testing.assert_allclose(biases[0], biases[2], rtol=1e-6, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(history_values, forecast_values, st.integers(0, 1000))
def test_the_order_of_rows_changes_no_digit(past: list[float], made: list[float], seed: int) -> None:
    rows = history(past), forecasts(made)
    mixed = [table.sample(fraction=1.0, shuffle=True, seed=seed) for table in rows]
    straight = compare(rows[1], actuals_at(rows[0], ITEM), ITEM)
    other = compare(mixed[1], actuals_at(mixed[0], ITEM), ITEM)
    assert measures(other).equals(measures(straight))
    assert value_added(other, ("lag",)).equals(value_added(straight, ("lag",)))


@settings(max_examples=25, deadline=None)
@given(history_values, st.integers(6, 10), quantity)
def test_what_comes_later_changes_no_baseline_and_no_scale(past: list[float], cutoff: int, later: float) -> None:
    changed = [value if number % 12 <= cutoff else later for number, value in enumerate(past)]
    asked = forecasts([1.0] * 108).filter(pl.col("cutoff") == MONTHS[cutoff])
    answers = []
    for values in (past, changed):
        actuals = actuals_at(history(values), ITEM)
        cells = compare(asked, actuals, ITEM)
        answers.append((baselines(cells, actuals, ITEM), cells["scale"].to_list()))
    assert answers[0][0].equals(answers[1][0])
    assert answers[0][1] == answers[1][1]


@settings(max_examples=40, deadline=None)
@given(forecast_values)
def test_no_more_is_undone_than_was_changed(made: list[float]) -> None:
    actuals = actuals_at(history([1.0] * 36), ITEM)
    vintages = compare(forecasts(made), actuals, ITEM)
    changes = forecast_changes(vintages, ITEM)
    assert changes.height == 54
    path = path_churn(changes, grain=ITEM)
    np.testing.assert_allclose(path["moved_quantity"], churn(changes, ("stage",))["changed_quantity"], rtol=1e-9)
    assert (path["net_quantity"] <= path["moved_quantity"] + 1e-6).all()
    same = forecast_changes(vintages.with_columns(quantity=pl.lit(5.0)), ITEM)
    assert churn(same, ("stage",))["changed_quantity"].to_list() == [0, 0, 0]
