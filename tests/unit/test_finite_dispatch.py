"""The finite planner on a shop of two work centres and three orders that a planner can check by hand.

Welding has 10 hours a week, assembly 8. A table takes 6 hours of welding; a bed takes a frame (8 hours of welding) and then 8
hours of assembly. Every order is there 7 days after its last hours. The table is due on day 7, the bed on day 14: the welding of
both the frame and the table should begin on day 0, and 14 hours do not go into 10.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from planning.errors import PlanningError
from planning.finite.daily import daily_plan
from planning.finite.dispatch import dispatch
from planning.finite.feasibility import violations
from planning.finite.limits import LimitKind, limits
from planning.finite.network import Network
from planning.finite.problem import Capacity, EndDemands, FiniteProblem, Links, Operations, Orders
from planning.finite.schedule import Lateness, Load, Objective, Schedule, load_by_bucket
from planning.finite.search import finite_plan
from planning.finite.settling import settled
from planning.mrp.codes import FAR, NONE, UNIT

FRAME, TABLE, BED = 0, 1, 2
WELDING, ASSEMBLY = 0, 1
HOUR = UNIT


def shop(weight: tuple[float, float] = (1.0, 1.0), welding_hours: int = 10) -> FiniteProblem:
    """Demand 0 is the table, demand 1 the bed."""
    return FiniteProblem(
        first_day=0,
        demands=EndDemands(np.array([7, 14]), np.array([UNIT, UNIT]), np.array(weight), np.array([500.0, 900.0])),
        orders=Orders(
            node=np.array([FRAME, TABLE, BED]),
            origin=np.arange(3),
            quantity=np.full(3, UNIT),
            earliest_day=np.zeros(3, np.int64),
            wanted_day=np.array([7, 7, 14]),
            may_move=np.ones(3, bool),
        ),
        operations=Operations(
            order=np.array([FRAME, TABLE, BED]),
            work_centre=np.array([WELDING, WELDING, ASSEMBLY]),
            work=np.array([8, 6, 8]) * HOUR,
            days=np.array([7, 7, 7]),
            working_days=np.zeros(3, np.int64),
            calendar=np.full(3, NONE),
        ),
        links=Links(
            supply=np.array([FRAME, TABLE, BED]),
            user=np.array([BED, NONE, NONE]),
            demand=np.array([NONE, 0, 1]),
            quantity=np.full(3, UNIT),
            offset_days=np.zeros(3, np.int64),
        ),
        capacity=Capacity(np.arange(0, 36, 7), np.array([[welding_hours] * 5, [8] * 5]) * HOUR),
    )


def with_row(table, row):
    return type(table)(**{name: np.append(getattr(table, name), value) for name, value in row.items()})


def without_rows(table):
    return type(table)(*(getattr(table, column.name)[:0] for column in fields(table)))


def dispatched(problem: FiniteProblem) -> Schedule:
    network = Network.of(problem)
    early = dispatch(network)
    assert violations(problem, early) == []
    schedule = settled(network, early)
    assert violations(problem, schedule) == []
    return schedule


def test_latest_starts_are_counted_back_from_the_end_demand() -> None:
    problem = shop()
    assert Network.of(problem).latest_starts(problem.demands.due_day).tolist() == [0, 0, 7]


def test_the_frame_goes_first_and_the_table_is_split_over_two_weeks() -> None:
    problem = shop()
    schedule = dispatched(problem)
    hours = load_by_bucket(problem, schedule) / HOUR
    assert hours[WELDING].tolist() == [10, 4, 0, 0, 0]
    assert hours[ASSEMBLY].tolist() == [0, 8, 0, 0, 0]
    assert schedule.start_day.tolist() == [0, 0, 7]
    assert schedule.available_day.tolist() == [7, 14, 14]
    assert Lateness.of(problem, schedule).days.tolist() == [7, 0]


def test_welding_is_what_the_table_waits_for() -> None:
    problem = shop()
    schedule = dispatched(problem)
    found = limits(Network.of(problem), schedule, Lateness.of(problem, schedule))
    assert found.demand.tolist() == [0]
    assert found.kind.tolist() == [LimitKind.CAPACITY]
    assert (found.work_centre.tolist(), found.order.tolist(), found.days.tolist()) == ([WELDING], [TABLE], [7])


def test_a_lead_time_that_is_too_long_is_a_limit_of_material() -> None:
    problem = shop(welding_hours=14)
    problem = replace(problem, demands=replace(problem.demands, due_day=np.array([7, 10])))
    schedule = dispatched(problem)
    found = limits(Network.of(problem), schedule, Lateness.of(problem, schedule))
    assert (found.demand.tolist(), found.kind.tolist()) == ([1], [LimitKind.MATERIAL])
    assert (found.work_centre.tolist(), found.order.tolist(), found.days.tolist()) == ([NONE], [FRAME], [4])
    assert found.chain.order.tolist() == [BED, FRAME]


def test_with_enough_hours_everything_is_on_time() -> None:
    problem = shop(welding_hours=14)
    assert Lateness.of(problem, dispatched(problem)).days.tolist() == [0, 0]


def test_the_search_swaps_the_two_when_the_table_counts_twice() -> None:
    problem = shop(weight=(2.0, 1.0))
    found = finite_plan(Network.of(problem), Objective(days_for_being_late=0.0))
    assert violations(problem, found.schedule) == []
    assert found.lateness.days.tolist() == [0, 7]
    assert found.history[0] == 14.0
    assert found.objective == 7.0


def test_by_day_the_sequence_of_the_weeks_is_kept() -> None:
    """Welding 2 hours a day from Monday to Friday, assembly 2 hours on Monday to Thursday. The table goes first: it is done on
    day 2 (Wednesday, 3 × 2 hours) and there on day 9. The frame takes Thursday, Friday and the two days after the weekend (days
    3, 4, 7, 8) and is there on day 15; the bed needs four days of assembly, days 15, 16, 17 and 21, and is there on day 28."""
    problem = shop(weight=(2.0, 1.0))
    network = Network.of(problem)
    weekly = finite_plan(network, Objective(days_for_being_late=0.0))
    weeks = 5
    hours = np.array([[2, 2, 2, 2, 2, 0, 0] * weeks, [2, 2, 2, 2, 0, 0, 0] * weeks]) * HOUR
    found = daily_plan(network, weekly, Capacity(np.arange(7 * weeks + 1), hours))
    assert violations(found.problem, found.schedule) == []
    assert found.schedule.start_day.tolist() == [3, 0, 15]
    assert found.schedule.available_day.tolist() == [15, 9, 28]
    assert found.lateness.days.tolist() == [2, 14]


def test_the_clock_of_the_caller_ends_the_search() -> None:
    answers = iter([True, True, False])
    found = finite_plan(Network.of(shop(weight=(2.0, 1.0))), Objective(0.0), dispatches=50, go_on=lambda: next(answers))
    assert len(found.history) == 3


def test_what_does_not_fit_into_the_buckets_has_no_date() -> None:
    problem = shop()
    problem = replace(problem, capacity=Capacity(np.array([0, 7]), np.array([[10], [8]]) * HOUR))
    schedule = dispatched(problem)
    lateness = Lateness.of(problem, schedule)
    assert schedule.available_day.tolist() == [7, FAR, FAR]
    assert lateness.is_open.tolist() == [True, True]
    longer = replace(problem, capacity=problem.capacity.extended(21))
    assert not Lateness.of(longer, dispatched(longer)).is_open.any()


def test_material_bought_for_an_order_is_ordered_no_earlier_than_it_needs() -> None:
    """A bought handle with 3 days lead time for the bed: the bed begins on day 7, so it is bought on day 4."""
    problem = shop()
    handle = {"node": 3, "origin": 3, "quantity": UNIT, "earliest_day": 0, "wanted_day": 7, "may_move": True}
    buying = {"order": 3, "work_centre": NONE, "work": 0, "days": 3, "working_days": 0, "calendar": NONE}
    link = {"supply": 3, "user": BED, "demand": NONE, "quantity": UNIT, "offset_days": 0}
    problem = replace(
        problem,
        orders=with_row(problem.orders, handle),
        operations=with_row(problem.operations, buying),
        links=with_row(problem.links, link),
    )
    schedule = dispatched(problem)
    assert (schedule.start_day[3], schedule.available_day[3], schedule.start_day[BED]) == (4, 7, 7)


def test_the_checker_sees_what_cannot_be() -> None:
    problem = shop()
    good = dispatched(problem)
    too_early = replace(good, start_day=np.array([0, 0, 6]), begin_day=np.array([0, 0, 6]))
    assert any("order 2 starts on 6 and takes from order 0" in found for found in violations(problem, too_early))
    bucket = np.where(good.load.operation == TABLE, 0, good.load.bucket)
    crowded = replace(good, load=Load(good.load.operation, bucket, good.load.work))
    assert any("work centre 0 has 14000000 in bucket 0" in found for found in violations(problem, crowded))
    half = replace(good, load=Load(good.load.operation, good.load.bucket, good.load.work // 2))
    assert any("of 8000000 done" in found for found in violations(problem, half))
    rushed = replace(good, available_day=np.array([7, 13, 14]))
    assert any("order 1 is available on 13, not on 14" in found for found in violations(problem, rushed))
    assert any("gives 2000000 of 1000000" in found for found in violations(
        replace(problem, links=replace(problem.links, quantity=np.array([2, 1, 1]) * UNIT)), good))  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: {"links": replace(p.links, supply=np.array([FRAME, TABLE, 9]))}, "Links.supply of row 2 is 9"),
        (lambda p: {"links": replace(p.links, demand=np.array([0, 0, 1]))}, "not both"),
        (lambda p: {"operations": replace(p.operations, work=np.array([8, -6, 8]))}, "Operations.work is negative in row 1"),
        (lambda p: {"operations": replace(p.operations, order=np.array([0, 0, 2]))}, "at least one operation"),
        (lambda p: {"operations": replace(p.operations, days=np.array([7, 7]))}, "different lengths"),
        (lambda p: {"capacity": Capacity(np.array([0, 7, 7, 9, 12, 20]), p.capacity.work)}, "rising edges"),
        (lambda p: {"capacity": Capacity(np.arange(1, 37, 7), p.capacity.work)}, "begins after the first day"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused_with_its_row(change, message) -> None:
    with pytest.raises(PlanningError, match=message):
        replace(shop(), **change(shop()))


def test_days_are_joined_into_weeks_and_the_last_week_goes_on() -> None:
    daily = Capacity.of(np.arange(11), np.array([[8.0, 8, 8, 8, 6, 0, 0, 4, 4, 4]]))
    weekly = daily.joined(7)
    assert weekly.edges.tolist() == [0, 7, 10]
    assert (weekly.work / HOUR).tolist() == [[38.0, 12.0]]
    longer = daily.extended(20)
    assert longer.edges.tolist() == list(range(25))
    assert (longer.work[0, 10:] / HOUR).tolist() == [8, 6, 0, 0, 4, 4, 4] * 2
    assert daily.extended(10).buckets == daily.buckets


def test_orders_that_wait_for_each_other_are_refused() -> None:
    problem = shop()
    links = replace(problem.links, user=np.array([BED, NONE, FRAME]), demand=np.array([NONE, 0, NONE]))
    with pytest.raises(PlanningError, match="waits for material that waits for the order itself"):
        Network.of(replace(problem, links=links))


def test_a_plan_without_orders_and_one_without_lateness_have_no_limits() -> None:
    problem = shop()
    nothing = FiniteProblem(
        first_day=0,
        demands=without_rows(problem.demands),
        orders=without_rows(problem.orders),
        operations=without_rows(problem.operations),
        links=without_rows(problem.links),
        capacity=problem.capacity,
    )
    for empty in (nothing, shop(welding_hours=14)):
        network = Network.of(empty)
        found = finite_plan(network)
        assert violations(empty, found.schedule) == []
        assert found.objective == 0.0
        assert limits(network, found.schedule, found.lateness).demand.size == 0
