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
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    assert read_onsets(home, april).rows() == [("A", march, march), ("B", april, april)]
    # A build of an earlier day knows nothing of what came later.
    assert read_onsets(home, date(2026, 3, 15)).rows() == [("A", march, march)]
    now = with_onsets(
        pl.DataFrame({"alert_key": ["B", "A", "C"]}), read_onsets(home, date(2026, 4, 1)), date(2026, 5, 1)
    )
    assert now["first_seen_date"].to_list() == [date(2026, 4, 1), date(2026, 3, 1), date(2026, 5, 1)]


def test_an_alert_that_was_gone_runs_since_it_came_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    days = [date(2026, month, 1) for month in (1, 2, 3, 4)]
    # B is missing from a build without any alert, C from the last one.
    for number, (day, keys) in enumerate(zip(days, (["A", "B", "C"], [], ["A", "B", "C"], ["A", "B"]), strict=True)):
        published(home, f"b{number}", day, keys)
    found = {row[0]: row[1:] for row in read_onsets(home, days[3]).rows()}
    assert found == {"A": (days[0], days[2]), "B": (days[0], days[2]), "C": (days[0], None)}
    now = with_onsets(pl.DataFrame({"alert_key": ["B", "C"]}), read_onsets(home, days[3]), date(2026, 5, 1))
    assert now["running_since_date"].to_list() == [days[2], date(2026, 5, 1)]


def test_a_build_without_alerts_leaves_no_trace(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.builds.mkdir(parents=True)
    duckdb.connect(str(home.build_file("old"))).close()
    append_onsets(home, "old")
    assert read_onsets(home, date(2026, 4, 1)).is_empty()
