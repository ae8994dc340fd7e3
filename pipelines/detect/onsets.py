"""When an alert was first seen: an append-only history, one file a build, that outlives the builds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.history import replace_durably
from tower.builds import Home

ONSETS = {"alert_key": pl.String, "as_of": pl.Date, "build_id": pl.String}


def read_onsets(home: Home, as_of: date) -> pl.DataFrame:
    """The first day on which each alert was seen by a build of this day or before: alert_key, first_seen_date."""
    files = sorted(_folder(home).glob("*.parquet"))
    seen = pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame(schema=ONSETS)
    return (
        seen.filter(pl.col("as_of") <= as_of)
        .group_by("alert_key")
        .agg(pl.col("as_of").min().alias("first_seen_date"))
        .sort("alert_key")
    )


def with_onsets(alerts: pl.DataFrame, onsets: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    """The alerts with `first_seen_date`: of the first build that had them, else the day of this one."""
    if onsets is None:
        return alerts.with_columns(first_seen_date=pl.lit(as_of))
    return (
        alerts.join(onsets, on="alert_key", how="left", maintain_order="left")
        .with_columns(pl.col("first_seen_date").fill_null(pl.lit(as_of)))
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
        sql = "select alert_key, (select as_of from build.build_info) as as_of from engine.alerts order by alert_key"
        seen = connection.sql(sql).pl()
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    seen.select("alert_key", "as_of", pl.lit(build_id).alias("build_id")).cast(ONSETS).write_parquet(partial)
    replace_durably(partial, file)


def _folder(home: Home) -> Path:
    return home.history / "alert_onsets"
