"""When an alert was first seen: the earliest build that had it, whatever became of that build."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.detect.onsets import append_onsets, read_onsets, with_onsets
from tower.builds import Home


def published(home: Home, build_id: str, as_of: date, keys: list[str]) -> None:
    home.builds.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.build_file(build_id))) as connection:
        connection.execute("create schema build; create schema engine")
        connection.execute(f"create table build.build_info as select cast('{as_of}' as date) as as_of")
        connection.register("keys", pl.DataFrame({"alert_key": keys}))
        connection.execute("create table engine.alerts as select * from keys")
    append_onsets(home, build_id)


def test_an_alert_keeps_the_day_of_the_first_build_that_had_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    published(home, "b1", date(2026, 3, 1), ["A"])
    published(home, "b2", date(2026, 4, 1), ["A", "B"])
    home.build_file("b1").unlink()
    append_onsets(home, "b2")
    assert read_onsets(home, date(2026, 4, 1)).rows() == [("A", date(2026, 3, 1)), ("B", date(2026, 4, 1))]
    # A build of an earlier day knows nothing of what came later.
    assert read_onsets(home, date(2026, 3, 15)).rows() == [("A", date(2026, 3, 1))]
    now = with_onsets(
        pl.DataFrame({"alert_key": ["B", "A", "C"]}), read_onsets(home, date(2026, 4, 1)), date(2026, 5, 1)
    )
    assert now["first_seen_date"].to_list() == [date(2026, 4, 1), date(2026, 3, 1), date(2026, 5, 1)]


def test_a_build_without_alerts_leaves_no_trace(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.builds.mkdir(parents=True)
    duckdb.connect(str(home.build_file("old"))).close()
    append_onsets(home, "old")
    assert read_onsets(home, date(2026, 4, 1)).is_empty()
