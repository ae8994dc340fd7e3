"""Records, promises, load, messages and shortages by examples that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from planning.errors import PlanningError
from planning.mrp import BillLines, Nodes, PlanningProblem, Sources, plan
from planning.mrp.action_messages import action_messages
from planning.mrp.capacity import load_by_bucket, load_lines, supplier_load
from planning.mrp.codes import NONE, UNIT
from planning.mrp.messages import CODES, Dampers, MessageCode, Messages
from planning.mrp.pegging import Pegging
from planning.mrp.promise import available_to_promise, plan_promises
from planning.mrp.records import bucket_edges, records
from planning.mrp.shortages import demand_at_risk, shortages, value_served
from tests.golden.planning.world import World, units, world_of


def millionths(*quantities: float) -> np.ndarray:
    return np.array([quantities], dtype=np.int64) * UNIT


def shown(values: np.ndarray) -> list[list[float]]:
    return [[units(value) for value in row] for row in values]


def test_available_to_promise_is_that_of_the_worked_example() -> None:
    """Beginning available 80, orders 30, 25, 30, 10 and 35 in period 6, receipts of 60 in periods 3 and 6."""
    promise = available_to_promise(
        np.array([80 * UNIT]), millionths(0, 0, 60, 0, 0, 60, 0, 0), millionths(30, 25, 30, 10, 0, 35, 0, 0)
    )
    assert shown(promise.discrete) == [[25, 0, 20, 0, 0, 25, 0, 0]]
    assert shown(promise.cumulative) == [[25, 25, 45, 45, 45, 70, 70, 70]]


def test_a_later_shortage_is_taken_back_from_earlier_receipts() -> None:
    promise = available_to_promise(np.array([50 * UNIT]), millionths(0, 10, 0), millionths(20, 25, 0))
    assert shown(promise.discrete) == [[15, 0, 0]]


def test_what_nothing_covers_stays_negative() -> None:
    promise = available_to_promise(np.array([5 * UNIT]), millionths(0, 10, 0), millionths(0, 0, 40))
    assert shown(promise.cumulative) == [[-25, -25, -25]]


def promised_world() -> World:
    """The same example as a plan: forecast 20 a period, the demand time fence after period 4, lots of 60."""
    return world_of(
        {
            "first_day": 1,
            "items": [
                {
                    "id": "X",
                    "on_hand": 80,
                    "lot_rule": "fixed_quantity",
                    "fixed_lot": 60,
                    "demand_time_fence_days": 4,
                }
            ],
            "forecasts": [{"item": "X", "day": period, "quantity": 20, "days": 1} for period in range(1, 9)],
            "demands": [
                {"item": "X", "day": period, "quantity": quantity}
                for period, quantity in ((1, 30), (2, 25), (3, 30), (4, 10), (6, 35))
            ],
            "open_supply": [
                {"item": "X", "day": 3, "quantity": 60, "kind": "production"},
                {"item": "X", "day": 6, "quantity": 60, "kind": "production"},
            ],
        }
    )


def test_the_record_of_the_worked_example_projects_its_ending_available() -> None:
    found = promised_world().planned()
    record = records(found, np.arange(1, 10))
    assert shown(record.projected_on_hand[:, 1:]) == [[50, 25, 55, 45, 25, 50, 30, 10]]
    assert shown(record.gross_requirements[:, 1:]) == [[30, 25, 30, 10, 20, 35, 20, 20]]
    assert found.orders.count == 0
    promise = plan_promises(found, np.arange(1, 10))
    assert shown(promise.cumulative) == [[25, 25, 45, 45, 45, 70, 70, 70]]


def test_a_record_at_any_bucket_is_a_view_of_the_same_orders() -> None:
    """Weeks and days add up to the same figures, and end with the same stock."""
    own = world_of(
        {
            "items": [{"id": "A", "lead_time_days": 3, "on_hand": 10, "safety_stock": 4}],
            "demands": [
                {"item": "A", "day": 2, "quantity": 8},
                {"item": "A", "day": 9, "quantity": 5},
                {"item": "A", "day": -1, "quantity": 1},
            ],
            "open_supply": [{"item": "A", "day": 6, "quantity": 1}],
        }
    ).planned()
    week, day = records(own, np.array([0, 7, 14])), records(own, np.arange(15))
    assert shown(week.gross_requirements) == [[1, 8, 5]]
    assert shown(week.scheduled_receipts) == [[0, 1, 0]]
    assert shown(week.planned_receipts) == [[0, 3, 4]]
    assert shown(week.planned_releases) == [[3, 4, 0]]
    assert shown(week.projected_on_hand) == [[9, 5, 4]]
    assert shown(week.net_requirements) == [[0, 2, 4]]
    assert shown(week.safety_stock) == [[0, 4, 4]]
    assert day.projected_on_hand[0, -1] == week.projected_on_hand[0, -1]
    assert day.gross_requirements.sum() == week.gross_requirements.sum()


def test_an_operation_without_a_work_centre_loads_none() -> None:
    own = loaded_world().problem
    nowhere = replace(own, operations=replace(own.operations, work_centre=np.array([NONE])))
    assert load_by_bucket(load_lines(plan(nowhere)), np.arange(0, 85, 7), work_centres=1).tolist() == [[0.0] * 13]


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    wednesday = date(2026, 7, 1)
    assert bucket_edges(0, 20, "week", wednesday).tolist() == [0, 5, 12, 19, 26]
    assert bucket_edges(0, 40, "month", wednesday).tolist() == [0, 31, 62]
    assert bucket_edges(3, 5, "day", wednesday).tolist() == [3, 4, 5, 6]
    with pytest.raises(PlanningError, match="before it begins"):
        bucket_edges(5, 4, "day", wednesday)


def test_days_of_cover_are_the_safety_stock_of_the_record() -> None:
    own = world_of(
        {"items": [{"id": "X", "days_of_cover": 3}], "demands": [{"item": "X", "day": 5, "quantity": 6}]}
    ).planned()
    assert shown(records(own, np.arange(8)).safety_stock) == [[0, 0, 0, 6, 6, 6, 0, 0]]


def loaded_world() -> World:
    return world_of(
        {
            "items": [{"id": "A", "lead_time_days": 7}, {"id": "B", "lead_time_days": 2}],
            "sources": [
                {"item": "A", "kind": "make", "lead_time_days": 7},
                {"item": "B", "kind": "buy", "supplier": 0},
            ],
            "operations": [{"item": "A", "work_centre": "R", "run_hours_per_unit": 0.5}],
            "demands": [{"item": "A", "day": 70, "quantity": 47}, {"item": "B", "day": 65, "quantity": 4}],
        }
    )


def test_load_falls_in_the_week_in_which_the_order_starts_and_knows_no_limit() -> None:
    """Capacity 10 h a week, 0.5 h a piece, 47 pieces due in week 10, a week to make: 23.5 h in week 9, 13.5 too many."""
    found = loaded_world().planned()
    edges = np.arange(0, 85, 7)
    load = load_by_bucket(load_lines(found), edges, work_centres=1)
    assert load[0, 10] == 23.5
    assert load.sum() == 23.5
    messages = action_messages(Pegging.of(found), load=load, capacity=np.full(load.shape, 10.0), edges=edges)
    overload = messages.of(MessageCode.OVERLOAD)
    assert (overload.day[0], units(overload.quantity[0])) == (63, 13.5)
    assert shown(supplier_load(found, edges, suppliers=1))[0][10] == 4


def said(own: World, dampers: Dampers | None = None) -> list[tuple[Any, ...]]:
    """(code, item, day, to day, quantity) of every message."""
    messages = action_messages(Pegging.of(own.planned()), dampers)
    return [
        (CODES[code].value, own.items[node], int(day), int(to_day), units(quantity))
        for code, node, day, to_day, quantity in zip(
            messages.code, messages.node, messages.day, messages.to_day, messages.quantity, strict=True
        )
    ]


def open_orders_world(**more: Any) -> World:
    return world_of(
        {
            "items": [{"id": "X", "lead_time_days": 1, "on_hand": 5, "unit_value": 10.0}],
            "demands": [{"item": "X", "day": 7, "quantity": 15}, {"item": "X", "day": 30, "quantity": 10}],
            "open_supply": [
                {"item": "X", "day": 10, "quantity": 10},
                {"item": "X", "day": 20, "quantity": 6},
                {"item": "X", "day": 25, "quantity": 9},
                {"item": "X", "day": 28, "quantity": 3},
            ],
        }
        | more
    )


def test_open_orders_are_moved_shortened_and_cancelled_to_meet_the_needs() -> None:
    """Stock 5 and the first order serve day 7, the next 10 serve day 30: 6 + 4 of 9; the last is not needed."""
    assert [row for row in said(open_orders_world()) if row[0] != "REL"] == [
        ("EXP", "X", 10, 7, 10),
        ("DEF", "X", 20, 30, 6),
        ("DEF", "X", 25, 30, 9),
        ("CAN", "X", 28, 28, 3),
        ("DEC", "X", 25, 25, 5),
    ]


def test_dampers_silence_what_is_small_in_days_quantity_or_money() -> None:
    own = open_orders_world()
    codes = {row[0] for row in said(own, Dampers(expedite_days=3, defer_days=10))}
    assert {"EXP", "DEF"} & codes == set()
    assert [row[0] for row in said(own, Dampers(quantity=3 * UNIT)) if row[0] in ("CAN", "DEC")] == ["DEC"]
    assert [row[4] for row in said(own, Dampers(value=80.0)) if row[0] in ("EXP", "DEF", "CAN", "DEC")] == [10, 9]


def test_an_open_order_close_by_is_increased_rather_than_another_one_made() -> None:
    own = world_of(
        {
            "items": [{"id": "X", "lot_multiple": 20}],
            "demands": [{"item": "X", "day": 5, "quantity": 90}],
            "open_supply": [{"item": "X", "day": 5, "quantity": 60}],
        }
    )
    assert ("INC", "X", 5, 5, 40) in said(own, Dampers(increase_days=0))
    assert "INC" not in {row[0] for row in said(own)}


def test_stock_that_nothing_needs_is_excess() -> None:
    own = world_of(
        {
            "items": [{"id": "X", "on_hand": 100, "safety_stock": 10, "unit_value": 2.0}],
            "demands": [{"item": "X", "day": 3, "quantity": 20}, {"item": "X", "day": 80, "quantity": 30}],
        }
    )
    assert said(own) == [("EXC", "X", 0, 0, 40)]
    assert said(own, Dampers(excess_days=30)) == [("EXC", "X", 0, 0, 70)]


def late_world() -> World:
    """A product that needs 3 days, a part that needs 10, and an order for day 5: the part makes it late."""
    return world_of(
        {
            "items": [
                {"id": "FG", "lead_time_days": 3},
                {"id": "PART", "lead_time_days": 10, "unit_value": 4.0},
                {"id": "SCREW", "lead_time_days": 1},
            ],
            "bills": [
                {"parent": "FG", "component": "PART", "quantity": 2},
                {"parent": "FG", "component": "SCREW", "quantity": 8},
            ],
            "demands": [{"item": "FG", "day": 5, "quantity": 6, "id": "SO1", "value": 900.0}],
        }
    )


def test_a_part_that_cannot_come_in_time_puts_the_order_of_the_customer_at_risk() -> None:
    """The part is needed on day 2, ordered today it comes on day 10: eight days late, and so is the customer's order."""
    own = late_world()
    found = own.planned()
    pegging = Pegging.of(found)
    short = shortages(pegging)
    causes = [
        (own.items[node], int(day))
        for node, day, cause in zip(short.node, short.possible_day, short.is_cause, strict=True)
        if cause
    ]
    assert causes == [("PART", 10)]
    risk = demand_at_risk(found, short)
    assert (risk.days.tolist(), risk.value.tolist()) == ([8], [900.0])
    assert said(own) == [
        ("DNS", "FG", 5, 13, 6),
        ("SHT", "PART", 2, 10, 12),
        ("LTE", "PART", -8, 0, 12),
    ]


def test_every_message_that_applies_is_kept() -> None:
    """One purchase order is overdue and in part not needed: both are said."""
    own = world_of(
        {
            "items": [{"id": "X", "lead_time_days": 1}],
            "demands": [{"item": "X", "day": -2, "quantity": 4}],
            "open_supply": [{"item": "X", "day": -1, "quantity": 9}],
        }
    )
    assert said(own) == [("DEC", "X", -1, -1, 5), ("FNP", "X", -1, -1, 9), ("PDS", "X", -2, -2, 4)]


def test_the_other_messages_of_the_catalogue() -> None:
    own = world_of(
        {
            "items": [
                {"id": "FG", "safety_stock": 3, "planning_fence_days": 5, "forecast_backward_days": 0},
                {"id": "STEEL"},
                {"id": "ALU", "frozen_fence_days": 4},
            ],
            "bills": [
                {"parent": "FG", "component": "STEEL", "substitute_group": 0, "quantity": 1, "valid_to": -5},
                {"parent": "FG", "component": "ALU", "substitute_group": 0, "substitute_priority": 2, "quantity": 1},
            ],
            "forecasts": [{"item": "FG", "day": 0, "quantity": 2}],
            "demands": [{"item": "FG", "day": 1, "quantity": 5}],
            "open_supply": [{"item": "FG", "day": 1, "quantity": 5, "start_day": -1, "kind": "production"}],
        }
    )
    codes = {row[0] for row in said(own)}
    assert codes >= {"SSV", "FNC", "SUB", "FRZ", "FCO", "STP", "REL", "SHT", "DNS"}


def test_messages_of_a_code_are_only_those() -> None:
    messages = action_messages(Pegging.of(late_world().planned()))
    assert isinstance(messages.of(MessageCode.SHORTAGE), Messages)
    assert messages.of(MessageCode.SHORTAGE).count == 1
    assert messages.of(MessageCode.CANCEL).count == 0


def test_codes_that_point_nowhere_are_refused_with_the_row_that_is_wrong() -> None:
    with pytest.raises(PlanningError, match=r"BillLines\.component of row 1 is 7"):
        PlanningProblem(
            first_day=0,
            nodes=Nodes.of(2, item=[0, 1]),
            sources=Sources.of(1, node=[0], kind=[0]),
            lines=BillLines.of(2, source=[0, 0], component=[1, 7], quantity=[1.0, 1.0]),
        )
    with pytest.raises(PlanningError, match="no column lot_size"):
        Nodes.of(1, item=[0], lot_size=[5])
    with pytest.raises(PlanningError, match=r"Nodes.min_lot holds whole numbers; 2.5 is none"):
        Nodes.of(2, item=[0, 1], min_lot=[1.0, 2.5])
    with pytest.raises(PlanningError, match="has 3 rows, not 2"):
        Nodes.of(2, item=[0, 1, 2])
    with pytest.raises(PlanningError, match=r"Nodes.lot_rule of row 0 is 77"):
        PlanningProblem(first_day=0, nodes=Nodes.of(1, item=[0], lot_rule=[77]), sources=Sources.empty())
    with pytest.raises(PlanningError, match="needs the column node"):
        Sources.of(1, kind=[0])
    assert Nodes.of(2, item=[0, 1]).reorder_point.tolist() == [NONE, NONE]


def test_a_message_names_the_need_behind_it_and_the_money_that_waits() -> None:
    """All of the customer's 900 waits for the part, of which the order itself is worth 48."""
    own = late_world()
    messages = action_messages(Pegging.of(own.planned()))
    late = messages.of(MessageCode.LEAD_TIME_TOO_SHORT)
    assert (late.value.tolist(), late.at_risk.tolist()) == ([48.0], [900.0])
    assert own.items[own.planned().demand.node[late.demand[0]]] == "PART"
    assert messages.of(MessageCode.DEMAND_AT_RISK).at_risk.tolist() == [900.0]


def test_an_order_is_expedited_for_the_first_demand_it_is_needed_for() -> None:
    messages = action_messages(Pegging.of(open_orders_world().planned()))
    assert messages.of(MessageCode.RESCHEDULE_IN).demand.tolist() == [0]
    assert messages.of(MessageCode.RESCHEDULE_OUT).demand.tolist() == [1, 1]


def test_the_money_of_two_customers_waits_for_a_shared_lot_and_that_of_one_for_half_of_its_parts() -> None:
    own = world_of(
        {
            "items": [{"id": "FG"}, {"id": "PART", "on_hand": 15}],
            "bills": [{"parent": "FG", "component": "PART", "quantity": 1}],
            "demands": [
                {"item": "FG", "day": 5, "quantity": 20, "value": 100.0},
                {"item": "FG", "day": 5, "quantity": 10, "value": 80.0},
            ],
        }
    )
    found = own.planned()
    served = value_served(Pegging.of(found))
    assert served[found.orders.supply].tolist() == [180.0, 90.0]
    assert served[0] == 90.0
