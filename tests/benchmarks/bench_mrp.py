"""Time and memory of the planning engine on made-up multi-level plants, and its difference to the reference planner.

    python -m tests.benchmarks.bench_mrp [items …]

What-if: of 100 sold items every demand is doubled, trebled or left, to the changed orders and their money; other items
each time, median and 95th percentile of 20, and what putting the whole new plan together takes after that.

Six levels, 2.5 components an item, 52 weeks, half of the items end products or spare parts with demand; a fifth with minimum and
multiple, a fifth with multiples. Each size runs in a process of its own: medians of 5 in processor
seconds, and peak memory above the start.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from planning.mrp import (
    Baseline,
    BillLines,
    Demands,
    Journal,
    Nodes,
    Operations,
    Plan,
    PlanningProblem,
    Sources,
    Stock,
    plan,
)
from planning.mrp.action_messages import action_messages
from planning.mrp.codes import UNIT, SourceKind
from planning.mrp.pegging import Pegging, late_days
from planning.mrp.records import records
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.reference import reference_orders
from tests.golden.planning.world import orders_of, world_of

SIZES = (1_000, 10_000, 50_000)
SHARES = np.array([0.1, 0.15, 0.2, 0.2, 0.2, 0.15])
WEEK = 7
WEEKS = 52
WHAT_IFS = 20
REFERENCE_SIZES = (1_000, 10_000)
# Seconds for the plan alone, without a compiler.
GOALS = {10_000: 0.15, 50_000: 0.8}


def random_instance(items: int, seed: int = 7) -> PlanningProblem:
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
    demand_node = np.concatenate((random.integers(0, start[1], items - demanded.size), demanded))
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


def what_if(found: Plan) -> str:
    """Time of a change from the journal to the changed orders and the money in them, and to a whole plan."""
    begun = time.process_time()
    baseline = Baseline.of(found)
    indexed = time.process_time() - begun
    value = found.problem.nodes.unit_value
    times, whole, nodes, orders = [], [], [], []
    for seed in range(WHAT_IFS + 1):
        journal = sold_items_changed(found.problem, seed)
        begun = time.process_time()
        change = baseline.changed(journal)
        added, gone = change.added, change.removed
        more = (added.quantity * value[added.node]).sum()
        less = (found.orders.quantity[gone] * value[found.orders.node[gone]]).sum()
        times.append(time.process_time() - begun)
        assert np.isfinite(more - less)
        begun = time.process_time()
        assert change.plan.orders.count == found.orders.count - gone.size + added.count
        whole.append(time.process_time() - begun)
        nodes.append(change.planned.size)
        orders.append(added.count)
    # The first one warms up.
    middle, high = np.percentile(times[1:], (50, 95))
    return (
        f"what-if p50 {middle:6.3f} s  p95 {high:6.3f} s  whole plan {statistics.median(whole[1:]):6.3f} s more  "
        f"index {indexed:6.3f} s  {int(statistics.median(nodes)):>7,} nodes planned  "
        f"{int(statistics.median(orders)):>9,} orders in their place"
    )


def median_of_five(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(5):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def measure(items: int) -> None:
    problem = random_instance(items)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = plan(problem)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    planned = median_of_five(lambda: plan(problem))
    pegged = median_of_five(lambda: Pegging.of(found))
    pegging = Pegging.of(found)
    late = median_of_five(lambda: late_days(pegging))
    said = median_of_five(lambda: action_messages(pegging))
    edges = np.arange(0, (WEEKS + 1) * WEEK, WEEK)
    recorded = median_of_five(lambda: records(found, edges))
    goal = f" (goal {GOALS[items]})" if items in GOALS else ""
    print(
        f"{items:>9,} items  plan {planned:6.3f} s{goal}  {peak:6,.0f} MB  pegging {pegged:6.3f} s  late {late:6.3f} s  "
        f"messages {said:6.3f} s  weekly records {recorded:6.3f} s  {found.orders.count:>9,} orders  "
        f"{pegging.links.demand.size:>10,} links"
    )
    print(f"{items:>9,} items  {what_if(found)}")


def compare() -> None:
    """Orders that differ from the reference planner's, over a few random plants of each size."""
    for items in REFERENCE_SIZES:
        different = orders = 0
        for seed in range(2):
            content = random_plant(seed, items, days=120, fences=True, calendars=seed == 1)
            own = world_of(content)
            found = {
                (item, release, due, float(quantity)) for item, release, due, quantity in orders_of(own, own.planned())
            }
            expected = {
                (item, release, due, round(quantity * UNIT) / UNIT)
                for item, release, due, quantity in reference_orders(content)
            }
            different += len(found ^ expected)
            orders += len(expected)
        print(
            f"{items:>9,} items  two random plants, {orders:,} orders, {different} different from the reference planner"
        )


def main() -> None:
    if len(sys.argv) == 2:
        measure(int(sys.argv[1]))
        return
    # Each size in a process of its own: peak memory is that of the process.
    for size in sys.argv[1:] or SIZES:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.bench_mrp", str(size)], check=True)
    compare()


if __name__ == "__main__":
    main()
