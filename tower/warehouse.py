"""The only reader of builds. A query runs on one immutable file, read-only, within one row scope.

A reader with a restricted scope does not see the build's tables: it sees views of the same names that filter. So no
query, page or export can forget the scope, and a table that does not say whom its rows concern is not there at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import polars.selectors as cs

from tower.access import EVERYTHING, RowScope
from tower.builds import CATALOGUE, SCHEMA_VERSION
from tower.errors import BuildNotFound, QueryError, SchemaMismatch

# Layers that a restricted reader sees; the layers below core are not split by scope, so they stay hidden.
SCOPED_LAYERS = ("core", "marts")
OPEN_LAYERS = ("reference", "build")
# Holds whole rows of the source, of any customer.
HIDDEN_FROM_SCOPED = frozenset({("build", "rejected_rows")})

Parameters = Sequence[Any] | Mapping[str, Any]

_RELATION = re.compile(r'\b(?:core|marts|canonical|engine|reference)\."?(\w+)"?')
_reads: ContextVar[set[str] | None] = ContextVar("reads", default=None)


@contextmanager
def recording_reads() -> Iterator[set[str]]:
    """The names of the tables that queries inside this block read, without their schemas."""
    reads: set[str] = set()
    token = _reads.set(reads)
    try:
        yield reads
    finally:
        _reads.reset(token)


@dataclass(frozen=True, slots=True)
class Warehouse:
    """One build, opened for one row scope. Safe to share between threads: each call takes a cursor of its own."""

    build_id: str
    as_of: date
    scope: RowScope
    company_currency: str
    _connection: duckdb.DuckDBPyConnection

    def frame(self, sql: str, parameters: Parameters | None = None) -> pl.DataFrame:
        """Run one query. Decimals come out as Float64. Raises QueryError with the database's own words."""
        if (reads := _reads.get()) is not None:
            reads.update(_RELATION.findall(sql))
        with self._connection.cursor() as cursor:
            try:
                if self.scope.is_everything:
                    cursor.execute(f"use {CATALOGUE}")
                relation = cursor.sql(sql, params=parameters)
                result = pl.DataFrame() if relation is None else relation.pl()
            except duckdb.Error as error:
                raise QueryError(f"The query could not be answered: {error}") from error
        as_floats: pl.DataFrame = result.with_columns(cs.decimal().cast(pl.Float64))
        return as_floats

    def close(self) -> None:
        self._connection.close()


def open_warehouse(build_file: Path, scope: RowScope = EVERYTHING) -> Warehouse:
    """Open a build read-only. Raises BuildNotFound or SchemaMismatch."""
    if not build_file.exists():
        raise BuildNotFound(f"The build {build_file.stem} is no longer there. `tower builds` lists those that exist.")
    connection = duckdb.connect(":memory:")
    try:
        # The views inside name their catalogue, so they work under this name only.
        connection.execute(f"attach '{_quoted(build_file)}' as {CATALOGUE} (read_only)")
        info = _build_info(connection, build_file)
        if not scope.is_everything:
            _create_scoped_views(connection, scope)
    except duckdb.Error as error:
        connection.close()
        raise QueryError(f"The build {build_file.stem} cannot be opened: {error}") from error
    except SchemaMismatch:
        connection.close()
        raise
    return Warehouse(info[0], info[1], scope, info[2], connection)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _build_info(connection: duckdb.DuckDBPyConnection, build_file: Path) -> tuple[str, date, str]:
    row = connection.execute(
        f"select build_id, as_of, company_currency, schema_version from {CATALOGUE}.build.build_info"
    ).fetchone()
    if row is None or row[3] != SCHEMA_VERSION:
        written = "nothing" if row is None else row[3]
        raise SchemaMismatch(
            f"The build {build_file.stem} was written with table version {written}, this program reads version "
            f"{SCHEMA_VERSION}. Build again with `tower build`."
        )
    return row[0], row[1], row[2]


def _create_scoped_views(connection: duckdb.DuckDBPyConnection, scope: RowScope) -> None:
    for axis, ids in scope.axes.items():
        connection.execute(f"create table main.scope_{axis} as select unnest(?) as id", [sorted(ids)])
    tables = connection.execute(
        f"""
        select tables.table_schema, tables.table_name, scopes.axis, scopes.column_name
        from information_schema.tables as tables
        left join {CATALOGUE}.build.table_scopes as scopes
            on scopes.schema_name = tables.table_schema and scopes.table_name = tables.table_name
        where tables.table_catalog = '{CATALOGUE}' and tables.table_schema in ('core', 'marts', 'reference', 'build')
        order by 1, 2
        """
    ).fetchall()
    columns_by_table: dict[tuple[str, str], list[tuple[str | None, str | None]]] = {}
    for schema, table, axis, column in tables:
        columns_by_table.setdefault((schema, table), []).append((axis, column))
    for schema in (*SCOPED_LAYERS, *OPEN_LAYERS):
        connection.execute(f"create schema memory.{schema}")
    for (schema, table), declared in columns_by_table.items():
        if (schema, table) in HIDDEN_FROM_SCOPED:
            continue
        is_declared = any(axis is not None for axis, _ in declared)
        if schema in SCOPED_LAYERS and not is_declared:
            continue
        conditions = [
            f'"{column}" in (select id from memory.main.scope_{axis})'
            for axis, column in declared
            if axis in scope.axes
        ]
        where = f" where {' and '.join(conditions)}" if conditions else ""
        connection.execute(
            f'create view memory.{schema}."{table}" as select * from {CATALOGUE}.{schema}."{table}"{where}'
        )
