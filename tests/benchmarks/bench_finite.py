"""The finite plan of the two solved planning instances: time, orders on time, violations, beside another planner's figures.

    python -m tests.benchmarks.bench_finite [items …]

CPU seconds of one process, medians of five. The other planner is frePPLe 9.18 on the same instances. Both may split an order over
weeks and begin up to 100 days early. Here an order may also be divided between its users where minimum lot and multiple permit, and
safety stock is used before a demand is late.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from planning.finite.daily import daily_plan
from planning.finite.dispatch import dispatch
from planning.finite.feasibility import violations
from planning.finite.from_plan import FiniteInput, finite_input
from planning.finite.network import Network
from planning.finite.problem import Capacity
from planning.finite.schedule import Lateness, Objective
from planning.finite.search import finite_plan
from planning.mrp import BillLines, Demands, Nodes, Operations, Plan, PlanningProblem, Sources, Stock, plan
from planning.mrp.codes import UNIT, SourceKind

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "planning_instances"
DAYS_A_WEEK = 7
WEEKS = 52


@dataclass(frozen=True, slots=True)
class OtherPlanner:
    """What the other planner needed (CPU seconds) and reached (demands on time, of so many)."""

    seconds: float
    on_time: int
    demands: int


FREPPLE = {1_000: OtherPlanner(13.5, 315, 500), 10_000: OtherPlanner(214.0, 3_311, 5_000)}


def instance(items: int) -> tuple[PlanningProblem, Capacity]:
    """A stored instance, a week as seven days. Capacity goes on after the 52 weeks, so that late orders get a date."""
    with np.load(FOLDER / f"f{items}.npz") as stored:
        data = {name: stored[name] for name in stored.files}
    made = data["res"].size
    number = np.arange(items)
    problem = PlanningProblem(
        first_day=0,
        nodes=Nodes.of(
            items,
            item=number,
            safety_stock=_millionths(data["ss"]),
            min_lot=_millionths(data["lot_min"]),
            lot_multiple=_millionths(data["lot_mult"]),
        ),
        sources=Sources.of(
            items,
            node=number,
            kind=np.where(number < made, SourceKind.MAKE, SourceKind.BUY),
            lead_time_days=data["lt"] * DAYS_A_WEEK,
        ),
        lines=BillLines.of(data["par"].size, source=data["par"], component=data["chi"], quantity=data["qty"]),
        demands=Demands.of(
            data["di"].size, node=data["di"], day=data["db"] * DAYS_A_WEEK, quantity=_millionths(data["dq"])
        ),
        stock=Stock.of(items, node=number, quantity=_millionths(data["oh"])),
        operations=Operations.of(made, source=np.arange(made), work_centre=data["res"], run_hours_per_unit=data["hrs"]),
    )
    hours = np.repeat(_millionths(data["cap"])[:, None], WEEKS, axis=1)
    return problem, Capacity(np.arange(WEEKS + 1) * DAYS_A_WEEK, hours).extended((WEEKS + 26) * DAYS_A_WEEK)


def _millionths(units: Any) -> Any:
    return np.rint(units * UNIT).astype(np.int64)


def seconds_of(run: Callable[[], Any]) -> float:
    """Median CPU seconds of five runs."""
    taken = []
    for _ in range(5):
        begun = time.process_time()
        run()
        taken.append(time.process_time() - begun)
    return median(taken)


def measure(items: int) -> None:
    problem, capacity = instance(items)
    planned: Plan = plan(problem)
    own: FiniteInput = finite_input(planned, capacity)
    network = Network.of(own.problem)
    other = FREPPLE[items]
    print(
        f"\n{items:,} items, {planned.orders.count:,} planned orders in {own.problem.orders.node.size:,} parts and stocks"
    )
    print(f"  material plan          {seconds_of(lambda: plan(problem)):7.3f} s")
    print(f"  pegging and parts      {seconds_of(lambda: finite_input(planned, capacity)):7.3f} s")
    print(f"  network                {seconds_of(lambda: Network.of(own.problem)):7.3f} s")
    print(f"  one dispatch           {seconds_of(lambda: dispatch(network)):7.3f} s")

    def whole() -> None:
        finite_plan(Network.of(finite_input(plan(problem), capacity).problem))

    print(f"  all of it, 10 dispatches {seconds_of(whole):5.2f} s   (frePPLe {other.seconds:g} s)")
    once = Lateness.of(own.problem, dispatch(network))
    _show("one dispatch", network, once, len(violations(own.problem, dispatch(network))))
    for days in (0.0, 28.0, 1_000.0):
        found = finite_plan(network, Objective(days))
        _show(
            f"10 dispatches, {days:g} days for being late",
            network,
            found.lateness,
            len(violations(own.problem, found.schedule)),
        )
    found = finite_plan(network)
    days = np.arange(capacity.edges[-1] + 1)
    by_day = daily_plan(network, found, Capacity(days, np.repeat(capacity.work // DAYS_A_WEEK, DAYS_A_WEEK, axis=1)))
    _show("the same (28), then by day", network, by_day.lateness, len(violations(by_day.problem, by_day.schedule)))
    whole_lots = Network.of(finite_input(planned, capacity, divide_days=None).problem)
    for days_late in (28.0, 1_000.0):
        found = finite_plan(whole_lots, Objective(days_late))
        wrong = len(violations(whole_lots.problem, found.schedule))
        _show(f"the same ({days_late:g}), orders never divided", whole_lots, found.lateness, wrong)
    print(f"  {'frePPLe':44} {other.on_time:>6,} of {other.demands:,}")


def _show(name: str, network: Network, lateness: Lateness, wrong: int) -> None:
    late = lateness.is_late
    weeks = lateness.days[late].mean() / DAYS_A_WEEK if late.any() else 0.0
    print(
        f"  {name:44} {int((~late).sum()):>6,} of {late.size:,} on time, late ones {weeks:4.1f} weeks, "
        f"{int(lateness.days.sum()) / DAYS_A_WEEK:,.0f} weeks in all, {wrong} violations"
    )


def main() -> None:
    for items in [int(size) for size in sys.argv[1:]] or list(FREPPLE):
        measure(items)


if __name__ == "__main__":
    main()
