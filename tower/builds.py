"""The builds of a home folder: which exist, which one is served. Reads only; pipelines writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from tower.errors import BuildNotFound

# Raised whenever the tables of a build change so that older readers or older builds no longer fit.
SCHEMA_VERSION = 4
# The name under which every build file is opened: dbt writes it into the views, so reader and writer must agree.
CATALOGUE = "warehouse"

# A published build passed its gate; a refused one did not, and is kept only to be looked at.
BuildStatus = Literal["published", "refused"]


@dataclass(frozen=True, slots=True)
class Home:
    """The folders below TOWER_HOME."""

    folder: Path

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def builds(self) -> Path:
        return self.folder / "builds"

    @property
    def history(self) -> Path:
        return self.folder / "history"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def pointer(self) -> Path:
        """The file that names the served build."""
        return self.builds / "CURRENT"

    def build_file(self, build_id: str) -> Path:
        return self.builds / f"{build_id}.duckdb"

    def summary_file(self, build_id: str) -> Path:
        return self.builds / f"{build_id}.json"


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What is known of a build without opening it: `built_at` in UTC, wall-clock `seconds`, `bytes` of the file."""

    build_id: str
    file: Path
    status: BuildStatus
    as_of: date
    built_at: datetime
    schema_version: int
    seconds: float
    bytes: int
    sources: Sequence[Mapping[str, Any]]
    problems: Sequence[str]


def read_summary(home: Home, build_id: str) -> BuildSummary:
    """Raises BuildNotFound when the build or its summary is not there."""
    file = home.summary_file(build_id)
    if not file.exists() or not home.build_file(build_id).exists():
        raise BuildNotFound(f"There is no build {build_id} in {home.builds}. `tower builds` lists those that exist.")
    content = orjson.loads(file.read_bytes())
    return BuildSummary(
        build_id=build_id,
        file=home.build_file(build_id),
        status=content["status"],
        as_of=date.fromisoformat(content["as_of"]),
        built_at=datetime.fromisoformat(content["built_at"]),
        schema_version=content["schema_version"],
        seconds=content["seconds"],
        bytes=home.build_file(build_id).stat().st_size,
        sources=tuple(content["sources"]),
        problems=tuple(content["problems"]),
    )


def list_builds(home_folder: Path) -> list[BuildSummary]:
    """All builds that are whole, oldest first."""
    home = Home(home_folder)
    names = sorted(file.stem for file in home.builds.glob("*.json")) if home.builds.exists() else []
    return [read_summary(home, name) for name in names if home.build_file(name).exists()]


def current_build_id(home_folder: Path) -> str | None:
    """The id that the pointer names, or None while nothing has been published."""
    pointer = Home(home_folder).pointer
    return pointer.read_text(encoding="utf-8").strip() if pointer.exists() else None


def current_build(home_folder: Path) -> BuildSummary:
    """The served build. Raises BuildNotFound with what to do when there is none."""
    build_id = current_build_id(home_folder)
    if build_id is None:
        raise BuildNotFound(f"Nothing has been built in {home_folder} yet. Run `make up`, or `tower build`.")
    return read_summary(Home(home_folder), build_id)
