"""Mistakes found in other planning systems, each as a case that must stay right here."""

from __future__ import annotations

from datetime import date

import numpy as np

from planning.mrp.codes import DemandKind
from planning.mrp.lead_times import cumulative_lead_times
from planning.mrp.structure import structure_of
from tests.golden.planning.world import World, orders_of, units, world_of


def planned(own: World) -> list[tuple[str, int, int, float]]:
    return orders_of(own, own.planned())


def test_the_cumulative_lead_time_is_the_longest_branch_and_not_the_sum_of_all_siblings() -> None:
    own = world_of(
        {
            "items": [
                {"id": "FG", "lead_time_days": 2},
                {"id": "A", "lead_time_days": 5},
                {"id": "B", "lead_time_days": 9},
                {"id": "C", "lead_time_days": 6},
            ],
            "bills": [
                {"parent": "FG", "component": "A", "quantity": 1},
                {"parent": "FG", "component": "B", "quantity": 1},
                {"parent": "A", "component": "C", "quantity": 1},
            ],
        }
    )
    days = cumulative_lead_times(own.problem, structure_of(own.problem))
    assert dict(zip(own.items, days.tolist(), strict=True)) == {"FG": 13, "A": 11, "B": 9, "C": 6}


def test_an_order_consumes_the_forecast_of_its_bucket_whatever_the_date_inside_it() -> None:
    own = world_of(
        {
            "items": [{"id": "X"}],
            "forecasts": [{"item": "X", "day": 7, "quantity": 100}],
            "demands": [{"item": "X", "day": 10, "quantity": 30}],
        }
    )
    assert sum(quantity for *_, quantity in planned(own)) == 100


def test_forecast_and_the_orders_it_foresaw_are_not_both_planned() -> None:
    own = world_of(
        {
            "items": [{"id": "X", "forecast_backward_days": 30, "forecast_forward_days": 30}],
            "forecasts": [{"item": "X", "day": day, "quantity": 10} for day in (0, 7, 14)],
            "demands": [{"item": "X", "day": 8, "quantity": 28}],
        }
    )
    found = own.planned()
    asked = found.demand.quantity[found.demand.kind == DemandKind.FORECAST]
    assert (units(asked.sum()), sum(quantity for *_, quantity in orders_of(own, found))) == (2, 30)


def test_a_release_is_counted_back_from_the_need_and_not_forward_from_today() -> None:
    """Needed on 15 May, five days of lead time: ordered on 10 May, whatever today is."""
    today, need = date(2026, 4, 1), date(2026, 5, 15)
    own = world_of(
        {
            "items": [{"id": "X", "lead_time_days": 5}],
            "demands": [{"item": "X", "day": (need - today).days, "quantity": 1}],
        }
    )
    assert [release for _, release, *_ in planned(own)] == [(date(2026, 5, 10) - today).days]


def test_a_minimum_makes_no_order_that_nothing_asks_for_but_raises_one_for_safety_stock() -> None:
    items = [{"id": "IDLE", "min_lot": 50}, {"id": "KEPT", "min_lot": 50, "safety_stock": 1}]
    assert planned(world_of({"items": items})) == [("KEPT", 0, 0, 50)]


def test_a_maximum_never_leaves_stock_below_its_target() -> None:
    """Another system suggests 20 for a need of 25 and leaves 5 unplanned."""
    own = world_of(
        {
            "items": [{"id": "X", "on_hand": 60, "safety_stock": 10, "min_lot": 5, "max_lot": 20}],
            "demands": [{"item": "X", "day": 1, "quantity": 75}],
        }
    )
    assert sorted(quantity for *_, quantity in planned(own)) == [5, 20]


def test_an_additional_need_is_covered_by_the_multiple_without_exceeding_the_maximum() -> None:
    """Multiple 20, maximum 90, 60 on order for day 1; 30 more: another system's 100 is above its own maximum."""
    own = world_of(
        {
            "items": [{"id": "X", "lot_multiple": 20, "max_lot": 90}],
            "demands": [{"item": "X", "day": 1, "quantity": 90}],
            "open_supply": [{"item": "X", "day": 1, "quantity": 60}],
        }
    )
    assert planned(own) == [("X", 1, 1, 40)]


def test_nothing_is_due_or_started_on_a_day_off() -> None:
    """Buckets that ignore the working calendar put receipts on Sundays."""
    own = world_of(
        {
            "calendars": ["1111100"],
            "items": [{"id": "M", "calendar": 0, "lead_time_days": 4, "source_of_supply": "make"}],
            "demands": [{"item": "M", "day": day, "quantity": 1} for day in range(20, 34)],
        }
    )
    days = np.array([day for _, release, due, _ in planned(own) for day in (release, due)])
    assert (days % 7 <= 4).all()


def test_shared_components_of_a_shared_subassembly_add_up_once() -> None:
    """FG takes S twice, by two ways; its part is asked for by the one merged order of S."""
    own = world_of(
        {
            "items": [{"id": "FG"}, {"id": "M"}, {"id": "S"}, {"id": "RAW"}],
            "bills": [
                {"parent": "FG", "component": "M", "quantity": 1},
                {"parent": "FG", "component": "S", "quantity": 1},
                {"parent": "M", "component": "S", "quantity": 2},
                {"parent": "S", "component": "RAW", "quantity": 1},
            ],
            "demands": [{"item": "FG", "day": 1, "quantity": 10}],
        }
    )
    assert [(item, quantity) for item, *_, quantity in planned(own)] == [("FG", 10), ("M", 10), ("RAW", 30), ("S", 30)]
