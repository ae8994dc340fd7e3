"""Pointer, sweep and prune on hand-made builds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import orjson
import pytest

from pipelines.publish import point_to, prune, sweep
from tower.builds import SCHEMA_VERSION, Home, current_build, current_build_id, list_builds
from tower.errors import BuildNotFound
from tower.settings import Settings


def make_build(home: Home, build_id: str, status: str = "published", load_id: str | None = None) -> None:
    home.builds.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.build_file(build_id))) as connection:
        connection.execute("create schema build")
        connection.execute(f"create table build.kpi_snapshot as select '{build_id}' as build_id, 1.0 as value")
    home.summary_file(build_id).write_bytes(
        orjson.dumps(
            {
                "status": status, "as_of": "2026-06-30", "built_at": datetime(2026, 7, 1, tzinfo=UTC).isoformat(),
                "schema_version": SCHEMA_VERSION, "seconds": 1.0, "problems": [],
                "sources": [{"name": "example", "adapter": "files", "load_id": load_id or build_id}],
            }
        )
    )  # fmt: skip


def make_load(home: Home, load_id: str) -> None:
    folder = home.raw / "example" / load_id
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")


def kept(home: Home) -> list[str]:
    return [build.build_id for build in list_builds(home.folder)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_without_a_pointer_nothing_is_served_and_the_message_says_what_to_do(home: Home) -> None:
    assert current_build_id(home.folder) is None
    with pytest.raises(BuildNotFound, match="make up"):
        current_build(home.folder)


def test_the_pointer_names_the_served_build(home: Home) -> None:
    make_build(home, "b1")
    make_build(home, "b2")
    point_to(home, "b1")
    assert current_build(home.folder).build_id == "b1"
    point_to(home, "b2")
    assert current_build(home.folder).build_id == "b2"


def test_a_sweep_removes_what_a_killed_build_left_and_nothing_else(home: Home) -> None:
    make_build(home, "b1")
    home.build_file("b2").write_bytes(b"half a file")
    (home.builds / "b3.partial").write_bytes(b"")
    sweep(home)
    assert sorted(file.name for file in home.builds.iterdir()) == ["b1.duckdb", "b1.json"]


def test_a_history_entry_that_a_kill_prevented_is_written_by_the_next_sweep(home: Home) -> None:
    make_build(home, "b1")
    make_build(home, "b2", status="refused")
    sweep(home)
    assert [file.stem for file in (home.history / "kpi_snapshots").iterdir()] == ["b1"]


def test_the_newest_builds_are_kept_and_the_history_loses_nothing(home: Home) -> None:
    for number in range(1, 6):
        make_build(home, f"b{number}")
        make_load(home, f"b{number}")
    point_to(home, "b5")
    sweep(home)
    assert prune(home, Settings(home=home.folder, keep_builds=2)) == ["b3", "b2", "b1"]
    assert kept(home) == ["b4", "b5"]
    assert sorted(folder.name for folder in (home.raw / "example").iterdir()) == ["b4", "b5"]
    assert len(list((home.history / "kpi_snapshots").iterdir())) == 5


def test_the_served_build_is_kept_however_old_and_however_small_the_limits(home: Home) -> None:
    for number in range(1, 4):
        make_build(home, f"b{number}")
    point_to(home, "b1")
    prune(home, Settings(home=home.folder, keep_builds=1, keep_bytes=1))
    assert "b1" in kept(home)


def test_a_refused_build_is_kept_only_while_it_is_the_newest(home: Home) -> None:
    make_build(home, "b1")
    make_build(home, "b2", status="refused")
    point_to(home, "b1")
    settings = Settings(home=home.folder)
    assert prune(home, settings) == []
    make_build(home, "b3")
    assert prune(home, settings) == ["b2"]
