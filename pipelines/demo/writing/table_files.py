"""The file of one canonical table, written piece by piece: Parquet, or CSV for what a CRM would export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import Table

_TYPES: Mapping[str, pl.DataType] = {
    "varchar": pl.String(),
    "decimal(18,6)": pl.Float64(),
    "double": pl.Float64(),
    "integer": pl.Int32(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
}
_INSTANT_FORMAT = "%Y-%m-%d %H:%M:%S"


class TableFile:
    """A growing file `<table>.parquet` or `<table>.csv`; its columns are those of the first piece.

    `rows` have been written so far. Pieces become row groups of their own, so memory holds one at a time.
    """

    def __init__(self, folder: Path, table: Table, *, as_text: bool = False) -> None:
        self.table = table
        self.rows = 0
        self.path = folder / f"{table.name}.{'csv' if as_text else 'parquet'}"
        self._as_text = as_text
        self._schema: dict[str, pl.DataType] = {}
        self._writer: pq.ParquetWriter | None = None

    def conformed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A piece with the file's columns and types. Raises ValueError for columns that the contract does not know."""
        known = {column.name: _TYPES[column.data_type] for column in self.table.source_columns}
        foreign = [name for name in frame.columns if name not in known]
        if foreign:
            raise ValueError(f"{self.table.name} has no column {foreign[0]}")
        if not self._schema:
            self._schema = {name: known[name] for name in known if name in frame.columns}
        if len(self._schema) != frame.width:
            raise ValueError(f"a piece of {self.table.name} has other columns than those before")
        return frame.select(pl.col(name).cast(data_type) for name, data_type in self._schema.items())

    def write(self, frame: pl.DataFrame) -> None:
        """Append a piece; one without rows still settles the columns."""
        piece = self.conformed(frame)
        if piece.height:
            self._append(piece)

    def write_text(self, frame: pl.DataFrame) -> None:
        """Append rows whose values are text, whatever the column is. Only a CSV can hold them."""
        if not self._as_text:
            raise ValueError(f"{self.path.name} has types")
        self._append(frame.select(list(self._schema)))

    def as_text(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A piece as it would stand in a CSV."""
        return self.conformed(frame).with_columns(
            pl.col(pl.Datetime("us")).dt.strftime(_INSTANT_FORMAT), pl.col(pl.Boolean).cast(pl.String)
        ).cast(pl.String)  # fmt: skip

    def close(self) -> None:
        """Finish the file. A table of which nothing was ever written gets all its columns and no rows."""
        if not self._schema:
            self._schema = {column.name: _TYPES[column.data_type] for column in self.table.source_columns}
        if self.rows == 0:
            self._append(pl.DataFrame(schema=self._schema))
        if self._writer is not None:
            self._writer.close()

    def _append(self, piece: pl.DataFrame) -> None:
        if self._as_text:
            is_new = not self.path.exists()
            with self.path.open("ab") as file:
                piece.write_csv(file, include_header=is_new, datetime_format=_INSTANT_FORMAT)
        else:
            rows = piece.to_arrow(compat_level=pl.CompatLevel.oldest())
            if self._writer is None:
                self._writer = pq.ParquetWriter(
                    self.path, rows.schema, compression="zstd", use_dictionary=self._repeating(rows.schema)
                )
            self._writer.write_table(rows)
        self.rows += piece.height

    def _repeating(self, schema: pa.Schema) -> list[str]:
        """Columns worth a dictionary: texts that are not the key."""
        key = self.table.key[:1]
        return [field.name for field in schema if pa.types.is_large_string(field.type) and field.name not in key]
