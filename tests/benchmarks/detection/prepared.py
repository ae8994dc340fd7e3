"""The demo company of a seed as it was known on five days of its last 120, each in a database of its own.

The company lives once. On the evening of each of the days a copy of it writes its tables, which are landed and built as
far as detection reads them; later days cannot be in them. The truth is written beside the databases and never into
them. What lies in the folder is taken from there the next time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from pipelines.build.context import BuildContext, Request
from pipelines.build.steps import STEPS
from pipelines.demo.company.build import build_company
from pipelines.demo.incidents.paired import kept_aside
from pipelines.demo.incidents.schedule import CYCLE_DAYS, THREE_YEARS
from pipelines.demo.scale import SCALES
from pipelines.demo.simulation import Simulation
from pipelines.demo.writing.chronicle import Chronicle
from pipelines.demo.writing.truth import write_truth
from tests.benchmarks.detection.compiled import copy_schemas, take_over
from tower.builds import Home
from tower.settings import ForecastSettings, Settings, SourceSettings

START = date(2023, 6, 30)
# The last day of a whole cycle of incidents (pipelines.demo.incidents.schedule).
LAST_DAY = THREE_YEARS - 1
FIRST_DAY_OF_CYCLE = LAST_DAY - CYCLE_DAYS + 1
DAYS_BEFORE = (84, 63, 42, 21, 0)
SCALE = "tiny"
NO_INCIDENTS: tuple[str, ...] = ()

_SOURCE = "lanhe"
# How the forecast has done from earlier days is read by screens alone, and costs as much as the forecast.
_FORECAST = ForecastSettings(backtest_cutoffs=0)
# What no detector reads: stock value, models that are trained, what screens alone read; and the alerts, which are
# measured by themselves.
_LEFT_OUT = frozenset({
    "stock value", "predictions", "core of stock value and predictions", "alerts", "core of alerts, marts",
    "definitions", "tests", "snapshot",
})  # fmt: skip
_SCHEMAS = ("build", "reference", "canonical", "engine", "core")


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a company on one day. `truth`: folder of the tables that pipelines.demo.incidents.truth writes."""

    seed: int
    days_before: int
    as_of: date
    database: Path
    truth: Path


def day_before_end(days_before: int) -> date:
    """The date so many days before the last one."""
    return START + timedelta(LAST_DAY - days_before)


def known_days(
    seed: int,
    folder: Path,
    days_before: Sequence[int] = DAYS_BEFORE,
    incidents: tuple[str, ...] | None = None,
    models: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Known]:
    """The company of a seed on each of the days, earliest first; what is not in the folder yet is made.

    `incidents`: None = as the seed plants them, () = none. One day is handed over before the next is made. `models`: folder in which
    the compiled models are kept; one beside the seeds where none is named.
    """
    simulation: Simulation | None = None
    for days in sorted(days_before, reverse=True):
        home = folder / str(seed)
        known = Known(seed, days, day_before_end(days), home / f"{days}.duckdb", home / "truth" / str(days))
        if not known.database.exists():
            progress(f"seed {seed}, {known.as_of}")
            simulation = simulation or Simulation(build_company(seed, SCALES[SCALE], START), incidents)
            simulation.run(LAST_DAY - days)
            _make(known, home / f"work-{days}", simulation, models or folder / "compiled", progress)
        yield known


def _make(known: Known, work: Path, simulation: Simulation, models: Path, progress: Callable[[str], None]) -> None:
    shutil.rmtree(work, ignore_errors=True)
    copied = kept_aside(simulation)
    dirty_rows = Chronicle(work / "files", copied.world).finish()
    write_truth(known.truth, copied, dirty_rows)
    _build(work, known, models, progress)
    shutil.rmtree(work)


def _build(work: Path, known: Known, models: Path, progress: Callable[[str], None]) -> None:
    """Build the folder's files as far as detection reads a build, and keep the result."""
    source = SourceSettings(name=_SOURCE, adapter="files", path=work / "files")
    home = Home(work / "home")
    settings = Settings(home=home.folder, sources=(source,), memory_limit="2GB", forecasting=_FORECAST)
    now = datetime.combine(known.as_of, time(20), UTC)
    context = BuildContext(Request(settings, now, "measured", known.as_of), home, lambda _: None)
    for place in (home.builds, home.temporary, home.temporary / "spill"):
        place.mkdir(parents=True, exist_ok=True)
    try:
        for step in STEPS:
            if step.name in _LEFT_OUT:
                continue
            progress(step.name)
            step.action(context)
            if step.name == "open":
                take_over(context, models)
    finally:
        if context.project is not None:
            context.project.release()
    with context.connection() as connection:
        copy_schemas(connection, _SCHEMAS, known.database)
