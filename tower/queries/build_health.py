"""What a build says of itself: loads, steps, rejected rows, tests, coverage, cross-references."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Rows of one table on a screen; the download holds the same, and the page says how many there are in all.
MOST_ROWS = 10_000


def build_info(warehouse: Warehouse) -> pl.DataFrame:
    """The one row of what this build is."""
    return warehouse.frame("select * from build.build_info")


def load_totals(warehouse: Warehouse) -> pl.DataFrame:
    """One row: source_count, table_count, source_rows, rows, rejected_rows (at landing), last_loaded_at."""
    return warehouse.frame(
        """
        select
            count(distinct source) as source_count,
            count(*) as table_count,
            cast(sum(source_rows) as bigint) as source_rows,
            cast(sum(rows) as bigint) as rows,
            cast(sum(rejected_rows) as bigint) as rejected_rows,
            max(cast(loaded_at as varchar)) as last_loaded_at
        from build.load_tables
        """
    )


def load_tables(warehouse: Warehouse) -> pl.DataFrame:
    """One row per source table that landed."""
    return warehouse.frame(
        """
        select
            source, table_name, source_rows, rows, rejected_rows, substr(checksum, 1, 12) as checksum,
            cast(loaded_at as timestamp) as loaded_at, files, notes
        from build.load_tables
        order by source, table_name
        """
    )


def build_steps(warehouse: Warehouse) -> pl.DataFrame:
    """The steps of the build in their order: step, seconds, peak memory in bytes."""
    return warehouse.frame("select step, seconds, peak_memory_bytes from build.build_steps")


def forecast_history_problems(warehouse: Warehouse) -> pl.DataFrame:
    """`problem`: a sentence about each kept forecast that could not be read when this build looked for it."""
    return warehouse.frame("select problem from build.forecast_history_problems order by problem")


def rejected_by_rule(warehouse: Warehouse) -> pl.DataFrame:
    """How many rows each rule refused, with the sentence that says what to do, written for one of them."""
    return warehouse.frame(
        f"""
        with counted as (
            select
                source, table_name, rule, stage, count(*) as rejected_rows, min(column_name) as column_name,
                min(value) as value
            from build.rejected_rows
            group by source, table_name, rule, stage
        )
        select
            counted.source, counted.table_name, counted.rule, counted.stage, counted.rejected_rows,
            {_sentence("en", "counted")} as sentence_en,
            {_sentence("zh", "counted")} as sentence_zh
        from counted
        left join reference.reject_rules as rules on rules.rule = counted.rule
        order by counted.rejected_rows desc, counted.source, counted.table_name, counted.rule
        """
    )


def rejected_rows(warehouse: Warehouse, table_name: str | None, rule: str | None) -> pl.DataFrame:
    """The refused rows themselves, whole, of one table or rule or of all; at most MOST_ROWS."""
    return warehouse.frame(
        f"""
        select
            rejected.source, rejected.table_name, rejected.row_number, rejected.record_key, rejected.rule,
            rejected.column_name, rejected.value, rejected.raw_row, rejected.stage,
            {_sentence("en", "rejected")} as sentence_en,
            {_sentence("zh", "rejected")} as sentence_zh
        from build.rejected_rows as rejected
        left join reference.reject_rules as rules on rules.rule = rejected.rule
        where ($table_name is null or rejected.table_name = $table_name) and ($rule is null or rejected.rule = $rule)
        order by rejected.source, rejected.table_name, rejected.row_number, rejected.rule
        limit {MOST_ROWS}
        """,
        {"table_name": table_name, "rule": rule},
    )


def test_totals(warehouse: Warehouse) -> pl.DataFrame:
    """How many tests ended how: status, tests."""
    return warehouse.frame("select status, count(*) as tests from build.test_results group by status order by status")


def test_results(warehouse: Warehouse, *, failing_only: bool) -> pl.DataFrame:
    """Every test with its outcome, those that found something first."""
    return warehouse.frame(
        """
        select test, model, layer, kind, column_name, severity, status, failures, message
        from build.test_results
        where not $failing_only or status <> 'pass'
        order by case status when 'error' then 0 when 'fail' then 1 when 'warn' then 2 else 3 end, layer, model, test
        """,
        {"failing_only": failing_only},
    )


def failing_rows(warehouse: Warehouse, test: str) -> pl.DataFrame:
    """The rows that a test found, as its own query returns them; at most MOST_ROWS. Empty for a test that passed."""
    queries = warehouse.frame("select query from build.test_queries where test = $test", {"test": test})
    if queries.is_empty():
        return pl.DataFrame()
    return warehouse.frame(f"select * from ({queries['query'].item()}\n) as found limit {MOST_ROWS}")


def coverage_tables(warehouse: Warehouse) -> pl.DataFrame:
    """How each source fills each canonical table: table_name, source, status, columns_absent, note, note_zh."""
    return warehouse.frame(
        """
        with lacking as (
            select source, table_name, count(*) as columns_absent
            from build.source_coverage
            where column_name <> '' and status = 'absent'
            group by source, table_name
        )
        select
            tables.table_name, tables.source, tables.status, coalesce(lacking.columns_absent, 0) as columns_absent,
            tables.note, tables.note_zh
        from build.source_coverage as tables
        left join lacking on lacking.source = tables.source and lacking.table_name = tables.table_name
        where tables.column_name = ''
        order by tables.table_name, tables.source
        """
    )


def coverage_columns(warehouse: Warehouse, table_name: str) -> pl.DataFrame:
    """How each source fills the columns of one canonical table: column_name, source, status, note, note_zh."""
    return warehouse.frame(
        """
        select column_name, source, status, note, note_zh
        from build.source_coverage
        where table_name = $table_name and column_name <> ''
        order by column_name, source
        """,
        {"table_name": table_name},
    )


def coverage(warehouse: Warehouse) -> pl.DataFrame:
    """All that the metric catalogue needs to know what is connected: source, table_name, column_name, status."""
    return warehouse.frame("select source, table_name, column_name, status from build.source_coverage")


def _sentence(language: str, rows: str) -> str:
    """SQL for a rule's sentence with its table, column and value written in."""
    written = f"rules.sentence_{language}"
    for name, column in (("table", "table_name"), ("column", "column_name"), ("value", "value")):
        written = f"replace({written}, '{{{name}}}', coalesce({rows}.{column}, ''))"
    return written
