"""Lands one table of Odoo: whole, or as what changed since the last load together with what is still there of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipelines.land.manifest import LoadedTable, SourceFile, checksum_of
from pipelines.land.sql_text import quoted
from pipelines.sources.odoo.columns import Selection
from pipelines.sources.odoo.database import Snapshot

if TYPE_CHECKING:
    import pyarrow

# Odoo stamps a row when its transaction begins, and shows it when it ends: no job of Odoo runs longer than that.
OVERLAP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LandedTable:
    """A landed table and what it cost: rows that were sent, rows that were gone, and when its last row was written."""

    loaded: LoadedTable
    rows_sent: int
    rows_deleted: int
    last_written: datetime | None
    is_incremental: bool


def land_table(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    selected: Selection,
    folder: Path,
    before: Path | None,
    last_written: datetime | None,
) -> LandedTable:
    """Write `folder/<table>.parquet` with all rows of the snapshot, numbered in the order of their key.

    `before` is the table's file of the last load, `last_written` the youngest row in it; without them, and for tables
    whose rows carry no time, everything is read.
    """
    file = folder / f"{selected.table.name}.parquet"
    is_incremental = False
    if before is not None and last_written is not None and selected.written is not None:
        is_incremental = True
        sent, deleted = _land_changes(connection, snapshot, selected, file, before, last_written)
    else:
        sent, deleted = _land_whole(connection, snapshot, selected, file), 0
    rows, youngest = _measured(connection, selected, file)
    # The count is the source's own, of the same snapshot.
    source_rows = int(snapshot.rows(selected.count_sql())[0][0])
    loaded = LoadedTable(
        name=selected.table.name,
        rows=rows,
        source_rows=source_rows,
        rejected_rows=0,
        columns={**selected.table.types, "_row_number": "BIGINT"},
        checksum=checksum_of(file),
        source_files=(SourceFile(name=selected.table.base_table, bytes=file.stat().st_size, checksum=""),),
        notes=_notes(selected, sent, deleted, is_incremental),
    )
    loaded.check_balance()
    return LandedTable(loaded, sent, deleted, youngest, is_incremental)


def _land_whole(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, selected: Selection, file: Path) -> int:
    with snapshot.batches(selected.sql()) as batches:
        connection.register("sent", batches)
        try:
            _write(connection, f"select {_typed(selected)} from sent", file)
        finally:
            connection.unregister("sent")
    return _count(connection, file)


def _land_changes(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    selected: Selection,
    file: Path,
    before: Path,
    last_written: datetime,
) -> tuple[int, int]:
    """What was written since, and the rows before of which the key is still there. Gives rows sent and rows gone."""
    since = last_written - OVERLAP
    changed = snapshot.table(selected.sql(f"{selected.written} >= timestamp '{since.isoformat(sep=' ')}'"))
    keys = snapshot.table(selected.keys_sql())
    old = f"read_parquet({quoted(str(before))}, hive_partitioning = false)"
    connection.register("changed", changed)
    connection.register("present", keys)
    try:
        unseen = connection.execute(
            f"select id from present where id not in (select id from {old}) and id not in (select id from changed)"
        ).fetchall()
        # A row that appeared with an old time (restored, imported, a transaction longer than the overlap).
        late = _of_ids(snapshot, selected, changed, [row[0] for row in unseen])
        connection.register("late", late)
        deleted = connection.execute(f"select count(*) from {old} where id not in (select id from present)").fetchone()
        columns = ", ".join([*selected.expressions, "_written_at"])
        _write(
            connection,
            f"select {columns} from (select {columns} from {old} where id in (select id from present) "
            f"and id not in (select id from changed) union all select {_typed(selected)} from changed "
            f"union all select {_typed(selected)} from late) order by id",
            file,
        )
    finally:
        for name in ("changed", "present", "late"):
            connection.unregister(name)
    return changed.num_rows + late.num_rows, int(deleted[0]) if deleted else 0


def _of_ids(snapshot: Snapshot, selected: Selection, like: pyarrow.Table, ids: list[int]) -> pyarrow.Table:
    if not ids:
        return like.slice(0, 0)
    return snapshot.table(selected.sql(f"{selected.key[0]} in ({', '.join(str(number) for number in ids)})"))


def _typed(selected: Selection) -> str:
    columns = [f'cast("{name}" as {data_type}) as "{name}"' for name, data_type in selected.table.types.items()]
    if selected.written:
        columns.append("cast(_written_at as timestamp) as _written_at")
    return ", ".join(columns)


def _write(connection: duckdb.DuckDBPyConnection, rows: str, file: Path) -> None:
    connection.execute(
        f"copy (select *, cast(row_number() over () as bigint) as _row_number from ({rows})) "
        f"to {quoted(str(file))} (format parquet, compression zstd)"
    )


def _count(connection: duckdb.DuckDBPyConnection, file: Path) -> int:
    counts = connection.execute(f"select num_rows from parquet_file_metadata({quoted(str(file))})").fetchall()
    return sum(int(count) for (count,) in counts)


def _measured(connection: duckdb.DuckDBPyConnection, selected: Selection, file: Path) -> tuple[int, datetime | None]:
    if not selected.written:
        return _count(connection, file), None
    found = connection.execute(f"select max(_written_at) from read_parquet({quoted(str(file))})").fetchone()
    return _count(connection, file), found[0] if found else None


def _notes(selected: Selection, sent: int, deleted: int, is_incremental: bool) -> tuple[str, ...]:
    notes = [f"{sent:,} rows read since the last load, {deleted:,} gone"] if is_incremental else []
    return (*notes, *(f"this Odoo has no column for {name}" for name in selected.absent))
