"""A small plant for scenarios: P is made of two A, A is bought from V (10 days) or, if V cannot, from W (4 days).

The first day is Tuesday, 30 June 2026; every day works. Ten P are sold for 31 August: P is started on the 29th, two
days before, and 20 A are ordered on 19 August for that day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from planning.model.inputs import planning_model
from planning.scenarios.document import Scenario, read_scenario
from planning.scenarios.outcome import Outcome, ScenarioBase
from planning.tables.results import plan_orders, planned
from tests.unit.plan_rows import AS_OF, rows

SOLD = {"sales_order_line_id": "S1", "item_id": "P", "requested_date": date(2026, 8, 31), "open_quantity": 10.0,
        "open_value": 1000.0, "customer_id": "K1"}  # fmt: skip
FROM_V = {"item_id": "A", "supplier_id": "V", "lead_time_days": 10.0, "unit_price": 3.0}
FROM_W = {"item_id": "A", "supplier_id": "W", "lead_time_days": 4.0, "unit_price": 5.0, "priority": 2}
TABLES: dict[str, Sequence[Mapping[str, Any]]] = {
    "items": [
        {"item_id": "P", "category_id": "C1", "category_name": "Bikes", "product_family": "Goods"},
        {"item_id": "A", "category_id": "C2", "category_name": "Chips", "product_family": "Parts"},
    ],
    "policies": [
        {"item_id": "P", "supply_type": "make", "lead_time_days": 2.0}, {"item_id": "A", "supply_type": "buy"},
    ],
    "boms": [{"bom_id": "B", "item_id": "P"}],
    "components": [{"bom_component_id": "1", "bom_id": "B", "component_item_id": "A", "quantity": 2.0}],
    "suppliers": [
        {"supplier_id": "V", "payment_terms_days": 30}, {"supplier_id": "W"}, {"supplier_id": "X"},
    ],
    "item_suppliers": [FROM_V, FROM_W],
    "costs": [{"item_id": "A", "standard_cost": 4.0}, {"item_id": "P", "standard_cost": 50.0}],
    "operations": [
        {"operation_id": "10", "bom_id": "B", "sequence": 10, "work_centre_id": "ASM", "run_hours_per_unit": 1.0},
    ],
    "work_centres": [{"work_centre_id": "ASM"}, {"work_centre_id": "PACK"}],
    "sales_lines": [SOLD],
}  # fmt: skip


def base(**tables: Sequence[Mapping[str, Any]]) -> ScenarioBase:
    """The plant, with some tables in place of its own."""
    return ScenarioBase.of(planned(planning_model(rows(**{**TABLES, **tables}), AS_OF)))


def scenario(*changes: str, name: str = "test") -> Scenario:
    """A scenario of changes as they are written in a file."""
    lines = "".join(f"  - {{{one}}}\n" for one in changes)
    return read_scenario(f"scenario: 1\nname: {name}\nchanges:\n{lines}")


def ran(*changes: str, **tables: Sequence[Mapping[str, Any]]) -> Outcome:
    return base(**tables).run(scenario(*changes))


def orders(outcome: Outcome) -> list[tuple[str, str, str, float]]:
    """(item, release, due, quantity) of the planned orders, sorted; days as month-day."""
    found = plan_orders(outcome.planned).select("item_id", "release_date", "due_date", "quantity")
    return sorted(
        (item, f"{release:%m-%d}", f"{due:%m-%d}", quantity) for item, release, due, quantity in found.iter_rows()
    )
