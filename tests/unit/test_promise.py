"""Capable to promise on small plants whose answer can be computed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planning.errors import PlanningError
from planning.mrp.codes import NONE, UNIT
from planning.promise import Inquiry, LimitKind, OrderPlan, Part, Promise, WorkHours, promise
from tests.golden.planning.world import World, world_of


def answered(own: World, item: str, quantity: float, day: int, hours: WorkHours | None = None) -> Promise:
    return promise(OrderPlan.of(own.problem, hours), Inquiry(own.code(item), round(quantity * UNIT), day))


def parts(found: Promise) -> list[tuple[int, float]]:
    return [(part.day, part.quantity / UNIT) for part in found.parts]


def table() -> World:
    """A table of one top (bought, 10 days) and four legs (bought, 20 days), 5 days to make; 3 tables are there.

    2 of them are sold on day 1. 8 tops and 12 legs are there, 40 legs come on day 12.
    """
    return world_of(
        {
            "items": [
                {"id": "TABLE", "lead_time_days": 5, "on_hand": 3},
                {"id": "TOP", "lead_time_days": 10, "on_hand": 8},
                {"id": "LEG", "lead_time_days": 20, "on_hand": 12},
            ],
            "bills": [
                {"parent": "TABLE", "component": "TOP", "quantity": 1},
                {"parent": "TABLE", "component": "LEG", "quantity": 4},
            ],
            "open_supply": [{"item": "LEG", "day": 12, "quantity": 40}],
            "demands": [{"item": "TABLE", "day": 1, "quantity": 2}],
        }
    )


def test_what_no_order_waits_for_is_promised_today() -> None:
    found = answered(table(), "TABLE", 1, 0)
    assert (found.day, found.on_wanted_day, parts(found)) == (0, UNIT, [(0, 1)])
    assert (found.limits_day, found.limits_quantity) == (None, None)


def test_the_whole_waits_for_the_slowest_part_and_comes_in_parts() -> None:
    """1 from stock; 12 legs make 3 more in 5 days; 4 more tops and the legs of day 12 give 4 on day 17; then tops.

    9 tables: 1 today, 3 on day 5, and for the last 5 there are 20 legs on day 12: on day 17; tops suffice (8).
    """
    found = answered(table(), "TABLE", 9, 0)
    assert (found.day, found.on_wanted_day / UNIT) == (17, 1)
    assert parts(found) == [(0, 1), (5, 3), (17, 5)]
    limit = found.limits_day
    assert limit is not None
    assert (limit.kind, limit.node, limit.open_supply, limit.possible_day) == (LimitKind.MATERIAL, 2, 0, 12)


def test_a_part_that_must_be_bought_anew_limits_by_its_lead_time() -> None:
    """20 tables: 52 legs make 13, with the one in stock 14; 24 legs more are bought in 20 days, made by day 25."""
    found = answered(table(), "TABLE", 20, 0)
    assert found.day == 25
    limit = found.limits_day
    assert limit is not None
    assert (limit.node, limit.open_supply, limit.lead_days, limit.possible_day) == (2, NONE, 20, 20)


def test_a_wanted_day_far_enough_ahead_is_the_promise() -> None:
    found = answered(table(), "TABLE", 20, 40)
    assert (found.day, parts(found)) == (40, [(40, 20)])


def test_a_wanted_day_in_the_past_is_today() -> None:
    assert answered(table(), "TABLE", 1, -7).day == 0


def test_stock_that_an_order_of_next_week_waits_for_is_not_given_away() -> None:
    """The 10 in stock are sold for day 20 and cannot be bought again before day 40."""
    own = world_of(
        {
            "items": [{"id": "X", "lead_time_days": 40, "on_hand": 10}],
            "demands": [{"item": "X", "day": 20, "quantity": 10}],
        }
    )
    found = answered(own, "X", 10, 5)
    assert (found.day, found.on_wanted_day) == (40, 0)
    limit = found.limits_quantity
    assert limit is not None
    assert (limit.kind, limit.order, limit.lead_days) == (LimitKind.ORDER, 0, 40)


def test_stock_of_an_order_that_can_be_bought_again_in_time_is_free() -> None:
    own = world_of(
        {
            "items": [{"id": "X", "lead_time_days": 40, "on_hand": 10}],
            "demands": [{"item": "X", "day": 50, "quantity": 10}],
        }
    )
    assert answered(own, "X", 10, 5).day == 5


def test_forecast_promises_nothing_to_anybody() -> None:
    own = world_of(
        {
            "items": [{"id": "X", "lead_time_days": 40, "on_hand": 10}],
            "forecasts": [{"item": "X", "day": 3, "quantity": 10}],
        }
    )
    assert answered(own, "X", 10, 5).day == 5


def bench(hours_a_week: float, orders: int = 0) -> tuple[World, WorkHours]:
    """A is made in a week, an hour a piece, of material that is there; so many hours a week, some taken by an order."""
    own = world_of(
        {
            "items": [{"id": "A", "lead_time_days": 7}],
            "sources": [{"item": "A", "kind": "make", "lead_time_days": 7}],
            "operations": [{"item": "A", "work_centre": "R", "run_hours_per_unit": 1.0}],
            "demands": [{"item": "A", "day": 7, "quantity": orders}] if orders else [],
        }
    )
    edges = np.arange(0, 371, 7)
    capacity = np.full((1, edges.size - 1), hours_a_week)
    return own, WorkHours(edges, capacity, np.zeros_like(capacity))


def test_hours_that_are_free_limit_nothing() -> None:
    own, hours = bench(10)
    assert answered(own, "A", 10, 0, hours).day == 7


def test_without_free_hours_the_promise_moves_to_the_first_weeks_that_have_them() -> None:
    """10 hours a week: 25 pieces need weeks 0, 1 and 2; started in the third week, on day 14, they are there on day 21.

    On day 7 there are 10.
    """
    own, hours = bench(10)
    found = answered(own, "A", 25, 7, hours)
    assert (found.day, found.on_wanted_day / UNIT) == (21, 10)
    limit = found.limits_day
    assert limit is not None
    assert (limit.kind, limit.work_centre, limit.hours, limit.free_hours) == (LimitKind.CAPACITY, 0, 25.0, 20.0)


def test_hours_of_orders_are_taken_and_what_they_lack_flows_on() -> None:
    """An order of 16 takes week 0 and 6 hours of week 1: 4 are left there, 10 in week 2: 10 pieces start on day 14."""
    own, hours = bench(10, orders=16)
    assert answered(own, "A", 4, 7, hours).day == 14
    assert answered(own, "A", 10, 7, hours).day == 21


def test_a_work_centre_without_any_capacity_has_no_limit() -> None:
    own, hours = bench(0)
    assert answered(own, "A", 25, 7, hours).day == 7


def test_an_item_that_nothing_supplies_is_named_in_the_promise() -> None:
    own = world_of({"items": [{"id": "X", "no_source": True}]})
    found = answered(own, "X", 5, 0)
    assert (found.day, found.without_source) == (0, (0,))


def test_an_inquiry_far_out_leaves_the_economic_lots_of_the_plan_as_they_are() -> None:
    """√(2 · 3,650 a year · 50 / 36.5 a year) = 100, as the plan with its forecast has it, whatever is asked for."""
    own = world_of(
        {
            "items": [{"id": "X", "lot_rule": "economic_quantity", "ordering_cost": 50.0, "holding_cost": 0.7}],
            "forecasts": [{"item": "X", "day": day, "quantity": 70} for day in range(0, 70, 7)],
            "demands": [{"item": "X", "day": 69, "quantity": 70}],
        }
    )
    orders = OrderPlan.of(own.problem)
    for day in (0, 900):
        trial = orders.trial(Inquiry(0, UNIT, day), [Part(day, UNIT)])
        assert set(trial.new.plan.orders.quantity.tolist()) == {own.planned().orders.quantity[0]}


@pytest.mark.parametrize(("node", "quantity", "said"), [(7, UNIT, "no node 7"), (0, 0, "more than nothing")])
def test_an_inquiry_that_makes_no_sense_is_refused(node: int, quantity: int, said: str) -> None:
    orders = OrderPlan.of(table().problem)
    with pytest.raises(PlanningError, match=said):
        promise(orders, Inquiry(node, quantity, 0))


def test_the_same_question_has_the_same_answer_whatever_was_asked_before() -> None:
    own: Any = table()
    orders = OrderPlan.of(own.problem)
    first = promise(orders, Inquiry(0, 9 * UNIT, 0))
    promise(orders, Inquiry(0, 20 * UNIT, 3))
    assert promise(orders, Inquiry(0, 9 * UNIT, 0)) == first
