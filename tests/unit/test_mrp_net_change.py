"""Net change by hand: where a change stops, what a journal means, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planning.errors import PlanningError
from planning.mrp import Baseline, Change, Journal, plan, replanned
from planning.mrp.codes import UNIT
from planning.mrp.findings import FindingKind
from planning.mrp.pegging import peg
from tests.golden.planning.world import World, orders_of, world_of

CHAIR: dict[str, Any] = {
    "items": [
        {"id": "CHAIR", "lead_time_days": 2},
        {"id": "LEG", "lead_time_days": 3, "lot_multiple": 100},
        {"id": "WOOD", "lead_time_days": 5},
        {"id": "TABLE", "lead_time_days": 2},
    ],
    "bills": [
        {"parent": "CHAIR", "component": "LEG", "quantity": 4},
        {"parent": "LEG", "component": "WOOD", "quantity": 1},
        {"parent": "TABLE", "component": "WOOD", "quantity": 7},
    ],
    "demands": [
        {"item": "CHAIR", "day": 20, "quantity": 10},
        {"item": "CHAIR", "day": 30, "quantity": 5},
        {"item": "TABLE", "day": 25, "quantity": 3},
    ],
}


def chair() -> World:
    return world_of(CHAIR)


def change_of(world: World, journal: Journal) -> Change:
    return Baseline.of(world.planned()).changed(journal)


def names(world: World, change: Change) -> list[str]:
    return [world.items[node] for node in change.planned]


def test_a_change_goes_down_to_where_the_orders_stay() -> None:
    """Two chairs more: 48 legs instead of 40 are still one lot of 100, so nobody needs other wood."""
    world = chair()
    change = change_of(world, Journal().replaced("demands", 0, quantity=12 * UNIT))
    assert names(world, change) == ["CHAIR", "LEG"]
    # All orders of a node come where one is different; the leg's is the same lot, yet for a greater need.
    assert [world.items[node] for node in change.added.node] == ["CHAIR", "CHAIR", "LEG"]
    assert change.added.quantity.tolist() == [12 * UNIT, 5 * UNIT, 100 * UNIT]
    assert change.added.net_requirement.tolist() == [12 * UNIT, 5 * UNIT, 48 * UNIT]
    assert world.planned().orders.node[change.removed].tolist() == [0, 0, 1]
    assert not change.is_whole


def test_a_change_that_reaches_the_bottom() -> None:
    world = chair()
    change = change_of(world, Journal().replaced("demands", 0, quantity=40 * UNIT))
    assert names(world, change) == ["CHAIR", "LEG", "WOOD"]
    assert ("WOOD", 10, 15, 200.0) in orders_of(world, change.plan)
    assert ("TABLE", 23, 25, 3.0) in orders_of(world, change.plan)


def test_a_node_that_comes_out_as_it_was_is_in_neither_list() -> None:
    world = chair()
    change = change_of(world, Journal().replaced("nodes", 3, max_lot=50 * UNIT))
    assert names(world, change) == ["TABLE"]
    assert change.removed.size == 0
    assert change.added.count == 0


def test_what_nothing_plans_by_touches_no_node() -> None:
    world = chair()
    journal = Journal().replaced("demands", [0, 1], value=[5.0, 6.0], customer=1).replaced("nodes", 3, unit_value=9.0)
    change = change_of(world, journal)
    assert names(world, change) == []
    assert change.plan.order_value.sum() == 3 * 9.0
    assert change.plan.problem.demands.value.tolist() == [5.0, 6.0, 0.0]


def test_the_base_is_never_written_to_and_undo_is_to_drop_the_journal() -> None:
    world = chair()
    base = world.planned()
    baseline = Baseline.of(base)
    before = base.demand.quantity.copy()
    first = baseline.changed(Journal().removed("demands", [0, 2])).plan
    assert orders_of(world, first) != orders_of(world, base)
    assert np.array_equal(base.demand.quantity, before)
    assert orders_of(world, baseline.changed(Journal()).plan) == orders_of(world, base)


def test_removed_demand_keeps_its_row_and_asks_for_nothing() -> None:
    world = chair()
    found = replanned(world.planned(), Journal().removed("demands", 2))
    assert found.problem.demands.quantity.tolist() == [10 * UNIT, 5 * UNIT, 0]
    assert not any(order[0] == "TABLE" for order in orders_of(world, found))


def test_added_rows_come_behind_the_others_and_links_point_at_them() -> None:
    world = chair()
    journal = Journal().added("demands", 1, node=3, day=40, quantity=UNIT).added("stock", 1, node=2, quantity=9 * UNIT)
    found = replanned(world.planned(), journal)
    assert found.demand.node[3] == 3
    assert found.demand.quantity[3] == UNIT
    links = peg(found)
    served = np.bincount(links.demand, links.quantity, found.demand.count)
    assert np.array_equal(served, found.demand.quantity)
    assert links.supply[links.node == 2].min() == 0


def test_a_journal_on_a_replanned_plan_goes_on_from_there() -> None:
    world = chair()
    first = Journal().added("demands", 1, node=3, day=40, quantity=UNIT)
    second = Journal().replaced("demands", 3, quantity=2 * UNIT)
    one = replanned(replanned(world.planned(), first), second)
    assert orders_of(world, one) == orders_of(world, replanned(world.planned(), first.then(second)))
    assert ("TABLE", 38, 40, 2.0) in orders_of(world, one)


def test_a_bill_line_that_changes_no_low_level_code_is_net_change() -> None:
    """A table that takes legs as well: legs were above wood before."""
    world = chair()
    change = change_of(world, Journal().added("lines", 1, source=3, component=2, quantity=1.0))
    assert not change.is_whole
    assert names(world, change) == ["WOOD", "TABLE"]
    assert ("WOOD", 18, 23, 24.0) in orders_of(world, change.plan)


def test_a_bill_line_that_changes_low_level_codes_is_planned_as_a_whole() -> None:
    world = chair()
    change = change_of(world, Journal().added("lines", 1, source=3, component=0, quantity=1.0))
    assert change.is_whole
    assert change.plan.low_level_code.tolist() == [1, 2, 3, 0]
    assert ("CHAIR", 21, 23, 3.0) in orders_of(world, change.plan)


def test_a_removed_bill_line_is_never_valid() -> None:
    world = chair()
    change = change_of(world, Journal().removed("lines", 2))
    assert not change.is_whole
    assert sum(order[3] for order in orders_of(world, change.plan) if order[0] == "WOOD") == 100.0


def test_findings_follow_the_change() -> None:
    world = chair()
    bad = Journal().replaced("sources", 3, lead_time_days=-1).replaced("nodes", 0, has_policy=False)
    found = replanned(world.planned(), bad)
    assert [one.kind for one in found.findings] == [FindingKind.NEGATIVE_LEAD_TIME, FindingKind.NO_POLICY]
    mend = Journal().replaced("sources", 3, lead_time_days=2).replaced("nodes", 0, has_policy=True)
    assert replanned(found, mend).findings == ()


def test_a_later_horizon_plans_lots_by_average_demand_anew() -> None:
    world = world_of(
        {
            "items": [
                {"id": "A", "lot_rule": "economic_quantity", "ordering_cost": 50, "holding_cost": 1},
                {"id": "B"},
            ],
            "demands": [{"item": "A", "day": 10, "quantity": 10}, {"item": "B", "day": 20, "quantity": 1}],
        }
    )
    change = change_of(world, Journal().replaced("demands", 1, day=80))
    assert names(world, change) == ["A", "B"]
    assert change.added.quantity[0] < world.planned().orders.quantity[0]


@pytest.mark.parametrize(
    ("journal", "message"),
    [
        (lambda: Journal().replaced("orders", 0, quantity=1), "no table orders"),
        (lambda: Journal().replaced("demands", 0, amount=1), "no column amount"),
        (lambda: Journal().replaced("demands", [0, 1], quantity=[1, 2, 3]), "3 rows, not 2"),
        (lambda: Journal().replaced("demands", 0, quantity=0.5), "whole numbers"),
        (lambda: Journal().replaced("demands", [True, False], quantity=1), "numbers from 0"),
        (lambda: Journal().removed("nodes", 0), "cannot be removed"),
        (lambda: Journal().added("demands", 1, node=0), "needs the column day"),
        (lambda: Journal().replaced("demands", 3, quantity=1).applied(chair().problem), "row 3 of demands"),
        (lambda: Journal().replaced("demands", 0, node=9).applied(chair().problem), "Demands.node"),
    ],
)
def test_a_journal_that_does_not_fit_is_refused(journal: Any, message: str) -> None:
    with pytest.raises(PlanningError, match=message):
        journal()


def test_a_plan_without_its_input_is_refused() -> None:
    with pytest.raises(PlanningError, match="does not hold the input"):
        Baseline.of(replace(chair().planned(), given=None))


def test_columns_that_no_entry_names_are_not_copied() -> None:
    problem = chair().problem
    changed = Journal().replaced("demands", 0, quantity=UNIT).applied(problem)
    assert changed.nodes is problem.nodes
    assert changed.demands.day is problem.demands.day
    assert problem.demands.quantity[0] == 10 * UNIT
    assert plan(problem).orders.count > 0
