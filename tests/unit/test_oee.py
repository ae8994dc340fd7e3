"""OEE from sums against a published worked example; a group is the sum of its parts, never their average."""

from __future__ import annotations

import polars as pl
import pytest

from tower.queries import oee

_HOURS = (
    "calendar_hours", "not_scheduled_hours", "unrecorded_hours", "planned_downtime_hours", "busy_hours", "idle_hours",
    "breakdown_hours", "setup_hours", "production_hours", "outside_shift_hours", "overlap_hours", "failure_count",
    "planned_run_hours", "good_run_hours", "scrap_run_hours", "produced_quantity",
)  # fmt: skip


def sums(**hours: float) -> pl.DataFrame:
    return pl.DataFrame({name: [float(hours.get(name, 0.0))] for name in _HOURS})


def shift() -> pl.DataFrame:
    """The worked example of oee.com: a shift of 480 minutes, 60 of breaks, 47 of stops, 19,271 parts at one a second,
    423 of them rejected: availability 88.81 %, performance 86.11 %, quality 97.80 %, OEE 74.79 %."""
    return sums(
        calendar_hours=8, planned_downtime_hours=1, busy_hours=7, breakdown_hours=47 / 60, production_hours=373 / 60,
        planned_run_hours=19_271 / 3600, good_run_hours=(19_271 - 423) / 3600, scrap_run_hours=423 / 3600,
    )  # fmt: skip


def test_a_published_example_comes_out() -> None:
    row = oee.with_rates(shift()).row(0, named=True)
    assert row["availability"] == pytest.approx(0.8881, abs=5e-5)
    assert row["effectiveness"] == pytest.approx(0.8611, abs=5e-5)
    assert row["quality"] == pytest.approx(0.9780, abs=1e-4)
    assert row["oee"] == pytest.approx(0.7479, abs=5e-5)
    assert row["oee"] == pytest.approx(row["availability"] * row["effectiveness"] * row["quality"])
    assert row["teep"] == pytest.approx(row["oee"] * 7 / 8)
    assert row["nee"] == pytest.approx(row["oee"])


def test_setup_counts_as_productive_in_nee_only() -> None:
    row = oee.with_rates(
        sums(busy_hours=10, production_hours=6, setup_hours=2, planned_run_hours=6, good_run_hours=6)
    ).row(0, named=True)
    assert (row["oee"], row["nee"], row["setup_ratio"]) == pytest.approx((0.6, 0.8, 0.25))


def test_two_centres_together_are_their_sums_and_not_their_average() -> None:
    small = sums(busy_hours=1, production_hours=1, planned_run_hours=1, good_run_hours=1)
    large = sums(busy_hours=9, production_hours=3, planned_run_hours=3, good_run_hours=0)
    names = {"value": pl.lit("a"), "label": pl.lit("a")}
    both = oee.total(oee.with_rates(pl.concat([small, large])).with_columns(**names)).row(0, named=True)
    assert both["oee"] == pytest.approx(1 / 10)
    assert both["availability"] == pytest.approx(4 / 10)
    assert both["quality"] == pytest.approx(1 / 4)


def test_the_losses_lead_from_calendar_time_to_good_production() -> None:
    tree = oee.loss_tree(shift())
    steps = {row["step"]: row for row in tree.iter_rows(named=True)}
    assert steps["busy"]["hours"] == pytest.approx(7)
    assert steps["production"]["hours"] == pytest.approx(373 / 60)
    assert steps["good"]["hours"] == pytest.approx((19_271 - 423) / 3600)
    losses = tree.filter(~pl.col("is_total"))["hours"].sum()
    assert losses + steps["good"]["hours"] == pytest.approx(8)
    assert steps["good"]["busy_share"] == pytest.approx(0.7479, abs=5e-5)


def test_where_there_is_nothing_to_divide_by_there_is_no_rate() -> None:
    row = oee.with_rates(sums()).row(0, named=True)
    assert {row[name] for name in ("oee", "availability", "effectiveness", "quality", "nee", "teep")} == {None}
