"""Chances of dates: what they cost, and whether they are true.

    python -m tests.benchmarks.bench_probability [--scale small] [--as-of 2026-05-25 …] [--days 90]

The demo company is built as of each day and once more as of the last of them and so many days later. What was known on
an earlier day is the same in the later build, so what then happened can be held against P50 and P90 of the earlier one:
once with the incidents of the seed, once without.

Coverage is the share that was done by the P50 or P90 day. Days are whole, so a P50 that is right covers a little more
than a half: the share done before that day is named as well.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from pipelines.build.context import Request
from pipelines.build.run import run_build
from planning.model.inputs import planning_model
from planning.tables.probability import DRAWS, probability_tables
from planning.tables.results import Planned, planned
from tower.queries.planning_rows import read_frame, read_rows
from tower.queries.planning_sql import QUERIES
from tower.settings import Settings, SourceSettings

START = date(2023, 11, 23)
GOAL = 5.0

HAPPENED = """
    select 'purchase_order_line' as kind, purchase_order_line_id as id, received_in_full_date as done,
        false as is_cancelled from core.fct_purchase_order_lines
    union all select 'production_order', production_order_id, finished_date, order_status = 'cancelled'
        from core.fct_production_orders
    union all select 'transfer_order', transfer_order_line_id, cast(received_at as date), transfer_status = 'cancelled'
        from canonical.cnl_transfer_orders
    union all select 'sales_order_line', sales_order_line_id, received_in_full_date, cancelled_quantity > 0
        from core.fct_sales_order_lines
"""
COVERED = """
    select said.kind, count(*) as documents, avg(case when done <= p50_date then 1 else 0 end) as by_p50,
        avg(case when done < p50_date then 1 else 0 end) as before_p50,
        avg(case when done <= p90_date then 1 else 0 end) as by_p90, avg(in_time_rate) as said_in_time,
        avg(case when done <= booked then 1 else 0 end) as was_in_time,
        sum(case when done is null then 1 else 0 end) as still_open
    from said inner join happened using (kind, id) where not is_cancelled group by said.kind order by said.kind
"""


def build(home: Path, scale: str, as_of: date, incidents: str) -> Path:
    """The file of a build of the demo company."""
    source = SourceSettings.model_validate(
        {"name": "lanhe", "adapter": "demo", "scale": scale, "start": START, "as_of": as_of, "incidents": incidents}
    )
    settings = Settings(home=home, sources=(source,), memory_limit="2GB")
    built_at = datetime(2026, 12, 1, tzinfo=UTC)
    summary = run_build(Request(settings, built_at, f"20261201T000000-{as_of:%y%m%d}"), progress=lambda _: None)
    return summary.file


def plan_of(file: Path, as_of: date) -> Planned:
    with duckdb.connect(str(file), read_only=True) as connection:
        return planned(planning_model(read_rows(lambda sql: connection.sql(sql).pl(), as_of), as_of))


def seconds(file: Path, as_of: date, result: Planned) -> str:
    """Processor seconds of reading the observations, and of observing, drawing and summing up."""
    with duckdb.connect(str(file), read_only=True) as connection:
        begun = time.process_time()
        for name in ("observed_documents", "observed_deliveries"):
            read_frame(lambda sql: connection.sql(sql).pl(), QUERIES[name], as_of)
        read = time.process_time() - begun
    tracemalloc.start()
    probability_tables(result)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    times = []
    for _ in range(5):
        begun = time.process_time()
        probability_tables(result)
        times.append(time.process_time() - begun)
    drawn = statistics.median(times)
    return (
        f"{DRAWS} draws, {result.plan.supply.count:,} supplies, {result.pegging.links.demand.size:,} links: "
        f"reading {read:.2f} s, observing, drawing and tables {drawn:.2f} s, together {read + drawn:.2f} s of the "
        f"processor (goal {GOAL:.0f}), {peak:,.0f} MB at most"
    )


def coverage(result: Planned, later: Path) -> pl.DataFrame:
    """What was said of open documents against what the later build knows."""
    tables = probability_tables(result)
    days = ("p50_date", "p90_date", "in_time_rate")
    said = pl.concat(
        [
            tables["plan_arrivals"].select(*days, kind="supply_type", id="supply_id", booked="booked_date"),
            tables["plan_probability"]
            .filter(pl.col("demand_type") == "sales_order_line")
            .select(*days, kind="demand_type", id="demand_id", booked="demand_date"),
        ]
    )
    with duckdb.connect(str(later), read_only=True) as connection:
        connection.register("said", said)
        found: pl.DataFrame = connection.sql(f"with happened as ({HAPPENED}) {COVERED}").pl()
        return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", default="small")
    parser.add_argument("--as-of", nargs="+", default=["2025-12-25", "2026-05-25", "2026-08-25"])
    parser.add_argument("--days", type=int, default=90)
    asked = parser.parse_args()
    days = sorted(date.fromisoformat(text) for text in asked.as_of)
    columns = ("documents", "by_p50", "before_p50", "by_p90", "said_in_time", "was_in_time", "still_open")
    with tempfile.TemporaryDirectory(prefix="tower-chances-") as folder:
        for incidents in ("planted", "none"):
            home = Path(folder) / incidents
            later = build(home, asked.scale, days[-1] + timedelta(days=asked.days), incidents)
            for day in days:
                file = build(home, asked.scale, day, incidents)
                result = plan_of(file, day)
                print(f"{asked.scale}, as of {day}, incidents {incidents}")
                print(f"  {seconds(file, day, result)}")
                for row in coverage(result, later).iter_rows(named=True):
                    figures = "  ".join(f"{name} {row[name]:.2f}" if isinstance(row[name], float)
                                        else f"{name} {row[name]:,}" for name in columns)  # fmt: skip
                    print(f"  {row['kind']:<20} {figures}")


if __name__ == "__main__":
    main()
