"""The demo company at each scale, in a process of its own: simulate three years, write all tables, count."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.demo.company.build import build_company
from pipelines.demo.scale import SCALES
from pipelines.demo.simulation import Simulation
from pipelines.demo.writing.chronicle import Chronicle
from tests.benchmarks.measure import folder_bytes, run_process

FIRST_DAY, LAST_DAY = date(2023, 6, 30), date(2026, 6, 30)
SHOWN = ("sales_order_lines", "stock_movements", "production_orders", "purchase_order_lines", "customers")


@dataclass(frozen=True, slots=True)
class Lived:
    """One scale: CPU seconds of simulating and of writing, peak memory and Parquet bytes, rows by table."""

    scale: str
    simulated: float
    written: float
    peak_bytes: int
    file_bytes: int
    rows: dict[str, int]


def live(scale: str, seed: int) -> dict[str, object]:
    """Simulate and write in this process. What logs spill while the company lives counts as simulating."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        simulation = Simulation(build_company(seed, SCALES[scale], FIRST_DAY))
        chronicle = Chronicle(Path(folder), simulation.world)
        simulation.run((LAST_DAY - FIRST_DAY).days)
        simulated = time.process_time() - started
        chronicle.finish()
        return {
            "simulated": simulated,
            "written": time.process_time() - started - simulated,
            "file_bytes": folder_bytes(Path(folder)),
            "rows": dict(chronicle.rows),
        }


def measure(scale: str, seed: int) -> Lived:
    """The same in a process of its own, with its peak memory."""
    run = run_process([sys.executable, "-m", "tests.benchmarks.demo_scales", "--live", scale, "--seed", str(seed)])
    told = json.loads(run.output)
    return Lived(scale, told["simulated"], told["written"], run.peak_bytes, told["file_bytes"], told["rows"])


def document(lives: Sequence[Lived]) -> str:
    """The results as a section of docs/benchmarks.md."""
    names = " | ".join(each.scale for each in lives)
    lines = [
        "## The demo company",
        "",
        "Three years (1,096 days) of seed 7, one core; simulating and writing apart, both in processor seconds.",
        "",
        f"| | {names} | growth of the last two |",
        "|---|" + "---:|" * (len(lives) + 1),
        _row("simulating, seconds", [each.simulated for each in lives], "{:,.1f}"),
        _row("writing all tables, seconds", [each.written for each in lives], "{:,.1f}"),
        _row("peak memory, GB", [each.peak_bytes / 1e9 for each in lives], "{:.2f}"),
        _row("files, MB", [each.file_bytes / 1e6 for each in lives], "{:,.1f}"),
        _row("rows of all tables", [sum(each.rows.values()) for each in lives], "{:,.0f}"),
        *(_row(name.replace("_", " "), [each.rows[name] for each in lives], "{:,.0f}") for name in SHOWN),
        "",
    ]
    return "\n".join(lines)


def _row(label: str, values: Sequence[float], form: str) -> str:
    growth = f"{values[-1] / values[-2]:.1f}" if len(values) > 1 and values[-2] else "–"
    return f"| {label} | " + " | ".join(form.format(value) for value in values) + f" | {growth} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", default="tiny,small,medium,large")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--live", help="live this one scale in this process and print what was measured as JSON")
    chosen = parser.parse_args()
    if chosen.live:
        print(json.dumps(live(chosen.live, chosen.seed)))
    else:
        print(document([measure(scale, chosen.seed) for scale in chosen.scales.split(",")]))


if __name__ == "__main__":
    main()
