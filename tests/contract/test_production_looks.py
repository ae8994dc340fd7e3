"""Looks at production orders tell only what was recorded by their day: the build as it stood then says the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from forecasting.outcomes.rows import OutcomeRows
from pipelines.predict.production_looks import FEATURES, production_looks
from tests.conftest import DEMO_AS_OF
from tests.contract.earlier_build import earlier_build, put_back
from tower.builds import BuildSummary

THEN = date(2026, 2, 3)

# Tables that the looks read, and what had been written of them by a day: rows, and columns emptied again.
_THEN = {
    "canonical.cnl_production_orders": "select * replace (case when cast(started_at as date) <= {day} then started_at end "
    "as started_at, case when cast(finished_at as date) <= {day} then finished_at end as finished_at, "
    "case when cast(finished_at as date) <= {day} then order_status "
    "when order_status = 'cancelled' then order_status else 'confirmed' end as order_status, "
    "null as completed_quantity, null as scrapped_quantity) from {table} where cast(created_at as date) <= {day}",
    "canonical.cnl_work_orders": "select * replace (case when cast(finished_at as date) <= {day} then finished_at end as "
    "finished_at, null as started_at, null as actual_hours, null as good_quantity, null as scrap_quantity) from {table}",
    "canonical.cnl_operation_reports": "select * from {table} where cast(reported_at as date) <= {day}",
    "canonical.cnl_production_order_components": "select * replace (null as issued_quantity) from {table}",
    "canonical.cnl_stock_movements": "select * from {table} where cast(moved_at as date) <= {day}",
    "canonical.cnl_document_changes": "select * from {table} where cast(changed_at as date) <= {day}",
    "canonical.cnl_work_centres": "select * from {table}",
    "core.int_source_coverage": "select * from {table}",
    "core.fct_stock_intervals": "select * from {table} where valid_from_date <= {day}",
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
    now = production_looks(build, DEMO_AS_OF)
    assert (DEMO_AS_OF - THEN).days % 7 == 0
    as_it_stood(build, THEN)
    then = production_looks(build, THEN)
    columns = ["row_id", "group", "known_date", "due_date", *FEATURES]
    seen_now = now.filter(pl.col("known_date") == THEN).select(columns).sort("row_id")
    seen_then = then.filter(pl.col("known_date") == THEN).select(columns).sort("row_id")
    assert seen_then.height >= 10
    assert_frame_equal(seen_now, seen_then)


def test_looks_know_parts_hours_and_slips(build: duckdb.DuckDBPyConnection) -> None:
    as_it_stood(build, DEMO_AS_OF)
    looks = production_looks(build, DEMO_AS_OF)
    rows = OutcomeRows.of(looks, list(FEATURES))
    assert rows.count == looks.height > 500
    for name in ("short_parts", "item_slip_days", "queue_days", "centre_slip_days", "days_since_start"):
        assert looks[name].n_unique() > 5, name
    assert looks["remaining_share"].drop_nulls().is_between(0, 1).all()
    assert looks["short_share"].drop_nulls().is_between(0, 1).all()


def test_a_date_that_was_moved_later_is_put_back(build: duckdb.DuckDBPyConnection) -> None:
    as_it_stood(build, DEMO_AS_OF)
    looks = production_looks(build, DEMO_AS_OF)
    chosen = looks.filter(pl.col("known_date") == THEN).row(0, named=True)
    build.execute(
        "insert into memory.canonical.cnl_document_changes (document_type, line_id, field, old_value, new_value, changed_at) "
        "values ('production_orders', ?, 'planned_finish_date', '2026-02-20', 'x', timestamp '2026-02-05 09:00:00')",
        [chosen["subject"]],
    )
    again = production_looks(build, DEMO_AS_OF).filter(pl.col("subject") == chosen["subject"])
    before = again.filter(pl.col("known_date") <= date(2026, 2, 4))
    after = again.filter(pl.col("known_date") > date(2026, 2, 5))
    assert set(before["due_date"]) == {date(2026, 2, 20)}
    assert set(after["due_date"]) <= {chosen["due_date"]}
