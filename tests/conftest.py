"""What tests share: the repository, the real data beside it, and one build of the example company."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from pipelines.build.context import Request
from pipelines.build.run import run_build
from tower.builds import BuildSummary, current_build, current_build_id
from tower.settings import PlanSettings, Settings, SourceSettings

# The same examples every time, so that a change is judged by itself; HYPOTHESIS_PROFILE=default looks for new ones.
hypothesis_settings.register_profile("same", derandomize=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
BUILT_AT = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
DEMO_AS_OF = date(2026, 3, 31)
LANHE = SourceSettings(name="lanhe", adapter="demo", scale="tiny", start=date(2025, 9, 1), as_of=DEMO_AS_OF)


def build_of(
    home: Path,
    *sources: SourceSettings,
    build_id: str = "20260701T060000-000001",
    planning: PlanSettings | None = None,
) -> BuildSummary:
    """Build some sources into a home folder, as the command line does."""
    settings = Settings(home=home, sources=sources, memory_limit="2GB", planning=planning or PlanSettings())
    return run_build(Request(settings, BUILT_AT, build_id), progress=lambda _: None)


def shared_build(
    name: str, tmp_path_factory: pytest.TempPathFactory, build: Callable[[Path], BuildSummary]
) -> BuildSummary:
    """A build for all tests that only read it, made once for all workers; each worker has a home of its own around it.

    With TOWER_TEST_BUILDS it is the one that lies in that folder from an earlier run. That is for working on one page
    or model: whoever sets it builds again when the models change.
    """
    kept = os.environ.get("TOWER_TEST_BUILDS")
    base = tmp_path_factory.getbasetemp()
    shared = Path(kept) if kept else base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    origin = shared / f"built-{name}" if not kept else shared / name
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        summary = current_build(origin) if current_build_id(origin) else build(origin)
    assert summary.status == "published", summary.problems
    home = tmp_path_factory.mktemp(name) / "home"
    # A finished build is never written to; what people enter is.
    shutil.copytree(
        origin, home, copy_function=_link_or_copy, ignore=shutil.ignore_patterns("tmp", "store.sqlite*", "compiled")
    )
    return current_build(home)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.fixture(scope="session")
def example_folder() -> Path:
    return REPOSITORY / "seeds" / "example"


@pytest.fixture(scope="session")
def example_build(tmp_path_factory: pytest.TempPathFactory, example_folder: Path) -> BuildSummary:
    """The example company, built once for all tests that only read it. Its home folder is `example_build.file.parents[1]`.

    It is planned for the forecast that it brings along: its figures are worked out by hand from that.
    """
    source = SourceSettings(name="example", adapter="files", path=example_folder)
    decided = PlanSettings(demand="company")
    return shared_build("example", tmp_path_factory, lambda home: build_of(home, source, planning=decided))


@pytest.fixture(scope="session")
def demo_build(tmp_path_factory: pytest.TempPathFactory) -> BuildSummary:
    """The demo company at its smallest, seven months of it, built once for all tests that only read it."""
    return shared_build("demo", tmp_path_factory, lambda home: build_of(home, LANHE))


@pytest.fixture(scope="session")
def adventureworks_folder() -> Path:
    folder = SHARED_DATA / "adventureworks"
    if not folder.exists():
        pytest.skip(
            f"the AdventureWorks files are not at {folder.relative_to(REPOSITORY.parent)} beside the repository"
        )
    return folder


@pytest.fixture(scope="session")
def adventureworks_build(tmp_path_factory: pytest.TempPathFactory, adventureworks_folder: Path) -> BuildSummary:
    """AdventureWorks, built once for all tests that only read it, and planned for its orders alone."""
    source = SourceSettings(name="adventureworks", adapter="adventureworks", path=adventureworks_folder)
    decided = PlanSettings(demand="orders")
    return shared_build("adventureworks", tmp_path_factory, lambda home: build_of(home, source, planning=decided))
