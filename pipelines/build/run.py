"""Run a build from beginning to end: lock, steps, gate, publish, prune."""

from __future__ import annotations

import contextlib
import fcntl
import resource
import shutil
import time
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.build.context import BuildContext, Request, write_table
from pipelines.build.steps import STEPS
from pipelines.publish import gate, prune, publish, sweep
from pipelines.sources.adapter import Progress
from tower.builds import BuildSummary, Home
from tower.errors import BuildError


def run_build(request: Request, progress: Progress) -> BuildSummary:
    """Build from the sources of the settings. The served build stays untouched unless the new one passes its gate.

    Raises SourceError or BuildError when a step cannot be done; a build that runs through but fails its gate is kept
    with status "refused" and its problems, and is not served.
    """
    home = Home(request.settings.home)
    for folder in (home.builds, home.temporary, home.temporary / "spill"):
        folder.mkdir(parents=True, exist_ok=True)
    with _only_one(home):
        sweep(home)
        context = BuildContext(request=request, home=home, progress=progress)
        started = time.perf_counter()
        steps: list[Mapping[str, Any]] = []
        try:
            for number, step in enumerate(STEPS, start=1):
                progress(f"[{number}/{len(STEPS)}] {step.name}")
                step_started = time.perf_counter()
                step.action(context)
                steps.append(
                    {
                        "step": step.name,
                        "seconds": round(time.perf_counter() - step_started, 3),
                        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                    }
                )
            with context.connection() as connection:
                write_table(connection, "build.build_steps", pl.DataFrame(steps))
            summary = publish(context, gate(context), time.perf_counter() - started, steps)
        finally:
            if context.project is not None:
                context.project.release()
            shutil.rmtree(home.temporary / "spill", ignore_errors=True)
        prune(home, request.settings)
    return summary


@contextlib.contextmanager
def _only_one(home: Home) -> Iterator[None]:
    """Hold the home's build lock; the system lets it go when this process ends, however it ends."""
    with (home.temporary / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildError(
                f"Another build is running in {home.folder}. Wait until it is done, or use another TOWER_HOME."
            ) from error
        yield
