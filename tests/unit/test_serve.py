from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.cli.serve import is_build_wanted
from pipelines.land.fingerprint import fingerprint
from tower.builds import BuildSummary
from tower.settings import Settings, SourceSettings


def settings_of(build: BuildSummary, folder: Path, name: str = "example") -> Settings:
    return Settings(home=build.file.parents[1], sources=(SourceSettings(name=name, adapter="files", path=folder),))


def test_nothing_is_built_again_while_sources_and_files_are_the_same(
    example_build: BuildSummary, example_folder: Path
) -> None:
    assert not is_build_wanted(settings_of(example_build, example_folder))


def test_other_sources_and_an_empty_home_ask_for_a_build(
    example_build: BuildSummary, example_folder: Path, tmp_path: Path
) -> None:
    assert is_build_wanted(settings_of(example_build, tmp_path))
    assert is_build_wanted(settings_of(example_build, example_folder, name="erp"))
    assert is_build_wanted(Settings(home=tmp_path))


@pytest.mark.parametrize("change", ["content", "touched", "added", "removed"])
def test_a_changed_folder_has_another_fingerprint(tmp_path: Path, change: str) -> None:
    (tmp_path / "items.csv").write_text("item_id\nA\n")
    (tmp_path / "boms.csv").write_text("bom_id\n")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    if change == "content":
        (tmp_path / "items.csv").write_text("item_id\nA\nB\n")
    elif change == "touched":
        os.utime(tmp_path / "items.csv", ns=(1, 1))
    elif change == "added":
        (tmp_path / "lots.csv").write_text("lot_id\n")
    else:
        (tmp_path / "boms.csv").unlink()
    assert fingerprint(tmp_path) != before
