"""Kill a build at random moments and look at what is served after each kill.

Used by the tests with a few kills and by `make bench` with twenty.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measure import REPOSITORY
from tower.builds import current_build, current_build_id
from tower.warehouse import open_warehouse

PROBE = """
    select
        (select count(*) from core.fct_sales_order_lines) as lines,
        (select sum(net_value) from core.fct_sales_order_lines) as net_value,
        (select sum(quantity) from core.fct_stock_layers) as layers,
        (select count(*) from build.rejected_rows) as rejected
"""


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: after how many seconds, whether the build was still running, what was served before and after."""

    seconds: float
    hit_a_running_build: bool
    served_before: str | None
    served_after: str | None
    numbers_after: tuple[object, ...]


def numbers(home: Path) -> tuple[object, ...]:
    warehouse = open_warehouse(current_build(home).file)
    try:
        return warehouse.frame(PROBE).row(0)
    finally:
        warehouse.close()


def start_build(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pipelines.cli", "build", "--source", "files", "--path", str(folder)]
    return subprocess.Popen(
        command,
        env={**os.environ, "TOWER_HOME": str(home)},
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill_builds(home: Path, folder: Path, kills: int, longest: float, seed: int) -> list[Kill]:
    """Start `kills` builds and kill each, with its children, after a random time of at most `longest` seconds."""
    moments = random.Random(seed)
    done = []
    for _ in range(kills):
        before = current_build_id(home)
        seconds = moments.uniform(0.2, longest)
        build = start_build(home, folder)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and build.poll() is None:
            time.sleep(0.01)
        running = build.poll() is None
        if running:
            os.killpg(build.pid, signal.SIGKILL)
        build.wait()
        done.append(Kill(seconds, running, before, current_build_id(home), numbers(home)))
    return done
