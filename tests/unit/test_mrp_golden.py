"""The planning engine on one small plant per behaviour: the folder's plan, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.planning.world import read_world, shown

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "planning"
BEHAVIOURS = sorted(folder.name for folder in FOLDER.iterdir() if (folder / "plan.txt").exists())


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_the_plan_is_the_one_in_the_folder(behaviour: str) -> None:
    folder = FOLDER / behaviour
    expected = (folder / "plan.txt").read_text(encoding="utf-8")
    sections = [line for line in expected.splitlines() if line and not line.startswith(" ")]
    world = read_world(folder)
    assert shown(world, world.planned(), sections) == expected


def test_every_behaviour_is_explained_in_its_first_line() -> None:
    assert len(BEHAVIOURS) >= 30
    assert [
        name for name in BEHAVIOURS if not (FOLDER / name / "problem.toml").read_text("utf-8").startswith("# ")
    ] == []
