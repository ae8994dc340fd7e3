"""Laws of a company's forecast: sums agree, nothing is negative, no series raises, order, scale, no leak."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import sparse

from forecasting.company.company_forecast import company_forecast
from forecasting.company.reconciliation import reconciled
from forecasting.company.result import KEYS, QUANTILE_COLUMNS, CompanyForecast
from forecasting.company.settings import CompanySettings, Reconciliation
from forecasting.panel import Floats

METHODS: tuple[Reconciliation, ...] = ("bottom_up", "structural", "demand", "variance", "minimum_trace")
FIRST = date(2026, 1, 1)
QUICK = CompanySettings(horizon=3, first_period=FIRST)

value = st.one_of(st.just(0.0), st.integers(0, 60).map(float), st.floats(0.001, 1e9))
series = st.lists(value, min_size=1, max_size=40)
keys = st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["P1", "P2", None]), st.sampled_from(["web", None]))
companies = st.dictionaries(keys, series, min_size=1, max_size=12)
statuses = st.lists(st.sampled_from([None, "active", "phase_out", "obsolete", "phase_in"]), min_size=6, max_size=6)
successors = st.lists(st.sampled_from([None, "A", "B", "C", "D", "E", "F"]), min_size=6, max_size=6)
introductions = st.lists(st.sampled_from([None, date(2024, 5, 1), date(2026, 2, 9)]), min_size=6, max_size=6)


def months_before(count: int) -> list[date]:
    last = FIRST.year * 12 - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]


def frame(rows: dict[tuple[str, str | None, str | None], list[float]]) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame(
            {
                "item_id": [item] * len(own),
                "location_id": pl.Series([place] * len(own), dtype=pl.String),
                "channel": pl.Series([channel] * len(own), dtype=pl.String),
                "period_start": months_before(len(own)),
                "demand_quantity": own,
            }
        )
        for (item, place, channel), own in rows.items()
    )


def item_list(status: list[str | None], replaced: list[str | None], introduced: list[date | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "item_id": list("ABCDEF"),
            "family": ["bikes", "bikes", "bikes", "parts", None, "bikes"],
            "lifecycle_status": status,
            "replaced_by_item_id": replaced,
            "introduced_date": introduced,
        },
        schema_overrides={
            "lifecycle_status": pl.String,
            "replaced_by_item_id": pl.String,
            "introduced_date": pl.Date,
        },
    )


def check(found: CompanyForecast, horizon: int) -> None:
    numbers = found.forecasts.select("quantity", *QUANTILE_COLUMNS).to_numpy()
    assert np.isfinite(numbers).all()
    assert (numbers >= 0).all()
    assert (np.diff(numbers[:, 1:], axis=1) >= -1e-9 * (1 + numbers[:, 1:-1])).all()
    assert found.forecasts.height == horizon * found.series.height
    assert np.isfinite(found.place_demand.sums).all()
    assert (np.diff(found.place_demand.sums, axis=1) >= 0).all()
    assert found.place_keys.height == found.places.series_count == found.place_demand.sums.shape[0]
    total = found.forecasts.group_by("horizon").agg(pl.col("quantity").sum()).sort("horizon")["quantity"].to_numpy()
    for level in ("place", "item", "family", "total"):
        sums = found.nodes.filter(pl.col("level") == level).group_by("horizon").agg(pl.col("quantity").sum())
        np.testing.assert_allclose(sums.sort("horizon")["quantity"].to_numpy(), total, rtol=1e-9, atol=1e-9)


# Making a failing company smaller takes minutes and rarely helps.
@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(companies, statuses, successors, introductions)
def test_no_company_raises_and_its_sums_agree(
    rows: dict[tuple[str, str | None, str | None], list[float]],
    status: list[str | None],
    replaced: list[str | None],
    introduced: list[date | None],
) -> None:
    check(company_forecast(frame(rows), item_list(status, replaced, introduced), QUICK), 3)


@pytest.mark.parametrize("method", METHODS)
def test_every_way_of_reconciling_serves_a_company(method: Reconciliation) -> None:
    chosen = CompanySettings(horizon=3, first_period=FIRST, reconciliation=method)
    check(company_forecast(ordinary(), ordinary_items(), chosen), 3)


@cache
def ordinary() -> pl.DataFrame:
    """Twelve items at two places through two channels: smooth, rare and young ones."""
    generator = np.random.default_rng(3)
    rows: dict[tuple[str, str | None, str | None], list[float]] = {}
    for number in range(12):
        for place in ("P1", "P2"):
            for channel in ("shop", "web"):
                length = 36 if number < 9 else int(generator.integers(1, 8))
                rate = 0.4 if number % 3 == 0 else 20.0 + 5 * number
                rows[f"I{number:02}", place, channel] = generator.poisson(rate, length).astype(float).tolist()
    return frame(rows)


@cache
def ordinary_items() -> pl.DataFrame:
    names = [f"I{number:02}" for number in range(12)]
    return pl.DataFrame({"item_id": names, "family": ["even" if number % 2 == 0 else "odd" for number in range(12)]})


@cache
def ordinary_forecast() -> CompanyForecast:
    return company_forecast(ordinary(), ordinary_items(), QUICK)


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = company_forecast(
        ordinary().sample(fraction=1.0, shuffle=True, seed=5),
        ordinary_items().sample(fraction=1.0, shuffle=True, seed=6),
        QUICK,
    )
    expected = ordinary_forecast()
    for name in ("forecasts", "series", "candidate_weights", "stages", "nodes", "place_keys"):
        assert_frame_equal(getattr(shuffled, name), getattr(expected, name), check_exact=True)
    np.testing.assert_array_equal(shuffled.place_demand.sums, expected.place_demand.sums)


def test_history_in_thousandths_gives_the_forecast_in_thousandths() -> None:
    scaled = company_forecast(ordinary().with_columns(pl.col("demand_quantity") * 1000), ordinary_items(), QUICK)
    columns = ["quantity", *QUANTILE_COLUMNS]
    expected = ordinary_forecast().forecasts.select(columns).to_numpy() * 1000
    np.testing.assert_allclose(scaled.forecasts.select(columns).to_numpy(), expected, rtol=1e-6, atol=1e-6)


def test_the_future_does_not_change_an_earlier_forecast() -> None:
    chosen = CompanySettings(horizon=3, first_period=date(2025, 7, 1))
    known = ordinary().filter(pl.col("period_start") < date(2025, 7, 1))
    changed = ordinary().with_columns(
        demand_quantity=pl.when(pl.col("period_start") < date(2025, 7, 1)).then("demand_quantity").otherwise(9e6)
    )
    then, now = (company_forecast(one, ordinary_items(), chosen) for one in (known, changed))
    assert_frame_equal(then.forecasts, now.forecasts, check_exact=True)
    assert_frame_equal(then.series, now.series, check_exact=True)


def test_series_that_are_handed_in_twice_the_size_keep_their_place_in_the_sum() -> None:
    found = ordinary_forecast()
    places = found.forecasts.group_by("item_id", "location_id", maintain_order=True).agg(pl.col("quantity").sum())
    np.testing.assert_allclose(places["quantity"].to_numpy(), found.place_demand.mean(3), rtol=1e-9)


def tree(items: int, children: int) -> sparse.csr_array:
    """Series, then items, then the total."""
    parts = np.kron(np.eye(items), np.ones(children))
    return sparse.csr_array(np.vstack((np.eye(items * children), parts, np.ones(items * children))))


bases = st.lists(st.floats(-50, 1000), min_size=10, max_size=10)


@settings(max_examples=60, deadline=None)
@given(bases, st.sampled_from(METHODS), st.integers(0, 5))
def test_reconciled_forecasts_are_coherent_and_not_negative_and_stay(
    base: list[float], method: Reconciliation, seed: int
) -> None:
    summing = tree(3, 2)
    errors = np.random.default_rng(seed).normal(0, 5, (10, 30))
    found = reconciled(np.array(base)[:, None], summing, method, errors)
    assert (found >= 0).all()
    np.testing.assert_allclose(summing @ found[:6], found, rtol=1e-9, atol=1e-9)
    again = reconciled(found, summing, method, errors)
    np.testing.assert_allclose(again, found, rtol=1e-7, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(bases, st.integers(0, 5))
def test_the_projection_is_that_of_generalised_least_squares(base: list[float], seed: int) -> None:
    """Against S (SᵀW⁻¹S)⁻¹SᵀW⁻¹ y written out, where nothing becomes negative."""
    summing = tree(3, 2)
    dense = summing.toarray()
    errors = np.random.default_rng(seed).normal(0, 5, (10, 30))
    start = np.abs(np.array(base))[:, None] + 2000.0 * dense.sum(axis=1, keepdims=True)
    weights: dict[Reconciliation, Floats] = {"structural": dense.sum(axis=1), "variance": (errors**2).mean(axis=1)}
    for method, weight in weights.items():
        inverse = np.diag(1 / weight)
        expected = dense @ np.linalg.solve(dense.T @ inverse @ dense, dense.T @ inverse @ start)
        np.testing.assert_allclose(reconciled(start, summing, method, errors), expected, rtol=1e-9)


def test_keys_are_those_of_the_history() -> None:
    assert_frame_equal(
        ordinary_forecast().series.select(KEYS), ordinary().select(KEYS).unique().sort(KEYS), check_exact=True
    )
