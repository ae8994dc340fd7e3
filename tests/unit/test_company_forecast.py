"""A company's forecast: routes, the cold-start ladder, beginning and end of items, and what it refuses."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from forecasting.company.company_forecast import company_forecast
from forecasting.company.pooled_season import pooled_indices
from forecasting.company.reconciliation import reconciled, shrunk_covariance
from forecasting.company.result import CompanyForecast
from forecasting.company.settings import CompanySettings
from forecasting.company.temporal import projection
from forecasting.errors import ForecastError
from tests.property.test_company_forecast_laws import frame, months_before, tree

FIRST = date(2026, 1, 1)
SETTINGS = CompanySettings(horizon=6, first_period=FIRST)
Rows = dict[tuple[str, str | None, str | None], list[float]]


def items(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(columns)


def of(found: CompanyForecast, item: str) -> list[float]:
    """Forecast of one item, all places and channels together."""
    rows = found.nodes.filter((pl.col("level") == "item") & (pl.col("item_id") == item))
    return rows.sort("horizon")["quantity"].to_list()


def about(found: CompanyForecast, item: str) -> dict[str, object]:
    return found.series.filter(pl.col("item_id") == item).row(0, named=True)


def steady(count: int, level: float = 100.0, *, length: int = 36, first: int = 0) -> Rows:
    return {(f"I{first + number}", "P1", "web"): [level] * length for number in range(count)}


def test_structural_reconciliation_by_hand() -> None:
    """Two series of 1 and 2, their sum said to be 6: the three that are missing are shared 1 : 1 : 2."""
    base = np.array([[1.0], [2.0], [6.0]])
    summing = tree(1, 2)[:3]
    np.testing.assert_allclose(reconciled(base, summing, "structural")[:, 0], [1.75, 2.75, 4.5])


def test_reconciliation_by_demand_shares_the_gap_by_size() -> None:
    """1 and 3 of a sum said to be 8: of the gap of 4 each gets its size over 1 + 3 + 8 = 12."""
    base = np.array([[1.0], [3.0], [8.0]])
    np.testing.assert_allclose(reconciled(base, tree(1, 2)[:3], "demand")[:, 0], [4 / 3, 4.0, 16 / 3])


def test_a_series_that_would_become_negative_is_held_at_zero_and_the_others_give_way() -> None:
    """1 and 10 of a sum said to be 2: by thirds the first would be −1.25; at zero the second meets the sum halfway."""
    base = np.array([[1.0], [10.0], [2.0]])
    found = reconciled(base, tree(1, 2)[:3], "structural")[:, 0]
    np.testing.assert_allclose(found, [0.0, 10 - 8 / 3, 10 - 8 / 3])


def test_a_shrunk_covariance_keeps_variances_and_draws_correlations_in() -> None:
    errors = np.random.default_rng(1).normal(size=(4, 25))
    errors[1] = errors[0] + 0.1 * errors[1]
    found = shrunk_covariance(errors)
    np.testing.assert_allclose(np.diag(found), (errors**2).mean(axis=1))
    assert 0 < found[0, 1] < (errors[0] * errors[1]).mean()
    assert np.linalg.eigvalsh(found).min() > 0


def test_months_and_quarters_that_agree_stay_and_those_that_do_not_meet() -> None:
    """Three months of 10 and a quarter said to be 36: six missing, shared 1 : 1 : 1 : 3."""
    matrix = projection(3, [3])
    np.testing.assert_allclose(matrix @ [10.0, 10.0, 10.0, 30.0], 10.0)
    np.testing.assert_allclose(matrix @ [10.0, 10.0, 10.0, 36.0], 11.0)


def test_a_season_that_all_items_share_is_found_in_the_sum_and_noise_is_not() -> None:
    """48 months of a year with twice the sales in its last month."""
    shape = np.r_[np.ones(11), 2.0] / (13 / 12)
    total = 100 * np.tile(shape, 4)
    of_total, of_families = pooled_indices(total, np.stack((total / 2, total / 2)), 12)
    np.testing.assert_allclose(of_total, shape, rtol=1e-9)
    np.testing.assert_allclose(of_families, np.stack((shape, shape)), rtol=1e-9)
    noise = np.random.default_rng(2).gamma(4, 25, (20, 48))
    # As they are, indices of such noise are 0.23 away from 1.
    assert np.mean([np.abs(pooled_indices(one, one[None], 12)[0] - 1).mean() for one in noise]) < 0.1
    np.testing.assert_array_equal(pooled_indices(total[:23], total[None, :23], 12)[0], 1.0)


def test_steady_demand_is_forecast_as_it_is() -> None:
    found = company_forecast(frame(steady(3)), items(item_id=["I0", "I1", "I2"]), SETTINGS)
    np.testing.assert_allclose(found.forecasts["quantity"], 100.0)
    assert found.series["route"].to_list() == ["regular"] * 3
    assert found.forecasts["period_start"].unique().sort().to_list() == [date(2026, month, 1) for month in range(1, 7)]
    weights = found.candidate_weights.group_by("item_id").agg(pl.col("weight").sum())
    np.testing.assert_allclose(weights["weight"], 1.0)


def test_what_was_lost_for_want_of_stock_counts_in_the_level() -> None:
    history = frame(steady(1)).with_columns(sales_quantity=pl.lit(0.0), is_masked=pl.lit(value=True))
    assert of(company_forecast(history, items(item_id=["I0"]), SETTINGS), "I0") == pytest.approx([100.0] * 6)


def test_rare_demand_takes_the_path_of_its_own() -> None:
    generator = np.random.default_rng(4)
    rows: Rows = {
        (f"I{number:02}", "P1", "web"): generator.poisson(0.3, 36).astype(float).tolist() for number in range(40)
    }
    found = company_forecast(frame(rows), items(item_id=[key[0] for key in rows]), SETTINGS)
    grown = found.series.filter(pl.col("history_periods") >= 9)
    assert grown["route"].unique().to_list() == ["intermittent"]
    assert grown["interval_method"].unique().to_list() == ["pooled ratios by rate"]
    assert found.forecasts["quantity"].sum() == pytest.approx(0.3 * 40 * 6, rel=0.25)


def test_an_obsolete_item_is_forecast_as_nothing_and_says_so() -> None:
    found = company_forecast(
        frame(steady(2)), items(item_id=["I0", "I1"], lifecycle_status=["obsolete", "active"]), SETTINGS
    )
    assert of(found, "I0") == [0.0] * 6
    assert of(found, "I1") == pytest.approx([100.0] * 6)
    assert about(found, "I0")["route"] == "ended"
    assert about(found, "I0")["flags"] == ["Ended: forecast as nothing."]
    assert found.place_demand.sums[0].max() == 0


def test_a_phase_out_item_fades_in_a_straight_line() -> None:
    listed = items(item_id=["I0"], lifecycle_status=["phase_out"])
    settings = CompanySettings(horizon=6, first_period=FIRST, fade_periods=4)
    found = company_forecast(frame(steady(1)), listed, settings)
    assert of(found, "I0") == pytest.approx([75, 50, 25, 0, 0, 0])
    assert about(found, "I0")["life_cycle"] == "phase_out"


def test_a_young_successor_continues_the_history_of_what_it_replaces() -> None:
    """The old one sold 100 for years, then 50 beside its successor's 50 for three months."""
    rows: Rows = {("OLD", "P1", "web"): [100.0] * 33 + [50.0] * 3, ("NEW", "P1", "web"): [50.0] * 3}
    listed = items(item_id=["OLD", "NEW"], replaced_by_item_id=["NEW", None], lifecycle_status=["active", "active"])
    found = company_forecast(frame(rows), listed, CompanySettings(horizon=4, first_period=FIRST, fade_periods=5))
    assert of(found, "OLD") == pytest.approx([40, 30, 20, 10])
    assert of(found, "NEW") == pytest.approx([60, 70, 80, 90])
    assert "Continues the history of OLD." in str(about(found, "NEW")["flags"])
    assert about(found, "NEW")["rung"] == "own_history"


def test_a_successor_that_is_still_to_come_takes_over_from_its_launch_on() -> None:
    listed = items(
        item_id=["OLD", "NEW"],
        replaced_by_item_id=["NEW", None],
        introduced_date=[None, date(2026, 3, 16)],
        family=["one", "one"],
    )
    rows: Rows = {("OLD", "P1", "web"): [100.0] * 36}
    found = company_forecast(frame(rows), listed, CompanySettings(horizon=6, first_period=FIRST, fade_periods=4))
    assert of(found, "OLD") == pytest.approx([100, 100, 75, 50, 25, 0])
    assert of(found, "NEW") == pytest.approx([0, 0, 25, 50, 75, 100])


def test_a_chain_of_successors_ends_with_the_last_and_a_circle_is_no_chain() -> None:
    rows: Rows = {("A", "P1", "web"): [90.0] * 30 + [0.0] * 6, ("B", "P1", "web"): [90.0] * 6}
    rows |= {("C", "P1", "web"): [90.0] * 3, ("X", "P1", "web"): [7.0] * 5, ("Y", "P1", "web"): [7.0] * 5}
    listed = items(
        item_id=["A", "B", "C", "X", "Y"],
        replaced_by_item_id=["B", "C", None, "Y", "X"],
        lifecycle_status=["obsolete", "obsolete", None, None, None],
    )
    found = company_forecast(frame(rows), listed, SETTINGS)
    assert "Continues the history of A, B." in str(about(found, "C")["flags"])
    assert of(found, "A") == of(found, "B") == [0.0] * 6
    assert min(of(found, "C")) > 50
    assert about(found, "X")["route"] == "ladder"


def test_a_new_place_of_an_item_is_drawn_towards_the_level_of_similar_ones() -> None:
    """Nine items sell about 100 at the place; the young one's single month of 400 is mostly luck."""
    generator = np.random.default_rng(5)
    rows: Rows = {
        (f"I{number}", "P1", "web"): generator.normal(100, 30, 36).clip(0).tolist() for number in range(9)
    } | {("I9", "P2", "web"): [100.0] * 36, ("I9", "P1", "web"): [400.0]}
    listed = items(item_id=[f"I{number}" for number in range(10)], family=["one"] * 10)
    found = company_forecast(frame(rows), listed, SETTINGS)
    own = found.series.filter((pl.col("item_id") == "I9") & (pl.col("location_id") == "P1")).row(0, named=True)
    assert own["rung"] == "class_prior"
    quantity = found.forecasts.filter((pl.col("item_id") == "I9") & (pl.col("location_id") == "P1"))["quantity"]
    assert 90 < quantity.mean() < 400


def test_a_new_item_follows_the_launches_of_its_family() -> None:
    """Earlier launches sold 10, 20, … 60 a month and stayed there; the new one has sold 10 and 20."""
    curve = [10.0, 20, 30, 40, 50, 60]
    rows: Rows = {(f"I{number}", "P1", "web"): curve + [60.0] * (8 + number) for number in range(5)}
    rows |= steady(3, 60.0, first=20) | {("NEW", "P1", "web"): [10.0, 20.0]}
    names = sorted({key[0] for key in rows})
    found = company_forecast(frame(rows), items(item_id=names, family=["one"] * len(names)), SETTINGS)
    assert about(found, "NEW")["rung"] == "analogue_curve"
    quantity = of(found, "NEW")
    assert quantity[0] < quantity[1] < quantity[2]
    assert quantity[0] == pytest.approx(30, rel=0.25)


def test_an_item_that_nobody_has_sold_gets_the_level_of_its_family_from_its_launch_on() -> None:
    rows = steady(5) | {("OTHER", "P2", "shop"): [7.0] * 36}
    listed = items(
        item_id=[*(f"I{number}" for number in range(5)), "OTHER", "NEW"],
        family=["one"] * 5 + ["two", "one"],
        introduced_date=[None] * 6 + [date(2026, 3, 10)],
    )
    found = company_forecast(frame(rows), listed, SETTINGS)
    quantity = of(found, "NEW")
    assert quantity[:2] == [0.0, 0.0]
    assert quantity[2:] == pytest.approx([100.0] * 4, rel=0.1)
    assert about(found, "NEW")["rung"] == "attributes"
    wide = found.forecasts.filter((pl.col("item_id") == "NEW") & (pl.col("horizon") == 6)).row(0, named=True)
    assert wide["p95"] > 2 * wide["quantity"]


def test_demand_of_a_place_is_as_wide_as_its_channels_together_were() -> None:
    """Two channels of 60 sales share a buyer of 100: the place is far steadier than either."""
    generator = np.random.default_rng(6)
    one = {number: generator.uniform(0, 100, 36) for number in range(60)}
    rows: Rows = {(f"I{number:02}", "P1", "web"): own.tolist() for number, own in one.items()}
    rows |= {
        (f"I{number:02}", "P1", "shop"): (102 - own + generator.uniform(-2, 2, 36)).tolist()
        for number, own in one.items()
    }
    found = company_forecast(frame(rows), items(item_id=[f"I{number:02}" for number in range(60)]), SETTINGS)
    place = found.place_demand.quantile(0.95, 1) - found.place_demand.quantile(0.05, 1)
    channel = found.forecasts.filter((pl.col("horizon") == 1) & (pl.col("channel") == "web"))
    assert np.median(place) < 0.2 * float((channel["p95"] - channel["p05"]).median())  # type: ignore[arg-type]


def test_weeks_begin_on_monday_and_cover_half_a_year() -> None:
    weeks = pl.DataFrame(
        {
            "item_id": "A",
            "location_id": "P1",
            "channel": None,
            "period_start": pl.date_range(date(2024, 12, 30), date(2025, 12, 22), "1w", eager=True),
            "demand_quantity": 5.0,
            "bucket": "week",
        }
    )
    months = frame({("A", "P1", None): [99.0] * 12}).with_columns(bucket=pl.lit("month"))
    history = pl.concat((weeks, months.select(weeks.columns)), how="vertical_relaxed")
    found = company_forecast(history, items(item_id=["A"]), CompanySettings(bucket="week")).forecasts
    assert found["period_start"].to_list()[:2] == [date(2025, 12, 29), date(2026, 1, 5)]
    assert found["quantity"].to_list() == pytest.approx([5.0] * 26)
    assert found["channel"].to_list() == [None] * 26


def test_value_added_can_be_told_from_the_stages() -> None:
    stages = company_forecast(frame(steady(2)), items(item_id=["I0", "I1"]), SETTINGS).stages
    counted = stages.group_by("stage").agg(pl.len(), pl.col("quantity").mean()).sort("stage")
    assert counted["stage"].to_list() == ["global", "naive", "reconciled", "seasonal_naive", "statistical"]
    assert counted["len"].to_list() == [12] * 5
    assert counted["quantity"].to_list() == pytest.approx([100.0] * 5)


@pytest.mark.parametrize(
    ("history", "said"),
    [
        (frame(steady(1)).drop("demand_quantity"), "has no column demand_quantity"),
        (frame(steady(1)).clear(), "no demand history"),
        (frame(steady(1)).with_columns(demand_quantity=None), "I0 has no quantity in 2023-01-01"),
        (frame(steady(1)).with_columns(pl.col("period_start").dt.offset_by("1d")), "begins on 2023-01-02"),
        (pl.concat((frame(steady(1)), frame(steady(1)))), "the same month twice"),
    ],
)
def test_a_frame_that_is_not_a_history_is_refused(history: pl.DataFrame, said: str) -> None:
    with pytest.raises(ForecastError, match=said):
        company_forecast(history, items(item_id=["I0"]), SETTINGS)


def test_settings_without_a_horizon_are_refused() -> None:
    with pytest.raises(ForecastError, match="must both be 1 period or more"):
        CompanySettings(horizon=0)


def test_the_last_month_is_that_before_the_first_period() -> None:
    assert months_before(2) == [date(2025, 11, 1), date(2025, 12, 1)]
