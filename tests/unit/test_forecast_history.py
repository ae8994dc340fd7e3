"""Vintages of forecasts: kept once, for ever, as they were; a change is found; a kill loses nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import orjson
import polars as pl
import pytest

from pipelines import forecast_history
from pipelines.forecast_history import (
    Provenance,
    append_forecast_vintage,
    frame_hash,
    read_forecast_history,
    write_forecast_vintage,
)
from pipelines.publish import point_to, prune, sweep
from tower.builds import SCHEMA_VERSION, Home
from tower.settings import Settings

JUNE = Provenance(
    "b1", date(2026, 6, 30), datetime(2026, 7, 1, 9, 30, tzinfo=UTC), "history", "1.0", 7, {"bucket": "month"}
)
FORECASTS = pl.DataFrame(
    {
        "stage": ["statistical", "statistical", "planner"], "item_id": ["a", "b", "a"], "location_id": ["P1", "P1", "P1"],
        "channel": ["web", None, "web"], "bucket": ["month"] * 3, "period_start": [date(2026, 7, 1)] * 3,
        "horizon": [1, 1, 1], "quantity": [0.1 + 0.2, 5.0, 12.0], "p95": [20.0, None, None],
    }
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def make_build(
    home: Home, provenance: Provenance, forecasts: pl.DataFrame = FORECASTS, status: str = "published"
) -> str:
    home.builds.mkdir(parents=True, exist_ok=True)
    build = provenance.build_id
    with duckdb.connect(str(home.build_file(build))) as connection:
        connection.execute("create schema build")
        connection.execute(f"create table build.kpi_snapshot as select '{build}' as build_id, 1.0 as value")
        vintage = write_forecast_vintage(connection, forecasts, provenance)
    summary = {
        "status": status, "as_of": "2026-06-30", "built_at": datetime(2026, 7, 1, tzinfo=UTC).isoformat(),
        "schema_version": SCHEMA_VERSION, "seconds": 1.0, "problems": [], "sources": [],
    }  # fmt: skip
    home.summary_file(build).write_bytes(orjson.dumps(summary))
    return vintage


def files(home: Home) -> list[Path]:
    return sorted((home.history / "forecast_vintages").iterdir())


def test_a_vintage_comes_back_as_it_was_with_its_manifest(home: Home) -> None:
    vintage = make_build(home, JUNE)
    append_forecast_vintage(home, "b1")
    found = read_forecast_history(home)
    assert found.problems == ()
    assert found.rows.select(FORECASTS.columns).sort("stage", "item_id").equals(FORECASTS.sort("stage", "item_id"))
    assert found.rows["created_at"].unique().to_list() == [JUNE.created_at]
    (row,) = found.manifest.rows(named=True)
    assert row["vintage_id"] == vintage
    assert vintage.startswith("2026-06-30-")
    assert (row["build_id"], row["as_of"], row["created_at"]) == ("b1", JUNE.as_of, JUNE.created_at)
    assert (row["history_hash"], row["code_version"], row["seed"], row["row_count"]) == ("history", "1.0", 7, 3)
    assert orjson.loads(row["settings"]) == {"bucket": "month"}


def test_the_same_forecast_again_is_the_same_vintage_and_changes_no_file(home: Home) -> None:
    first = make_build(home, JUNE)
    append_forecast_vintage(home, "b1")
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files(home)}
    again = replace(JUNE, build_id="b2", created_at=datetime(2026, 7, 2, tzinfo=UTC))
    assert make_build(home, again, FORECASTS.reverse()) == first
    append_forecast_vintage(home, "b2")
    append_forecast_vintage(home, "b1")
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files(home)} == before


@pytest.mark.parametrize(
    "other",
    [
        replace(JUNE, as_of=date(2026, 7, 31)), replace(JUNE, history_hash="other"), replace(JUNE, code_version="1.1"),
        replace(JUNE, seed=8), replace(JUNE, settings={"bucket": "week"}),
    ],
)  # fmt: skip
def test_what_was_made_from_something_else_is_another_vintage(home: Home, other: Provenance) -> None:
    first = make_build(home, JUNE)
    assert make_build(home, replace(other, build_id="b2")) != first


def test_a_forecast_that_differs_in_the_last_digit_is_another_vintage(home: Home) -> None:
    first = make_build(home, JUNE)
    other = FORECASTS.with_columns(quantity=pl.Series([0.3, 5.0, 12.0]))
    assert make_build(home, replace(JUNE, build_id="b2"), other) != first


def test_pruned_builds_leave_their_vintages_and_refused_builds_none(home: Home) -> None:
    for number in range(1, 5):
        other = replace(JUNE, build_id=f"b{number}", seed=number)
        make_build(home, other, status="refused" if number == 3 else "published")
    point_to(home, "b4")
    sweep(home)
    assert prune(home, Settings(home=home.folder, keep_builds=1)) == ["b3", "b2", "b1"]
    sweep(home)
    assert sorted(read_forecast_history(home).manifest["seed"]) == [1, 2, 4]


@pytest.mark.parametrize("renames", [0, 1])
def test_a_kill_between_any_two_writes_is_mended_by_the_next_sweep(
    home: Home, monkeypatch: pytest.MonkeyPatch, renames: int
) -> None:
    make_build(home, JUNE)
    done = []

    def killed(partial: Path, file: Path) -> None:
        if len(done) == renames:
            raise KeyboardInterrupt
        done.append(file)
        partial.replace(file)

    with monkeypatch.context() as patch:
        patch.setattr(forecast_history, "replace_durably", killed)
        with pytest.raises(KeyboardInterrupt):
            append_forecast_vintage(home, "b1")
    assert read_forecast_history(home).rows.is_empty()
    assert read_forecast_history(home).problems == ()
    sweep(home)
    found = read_forecast_history(home)
    assert found.rows.height == 3
    assert found.problems == ()
    assert [file.suffix for file in files(home)] == [".json", ".parquet"]


def test_a_changed_file_is_named_and_left_out(home: Home) -> None:
    for seed in (1, 2):
        make_build(home, replace(JUNE, build_id=f"b{seed}", seed=seed))
        append_forecast_vintage(home, f"b{seed}")
    changed = next(file for file in files(home) if file.suffix == ".parquet")
    pl.read_parquet(changed).with_columns(quantity=pl.lit(1.0)).write_parquet(changed)
    found = read_forecast_history(home)
    (problem,) = found.problems
    assert str(changed) in problem
    assert "was changed after it was written on 2026-07-01" in problem
    assert found.manifest.height == 1
    assert found.rows.height == 3


def test_a_missing_file_and_a_broken_manifest_are_named(home: Home) -> None:
    for seed in (1, 2):
        make_build(home, replace(JUNE, build_id=f"b{seed}", seed=seed))
        append_forecast_vintage(home, f"b{seed}")
    described = [file for file in files(home) if file.suffix == ".json"]
    described[0].with_suffix(".parquet").unlink()
    described[1].write_bytes(b"{")
    missing, broken = read_forecast_history(home).problems
    assert f"{described[0].with_suffix('.parquet')} is missing" in missing
    assert f"{described[1]} of a forecast vintage cannot be read" in broken


def test_builds_without_a_forecast_and_an_empty_home_are_no_problem(home: Home) -> None:
    home.builds.mkdir(parents=True)
    with duckdb.connect(str(home.build_file("b1"))) as connection:
        connection.execute("create schema build")
    append_forecast_vintage(home, "b1")
    found = read_forecast_history(home)
    assert (found.rows.height, found.manifest.height, found.problems) == (0, 0, ())


def test_the_hash_of_a_frame_does_not_see_the_order_of_its_rows_and_sees_all_else() -> None:
    assert frame_hash(FORECASTS.reverse()) == frame_hash(FORECASTS)
    assert frame_hash(FORECASTS.with_columns(channel=pl.lit(""))) != frame_hash(
        FORECASTS.with_columns(channel=pl.lit(None))
    )
    assert frame_hash(FORECASTS.rename({"p95": "p90"})) != frame_hash(FORECASTS)
