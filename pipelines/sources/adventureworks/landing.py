"""Lands one AdventureWorks table: Parquet in, Parquet out, streamed, every row counted against both files' footers."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.land.manifest import LoadedTable, SourceFile, checksum_of
from pipelines.land.sql_text import quoted
from pipelines.sources.adventureworks.tables import SourceTable
from tower.errors import SourceError


def land_table(connection: duckdb.DuckDBPyConnection, table: SourceTable, source: Path, folder: Path) -> LoadedTable:
    """Write the columns that staging reads, with `_row_number`, to `folder/<table>.parquet`.

    The file is read without a filter: its column statistics cannot be trusted to decide what exists. A column of
    another type than declared is cast, whole or not at all. Raises SourceError for a missing file or column and for
    values that cannot be read as the declared type.
    """
    file = source / table.file
    if not file.exists():
        raise SourceError(
            f"The AdventureWorks table {table.file} is missing in {source}. "
            "Put the file there, or name the folder that holds all Schema.Table.parquet files."
        )
    try:
        found = _columns_of(connection, file)
        _check_columns(table, found)
        landed = folder / f"{table.name}.parquet"
        connection.execute(_copy_statement(table, found, file, landed))
        source_rows = _rows_of(connection, file)
        rows = _rows_of(connection, landed)
    except duckdb.Error as error:
        raise SourceError(
            f"{table.file} cannot be read: {str(error).splitlines()[0]} "
            "Replace the file by an undamaged copy and load again."
        ) from error
    return LoadedTable(
        name=table.name,
        rows=rows,
        source_rows=source_rows,
        rejected_rows=0,
        columns={**table.columns, "_row_number": "BIGINT"},
        checksum=checksum_of(landed),
        source_files=(SourceFile(name=table.file, bytes=file.stat().st_size, checksum=checksum_of(file)),),
        ignored_columns=tuple(name for name in found if name not in table.columns),
        notes=_notes(table, found),
    )


def _columns_of(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, str]:
    described = connection.execute(f"describe select * from {_parquet(file)}").fetchall()
    return {name: data_type for name, data_type, *_ in described}


def _check_columns(table: SourceTable, found: dict[str, str]) -> None:
    missing = [name for name in table.columns if name not in found]
    if not missing:
        return
    unknown = [name for name in found if name not in table.columns and name not in table.not_read]
    hint = f" It has {', '.join(unknown)} instead, which is not known." if unknown else ""
    raise SourceError(
        f"{table.file} has no column {', '.join(missing)}.{hint} "
        "Give the column its AdventureWorks name, or use an export of the full table."
    )


def _copy_statement(table: SourceTable, found: dict[str, str], file: Path, landed: Path) -> str:
    selected = ", ".join(
        f'"{name}"' if found[name] == data_type else f'cast("{name}" as {data_type}) as "{name}"'
        for name, data_type in table.columns.items()
    )
    return (
        f"copy (select {selected}, cast(file_row_number + 1 as bigint) as _row_number "
        f"from {_parquet(file, 'file_row_number = true')}) "
        f"to {quoted(str(landed))} (format parquet, compression zstd)"
    )


def _notes(table: SourceTable, found: dict[str, str]) -> tuple[str, ...]:
    new = [
        f"column {name} is new in {table.file}; nothing uses it yet"
        for name in found
        if name not in table.columns and name not in table.not_read
    ]
    recast = [
        f"column {name} is {found[name]} in this copy and was read as {data_type}"
        for name, data_type in table.columns.items()
        if found[name] != data_type
    ]
    return (*new, *recast)


def _rows_of(connection: duckdb.DuckDBPyConnection, file: Path) -> int:
    """The file's own count, from its footer."""
    counts = connection.execute(f"select num_rows from parquet_file_metadata({quoted(str(file))})").fetchall()
    return sum(int(count) for (count,) in counts)


def _parquet(file: Path, *options: str) -> str:
    return f"read_parquet({', '.join((quoted(str(file)), 'hive_partitioning = false', *options))})"
