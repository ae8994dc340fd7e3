"""Time and memory of the planning engine on made-up multi-level plants, with and without the compiler.

    python -m tests.benchmarks.bench_mrp [items …]
    python -m tests.benchmarks.bench_mrp reference 50000

Six levels, 2.5 components an item, 52 weeks, half as many demands as items, all in weeks 10 to 51; a fifth of the items with
minimum and multiple, a fifth with multiples: the shape of the solved instances that were published with the goals. "dense" has
as many demands as items.

Each row is a process of its own: medians of 5 in processor seconds (3 from 500,000 items on) after one run that
warms up, and peak memory above the start. "first" is that run, which also asks the system for its memory.

What-if: of 100 sold items every demand is doubled, trebled or left, from the journal to the changed orders, their money
and the quantity by week; other items each time, median and 95th percentile of 40; "any": a change of one kind or
another, from one demand to a tenth of all lead times.

Last: every order of random plants against the plain reference planner.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from planning import accelerator
from planning.mrp import (
    Baseline,
    BillLines,
    Demands,
    Journal,
    Nodes,
    Operations,
    PlanningProblem,
    Sources,
    Stock,
    plan,
)
from planning.mrp.codes import UNIT, SourceKind
from planning.mrp.pegging import Pegging
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.reference import reference_orders
from tests.golden.planning.world import orders_of, world_of

SIZES = (1_000, 10_000, 50_000, 100_000, 1_000_000)
ACCELERATORS = ("numpy", "numba")
SHARES = np.array([0.1, 0.15, 0.2, 0.2, 0.2, 0.15])
WEEK = 7
WEEKS = 52
WHAT_IFS = 40
# What-ifs are asked of plants up to this size, pegging is measured up to the other.
WHAT_IF_UP_TO = 100_000
PEGGED_UP_TO = 100_000
MANY = 500_000
# The plain reference planner takes minutes for 50,000 items: only where it is asked for.
REFERENCE_SIZES = (1_000, 10_000)
# Seconds, or megabytes, not to be exceeded: (items, accelerator, figure).
GOALS = {
    (10_000, "numpy", "plan"): 0.15,
    (10_000, "numba", "plan"): 0.03,
    (50_000, "numpy", "plan"): 0.8,
    (50_000, "numba", "plan"): 0.15,
    (50_000, "numpy", "megabytes"): 400,
    (50_000, "numba", "megabytes"): 400,
    (100_000, "numba", "plan and pegging"): 0.5,
    (1_000_000, "numba", "plan"): 5.0,
    (1_000_000, "numba", "megabytes"): 4_096,
    (10_000, "numpy", "any p95"): 0.2,
    (10_000, "numba", "any p95"): 0.2,
    (100_000, "numpy", "what-if p95"): 0.2,
    (100_000, "numba", "what-if p95"): 0.2,
}
COLUMNS = (
    "plan", "first", "megabytes", "pegging", "plan and pegging", "what-if p50", "what-if p95", "any p50", "any p95",
)  # fmt: skip


def random_instance(items: int, seed: int = 7, demands: int | None = None) -> PlanningProblem:
    """A plant of so many items; the same seed gives the same plant."""
    random = np.random.default_rng(seed)
    start = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.rint(SHARES * items).astype(np.int64))))
    start[-1] = items
    level = np.searchsorted(start, np.arange(items), side="right") - 1
    made = np.flatnonzero(level < SHARES.size - 1)
    count = random.integers(1, 6, made.size)
    parent = np.repeat(made, count)
    # Mostly from the next level, some from further down; the same component twice is one line more.
    below = np.minimum(level[parent] + random.choice([1, 1, 1, 2], parent.size), SHARES.size - 1)
    component = start[below] + (random.random(parent.size) * (start[below + 1] - start[below])).astype(np.int64)
    demanded = random.choice(items, items // 20 or 1)
    orders = max((items if demands is None else demands) - demanded.size, 0)
    demand_node = np.concatenate((random.integers(0, start[1], orders), demanded))
    kind = random.choice(4, items, p=[0.5, 0.2, 0.2, 0.1])
    multiple = np.where(kind == 1, random.choice([10, 25, 50, 100], items), np.where(kind == 2, 10, 0))
    return PlanningProblem(
        first_day=0,
        nodes=Nodes.of(
            items,
            item=np.arange(items),
            min_lot=np.where(kind == 2, random.choice([50, 100, 200], items), 0) * UNIT,
            lot_multiple=multiple * UNIT,
            safety_stock=np.where(random.random(items) < 0.3, random.integers(5, 25, items), 0) * UNIT,
            unit_value=random.uniform(1, 500, items),
        ),
        sources=Sources.of(
            items,
            node=np.arange(items),
            kind=np.where(level < SHARES.size - 1, SourceKind.MAKE, SourceKind.BUY),
            lead_time_days=random.integers(0, 4, items) * WEEK,
        ),
        lines=BillLines.of(
            parent.size, source=parent, component=component, quantity=random.choice([1.0, 1.0, 2.0, 4.0], parent.size)
        ),
        demands=Demands.of(
            demand_node.size,
            node=demand_node,
            day=random.integers(10, WEEKS, demand_node.size) * WEEK,
            quantity=random.integers(1, 21, demand_node.size) * UNIT,
            value=random.uniform(10, 10_000, demand_node.size),
        ),
        stock=Stock.of(
            items,
            node=np.arange(items),
            quantity=random.choice([0, 0, 1], items) * random.integers(1, 200, items) * UNIT,
        ),
        operations=Operations.of(
            made.size, source=made, work_centre=made % max(items // 50, 1), run_hours_per_unit=0.1
        ),
    )


def sold_items_changed(problem: PlanningProblem, seed: int, items: int = 100) -> Journal:
    """Other quantities for all demand of so many items; the same seed gives the same journal."""
    random = np.random.default_rng(seed)
    demands = problem.demands
    sold = np.unique(demands.node)
    chosen = random.choice(sold, min(items, sold.size), replace=False)
    rows = np.flatnonzero(np.isin(demands.node, chosen))
    return Journal().replaced("demands", rows, quantity=demands.quantity[rows] * random.choice([1, 2, 3], rows.size))


def any_change(problem: PlanningProblem, seed: int) -> Journal:
    """A change of one of several kinds; the same seed gives the same journal."""
    random = np.random.default_rng(seed)
    kind = seed % 5
    if kind == 0:
        row = random.integers(0, problem.demands.count)
        return Journal().replaced("demands", [row], quantity=[int(random.integers(1, 500)) * UNIT])
    if kind == 1:
        rows = random.choice(problem.sources.count, problem.sources.count // 10, replace=False)
        return Journal().replaced("sources", rows, lead_time_days=random.integers(0, 5, rows.size) * WEEK)
    if kind == 2:
        node = random.integers(0, problem.nodes.count, 50)
        return Journal().added("stock", 50, node=node, quantity=random.integers(1, 500, 50) * UNIT)
    if kind == 3:
        rows = random.choice(problem.nodes.count, 200, replace=False)
        return Journal().replaced("nodes", rows, safety_stock=random.integers(0, 100, 200) * UNIT)
    rows = np.arange(problem.demands.count)
    return Journal().replaced("demands", rows, quantity=problem.demands.quantity * 11 // 10)


def what_ifs(baseline: Baseline, journal_of: Callable[[int], Journal]) -> tuple[float, float]:
    """Median and 95th percentile of the way from a journal to changed orders, their money and quantity by week."""
    found = baseline.plan
    value, week = found.problem.nodes.unit_value, np.arange(WEEKS + 30)
    times = []
    for seed in range(WHAT_IFS + 1):
        journal = journal_of(seed)
        begun = time.process_time()
        change = baseline.changed(journal)
        added, gone = change.added, change.removed
        money = (added.quantity * value[added.node]).sum() - (
            found.orders.quantity[gone] * value[found.orders.node[gone]]
        ).sum()
        weeks = np.bincount(np.clip(added.due_day // WEEK, 0, week.size), added.quantity, week.size)
        times.append(time.process_time() - begun)
        assert np.isfinite(money + weeks.sum())
    middle, high = np.percentile(times[1:], (50, 95))
    return float(middle), float(high)


def median_of(runs: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(items: int, name: str, demands: int) -> dict[str, Any]:
    """All figures of one size in this process."""
    accelerator.use(name)
    accelerator.warm()
    accelerator.keep_memory()
    plan(random_instance(200))
    problem = random_instance(items, demands=demands)
    runs = 5 if items < MANY else 3
    before, begun = peak_megabytes(), time.process_time()
    found = plan(problem)
    row: dict[str, Any] = {
        "first": time.process_time() - begun, "megabytes": peak_megabytes() - before,
        "orders": found.orders.count, "demands": found.demand.count,
    }  # fmt: skip
    if items >= MANY:
        # Two such plans do not fit beside each other everywhere.
        del found
        row["plan"] = median_of(runs, lambda: plan(problem))
        return row
    row["plan"] = median_of(runs, lambda: plan(problem))
    if items <= PEGGED_UP_TO:
        row["links"] = int(Pegging.of(found).links.demand.size)
        row["pegging"] = median_of(runs, lambda: Pegging.of(found))
        row["plan and pegging"] = row["plan"] + row["pegging"]
    if items <= WHAT_IF_UP_TO and demands < items:
        baseline = Baseline.of(found)
        row["what-if p50"], row["what-if p95"] = what_ifs(baseline, lambda seed: sold_items_changed(problem, seed))
        if items <= 10_000:
            row["any p50"], row["any p95"] = what_ifs(baseline, lambda seed: any_change(problem, seed))
    return row


def shown(items: int, name: str, column: str, row: dict[str, Any]) -> str:
    if column not in row:
        return "–"
    text = f"{row[column]:,.0f}" if column == "megabytes" else f"{row[column]:.3f}"
    goal = GOALS.get((items, name, column))
    if goal is None:
        return text
    return f"{text} ({'≤' if row[column] <= goal else 'misses'} {goal:g})"


def compare(sizes: Sequence[int] = REFERENCE_SIZES) -> None:
    """Orders that differ from the reference planner's, over a random plant or two of each size."""
    for name in [one for one in ACCELERATORS if one == "numpy" or accelerator.is_installed()]:
        accelerator.use(name)
        for items in sizes:
            seeds = range(1) if items > 10_000 else range(2)
            different = orders = 0
            for seed in seeds:
                content = random_plant(seed, items, days=120, fences=True, calendars=seed == 1)
                if (seed, items) not in EXPECTED:
                    EXPECTED[seed, items] = {
                        (item, release, due, round(quantity * UNIT) / UNIT)
                        for item, release, due, quantity in reference_orders(content)
                    }
                own = world_of(content)
                found = {
                    (item, release, due, float(quantity))
                    for item, release, due, quantity in orders_of(own, own.planned())
                }
                different += len(found ^ EXPECTED[seed, items])
                orders += len(EXPECTED[seed, items])
            print(f"{name}: {len(seeds)} random plants of {items:,} items, {orders:,} orders, {different} different")


EXPECTED: dict[tuple[int, int], set[tuple[str, int, int, float]]] = {}


def growth(rows: dict[tuple[int, str, bool], dict[str, Any]]) -> None:
    """Each size against the one before, for ten times the items."""
    for name in ACCELERATORS:
        for small, large in ((1_000, 10_000), (10_000, 100_000), (100_000, 1_000_000)):
            one, other = rows.get((small, name, False)), rows.get((large, name, False))
            if one and other:
                print(
                    f"{name}: {small:,} → {large:,} items: time × {other['plan'] / one['plan']:.1f}, "
                    f"memory × {other['megabytes'] / max(one['megabytes'], 1):.1f}"
                )


def main() -> None:
    if len(sys.argv) == 4 and sys.argv[2] in ACCELERATORS:
        items, name, demands = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
        print(json.dumps(measured(items, name, demands)))
        return
    if sys.argv[1:2] == ["reference"]:
        compare([int(size) for size in sys.argv[2:]])
        return
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    names = [name for name in ACCELERATORS if name == "numpy" or accelerator.is_installed()]
    cases = [(size, name, False) for size in sizes for name in names]
    cases += [(50_000, name, True) for name in names if 50_000 in sizes]
    print("| items | orders | links | | " + " | ".join(COLUMNS) + " |")
    print("|---:|---:|---:|---|" + "---:|" * len(COLUMNS))
    rows = {}
    for items, name, dense in cases:
        # Each in a process of its own: peak memory is that of the process.
        command = [sys.executable, "-m", "tests.benchmarks.bench_mrp", str(items), name]
        done = subprocess.run(
            [*command, str(items if dense else items // 2)],
            check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        row = rows[items, name, dense] = json.loads(done.stdout)
        cells = [shown(0 if dense else items, name, column, row) for column in COLUMNS]
        links = f"{row['links']:,}" if "links" in row else "–"
        kind = f"{name}, dense" if dense else name
        print(f"| {items:,} | {row['orders']:,} | {links} | {kind} | " + " | ".join(cells) + " |", flush=True)
    growth(rows)
    compare()


if __name__ == "__main__":
    main()
