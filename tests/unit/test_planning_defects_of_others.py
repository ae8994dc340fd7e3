"""Mistakes of other systems around the planning run, and worked examples, each as a case that must stay right here.

`test_mrp_defects_of_others.py` holds those of the requirements calculation itself.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from planning.mrp import Baseline, Journal, plan
from planning.mrp.action_messages import action_messages
from planning.mrp.codes import UNIT, DemandKind
from planning.mrp.messages import MessageCode
from planning.mrp.pegging import Pegging
from planning.stock_layers import StockMovements, stock_layers
from tests.golden.planning.world import World, orders_of, units, world_of

PLANT, SUPPLIER, CUSTOMER = range(3)


def test_the_age_of_stock_is_weighted_by_quantity_whatever_the_type_of_the_figure() -> None:
    """99 pieces ten days old and one of 1,000 days are 19.9 days old on average, not 505."""
    as_of = date(2026, 6, 30)
    received = np.array([np.datetime64(as_of) - 1000, np.datetime64(as_of) - 10], dtype="datetime64[D]")
    found = stock_layers(
        StockMovements(
            number=np.arange(2), item=np.zeros(2, np.int64), from_location=np.full(2, SUPPLIER),
            to_location=np.full(2, PLANT), lot=np.full(2, -1), moved_at=received.astype("datetime64[us]"),
            original_receipt_date=received, quantity=np.array([1, 99]) * UNIT, value=np.array([1, 99]) * UNIT,
        ),
        np.array([True, False, False]),
        as_of,
    ).layers  # fmt: skip
    assert found["quantity"].dtype.is_integer()
    age = (pl.lit(as_of) - pl.col("original_receipt_date")).dt.total_days()
    assert found.select((age * pl.col("quantity")).sum() / pl.col("quantity").sum()).item() == pytest.approx(19.9)


def changed(world: World, times: int) -> Journal:
    return Journal().replaced("demands", 0, quantity=times * 10 * UNIT)


def test_any_number_of_scenarios_stand_side_by_side_on_one_plan() -> None:
    """Another system compares two and no more."""
    world = world_of(
        {
            "items": [{"id": "CHAIR", "lead_time_days": 2}, {"id": "LEG", "lead_time_days": 3}],
            "bills": [{"parent": "CHAIR", "component": "LEG", "quantity": 4}],
            "demands": [{"item": "CHAIR", "day": 20, "quantity": 10}],
        }
    )
    baseline = Baseline.of(world.planned())
    scenarios = {times: baseline.changed(changed(world, times)) for times in range(2, 7)}
    for times, change in scenarios.items():
        alone = plan(changed(world, times).applied(world.problem))
        assert orders_of(world, change.plan) == orders_of(world, alone)
    legs = [quantity for change in scenarios.values() for item, *_, quantity in orders_of(world, change.plan)
            if item == "LEG"]  # fmt: skip
    assert legs == [80, 120, 160, 200, 240]


def test_orders_are_netted_from_the_forecast_of_their_month() -> None:
    """Gross 350 a month, orders of 130, 100 and 80: 220, 250 and 270 are left of the forecast."""
    months = (0, 31, 59)
    world = world_of(
        {
            "items": [{"id": "X"}],
            "forecasts": [
                {"item": "X", "day": day, "days": days, "quantity": 350}
                for day, days in zip(months, (31, 28, 31), strict=True)
            ],
            "demands": [
                {"item": "X", "day": day + 5, "quantity": quantity}
                for day, quantity in zip(months, (130, 100, 80), strict=True)
            ],
        }
    )
    found = world.planned()
    left = found.demand.quantity[found.demand.kind == DemandKind.FORECAST]
    assert [units(quantity) for quantity in left] == [220, 250, 270]


def test_surplus_on_order_is_what_today_would_not_be_ordered_any_more() -> None:
    """60 are on order. Without them 25 would be ordered today: the other 35 are surplus, cancelled or decreased."""
    content = {
        "items": [{"id": "X", "on_hand": 10, "safety_stock": 5}],
        "demands": [{"item": "X", "day": 8, "quantity": 30}],
    }
    world = world_of(content)
    today = sum(quantity for *_, quantity in orders_of(world, world.planned()))
    supply = [{"item": "X", "day": day, "quantity": quantity} for day, quantity in ((8, 40), (9, 20))]
    with_orders = world_of(content | {"open_supply": supply})
    messages = action_messages(Pegging.of(with_orders.planned()))
    surplus = sum(int(messages.of(code).quantity.sum()) for code in (MessageCode.CANCEL, MessageCode.DECREASE)) / UNIT
    assert (today, surplus) == (25, 60 - today)


def test_a_maximum_cuts_then_a_minimum_raises_then_a_multiple_rounds_and_the_rest_goes_on() -> None:
    """Need 130, maximum 100, minimum 40, multiple 20: 100, and of the rest of 30 the minimum of 40."""
    world = world_of(
        {
            "items": [{"id": "X", "min_lot": 40, "max_lot": 100, "lot_multiple": 20}],
            "demands": [{"item": "X", "day": 1, "quantity": 130}],
        }
    )
    assert sorted(quantity for *_, quantity in orders_of(world, world.planned())) == [40, 100]
