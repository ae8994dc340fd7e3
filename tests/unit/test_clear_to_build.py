"""Clear to build by the worked example of docs/clear-to-build.md, and single rules by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planning.clear_to_build import (
    NEVER,
    UNIT,
    ClearToBuild,
    ClearToBuildProblem,
    Effort,
    ExpediteCost,
    KitStatus,
    Objective,
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
    best_release,
    clear_to_build,
    golden_screw,
)
from planning.errors import PlanningError

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


def test_one_motor_frees_the_last_order_and_frames_with_it_both() -> None:
    """The first order's frames went to the complete ones, so that its motors alone do not free it."""
    curve = golden_screw(pumps(), Objective.MONEY, budgets=[0, 1, 2, 3])
    assert [point.value for point in curve.points] == [0, 200, 300, 300]
    assert [[ITEMS[item] for item in point.item] for point in curve.points] == [
        [], ["MOTOR"], ["FRAME", "MOTOR"], ["FRAME", "MOTOR"],
    ]  # fmt: skip
    assert curve.points[2].quantity.tolist() == units(4, 6).tolist()
    assert all(point.is_exact and point.gap == 0 for point in curve.points)
    assert curve.waiting_value == 300


def test_two_pieces_to_expedite_free_what_one_part_frees() -> None:
    curve = golden_screw(pumps(), budgets=[1, 2, 9, 10], cost=ExpediteCost.by_quantity())
    assert [(point.value, point.cost) for point in curve.points] == [(0, 0), (1, 2), (1, 2), (2, 10)]


def test_what_waiting_orders_hold_is_shared_out_anew() -> None:
    """First come starts nothing; without any part expedited, two orders can be complete from what the four hold."""
    curve = golden_screw(pumps(policy=Policy.FIRST_COME), budgets=[0])
    assert curve.points[0].value == 2
    assert curve.points[0].item.size == 0


def test_the_best_release_by_money_and_what_it_takes() -> None:
    found = best_release(pumps(), Objective.MONEY)
    assert found.is_released.tolist() == [False, True, True, False]
    assert (found.value, found.bound, found.is_exact) == (350, 350, True)
    assert found.quantity[found.item == FRAME].tolist() == units(3, 5).tolist()


def test_with_gears_three_orders_can_be_released_where_the_ranks_give_two() -> None:
    found = best_release(pumps(substitution=Substitution.MIXED))
    assert (found.value, found.value_by_rank) == (3, 2)
    assert found.quantity[found.item == GEAR].tolist() == units(2).tolist()


def test_by_the_day_the_motors_come_more_can_be_released() -> None:
    """Eight motors: three and two for the dearest orders; four more for the first would be nine."""
    assert best_release(pumps(), Objective.MONEY, day=3).value == 550


def small(
    *lines: tuple[int, int, float],
    stock: tuple[tuple[int, float], ...] = (),
    receipts: tuple[tuple[int, int, float], ...] = (),
    substitutes: tuple[tuple[int, int, int, float], ...] = (),
    quantity: tuple[float, ...] = (1, 1, 1),
    batch: float = 0,
    reserved: tuple[float, ...] | None = None,
    is_fixed: tuple[bool, ...] | None = None,
    **settings: object,
) -> ClearToBuildProblem:
    """Three orders due on days 0, 1, 2; lines of order, part, quantity; receipts of part, day, quantity."""
    return ClearToBuildProblem(
        today=0,
        horizon_day=30,
        orders=Orders(
            due_day=codes(0, 1, 2),
            priority=codes(1, 1, 1),
            money=np.array([10.0, 20.0, 30.0]),
            site=codes(0, 0, 0),
            quantity=units(*quantity),
            batch=units(batch, batch, batch),
        ),
        lines=RequirementLines(
            order=codes(*(line[0] for line in lines)),
            item=codes(*(line[1] for line in lines)),
            quantity=units(*(line[2] for line in lines)),
            reserved_quantity=units(*(reserved or (0,) * len(lines))),
            is_fixed=np.array(is_fixed or (False,) * len(lines), dtype=np.bool_),
        ),
        stock=Stock(
            item=codes(*(row[0] for row in stock)),
            site=codes(*(0 for _ in stock)),
            quantity=units(*(row[1] for row in stock)),
        ),
        receipts=Receipts(
            item=codes(*(row[0] for row in receipts)),
            site=codes(*(0 for _ in receipts)),
            day=codes(*(row[1] for row in receipts)),
            quantity=units(*(row[2] for row in receipts)),
        ),
        substitutes=Substitutes(
            line=codes(*(row[0] for row in substitutes)),
            item=codes(*(row[1] for row in substitutes)),
            priority=codes(*(row[2] for row in substitutes)),
            ratio=np.array([row[3] for row in substitutes], dtype=np.float64),
        ),
        settings=Settings(**settings),
    )


def test_an_order_without_a_bill_is_never_called_complete() -> None:
    found = clear_to_build(small((0, FRAME, 1), stock=((FRAME, 1),)))
    assert statuses(found) == [COMPLETE, UNKNOWN, UNKNOWN]
    assert days(found) == [0, None, None]
    assert best_release(small((0, FRAME, 1), stock=((FRAME, 1),))).is_released.tolist() == [True, False, False]


def test_lines_of_an_order_for_one_part_count_as_one() -> None:
    found = clear_to_build(small((0, FRAME, 1), (0, FRAME, 2), stock=((FRAME, 2),), quantity=(3, 1, 1)))
    assert missing(found, 0) == {"FRAME": 1}
    assert found.orders.part_count[0] == 1
    assert buildable(found)[0] == 2


def test_what_is_reserved_for_an_order_is_not_taken_from_the_stock() -> None:
    found = clear_to_build(small((0, FRAME, 3), (1, FRAME, 1), stock=((FRAME, 2),), reserved=(2, 0)))
    assert statuses(found)[:2] == [COMPLETE, COMPLETE]


def test_what_is_needed_once_an_order_must_be_there_whole() -> None:
    lines = ((0, FRAME, 4), (0, SCREW, 3))
    stock = ((FRAME, 3), (SCREW, 2))
    per_piece = clear_to_build(small(*lines, stock=stock, quantity=(4, 1, 1)))
    once = clear_to_build(small(*lines, stock=stock, quantity=(4, 1, 1), is_fixed=(False, True)))
    assert (buildable(per_piece)[0], statuses(per_piece)[0]) == (2, PARTIAL)
    assert (buildable(once)[0], statuses(once)[0]) == (0, SHORT)


def test_a_batch_that_does_not_fit_is_short() -> None:
    lines, stock = ((0, FRAME, 4),), ((FRAME, 3),)
    assert statuses(clear_to_build(small(*lines, stock=stock, quantity=(4, 1, 1))))[0] == PARTIAL
    assert statuses(clear_to_build(small(*lines, stock=stock, quantity=(4, 1, 1), batch=4)))[0] == SHORT


def test_an_overdue_receipt_is_expected_tomorrow_and_one_after_the_horizon_never() -> None:
    problem = small((0, FRAME, 1), (1, SCREW, 1), receipts=((FRAME, -9, 1), (SCREW, 31, 1)))
    assert days(clear_to_build(problem))[:2] == [1, None]


def test_negative_stock_counts_as_nothing_there() -> None:
    found = clear_to_build(small((0, FRAME, 1), stock=((FRAME, -5),), receipts=((FRAME, 2, 1),)))
    assert days(found)[0] == 2


def test_a_receipt_of_today_clears_today_but_is_not_stock() -> None:
    problem = small((0, FRAME, 1), receipts=((FRAME, 0, 1),))
    by_stock = clear_to_build(problem)
    assert (statuses(by_stock)[0], days(by_stock)[0]) == (SHORT, 0)
    expected = clear_to_build(replace(problem, settings=Settings(scope=Scope.WITH_RECEIPTS)))
    assert statuses(expected)[0] == COMPLETE


def test_mixed_takes_from_both_and_whole_from_one_alone() -> None:
    given = ((0, MOTOR, 3),)
    stock = ((MOTOR, 2), (GEAR, 2), (FRAME, 3))
    options = ((0, GEAR, 1, 1.0), (0, FRAME, 2, 1.0))
    mixed = clear_to_build(small(*given, stock=stock, substitutes=options, substitution=Substitution.MIXED))
    whole = clear_to_build(small(*given, stock=stock, substitutes=options, substitution=Substitution.WHOLE))
    none = clear_to_build(small(*given, stock=stock, substitutes=options))
    assert [ITEMS[item] for item in mixed.allocations.item] == ["MOTOR", "GEAR"]
    assert [ITEMS[item] for item in whole.allocations.item] == ["FRAME"]
    assert missing(none, 0) == {"MOTOR": 1}


def test_a_ratio_says_how_many_units_replace_one() -> None:
    found = clear_to_build(
        small((0, MOTOR, 3), stock=((GEAR, 7),), substitutes=((0, GEAR, 1, 2.0),), substitution=Substitution.MIXED)
    )
    assert found.allocations.quantity.tolist() == units(6).tolist()
    assert found.allocations.covered_quantity.tolist() == units(3).tolist()
    less = clear_to_build(
        small((0, MOTOR, 3), stock=((GEAR, 4),), substitutes=((0, GEAR, 1, 2.0),), substitution=Substitution.MIXED)
    )
    assert missing(less, 0) == {"MOTOR": 1}


@pytest.mark.parametrize("policy", list(Policy))
def test_a_substitute_is_kept_where_the_part_itself_comes_in_time(policy: Policy) -> None:
    """Order 2 is due on day 2, when its motor is there; order 0 is due today and takes the gear."""
    problem = small(
        (2, MOTOR, 1),
        receipts=((MOTOR, 2, 1),),
        stock=((GEAR, 1),),
        substitutes=((0, GEAR, 1, 1.0),),
        substitution=Substitution.MIXED,
        scope=Scope.WITH_RECEIPTS,
        policy=policy,
    )
    assert [ITEMS[item] for item in clear_to_build(problem).allocations.item] == ["MOTOR"]
    late = replace(problem, receipts=replace(problem.receipts, day=codes(3)))
    assert [ITEMS[item] for item in clear_to_build(late).allocations.item] == ["GEAR"]


def test_what_other_sites_have_left_can_be_transferred() -> None:
    problem = small((0, FRAME, 5), stock=((FRAME, 2),))
    spread = Stock(item=codes(FRAME, FRAME), site=codes(0, 1), quantity=units(2, 9))
    short = clear_to_build(replace(problem, stock=spread)).shortages
    assert short.shortage_quantity.tolist() == units(3).tolist()
    assert short.elsewhere_quantity.tolist() == units(9).tolist()


def test_an_empty_plant_has_an_empty_answer() -> None:
    problem = small()
    assert statuses(clear_to_build(problem)) == [UNKNOWN] * 3
    assert best_release(problem).value == 0
    assert [point.value for point in golden_screw(problem, budgets=[0, 3]).points] == [0, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lines": {"order": codes(7)}}, "RequirementLines.order"),
        ({"stock": {"item": codes(-1)}}, "Stock.item"),
        ({"receipts": {"quantity": units(-1)}}, "Receipts.quantity"),
        ({"substitutes": {"ratio": np.array([0.0])}}, "Substitutes.ratio"),
        ({"orders": {"money": np.array([np.nan, 1, 1])}}, "Orders.money"),
    ],
)
def test_what_cannot_be_computed_with_is_refused_by_name(change: dict[str, dict], message: str) -> None:
    problem = small((0, FRAME, 1), stock=((FRAME, 1),), receipts=((FRAME, 1, 1),), substitutes=((0, GEAR, 1, 1.0),))
    ((table, columns),) = change.items()
    with pytest.raises(PlanningError, match=message):
        replace(problem, **{table: replace(getattr(problem, table), **columns)})


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(PlanningError, match=r"Stock\.quantity has the shape \(1,\)"):
        Stock(item=codes(1, 2), site=codes(0, 0), quantity=units(1))


def scarce(seed: int) -> ClearToBuildProblem:
    """Thirty orders for sixteen parts of which a good half is there; some have substitutes."""
    random = np.random.default_rng(seed)
    lines = 150
    item = random.integers(0, 16, lines)
    quantity = random.integers(1, 9, lines) * UNIT
    asked = np.bincount(item, weights=quantity / UNIT, minlength=16)
    swapped = np.flatnonzero(random.random(lines) < 0.1)
    return ClearToBuildProblem(
        today=0,
        horizon_day=9,
        orders=Orders(
            due_day=random.integers(0, 9, 30),
            priority=random.integers(1, 3, 30),
            money=random.integers(1, 100, 30).astype(np.float64),
            site=np.zeros(30, np.int64),
            quantity=np.full(30, UNIT),
            batch=np.zeros(30, np.int64),
        ),
        lines=RequirementLines(
            order=random.integers(0, 30, lines),
            item=item,
            quantity=quantity,
            reserved_quantity=np.zeros(lines, np.int64),
            is_fixed=np.zeros(lines, np.bool_),
        ),
        stock=Stock(
            item=np.arange(16),
            site=np.zeros(16, np.int64),
            quantity=np.floor(asked * random.uniform(0.3, 1.0, 16)).astype(np.int64) * UNIT,
        ),
        substitutes=Substitutes(
            line=swapped,
            item=(item[swapped] + 1) % 16,
            priority=np.ones(swapped.size, np.int64),
            ratio=np.ones(swapped.size),
        ),
        settings=Settings(substitution=list(Substitution)[seed % 3]),
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_heuristics_reach_nine_tenths_of_the_best_and_their_bounds_hold(seed: int) -> None:
    problem, rough, full = scarce(seed), Effort(exact_needs=0, neighbourhood=10), Effort(seconds=120)
    for objective in Objective:
        exact, quick = best_release(problem, objective, effort=full), best_release(problem, objective, effort=rough)
        assert exact.is_exact
        assert 0.9 * exact.value <= quick.value <= exact.value + 1e-6
        assert exact.value <= quick.bound + 1e-6
        assert quick.gap == pytest.approx((quick.bound - quick.value) / quick.bound)
        budgets = [2, 5]
        best = golden_screw(problem, objective, budgets=budgets, effort=full).points
        found = golden_screw(problem, objective, budgets=budgets, effort=rough).points
        for point, near in zip(best, found, strict=True):
            assert point.is_exact
            assert 0.9 * point.value <= near.value <= point.value + 1e-6
            assert point.value <= near.bound + 1e-6
