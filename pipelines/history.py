"""What outlives builds: one KPI snapshot a build, append-only, kept when the build is pruned."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl

from pipelines.build.context import BuildContext, write_table
from tower.builds import Home
from tower.metrics import Catalogue, Period, load_catalogue, query
from tower.warehouse import open_warehouse

SNAPSHOT_DAYS = 365
SNAPSHOT_SCHEMA = {
    "build_id": pl.String, "as_of": pl.Date, "metric": pl.String, "value": pl.Float64,
    "numerator": pl.Float64, "denominator": pl.Float64,
}  # fmt: skip


def write_kpi_snapshot(context: BuildContext) -> None:
    """Every metric over the year up to the as-of date, in `build.kpi_snapshot`; all earlier snapshots beside it.

    The file in the history folder is written only when the build is published: see `append_history`.
    """
    assert context.as_of is not None
    context.dbt.release()
    warehouse = open_warehouse(context.work_file)
    try:
        catalogue = load_catalogue(warehouse)
        values = query(
            warehouse,
            catalogue,
            list(catalogue.metrics),
            period=_last_year(context.as_of),
            as_of=context.as_of,
            with_parts=True,
        )
    finally:
        warehouse.close()
    snapshot = _long(values, catalogue, context.request.build_id, context.as_of)
    files = sorted((context.home.history / "kpi_snapshots").glob("*.parquet"))
    earlier = pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame(schema=SNAPSHOT_SCHEMA)
    with context.connection() as connection:
        write_table(connection, "build.kpi_snapshot", snapshot)
        write_table(connection, "build.kpi_history", pl.concat([earlier, snapshot]))


def _last_year(as_of: date) -> Period:
    return Period(start=as_of - timedelta(days=SNAPSHOT_DAYS - 1), end=as_of)


def _long(values: pl.DataFrame, catalogue: Catalogue, build_id: str, as_of: date) -> pl.DataFrame:
    row = values.row(0, named=True)
    rows = [
        (build_id, as_of, name, row[name], row.get(f"{name}__numerator"), row.get(f"{name}__denominator"))
        for name in catalogue.metrics
    ]
    return pl.DataFrame(rows, schema=SNAPSHOT_SCHEMA, orient="row")


def append_history(home: Home, build_id: str) -> None:
    """Copy a published build's snapshot into the history, unless it is there. Safe to repeat, safe to kill."""
    file = home.history / "kpi_snapshots" / f"{build_id}.parquet"
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    with duckdb.connect(str(home.build_file(build_id)), read_only=True) as connection:
        connection.sql("select * from build.kpi_snapshot").pl().write_parquet(partial)
    replace_durably(partial, file)


def replace_durably(partial: Path, file: Path) -> None:
    """Give a finished file its name so that after a crash either the old or the new content is there, whole."""
    with partial.open("rb+") as handle:
        os.fsync(handle.fileno())
    partial.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
