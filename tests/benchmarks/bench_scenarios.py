"""What-if on the served build: from a scenario to the new plan with its lateness, to the figures, to the differences.

    TOWER_HOME=… python -m tests.benchmarks.bench_scenarios

CPU and wall-clock seconds of one process, medians of five, beside planning and reading the build anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from planning.model.inputs import planning_model
from planning.scenarios.differences import order_differences
from planning.scenarios.document import read_scenario
from planning.scenarios.measures import measures
from planning.scenarios.outcome import ScenarioBase
from planning.tables.results import planned
from tower.builds import current_build
from tower.queries.planning_rows import read_rows
from tower.settings import load_settings
from tower.warehouse import open_warehouse

RUNS = 5
CHANGES = {
    "nothing": "[]",
    "one safety stock": "[{kind: safety_stock, item: ITEM, set: 500}]",
    "all lead times × 1.2": "[{kind: lead_time, factor: 1.2}]",
    "all demand × 1.2": "[{kind: demand_factor, factor: 1.2}]",
}


def seconds(run: Callable[[], Any]) -> tuple[float, float]:
    """Median CPU and wall-clock seconds."""
    cpu, wall = [], []
    for _ in range(RUNS):
        started, worked = time.perf_counter(), time.process_time()
        run()
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - worked)
    return median(cpu), median(wall)


def shown(pair: tuple[float, float]) -> str:
    return f"{pair[0]:.3f} / {pair[1]:.3f}"


def main() -> None:
    warehouse = open_warehouse(current_build(load_settings().home).file)
    rows = read_rows(warehouse.frame, warehouse.as_of)
    model = planning_model(rows, warehouse.as_of)
    base = ScenarioBase.of(planned(model))
    orders = base.planned.plan.orders.count
    print(f"{orders:,} planned orders, {model.nodes.height:,} items at places; seconds of CPU / wall-clock")
    for name, run in (
        ("model", lambda: planning_model(rows, warehouse.as_of)), ("plan with names", lambda: planned(model)),
        ("base ready", lambda: ScenarioBase.of(base.planned)),
    ):  # fmt: skip
        print(f"{name:24s} {shown(seconds(run))}")
    for name, changes in CHANGES.items():
        item = model.nodes["item_id"][0]
        scenario = read_scenario(f"scenario: 1\nname: x\nchanges: {changes.replace('ITEM', item)}\n")
        outcome = base.run(scenario)
        figures = (
            seconds(lambda scenario=scenario: base.run(scenario)),
            seconds(lambda outcome=outcome: measures(outcome)),
            seconds(lambda outcome=outcome: order_differences(base.outcome, outcome)),
        )
        said = "  ".join(shown(one) for one in figures)
        print(f"{name:24s} {outcome.nodes_planned:6,} nodes   run, figures, differences: {said}")


if __name__ == "__main__":
    main()
