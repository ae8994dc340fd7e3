"""Measure one step in a process of its own: wall-clock, processor seconds, peak memory of the largest process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall and CPU seconds of a whole process, peak resident memory in bytes, and what it printed."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def run_process(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Run a command to its end; a failure ends the benchmark with the command's own words.

    Peak memory is read from a small wrapper process that waits for this one command alone, so that no earlier child counts.
    """
    wrapper = (
        "import json, resource, subprocess, sys, time\n"
        "started = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss, done.stdout]))\n"
        "sys.exit(done.returncode)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", wrapper, *command],
        env={**os.environ, **(environment or {})},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed with {done.returncode}:\n{done.stdout}")
    wall, cpu, kilobytes, output = json.loads(done.stdout.strip().splitlines()[-1])
    return Measured(wall, cpu, kilobytes * 1024, output)


def folder_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
