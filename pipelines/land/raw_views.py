"""Views over landed Parquet: the `raw` schema of a build, one view for each table that staging may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from pipelines.land.manifest import LoadManifest
from pipelines.land.sql_text import quoted

Loads = Sequence[tuple[LoadManifest, Path]]


def create_raw_views(
    connection: duckdb.DuckDBPyConnection, raw_name: str, tables: Mapping[str, Mapping[str, str]], loads: Loads
) -> None:
    """Create `raw.<raw_name>__<table>` over loads that share these tables, in the order of the sources.

    Every view has all columns of the table: what a source does not have is null. A table that no source landed is an
    empty view, so that the models above need not know which sources there are.
    """
    for table, columns in tables.items():
        branches = [
            _branch(columns, landed.columns, manifest.source, folder / f"{table}.parquet")
            for manifest, folder in loads
            if (landed := manifest.table(table)) is not None
        ]
        sql = "\nunion all\n".join(branches) if branches else _empty(columns)
        connection.execute(f'create or replace view raw."{raw_name}__{table}" as {sql}')


def _branch(columns: Mapping[str, str], landed: Mapping[str, str], source: str, file: Path) -> str:
    selected = [
        f'"{name}"' if landed.get(name) == data_type else f'cast({_column(name, landed)} as {data_type}) as "{name}"'
        for name, data_type in columns.items()
        if name not in {"_row_number", "_source"}
    ]
    return (
        f"select {', '.join(selected)}, '{source}' as _source, _row_number "
        f"from read_parquet({quoted(str(file))}, hive_partitioning = false)"
    )


def _column(name: str, landed: Mapping[str, str]) -> str:
    return f'"{name}"' if name in landed else "null"


def _empty(columns: Mapping[str, str]) -> str:
    selected = [
        f'cast(null as {data_type}) as "{name}"'
        for name, data_type in columns.items()
        if name not in {"_row_number", "_source"}
    ]
    own = "cast(null as varchar) as _source, cast(null as bigint) as _row_number"
    return f"select {', '.join(selected)}, {own} where false"
