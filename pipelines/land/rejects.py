"""Rows that could not be read, kept whole until the load is written to `rejected.parquet`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from pipelines.land.manifest import REJECTED_FILE
from pipelines.land.sql_text import quoted

COLUMNS = {
    "source_table": "varchar",
    "row_number": "bigint",
    "raw_row": "varchar",
    "rule": "varchar",
    "column_name": "varchar",
    "value": "varchar",
    "file": "varchar",
}


class RejectedRows:
    """The rejected rows of one load, one entry a row whatever number of its values is wrong.

    `raw_row` is JSON: the source's columns by name, or {"_text": …} where the row has no columns.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        columns = ", ".join(f"{name} {data_type}" for name, data_type in COLUMNS.items())
        connection.execute(f"create or replace temp table rejected_rows ({columns})")

    def add_query(self, sql: str) -> int:
        """Add the rows of a query with the columns of COLUMNS, in that order; give their number."""
        row = self.connection.execute(f"insert into rejected_rows {sql}").fetchone()
        return int(row[0]) if row else 0

    def add_rows(self, rows: Sequence[tuple[str, int, str, str, str | None, str | None, str]]) -> int:
        if not rows:
            return 0
        schema = {name: pl.Int64 if data_type == "bigint" else pl.String for name, data_type in COLUMNS.items()}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        self.connection.register("new_rejected_rows", frame.to_arrow())
        added = self.add_query("select * from new_rejected_rows")
        self.connection.unregister("new_rejected_rows")
        return added

    def write(self, folder: Path) -> None:
        """Write `rejected.parquet`, in the order of table and row; an empty file where nothing was rejected."""
        partial = folder / f"{REJECTED_FILE}.partial"
        self.connection.execute(
            "copy (select * from rejected_rows order by source_table, row_number) "
            f"to {quoted(str(partial))} (format parquet, compression zstd)"
        )
        partial.replace(folder / REJECTED_FILE)
