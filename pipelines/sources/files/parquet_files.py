"""Parquet files: read without trusting what their footers say of the values, counted by what they say of the rows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import Table
from pipelines.land.sql_text import quoted
from pipelines.land.tables import OpenedTable
from tower.errors import SourceError


def open_parquet(connection: duckdb.DuckDBPyConnection, path: Path, table: Table) -> OpenedTable:
    """Raises SourceError for a file that is no Parquet."""
    try:
        rows = int(pq.read_metadata(path).num_rows)
        options = "file_row_number = true, hive_partitioning = false, binary_as_string = true"
        reader = f"read_parquet({quoted(str(path))}, {options})"
        described = connection.execute(f"describe select * exclude (file_row_number) from {reader}").fetchall()
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise SourceError(f"{path.name} is no Parquet file that can be read: {str(error).splitlines()[0]}") from error
    headings = tuple(str(row[0]) for row in described)
    listed = ", ".join(f'"{heading.replace(chr(34), chr(34) * 2)}" as c{i}' for i, heading in enumerate(headings))
    connection.execute(
        f"create or replace temp view {table.name}_records as "
        f"select file_row_number + 1 as _row_number, {listed} from {reader}"
    )
    data_types = tuple(str(row[1]) for row in described)
    return OpenedTable(f"{table.name}_records", headings, rows, data_types=data_types)
