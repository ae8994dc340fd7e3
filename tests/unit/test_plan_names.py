"""Numbers of planned orders: readable, each its own, and the same in the next build."""

from __future__ import annotations

from datetime import date
from typing import Any

from planning.tables.results import plan_orders, plan_pegging
from tests.unit.plan_rows import plan_of

POLICIES: list[dict[str, Any]] = [{"item_id": item, "supply_type": "buy", "lead_time_days": 2.0} for item in "ABZ"]


def sale(number: int, item: str, day: int, quantity: float = 10.0) -> dict[str, Any]:
    return {"sales_order_line_id": f"S{number}", "item_id": item, "requested_date": date(2026, 7, day),
            "open_quantity": quantity}  # fmt: skip


def numbers(**tables: Any) -> list[str]:
    return plan_orders(plan_of(**tables))["plan_order_id"].to_list()


def test_an_order_is_called_by_item_place_and_due_day() -> None:
    assert numbers(policies=POLICIES, sales_lines=[sale(1, "B", 10), sale(2, "A", 11)]) == [
        "P-A-PL-260711",
        "P-B-PL-260710",
    ]


def test_its_number_stays_when_other_items_change() -> None:
    before = numbers(policies=POLICIES, sales_lines=[sale(1, "B", 10), sale(2, "B", 20)])
    others = [sale(3, "A", 3), sale(4, "Z", 1, 99.0)]
    after = numbers(policies=POLICIES, sales_lines=[*others, sale(1, "B", 10), sale(2, "B", 20)])
    assert [number for number in after if "-B-" in number] == before


def test_several_of_one_day_are_numbered_on() -> None:
    limited = [{**POLICIES[0], "max_lot_quantity": 4.0}]
    assert numbers(policies=limited, sales_lines=[sale(1, "A", 10)]) == [
        "P-A-PL-260710",
        "P-A-PL-260710-2",
        "P-A-PL-260710-3",
    ]


def test_items_and_places_whose_names_run_together_have_orders_of_their_own() -> None:
    policies = [{**POLICIES[0], "item_id": "A-B", "location_id": "C"}, {**POLICIES[0], "location_id": "B-C"}]
    lines = [{**sale(1, "A-B", 10), "location_id": "C"}, {**sale(2, "A", 10), "location_id": "B-C"}]
    places = [{"location_id": "C"}, {"location_id": "B-C"}]
    assert numbers(policies=policies, sales_lines=lines, locations=places) == ["P-A-B-C-260710", "P-A-B-C-260710-2"]


def test_what_passes_through_a_phantom_has_a_number_that_stays_as_well() -> None:
    plan = plan_of(
        policies=[{"item_id": "P", "supply_type": "make"}, {"item_id": "F", "supply_type": "make"}, POLICIES[0]],
        boms=[{"bom_id": "1", "item_id": "P"}, {"bom_id": "2", "item_id": "F", "bom_type": "phantom"}],
        components=[
            {"bom_component_id": "1", "bom_id": "1", "component_item_id": "F", "quantity": 1.0},
            {"bom_component_id": "2", "bom_id": "2", "component_item_id": "A", "quantity": 1.0},
        ],
        sales_lines=[sale(1, "P", 10)],
    )
    pegged = plan_pegging(plan)
    assert pegged.filter(supply_type="phantom")["supply_id"].to_list() == ["T-F-PL-260710"]
