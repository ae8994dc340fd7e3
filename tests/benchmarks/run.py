"""`make bench`: AdventureWorks × 1, × 10, × 100, the Scorecard on each, the demo company; writes docs/benchmarks.md.

Every figure comes from a process of its own. Ratios are taken within one run, so that they hold on any machine.
`--only build,kills` measures some sections and leaves the others of the page as they stand.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from tests.benchmarks import demo_scales
from tests.benchmarks.kill_build import kill_builds, numbers, start_build
from tests.benchmarks.measure import REPOSITORY, Measured, folder_bytes, run_process
from tests.benchmarks.plain_pass import export_core
from tests.benchmarks.results_page import with_sections
from tower.builds import Home, current_build

PREAMBLE = """# Benchmarks

Written by `make bench`. Absolute seconds depend on the machine and on what else it does; ratios and growth are what
counts. Sections without a benchmark of their name are worked up by hand from several runs.
"""
RESULTS = REPOSITORY / "docs" / "benchmarks.md"
ADVENTUREWORKS = REPOSITORY.parent / "shared" / "data" / "adventureworks"
# From this factor on a plain pass is timed once instead of three times.
FEW_RUNS_FROM = 100
# Benchmarks that stand for themselves: name of the section, its title, and the module whose output is shown.
PRINTED = {
    "incidents": ("Incidents of the demo company, each against the same life without it", "demo_incidents"),
    "mrp": ("Material requirements planning", "bench_mrp"),
    "clear-to-build": ("Clear to build", "bench_clear_to_build"),
    "finite": ("Finite plan", "bench_finite"),
    "forecasting": ("Forecasting", "bench_forecasting"),
    "customer-value": ("Customer value, 100,000 customers", "bench_customer_value"),
    "forecast-demo": ("The demo company's forecast, two seeds", "forecast_demo"),
    "forecast-lived": ("The demo company with the proposed safety stocks, two seeds", "forecast_lived"),
    "probability": ("Chances of the plan's dates", "bench_probability"),
    "stock-layers": ("Stock layers, the engine alone", "bench_stock_layers"),
    "stock-layers-build": ("Stock layers as a build makes them", "bench_stock_layers_build"),
}
# Not part of the ratio to the plain pass, but shown beside it.
BESIDE = frozenset({"stock layers", "bill of material", "forecast", "plan", "tests"})


@dataclass(frozen=True, slots=True)
class Scale:
    """What was measured at one scale factor. Sizes in bytes, times in seconds."""

    factor: int
    rows: int
    raw_bytes: int
    home_bytes: int
    build: Measured
    steps: Sequence[Mapping[str, Any]]
    plain_core: Measured
    plain_raw: Measured
    scorecard_cold: float
    scorecard_warm: float

    def seconds(self, *, beside: bool) -> float:
        return float(sum(step["seconds"] for step in self.steps if (step["step"] in BESIDE) is beside))

    def ratio(self, plain: Measured) -> float:
        return self.seconds(beside=False) / plain.wall_seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--factors", default="1,10,100", help="scale factors, separated by commas")
    parser.add_argument("--data", type=Path, default=ADVENTUREWORKS, help="folder of the AdventureWorks Parquet files")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "control-tower-bench")
    parser.add_argument("--kills", type=int, default=20, help="how many builds of the example company to kill")
    parser.add_argument("--demo-scales", default="tiny,small,medium,large", help="scales of the demo company")
    parser.add_argument("--memory-limit", default="10GB", help="what the database may use before it spills")
    parser.add_argument("--only", default="", help="names of sections, separated by commas; all when empty")
    asked = parser.parse_args()
    sections: dict[str, Callable[[], str]] = {
        "build": lambda: document(measured_scales(asked)),
        "demo": lambda: demo_scales.document(
            [demo_scales.measure(scale, seed=7) for scale in asked.demo_scales.split(",")]
        ),
        **{name: partial(printed, title, module) for name, (title, module) in PRINTED.items()},
        "detection": detection,
        "kills": lambda: kills(asked.work, asked.kills),
    }
    wanted = [name for name in asked.only.split(",") if name] or list(sections)
    unknown = sorted(set(wanted) - set(sections))
    if unknown:
        sys.exit(f"There is no section {', '.join(unknown)}. Sections: {', '.join(sections)}.")
    for name in wanted:
        found = sections[name]()
        # Written after each, so that a run that is stopped keeps what it has measured.
        page = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else PREAMBLE
        RESULTS.write_text(with_sections(page, {name: found}), encoding="utf-8")
        print(found, flush=True)


def measured_scales(asked: argparse.Namespace) -> list[Scale]:
    """AdventureWorks at each factor. Stops where its files are not at hand."""
    if not asked.data.exists():
        sys.exit(f"There is no AdventureWorks at {asked.data}. Name its folder with --data.")
    return [measure(int(factor), asked.data, asked.work, asked.memory_limit) for factor in asked.factors.split(",")]


def measure(factor: int, data: Path, work: Path, memory_limit: str) -> Scale:
    folder = work / f"data-x{factor}"
    if not folder.exists():
        print(f"× {factor}: writing the data …", flush=True)
        run_process(
            [
                sys.executable,
                "-m",
                "tests.benchmarks.scale_adventureworks",
                str(data),
                str(folder),
                "--copies",
                str(factor),
            ]
        )
    home = work / f"home-x{factor}"
    shutil.rmtree(home, ignore_errors=True)
    print(f"× {factor}: building …", flush=True)
    # The forecast is measured by itself: a hundred copies of a company are a hundred times its series.
    environment = {
        "TOWER_HOME": str(home), "TOWER_MEMORY_LIMIT": memory_limit, "TOWER_FORECASTING__EFFORT": "none"
    }  # fmt: skip
    build = run_process(
        [sys.executable, "-m", "pipelines.cli", "build", "--source", "adventureworks", "--path", str(folder)],
        environment,
    )
    served = current_build(home)
    summary = orjson.loads(Home(home).summary_file(served.build_id).read_bytes())
    home_bytes = folder_bytes(home)
    core_folder = work / "core-parquet"
    shutil.rmtree(core_folder, ignore_errors=True)
    export_core(served.file, core_folder)
    runs = 3 if factor < FEW_RUNS_FROM else 1
    plain_core = plain_pass("core", core_folder, work, runs)
    plain_raw = plain_pass("raw", folder, work, runs)
    print(f"× {factor}: opening the Scorecard …", flush=True)
    screens = [
        json.loads(run_process([sys.executable, "-m", "tests.benchmarks.scorecard_time"], environment).output)
        for _ in range(3)
    ]
    return Scale(
        factor=factor,
        rows=sum(source["rows"] for source in summary["sources"]),
        raw_bytes=folder_bytes(folder),
        home_bytes=home_bytes,
        build=build,
        steps=summary["steps"],
        plain_core=plain_core,
        plain_raw=plain_raw,
        scorecard_cold=statistics.median(screen["cold"] for screen in screens),
        scorecard_warm=statistics.median(screen["warm"] for screen in screens),
    )


def plain_pass(kind: str, folder: Path, work: Path, runs: int) -> Measured:
    """The median run of a plain pass by wall-clock time."""
    measured = []
    for _ in range(runs):
        file = work / "plain.duckdb"
        file.unlink(missing_ok=True)
        measured.append(
            run_process([sys.executable, "-m", "tests.benchmarks.plain_pass", kind, str(folder), str(file)])
        )
        file.unlink()
    return sorted(measured, key=lambda run: run.wall_seconds)[runs // 2]


def document(scales: Sequence[Scale]) -> str:
    """The results as a page. Growth is the quotient of neighbouring scales: 10 means linear for ten times the rows."""
    first = scales[0]
    lines = [
        "## Build",
        "",
        "AdventureWorks, copied N times with shifted keys and dates so that it stays consistent.",
        f"Machine: {os.cpu_count()} processors, Python {platform.python_version()}, {platform.system()} {platform.machine()}.",
        "",
        "| | " + " | ".join(f"× {scale.factor}" for scale in scales) + " |",
        "|---|" + "---:|" * len(scales),
        row("rows in", scales, lambda scale: f"{scale.rows:,}"),
        row("whole build, wall seconds", scales, lambda scale: f"{scale.build.wall_seconds:,.1f}"),
        row("whole build, processor seconds", scales, lambda scale: f"{scale.build.cpu_seconds:,.1f}"),
        row("peak memory", scales, lambda scale: gigabytes(scale.build.peak_bytes)),
        row("raw Parquet of the source", scales, lambda scale: gigabytes(scale.raw_bytes)),
        row("home folder after the build (loads and build)", scales, lambda scale: gigabytes(scale.home_bytes)),
        row("… as a multiple of the raw Parquet", scales, lambda scale: f"{scale.home_bytes / scale.raw_bytes:.2f}"),
        row("steps without tests and engines, seconds", scales, lambda scale: f"{scale.seconds(beside=False):,.1f}"),
        row(
            "tests and engines (stock layers, BOM), seconds", scales, lambda scale: f"{scale.seconds(beside=True):,.1f}"
        ),
        row("plain pass: the same core tables, seconds", scales, lambda scale: f"{scale.plain_core.wall_seconds:,.1f}"),
        row(
            "plain pass: the raw tables as they are, seconds",
            scales,
            lambda scale: f"{scale.plain_raw.wall_seconds:,.1f}",
        ),
        row(
            "**ratio to writing the same core tables**",
            scales,
            lambda scale: f"**{scale.ratio(scale.plain_core):.2f}**",
        ),
        row("ratio to writing the raw tables", scales, lambda scale: f"{scale.ratio(scale.plain_raw):.2f}"),
        "",
        "Both plain passes are DuckDB reading Parquet and writing tables with no transformation (tests/benchmarks/plain_pass.py):",
        "the first writes the same core tables (same rows and columns), the second the source's own big tables, whose keys are",
        "integers and whose rows hold no flag, no cost and no margin. Small scales are dominated by the fixed cost of the models.",
        "",
        "## Steps, seconds (peak memory of the process so far)",
        "",
        "| step | " + " | ".join(f"× {scale.factor}" for scale in scales) + " | growth of the last two |",
        "|---|" + "---:|" * (len(scales) + 1),
    ]
    for position, step in enumerate(first.steps):
        cells = [
            f"{scale.steps[position]['seconds']:,.1f} ({gigabytes(scale.steps[position]['peak_memory_bytes'])})"
            for scale in scales
        ]
        lines.append(f"| {step['step']} | " + " | ".join(cells) + f" | {growth(scales, position)} |")
    lines += [
        "",
        "## Scorecard",
        "",
        "| | " + " | ".join(f"× {scale.factor}" for scale in scales) + " |",
        "|---|" + "---:|" * len(scales),
        row("script, cold, seconds", scales, lambda scale: f"{scale.scorecard_cold:.2f}"),
        row("script, warm, seconds", scales, lambda scale: f"{scale.scorecard_warm:.3f}"),
        row("warm, ratio to × 1", scales, lambda scale: f"{scale.scorecard_warm / first.scorecard_warm:.2f}"),
        "",
        "Cold: the first run of the page in a fresh process, its libraries loaded. Warm: the median of ten further runs.",
        "",
    ]
    return "\n".join(lines)


def printed(title: str, module: str) -> str:
    """What a benchmark of its own prints."""
    print(f"{title} …", flush=True)
    measured = run_process([sys.executable, "-m", f"tests.benchmarks.{module}"], {"OMP_NUM_THREADS": "1"})
    return f"## {title}\n\n```\n{measured.output.strip()}\n```\n"


def detection() -> str:
    """Alerts against what the demo company planted. The score itself goes into the page of the detection."""
    print("measuring alerts …", flush=True)
    measured = run_process([sys.executable, "-m", "tests.benchmarks.detection_score"], {"OMP_NUM_THREADS": "1"})
    return (
        "## Alerts\n\nThe score stands in docs/detection.md. "
        f"{measured.cpu_seconds:,.0f} processor seconds, less what was kept of an earlier run; "
        f"peak memory {gigabytes(measured.peak_bytes)}.\n"
    )


def kills(work: Path, count: int) -> str:
    """Kill builds of the example company at random moments; what is served must not change."""
    print(f"killing {count} builds of the example company …", flush=True)
    home = work / "home-kills"
    shutil.rmtree(home, ignore_errors=True)
    folder = REPOSITORY / "seeds" / "example"
    started = time.perf_counter()
    if start_build(home, folder).wait() != 0:
        raise SystemExit("the example company does not build")
    longest = time.perf_counter() - started
    expected = numbers(home)
    done = kill_builds(home, folder, count, longest, seed=20)
    same = sum(kill.numbers_after == expected for kill in done)
    if start_build(home, folder).wait() != 0 or numbers(home) != expected:
        raise SystemExit("the build after the kills is not right")
    return (
        "## Kills\n\n"
        f"{count} builds of the example company were killed with SIGKILL after a random time of up to {longest:.1f} s (the length "
        f"of a whole build); {sum(kill.hit_a_running_build for kill in done)} of them were still running. "
        f"The served numbers were right after {same} of {count} kills, and the build after the last kill was right.\n"
    )


def row(label: str, scales: Sequence[Scale], cell: Any) -> str:
    return f"| {label} | " + " | ".join(cell(scale) for scale in scales) + " |"


def growth(scales: Sequence[Scale], position: int) -> str:
    if len(scales) < 2 or scales[-2].steps[position]["seconds"] < 0.05:
        return "–"
    return f"{scales[-1].steps[position]['seconds'] / scales[-2].steps[position]['seconds']:.1f}"


def gigabytes(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"


if __name__ == "__main__":
    main()
