"""What the steps of one build share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl

from pipelines.build.project import DbtProject, NodeResult
from pipelines.land.manifest import LoadManifest
from pipelines.sources.adapter import Coverage, Progress
from tower.builds import CATALOGUE, Home
from tower.settings import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """What a build is asked for. `now` is the instant it starts (UTC), `as_of` overrules what the sources say."""

    settings: Settings
    now: datetime
    build_id: str
    as_of: date | None = None


@dataclass(slots=True)
class BuildContext:
    """The state that steps hand on: the work file, the loads, and what dbt found."""

    request: Request
    home: Home
    progress: Progress
    loads: Sequence[tuple[LoadManifest, Path]] = ()
    coverage: Sequence[tuple[LoadManifest, Sequence[Coverage]]] = ()
    fingerprints: Sequence[str] = ()
    as_of: date | None = None
    company_currency: str = "CNY"
    project: DbtProject | None = None
    test_results: Sequence[NodeResult] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def work_file(self) -> Path:
        """The build while it is being made. dbt puts the file's stem into every view as its catalogue."""
        return self.home.temporary / "work" / f"{CATALOGUE}.duckdb"

    @property
    def dbt(self) -> DbtProject:
        assert self.project is not None, "the step 'open' comes first"
        return self.project

    @contextlib.contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A writing connection to the work file; dbt lets go of it first, since one writer excludes all others."""
        if self.project is not None:
            self.project.release()
        settings = self.request.settings
        connection = duckdb.connect(
            str(self.work_file),
            config={
                "memory_limit": settings.memory_limit,
                "threads": settings.threads,
                "temp_directory": str(self.home.temporary / "spill"),
                "preserve_insertion_order": False,
            },
        )
        try:
            yield connection
        finally:
            connection.close()


def write_table(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Create or replace `schema.table` with the rows of a frame."""
    connection.register("frame_to_write", frame)
    try:
        connection.execute(f"create or replace table {table} as select * from frame_to_write")
    finally:
        connection.unregister("frame_to_write")


StepAction = Callable[[BuildContext], None]
