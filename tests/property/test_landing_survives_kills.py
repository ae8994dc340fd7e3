"""A load that is killed at any moment can be started again and gives the same result."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from pipelines.land.loads import land_source, latest_load, load_folder
from pipelines.land.manifest import LoadManifest
from pipelines.sources.files import ADAPTER
from tower.settings import SourceSettings

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS = 60_000
LAND = """
import sys
from pathlib import Path
from pipelines.land.loads import land_source
from pipelines.sources.files import ADAPTER
from tower.settings import SourceSettings
print("started", flush=True)
source = SourceSettings(name="mine", adapter="files", path=Path(sys.argv[1]))
land_source(source, ADAPTER, Path(sys.argv[2]), "load_1", "2026-06-30T00:00:00+00:00", lambda said: print(said, flush=True))
"""


@pytest.fixture(scope="module")
def source_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    for table, key in (("campaigns", "campaign"), ("sales_reps", "sales_rep")):
        frame = pl.DataFrame({f"{key}_id": range(ROWS)}).with_columns(
            pl.format('Name, "{}"', pl.col(f"{key}_id")).alias(f"{key}_name")
        )
        if table == "campaigns":
            frame = frame.with_columns(
                (pl.when(pl.col("campaign_id") % 5000 == 17).then(pl.lit("x")).otherwise(pl.lit("1,5"))).alias(
                    "budget_value"
                ),
                pl.lit("31/01/2025").alias("start_date"),
            )
        frame.write_csv(folder / f"{table}.csv", separator=";")
    (folder / "lots.csv").write_text("lot_id,item_id\nL1,I1\nbroken\n")
    return folder


def state(home: Path) -> tuple[LoadManifest | None, list[pl.DataFrame]]:
    """The whole load: its manifest without the checksums of what compression may write in two ways, and its rows."""
    folder = load_folder(home, "mine", "load_1")
    files = sorted(folder.glob("*.parquet"))
    frames = [pl.read_parquet(file) for file in files]
    return latest_load(home, "mine"), frames


def land_in_process(source_folder: Path, home: Path, kill_after: float | None) -> float:
    """Run a load in its own process and kill it that many seconds after it started; give the seconds it ran."""
    process = subprocess.Popen(
        [sys.executable, "-c", LAND, str(source_folder), str(home)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    started = time.monotonic()
    try:
        process.wait(timeout=kill_after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    process.stdout.close()
    return time.monotonic() - started


def test_a_load_killed_at_random_moments_ends_as_one_that_was_not(source_folder: Path, tmp_path: Path) -> None:
    calm = tmp_path / "calm"
    seconds = land_in_process(source_folder, calm, kill_after=None)
    expected_manifest, expected_frames = state(calm)
    assert expected_manifest is not None
    assert {table.name: (table.source_rows, table.rows, table.rejected_rows) for table in expected_manifest.tables} == {
        "campaigns": (ROWS, ROWS - 12, 12), "sales_reps": (ROWS, ROWS, 0), "lots": (2, 1, 1),
    }  # fmt: skip
    moments = random.Random(20260630)
    home = tmp_path / "killed"
    killed = 0
    for third in range(3):
        land_in_process(source_folder, home, kill_after=moments.uniform(third, third + 1) * 0.25 * seconds + 0.02)
        killed += latest_load(home, "mine") is None
    assert killed >= 1
    source = SourceSettings(name="mine", adapter="files", path=source_folder)
    manifest = land_source(source, ADAPTER, home, "load_1", "2026-06-30T00:00:00+00:00", lambda _: None)
    _, frames = state(home)
    assert [frame.equals(expected) for frame, expected in zip(frames, expected_frames, strict=True)] == [True] * 4
    assert [table.name for table in manifest.tables] == [table.name for table in expected_manifest.tables]
    assert manifest.notes == tuple(expected_manifest.notes)
    assert not list(load_folder(home, "mine", "load_1").glob("*.partial"))
    assert [folder.name for folder in (home / "raw" / "mine").iterdir()] == ["load_1"]


def test_a_load_of_another_id_after_a_kill_leaves_nothing_of_the_killed_one(
    source_folder: Path, tmp_path: Path
) -> None:
    land_in_process(source_folder, tmp_path, kill_after=0.05)
    assert latest_load(tmp_path, "mine") is None
    source = SourceSettings(name="mine", adapter="files", path=source_folder)
    land_source(source, ADAPTER, tmp_path, "load_2", "2026-06-30T00:00:00+00:00", lambda _: None)
    assert [folder.name for folder in (tmp_path / "raw" / "mine").iterdir()] == ["load_2"]
