"""A build put back to an earlier day in memory, so that looks made then can be held against looks back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import duckdb

from tower.builds import CATALOGUE, BuildSummary


@contextmanager
def earlier_build(build: BuildSummary) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory beside the build, with its schemas and nothing in them yet."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"attach '{build.file}' as {CATALOGUE} (read_only)")
    connection.execute("create schema canonical; create schema core; create schema reference")
    yield connection
    connection.close()


def put_back(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str], day: date) -> None:
    """Each table as it had been written by the end of a day: its SQL, with `{table}`, `{catalogue}` and `{day}`."""
    for table, sql in tables.items():
        made = sql.format(day=f"date '{day}'", table=f"{CATALOGUE}.{table}", catalogue=CATALOGUE)
        connection.execute(f"create or replace table memory.{table} as {made}")
