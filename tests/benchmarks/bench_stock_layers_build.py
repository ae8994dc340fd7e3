"""Time and memory of the stock layers as a build makes them, from tables on disk to tables on disk.

    python -m tests.benchmarks.bench_stock_layers_build [movements …]

The same made-up company as in bench_stock_layers, whose movements lie in a DuckDB file; the step reads whole items, about a
million movements at a time, and writes layers and uses back. Peak memory is that of the whole process, the database included,
whose own part is held to MEMORY_LIMIT.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.engines import MOVEMENTS_AT_A_TIME, run_stock_layers
from tests.benchmarks.bench_stock_layers import OUTSIDE, movements_of_a_company

SIZES = (2_500_000, 25_000_000)
MEMORY_LIMIT = "2GB"
# Items of one block of made-up movements, so that the company is written a part at a time too.
WRITTEN_AT_A_TIME = 1_250_000


def write_company(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """The canonical tables that the step reads; each part of the movements has items and a seed of its own."""
    connection.execute("create schema canonical; create schema build")
    connection.execute(
        "create table canonical.cnl_locations as "
        f"select 'L' || range as location_id, range < {OUTSIDE} as is_own_stock from range({OUTSIDE + 1})"
    )
    connection.execute(
        "create table build.source_coverage as "
        "select 'made_up' as source, 'stock_movements' as table_name, '' as column_name, 'full' as status"
    )
    for part in range(0, count, WRITTEN_AT_A_TIME):
        made = movements_of_a_company(min(WRITTEN_AT_A_TIME, count - part), seed=7 + part // WRITTEN_AT_A_TIME)
        frame = pl.DataFrame(
            {
                "number": made.number + part, "item": made.item, "from_location": made.from_location,
                "to_location": made.to_location, "moved_at": made.moved_at, "quantity": made.quantity, "value": made.value,
            }
        )  # fmt: skip
        connection.register("made_up", frame)
        connection.execute(
            f"""
            {"create table canonical.cnl_stock_movements as" if part == 0 else "insert into canonical.cnl_stock_movements"}
            select
                'M' || lpad(cast(number as varchar), 9, '0') as movement_id,
                'I{part // WRITTEN_AT_A_TIME:03d}-' || lpad(cast(item as varchar), 6, '0') as item_id,
                'L' || from_location as from_location_id, 'L' || to_location as to_location_id,
                cast(null as varchar) as lot_id, moved_at, cast(null as date) as original_receipt_date,
                cast(quantity / 1000000 as decimal(18, 6)) as quantity, cast(value / 1000000 as decimal(18, 6)) as value,
                cast(null as decimal(18, 6)) as unit_cost, 'made_up' as _source
            from made_up
            """
        )
        connection.unregister("made_up")


def measure(count: int) -> None:
    """Write the company in a process of its own, so that its memory is not counted, then time the step."""
    with tempfile.TemporaryDirectory(prefix="stock-layers-") as folder:
        file = Path(folder) / "company.duckdb"
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.bench_stock_layers_build", "--write", str(count), str(file)],
            check=True,
        )
        connection = _open(file)
        before, load = resource.getrusage(resource.RUSAGE_SELF), os.getloadavg()[0]
        begun = time.perf_counter()
        run_stock_layers(connection, date(2026, 6, 30))
        seconds = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_SELF)
        layers, uses = (
            connection.execute(f"select count(*) from engine.{table}").fetchall()[0][0]
            for table in ("stock_layers", "stock_layer_uses")
        )
        connection.close()
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(
            f"{count:>12,} movements  {seconds:8.1f} s  {processor:8.1f} s of processor  "
            f"{after.ru_maxrss / 1024:8,.0f} MB peak  {layers:>10,} layers  {uses:>11,} uses  "
            f"{file.stat().st_size / 1e9:5.1f} GB file  load {load:.1f}",
            flush=True,
        )


def _open(file: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(file))
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'; set temp_directory = '{file.parent / 'spill'}'")
    connection.execute("set threads = 2; set preserve_insertion_order = false")
    return connection


def main() -> None:
    if sys.argv[1:2] == ["--write"]:
        with _open(Path(sys.argv[3])) as connection:
            write_company(connection, int(sys.argv[2]))
        return
    if len(sys.argv) == 2:
        measure(int(sys.argv[1]))
        return
    print(f"{MOVEMENTS_AT_A_TIME:,} movements at a time, database held to {MEMORY_LIMIT}", flush=True)
    # Each size in a process of its own: peak memory is that of the process.
    for size in sys.argv[1:] or SIZES:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.bench_stock_layers_build", str(size)], check=True)


if __name__ == "__main__":
    main()
