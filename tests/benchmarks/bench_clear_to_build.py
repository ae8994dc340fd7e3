"""Time, memory and gap of clear to build on made-up orders of a plausible plant.

    python -m tests.benchmarks.bench_clear_to_build [requirement lines …]

Ten lines an order; one item for twenty lines, some in many orders; stock for about nine tenths of what is asked, uneven; one item in
seven lines has a substitute where these are measured. Each size runs in a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planning.clear_to_build import (
    UNIT,
    ClearToBuildProblem,
    Effort,
    KitStatus,
    Objective,
    Orders,
    Policy,
    Receipts,
    RequirementLines,
    Scope,
    Settings,
    Stock,
    Substitutes,
    Substitution,
    best_release,
    clear_to_build,
    golden_screw,
)

SIZES = (1_000, 10_000, 100_000)
BUDGETS = (1, 2, 5, 10, 20)
# Without the program over everything.
QUICK = Effort(exact_needs=0)


def plant(lines: int, seed: int = 7) -> ClearToBuildProblem:
    """Orders over sixty days with skewed use of items; receipts for half of the items within ninety days."""
    random = np.random.default_rng(seed)
    orders, items = lines // 10, max(lines // 20, 30)
    of_order = np.sort(random.integers(0, orders, lines))
    of_item = np.minimum(random.zipf(1.6, lines) - 1, 10**9) % items
    of_item = np.where(random.random(lines) < 0.4, of_item, random.integers(0, items, lines))
    quantity = random.integers(1, 40, lines) * UNIT
    asked = np.zeros(items)
    np.add.at(asked, of_item, quantity / UNIT)
    stock = np.floor(asked * np.clip(random.lognormal(0.25, 0.45, items), 0.2, 4.0))
    coming = np.repeat(np.arange(items)[random.random(items) < 0.5], 2)
    substituted = np.flatnonzero(random.random(lines) < 1 / 7)
    return ClearToBuildProblem(
        today=0,
        horizon_day=120,
        orders=Orders(
            due_day=random.integers(0, 60, orders),
            priority=random.integers(1, 4, orders),
            money=np.round(random.lognormal(8, 1, orders), 2),
            site=np.zeros(orders, np.int64),
            quantity=random.integers(1, 50, orders) * UNIT,
            batch=np.zeros(orders, np.int64),
        ),
        lines=RequirementLines(
            order=of_order,
            item=of_item,
            quantity=quantity,
            reserved_quantity=np.zeros(lines, np.int64),
            is_fixed=np.zeros(lines, np.bool_),
        ),
        stock=Stock(item=np.arange(items), site=np.zeros(items, np.int64), quantity=(stock * UNIT).astype(np.int64)),
        receipts=Receipts(
            item=coming,
            site=np.zeros(coming.size, np.int64),
            day=random.integers(-5, 90, coming.size),
            quantity=(np.ceil(asked[coming] * 0.15) * UNIT).astype(np.int64),
        ),
        substitutes=Substitutes(
            line=substituted,
            item=(of_item[substituted] + 1) % items,
            priority=np.ones(substituted.size, np.int64),
            ratio=np.ones(substituted.size),
        ),
    )


def timed(name: str, lines: int, run: Callable[[], str]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    said = run()
    seconds = time.perf_counter() - begun
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{lines:>8,} lines  {name:<42} {seconds:8.3f} s  +{more:6,.0f} MB  {said}", flush=True)


def measure(lines: int) -> None:
    problem = plant(lines)

    def allocated(**settings: object) -> Callable[[], str]:
        chosen = replace(problem, settings=Settings(**settings))  # type: ignore[arg-type]

        def run() -> str:
            status = np.bincount(clear_to_build(chosen).orders.status, minlength=4)
            return ", ".join(f"{status[kind]:,} {kind.name.lower()}" for kind in KitStatus if status[kind])

        return run

    timed("complete kits, by stock", lines, allocated())
    timed("complete kits, with receipts", lines, allocated(scope=Scope.WITH_RECEIPTS))
    timed("complete kits, by stock, substitutes", lines, allocated(substitution=Substitution.MIXED))
    timed("first come, with receipts", lines, allocated(policy=Policy.FIRST_COME, scope=Scope.WITH_RECEIPTS))
    timed("first come, substitutes", lines, allocated(policy=Policy.FIRST_COME, substitution=Substitution.MIXED))
    substituted = replace(problem, settings=Settings(substitution=Substitution.MIXED))
    for name, chosen, effort in (
        ("best release, quick", problem, QUICK),
        ("best release", problem, Effort()),
        ("best release, substitutes", substituted, Effort()),
    ):
        for objective in Objective:

            def released(
                chosen: ClearToBuildProblem = chosen, effort: Effort = effort, objective: Objective = objective
            ) -> str:
                found = best_release(chosen, objective, effort=effort)
                exact = "exact" if found.is_exact else f"gap {found.gap:.2%}"
                return f"{found.value:,.0f} of at most {found.bound:,.0f}, {exact}; by rank {found.value_by_rank:,.0f}"

            timed(f"{name}, {objective.name.lower()}", lines, released)
    for name, effort in (("golden screw, quick", QUICK), ("golden screw", Effort())):

        def screwed(effort: Effort = effort) -> str:
            found = golden_screw(problem, budgets=BUDGETS, effort=effort)
            points = (f"{point.budget:.0f}: {point.value:,.0f} ({point.gap:.1%})" for point in found.points)
            return f"of {found.waiting_value:,.0f} waiting; parts: orders (gap)  " + "  ".join(points)

        timed(name, lines, screwed)


def main() -> None:
    if len(sys.argv) == 2:
        measure(int(sys.argv[1]))
        return
    # Each size in a process of its own: peak memory is that of the process.
    for size in sys.argv[1:] or SIZES:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.bench_clear_to_build", str(size)], check=True)


if __name__ == "__main__":
    main()
