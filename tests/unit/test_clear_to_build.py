"""Clear to build by the worked example of docs/clear-to-build.md, and single rules by hand."""

from __future__ import annotations

import numpy as np

from planning.clear_to_build import (
    NEVER,
    UNIT,
    ClearToBuild,
    ClearToBuildProblem,
    KitStatus,
    Orders,
    Policy,
    Receipts,
    RequirementLines,
    Rule,
    Scope,
    Settings,
    Stock,
    Substitutes,
    Substitution,
    clear_to_build,
)

FRAME, MOTOR, SCREW, GEAR = range(4)
ITEMS = ["FRAME", "MOTOR", "SCREW", "GEAR"]
COMPLETE, PARTIAL, SHORT, UNKNOWN = (status.name for status in KitStatus)


def units(*values: float) -> np.ndarray:
    return np.array([round(value * UNIT) for value in values], dtype=np.int64)


def codes(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


# Order, part, quantity.
LINES = [
    (0, FRAME, 4), (0, MOTOR, 4), (0, SCREW, 4),
    (1, FRAME, 3), (1, MOTOR, 3), (1, SCREW, 3),
    (2, FRAME, 5), (2, SCREW, 10),
    (3, FRAME, 2), (3, MOTOR, 2), (3, SCREW, 2),
]  # fmt: skip


def pumps(**settings: object) -> ClearToBuildProblem:
    motors = [row for row, line in enumerate(LINES) if line[1] == MOTOR]
    return ClearToBuildProblem(
        today=0,
        horizon_day=30,
        orders=Orders(
            due_day=codes(1, 2, 3, 4),
            priority=codes(2, 1, 3, 1),
            money=np.array([100.0, 300.0, 50.0, 200.0]),
            site=codes(0, 0, 0, 0),
            quantity=units(4, 3, 5, 2),
            batch=codes(0, 0, 0, 0),
        ),
        lines=RequirementLines(
            order=codes(*(line[0] for line in LINES)),
            item=codes(*(line[1] for line in LINES)),
            quantity=units(*(line[2] for line in LINES)),
            reserved_quantity=units(*(0 for _ in LINES)),
            is_fixed=np.zeros(len(LINES), dtype=np.bool_),
        ),
        stock=Stock(item=codes(FRAME, MOTOR, SCREW, GEAR), site=codes(0, 0, 0, 0), quantity=units(10, 3, 20, 2)),
        receipts=Receipts(item=codes(MOTOR, FRAME), site=codes(0, 0), day=codes(3, 5), quantity=units(5, 4)),
        substitutes=Substitutes(
            line=codes(*motors),
            item=codes(*(GEAR for _ in motors)),
            priority=codes(*(1 for _ in motors)),
            ratio=np.ones(len(motors)),
        ),
        settings=Settings(**settings),
    )


def statuses(found: ClearToBuild) -> list[str]:
    return [KitStatus(code).name for code in found.orders.status]


def missing(found: ClearToBuild, order: int) -> dict[str, float]:
    rows = np.flatnonzero((found.requirements.order == order) & found.missing())
    quantity = found.requirements.missing_quantity
    return {ITEMS[found.requirements.item[row]]: quantity[row] / UNIT for row in rows}


def all_missing(found: ClearToBuild) -> list[dict[str, float]]:
    return [missing(found, order) for order in range(found.orders.rank.size)]


def days(found: ClearToBuild) -> list[int | None]:
    return [None if day == NEVER else int(day) for day in found.orders.clear_day]


def buildable(found: ClearToBuild) -> list[float]:
    return [quantity / UNIT for quantity in found.orders.buildable_quantity]


def test_complete_kits_by_stock_pass_over_the_first_order_that_lacks_one_motor() -> None:
    found = clear_to_build(pumps())
    assert statuses(found) == [PARTIAL, COMPLETE, COMPLETE, SHORT]
    assert all_missing(found) == [{"MOTOR": 1}, {}, {}, {"MOTOR": 2}]
    assert days(found) == [5, 0, 0, None]
    assert buildable(found) == [3, 3, 5, 0]


def test_with_receipts_the_first_order_keeps_its_frames_until_its_motors_come() -> None:
    found = clear_to_build(pumps(scope=Scope.WITH_RECEIPTS))
    assert statuses(found) == [PARTIAL, COMPLETE, PARTIAL, PARTIAL]
    assert all_missing(found) == [{"MOTOR": 1}, {}, {"FRAME": 2}, {"MOTOR": 1}]
    assert days(found) == [3, 0, 5, None]
    assert buildable(found) == [3, 3, 3, 1]
    assert found.orders.days_late.tolist() == [2, -2, 2, 0]


def test_first_come_completes_nothing_where_complete_kits_start_two() -> None:
    found = clear_to_build(pumps(policy=Policy.FIRST_COME))
    assert statuses(found) == [PARTIAL, SHORT, PARTIAL, SHORT]
    assert all_missing(found) == [{"MOTOR": 1}, {"MOTOR": 3}, {"FRAME": 2}, {"FRAME": 2, "MOTOR": 2}]
    assert days(found) == [3, 3, 5, None]


def test_a_gear_in_place_of_a_motor_completes_the_first_order() -> None:
    found = clear_to_build(pumps(substitution=Substitution.MIXED))
    assert statuses(found) == [COMPLETE, PARTIAL, COMPLETE, PARTIAL]
    assert all_missing(found) == [{}, {"MOTOR": 2}, {}, {"FRAME": 1, "MOTOR": 1}]
    gears = found.allocations.item == GEAR
    assert found.allocations.quantity[gears].tolist() == [UNIT]


def test_by_priority_and_by_money_the_better_order_is_served_first() -> None:
    assert clear_to_build(pumps(rule=Rule.PRIORITY)).orders.rank.tolist() == [2, 0, 3, 1]
    assert clear_to_build(pumps(rule=Rule.MONEY)).orders.rank.tolist() == [2, 0, 3, 1]
    assert clear_to_build(pumps(rule=Rule.DUE_DATE)).orders.rank.tolist() == [0, 1, 2, 3]


def test_the_motor_blocks_both_waiting_orders_and_their_money() -> None:
    short = clear_to_build(pumps()).shortages
    assert [ITEMS[item] for item in short.item] == ["MOTOR"]
    assert short.shortage_quantity.tolist() == units(6).tolist()
    assert short.blocked_order_count.tolist() == [2]
    assert short.blocked_money.tolist() == [300.0]
    assert short.only_order_count.tolist() == [2]
    assert short.next_receipt_day.tolist() == [3]
