"""kill -9 at any moment of a build leaves the served build and its numbers as they were."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from tests.benchmarks.kill_build import kill_builds, numbers, start_build
from tower.builds import BuildSummary, current_build, current_build_id, list_builds

KILLS = 3


def test_the_served_build_survives_kills_and_the_next_build_is_right(
    example_build: BuildSummary, example_folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(example_build.file.parents[1], home)
    expected = numbers(home)

    started = time.monotonic()
    assert start_build(home, example_folder).wait() == 0
    longest = time.monotonic() - started
    served = current_build_id(home)
    assert served is not None
    assert served > example_build.build_id

    for kill in kill_builds(home, example_folder, KILLS, longest, seed=7):
        assert kill.numbers_after == expected
        if kill.hit_a_running_build and kill.served_after != kill.served_before:
            # The pointer may have moved just before the kill: then the new build must be whole.
            assert kill.served_after in {build.build_id for build in list_builds(home)}

    assert start_build(home, example_folder).wait() == 0
    assert numbers(home) == expected
    assert current_build(home).status == "published"
    assert not list((home / "builds").glob("*.partial"))
    assert {file.stem for file in (home / "builds").glob("*.duckdb")} == {build.build_id for build in list_builds(home)}
    histories = {file.stem for file in (home / "history" / "kpi_snapshots").glob("*.parquet")}
    assert {build.build_id for build in list_builds(home)} <= histories
