"""Looks at opportunities tell only what was recorded by their day: the build as it stood then says the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from forecasting.chances import ChanceRows
from pipelines.predict.win_chances import PLAIN, win_chances
from pipelines.predict.win_looks import FEATURES, win_looks
from tests.conftest import DEMO_AS_OF
from tests.contract.earlier_build import earlier_build, put_back
from tower.builds import BuildSummary

THEN = date(2026, 2, 1)
COLUMNS = ["row_id", "group", "known_date", "worth", *FEATURES]
# Tables that the looks read, and what had been written of them by a day.
_THEN = {
    "core.fct_opportunities": "select * replace (case when closed_date <= {day} then closed_date end as closed_date, "
    "case when closed_date <= {day} then is_won else 0 end as is_won, "
    "case when closed_date <= {day} then is_open else 1 end as is_open, "
    "coalesce((select arg_min(cast(old_value as date), changed_at) from {catalogue}.canonical.cnl_document_changes "
    "where document_type = 'opportunities' and field = 'expected_close_date' and line_id = opportunity_id "
    "and cast(changed_at as date) > {day}), expected_close_date) as expected_close_date, "
    "null as probability_rate, null as lost_reason) from {table} where created_date <= {day}",
    "core.fct_opportunity_stages": "select * replace (null as left_date, null as next_stage, null as days_in_stage) "
    "from {table} where entered_date <= {day}",
    "core.fct_activities": "select * from {table} where activity_date <= {day}",
    "core.fct_quotations": "select * replace (null as quotation_status, null as is_ordered) from {table} "
    "where quoted_date <= {day}",
    "core.fct_sales_order_lines": "select * replace (case when received_in_full_date <= {day} then received_in_full_date "
    "end as received_in_full_date) from {table} where ordered_date <= {day}",
    "core.int_source_coverage": "select * from {table}",
    "canonical.cnl_document_changes": "select * from {table} where cast(changed_at as date) <= {day}",
}


@pytest.fixture
def build(demo_build: BuildSummary) -> Iterator[duckdb.DuckDBPyConnection]:
    with earlier_build(demo_build) as connection:
        yield connection


def as_it_stood(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    """The tables in memory as they were written by the end of a day."""
    put_back(connection, _THEN, day)


def test_a_look_back_says_what_the_build_of_that_day_says(build: duckdb.DuckDBPyConnection) -> None:
    as_it_stood(build, DEMO_AS_OF)
    now = win_looks(build, DEMO_AS_OF).filter(pl.col("known_date") == THEN).select(COLUMNS).sort("row_id")
    as_it_stood(build, THEN)
    then = win_looks(build, THEN).filter(pl.col("known_date") == THEN).select(COLUMNS).sort("row_id")
    assert then.height >= 5
    assert_frame_equal(now, then)


def test_changing_what_came_later_changes_no_look(build: duckdb.DuckDBPyConnection) -> None:
    as_it_stood(build, DEMO_AS_OF)
    before = win_looks(build, DEMO_AS_OF).filter(pl.col("known_date") <= THEN).select(COLUMNS)
    later = f"date '{THEN}'"
    build.execute(f"update memory.core.fct_opportunities set is_won = 1 - is_won where closed_date > {later}")
    build.execute(f"delete from memory.core.fct_activities where activity_date > {later}")
    build.execute(f"delete from memory.core.fct_quotations where quoted_date > {later}")
    build.execute(f"delete from memory.core.fct_sales_order_lines where ordered_date > {later}")
    build.execute(f"update memory.core.fct_opportunity_stages set stage = 'other' where entered_date > {later}")
    after = win_looks(build, DEMO_AS_OF).filter(pl.col("known_date") <= THEN).select(COLUMNS)
    assert_frame_equal(before, after)


def test_looks_are_open_and_chances_are_chances(build: duckdb.DuckDBPyConnection) -> None:
    as_it_stood(build, DEMO_AS_OF)
    looks = win_looks(build, DEMO_AS_OF)
    assert ChanceRows.of(looks, list(FEATURES)).count == looks.height
    open_now = build.sql("select opportunity_id from memory.core.fct_opportunities where is_open = 1").pl()
    predictions, reasons, judged, _ = win_chances(looks, DEMO_AS_OF)
    assert sorted(predictions["opportunity_id"]) == sorted(open_now["opportunity_id"])
    assert predictions["win_probability"].drop_nulls().is_between(0, 1).all()
    assert set(predictions["probability_by"]) == {judged.chosen}
    shuffled = looks.sample(fraction=1.0, shuffle=True, seed=3)
    again, _, _, _ = win_chances(shuffled, DEMO_AS_OF)
    assert_frame_equal(predictions, again)
    if reasons.height:
        total = reasons.group_by("opportunity_id").agg(pl.sum("effect") + pl.first("average"))
        joined = predictions.join(total, on="opportunity_id")
        assert (joined["win_probability"] - joined["effect"]).abs().max() < 1e-9  # type: ignore[operator]


def test_without_any_decision_there_is_no_chance() -> None:
    day = date(2026, 6, 30)
    schema = {"row_id": pl.String, "subject": pl.String, "group": pl.String, "known_date": pl.Date,
              "decided_date": pl.Date, "outcome": pl.Float64, "worth": pl.Float64, **dict.fromkeys(FEATURES, pl.Float64)}  # fmt: skip
    one = pl.DataFrame(
        [{"row_id": "A@x", "subject": "A", "group": "needs", "known_date": day, "worth": 5.0}], schema=schema
    )
    predictions, _, judged, decided = win_chances(one, day)
    assert (judged.chosen, judged.reason, decided) == (PLAIN, "too_few_decided", 0)
    assert predictions["win_probability"].to_list() == [None]
    empty, _, _, _ = win_chances(pl.DataFrame(schema=schema), day)
    assert empty.is_empty()


def test_stage_shares_are_drawn_towards_the_share_of_all() -> None:
    # Ten looks in `offer`, eight won; thirty in `start`, six won; all decided after a day, so that each weighs one.
    day = date(2026, 6, 30)
    rows = [
        {"row_id": f"{stage}{n}", "subject": f"{stage}{n}", "group": stage, "known_date": date(2026, 5, 1),
         "decided_date": date(2026, 5, 2), "outcome": float(n < won), "worth": 1.0}
        for stage, count, won in (("offer", 10, 8), ("start", 30, 6)) for n in range(count)
    ]  # fmt: skip
    rows += [
        {"row_id": f"open-{stage}", "subject": stage, "group": stage, "known_date": day, "decided_date": None,
         "outcome": None, "worth": 1.0}
        for stage in ("offer", "start")
    ]  # fmt: skip
    looks = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in FEATURES
    )
    predictions, _, _, decided = win_chances(looks, day)
    everyone = 14 / 40
    assert decided == 40
    assert predictions["win_probability"].to_list() == pytest.approx(
        [(8 + 20 * everyone) / 30, (6 + 20 * everyone) / 50]
    )
