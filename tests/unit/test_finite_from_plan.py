"""From the material plan to the finite problem: steps of a route, who is served first, and how an order is divided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planning.finite.feasibility import violations
from planning.finite.from_plan import finite_input
from planning.finite.network import Network
from planning.finite.problem import Capacity
from planning.finite.search import finite_plan
from planning.mrp import (
    BillLines,
    Calendars,
    Demands,
    Nodes,
    OpenSupply,
    Operations,
    PlanningProblem,
    Sources,
    Stock,
    plan,
)
from planning.mrp.calendars import WorkingDays
from planning.mrp.codes import NONE, UNIT, SourceKind, SupplyKind
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import world_of

WEEKS = Capacity.of(np.arange(0, 120, 7), np.full((2, 17), 40.0))


def test_the_steps_of_a_route_add_up_to_its_lead_time() -> None:
    """Five working days: cutting on the first day, welding two days later, then three more; one day of receiving."""
    problem = PlanningProblem(
        first_day=0,
        nodes=Nodes.of(1, item=[0], calendar=[0], receiving_days=[1]),
        sources=Sources.of(1, node=[0], kind=[SourceKind.MAKE], lead_time_days=[5]),
        demands=Demands.of(1, node=[0], day=[21], quantity=[4 * UNIT]),
        operations=Operations.of(
            2,
            source=[0, 0],
            work_centre=[1, 0],
            setup_hours=[0.5, 0.0],
            run_hours_per_unit=[0.25, 1.5],
            offset_days=[2, 0],
        ),
        calendars=Calendars(0, np.array([[1, 1, 1, 1, 1, 0, 0]], dtype=np.bool_)),
    )
    own = finite_input(plan(problem), WEEKS)
    steps = own.problem.operations
    assert steps.work_centre.tolist() == [0, 1, NONE]
    assert (steps.work / UNIT).tolist() == [6.0, 1.5, 0.0]
    assert steps.days.tolist() == [0, 0, 0]
    assert steps.working_days.tolist() == [2, 3, 1]


@pytest.mark.parametrize("seed", range(25))
def test_an_order_begun_on_its_release_day_is_there_on_its_due_day(seed: int) -> None:
    """Without limits to hours, step by step; with days off no later than the due day."""
    with_calendars = seed % 2 == 1
    planned = plan(world_of(random_plant(seed, items=20, calendars=with_calendars)).problem)
    own = finite_input(planned, WEEKS, divide_days=None)
    operations, working = own.problem.operations, WorkingDays.of(own.problem.calendars)
    order_of = {int(event): order for order, event in enumerate(own.supply_event)}
    for row, supply in enumerate(planned.orders.supply.tolist()):
        day = planned.orders.release_day[row : row + 1]
        for step in np.flatnonzero(operations.order == order_of[supply]):
            at = slice(step, step + 1)
            day = working.after(operations.calendar[at], day + operations.days[at], operations.working_days[at])
        due = int(planned.orders.due_day[row])
        assert day[0] <= due if with_calendars else day[0] == due


def shelf(lot: int = 0, multiple: int = 0) -> PlanningProblem:
    """A shelf takes two boards. 10 boards should always be in stock and none is; 6 shelves are asked on day 40, 4 on day 60.

    The material plan orders all boards of a shelf order at once, and 10 boards for the safety stock today.
    """
    return PlanningProblem(
        first_day=0,
        nodes=Nodes.of(
            2,
            item=[0, 1],
            safety_stock=[0, 10 * UNIT],
            min_lot=[0, lot * UNIT],
            lot_multiple=[0, multiple * UNIT],
            periods_of_supply=[30, 0],
            period_days=[1, 7],
            lot_rule=[3, 0],
        ),
        sources=Sources.of(2, node=[0, 1], kind=[SourceKind.MAKE, SourceKind.MAKE], lead_time_days=[7, 7]),
        lines=BillLines.of(1, source=[0], component=[1], quantity=[2.0]),
        demands=Demands.of(2, node=[0, 0], day=[40, 60], quantity=[6 * UNIT, 4 * UNIT]),
        operations=Operations.of(2, source=[0, 1], work_centre=[0, 1], run_hours_per_unit=[1.0, 1.0]),
    )


def parts_of(problem: PlanningProblem, **options: int | None) -> list[tuple[int, float, list[int]]]:
    """Node, quantity and latest start of each part; what nobody waits for has none."""
    own = finite_input(plan(problem), WEEKS, **options)
    network = Network.of(own.problem)
    latest = network.latest_starts(own.problem.demands.due_day)[network.first_operation]
    orders = own.problem.orders
    return sorted(
        (int(node), float(quantity / UNIT), [int(day)] if day < 1_000 else [])
        for node, quantity, day in zip(orders.node, orders.quantity, latest, strict=True)
    )


def test_an_order_of_two_needs_is_divided_and_safety_stock_is_used_before_it_is_made() -> None:
    """One order of 10 shelves for day 40 becomes 6 that must begin by day 33 and 4 by day 53. Boards: the 10 for the safety
    stock serve the first shelves (by day 26); 2 of the others complete them, 8 are for the shelves of day 60, 10 are left over."""
    assert parts_of(shelf()) == [
        (0, 4.0, [53]),
        (0, 6.0, [33]),
        (1, 2.0, [26]),
        (1, 8.0, [46]),
        (1, 10.0, []),
        (1, 10.0, [26]),
    ]


def test_undivided_orders_have_the_earliest_of_their_needs() -> None:
    assert parts_of(shelf(), divide_days=None) == [(0, 10.0, [33]), (1, 10.0, [26]), (1, 20.0, [26])]


def test_a_part_is_never_below_the_minimum_lot_nor_off_the_multiple() -> None:
    found = [part for part in parts_of(shelf(lot=8, multiple=4)) if part[0] == 1]
    assert all(quantity >= 8 and quantity % 4 == 0 for _, quantity, _ in found)
    assert sum(quantity for _, quantity, _ in found) == 32.0


def test_orders_under_way_stand_on_their_day_and_open_ones_begin_no_earlier_than_they_say() -> None:
    problem = shelf()
    problem = replace(
        problem,
        stock=Stock.of(1, node=[1], quantity=[3 * UNIT]),
        open_supply=OpenSupply.of(
            2, node=[1, 0], day=[5, 40], quantity=[4 * UNIT, 2 * UNIT],
            kind=[SupplyKind.PRODUCTION, SupplyKind.FIRM_PLANNED], source=[NONE, 0], start_day=[-(2**31), 33],
        ),
    )  # fmt: skip
    own = finite_input(plan(problem), WEEKS)
    found = finite_plan(Network.of(own.problem))
    assert violations(own.problem, found.schedule) == []
    order_of = {int(event): order for order, event in enumerate(own.supply_event)}
    start, available = found.schedule.start_day, found.schedule.available_day
    stock, receipt, firm = order_of[0], order_of[1], order_of[2]
    assert (available[stock], available[receipt]) == (0, 5)
    assert start[firm] >= 33
    assert own.problem.operations.work[own.problem.operations.order == firm].tolist() == [2 * UNIT]
    assert not found.lateness.is_late.any()


def test_a_plant_without_operations_has_only_lead_times() -> None:
    problem = replace(shelf(), operations=Operations.empty())
    own = finite_input(plan(problem), WEEKS)
    found = finite_plan(Network.of(own.problem))
    assert violations(own.problem, found.schedule) == []
    assert not found.lateness.is_late.any()
    assert found.schedule.load.work.size == 0
