"""A build that fails, or whose tests fail, is never served."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.build import run
from pipelines.build.context import BuildContext
from pipelines.build.steps import STEPS, Step
from pipelines.publish import prune
from tests.benchmarks.kill_build import numbers
from tests.conftest import build_of
from tests.store.rows import fill
from tower.builds import BuildSummary, Home, current_build_id, list_builds
from tower.errors import SourceError
from tower.settings import Settings, SourceSettings
from tower.warehouse import open_warehouse


@pytest.fixture
def home(example_build: BuildSummary, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example_build.file.parents[1], tmp_path / "home"))


def repeat_an_item(context: BuildContext) -> None:
    with context.connection() as connection:
        connection.execute("insert into core.dim_items select * from core.dim_items limit 1")


def steps_with(fault: Step) -> tuple[Step, ...]:
    position = [step.name for step in STEPS].index("tests")
    return (*STEPS[:position], fault, *STEPS[position:])


def test_a_build_whose_tests_fail_is_kept_to_be_looked_at_and_not_served(
    home: Path, example_folder: Path, example_build: BuildSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = numbers(home)
    monkeypatch.setattr(run, "STEPS", steps_with(Step("fault", (), (), repeat_an_item)))
    source = SourceSettings(name="example", adapter="files", path=example_folder)
    summary = build_of(home, source, build_id="20260702T060000-000002")
    assert summary.status == "refused"
    assert [problem.split()[1] for problem in summary.problems if "unique" in problem] == ["unique_dim_items_item_id"]
    assert current_build_id(home) == example_build.build_id
    assert numbers(home) == expected
    assert not (home / "history" / "kpi_snapshots" / f"{summary.build_id}.parquet").exists()
    assert [build.status for build in list_builds(home)] == ["published", "refused"]


def test_a_source_that_cannot_be_read_leaves_the_served_build(
    home: Path, tmp_path: Path, example_build: BuildSummary
) -> None:
    expected = numbers(home)
    with pytest.raises(SourceError, match="does not exist"):
        build_of(home, SourceSettings(name="example", adapter="files", path=tmp_path / "nowhere"), build_id="b2")
    assert current_build_id(home) == example_build.build_id
    assert numbers(home) == expected


def test_a_reader_keeps_its_build_while_another_is_made_and_published(
    home: Path, example_folder: Path, example_build: BuildSummary
) -> None:
    reader = open_warehouse(home / "builds" / f"{example_build.build_id}.duckdb")
    count = "select count(*) as n from core.fct_sales_order_lines"
    before = reader.frame(count)["n"][0]
    entered = home / "store.sqlite"
    fill(f"sqlite:///{entered}")
    content = entered.read_bytes()
    source = SourceSettings(name="example", adapter="files", path=example_folder)
    summary = build_of(home, source, build_id="20260703T060000-000003")
    prune(Home(home), Settings(home=home, keep_builds=1))
    assert entered.read_bytes() == content, "a build wrote to what people entered"
    assert current_build_id(home) == summary.build_id
    assert reader.frame(count)["n"][0] == before
    assert reader.build_id == example_build.build_id
    reader.close()
