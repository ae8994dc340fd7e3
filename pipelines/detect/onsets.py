"""When an alert was first seen: an append-only history, one file a build, that outlives the builds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.history import replace_durably
from tower.builds import Home

# Stands for the build itself, so that one without any alert is known as well.
BUILD = ""
ONSETS = {"alert_key": pl.String, "as_of": pl.Date, "build_id": pl.String}


def read_onsets(home: Home, as_of: date) -> pl.DataFrame:
    """What builds of this day or before saw of each alert: alert_key, first_seen_date, running_since_date.

    `running_since_date`: the day from which every build up to the last one had it; null where the last one had not.
    """
    files = sorted(_folder(home).glob("*.parquet"))
    seen = pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame(schema=ONSETS)
    seen = seen.filter(pl.col("as_of") <= as_of)
    builds = seen.select("as_of", "build_id").unique().sort("as_of", "build_id").with_row_index("place")
    last = builds.height - 1
    placed = (
        seen.filter(pl.col("alert_key") != BUILD)
        .join(builds, on=["as_of", "build_id"])
        .sort("alert_key", "place", descending=[False, True])
        .with_columns(back=pl.int_range(pl.len(), dtype=pl.Int64).over("alert_key"))
    )
    running = pl.col("place").cast(pl.Int64) == last - pl.col("back")
    return (
        placed.group_by("alert_key")
        .agg(
            first_seen_date=pl.col("as_of").min(),
            running_since_date=pl.col("as_of").filter(running).min(),
        )
        .sort("alert_key")
    )


def with_onsets(alerts: pl.DataFrame, onsets: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    """The alerts with `first_seen_date`: of the first build that had them, and `running_since_date`: of the first from
    which on all had them; else the day of this one."""
    names = ("first_seen_date", "running_since_date")
    if onsets is None:
        return alerts.with_columns(pl.lit(as_of).alias(name) for name in names)
    return (
        alerts.join(onsets, on="alert_key", how="left", maintain_order="left")
        .with_columns(pl.col(name).fill_null(pl.lit(as_of)) for name in names)
    )  # fmt: skip


def append_onsets(home: Home, build_id: str) -> None:
    """Copy the alerts of a published build into the history, unless it is there. Safe to repeat, safe to kill."""
    file = _folder(home) / f"{build_id}.parquet"
    if file.exists():
        return
    with duckdb.connect(str(home.build_file(build_id)), read_only=True) as connection:
        there = connection.execute(
            "select count(*) from information_schema.tables where table_schema = 'engine' and table_name = 'alerts'"
        ).fetchall()
        if not there[0][0]:
            return
        sql = (
            f"select alert_key, as_of from (select alert_key from engine.alerts union all select '{BUILD}') "
            "cross join (select as_of from build.build_info) order by alert_key"
        )
        seen = connection.sql(sql).pl()
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    seen.select("alert_key", "as_of", pl.lit(build_id).alias("build_id")).cast(ONSETS).write_parquet(partial)
    replace_durably(partial, file)


def _folder(home: Home) -> Path:
    return home.history / "alert_onsets"
