"""The planning cases with published answers, where they are beside the repository."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planning.mrp import BillLines, Demands, Nodes, PlanningProblem, Sources, Stock, plan
from planning.mrp.capacity import load_by_bucket, load_lines
from planning.mrp.codes import UNIT
from planning.mrp.dynamic_lots import dynamic_cost, wagner_whitin
from planning.mrp.pegging import AllocationRule, Pegging, peg
from tests.golden.planning.world import orders_of, units, world_of

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared" / "data"
CASES = SHARED / "planning_cases" / "cases.json"
PLANNED = ("tb01_l4l_single", "tb02_product_z", "oca01_multi_level", "oca02_min_order", "odoo02_shared_component_merge",
           "odoo03_net_change", "erp03_same_raw_in_two_subs", "fr06_safety_stock_min_multiple", "xf01_random_8_items")  # fmt: skip
RULES = (("ls02_example_3_9", "wagner_whitin"), ("ls06_ww_flat", "wagner_whitin"), ("ls08_silver_meal", "silver_meal"),
         ("ls08_silver_meal", "least_unit_cost"), ("ls08_silver_meal", "part_period"),
         ("ls08_silver_meal", "wagner_whitin"))  # fmt: skip
RULE_OF = {"FOQ": "fixed_quantity", "POQ": "period_of_supply", "min_max": "min_max"}


@cache
def cases() -> dict[str, Any]:
    if not CASES.exists():
        pytest.skip(f"the planning cases are not at {CASES.relative_to(REPOSITORY.parent)} beside the repository")
    return {case["id"]: case for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]}


def content_of(case: dict[str, Any]) -> dict[str, Any]:
    """A case in the words of the golden folders: buckets are days."""
    items = []
    for item in case["items"]:
        policy = item["policy"]
        items.append(
            {
                "id": item["id"],
                "lead_time_days": item["lead_time"],
                "on_hand": item["on_hand"],
                "safety_stock": item["safety_stock"],
                "period_days": 1,
                "lot_rule": RULE_OF.get(policy["type"], "lot_for_lot"),
                "min_lot": policy.get("min", 0) if policy["type"] != "min_max" else 0,
                "lot_multiple": policy.get("multiple", 0),
                "fixed_lot": policy.get("quantity", 0),
                "periods_of_supply": policy.get("periods", 0),
            }
        )
    supply = [
        {"item": row["item"], "day": row["bucket"], "quantity": row["qty"]}
        | ({"start_day": row["start"], "kind": "production"} if "start" in row else {})
        for row in case.get("open_supply", [])
    ]
    return {
        "first_day": case["first_bucket"],
        "items": items,
        "bills": [
            {"parent": row["parent"], "component": row["component"], "quantity": row["qty_per"]}
            for row in case.get("boms", [])
        ],
        "open_supply": supply,
        "demands": [
            {"item": row["item"], "day": row["bucket"], "quantity": row["qty"], "id": row.get("id", "")}
            for row in case["demands"]
        ],
    }


def expected_orders(expected: dict[str, Any]) -> list[tuple[str, int, int, float]]:
    return sorted((row["item"], row["release"], row["due"], row["qty"]) for row in expected["planned_orders"])


@pytest.mark.parametrize("case_id", PLANNED)
def test_the_planned_orders_are_the_published_ones(case_id: str) -> None:
    case = cases()[case_id]
    world = world_of(content_of(case))
    found = world.planned()
    assert orders_of(world, found) == expected_orders(case["expected"])
    for item, level in case["expected"].get("low_level_code", {}).items():
        assert found.low_level_code[world.code(item)] == level


def test_after_a_change_the_plan_is_that_of_the_changed_demand() -> None:
    case = cases()["odoo03_net_change"]
    world = world_of(content_of(case | case["change"]))
    assert orders_of(world, world.planned()) == expected_orders(case["expected_after"])


def test_gross_requirements_and_their_parents_are_the_published_ones() -> None:
    case = cases()["oca01_multi_level"]
    world = world_of(content_of(case))
    found = world.planned()
    demand = found.demand

    def asked(item: str, day: int, parent: str | None = None) -> float:
        rows = (demand.node == world.code(item)) & (demand.day == day)
        if parent is not None:
            rows &= (demand.parent >= 0) & (found.supply.node[demand.parent] == world.code(parent))
        return units(demand.quantity[rows].sum())

    for row in case["expected"]["gross_requirements"]:
        assert asked(row["item"], row["bucket"]) == row["qty"]
    for row in case["expected"]["pegging"]:
        assert asked(row["item"], row["bucket"], row["parent"]) == row["qty"]


def test_a_shared_component_is_pegged_to_each_customer_order() -> None:
    case = cases()["odoo02_shared_component_merge"]
    world = world_of(content_of(case))
    found = world.planned()
    order = found.orders.supply[found.orders.node == world.code("A")]
    pegging = Pegging.of(found)
    ends = pegging.end_demand(order)
    served: dict[str, float] = {}
    for demand, quantity in zip(pegging.links.demand[ends.link], ends.quantity, strict=True):
        name = world.demand_names[demand]
        served[name] = served.get(name, 0.0) + quantity / UNIT
    assert served == case["expected"]["pegging_by_order"]["A"]


@pytest.mark.parametrize(("case_id", "rule"), RULES)
def test_lot_sizes_are_the_published_ones(case_id: str, rule: str) -> None:
    case = cases()[case_id]
    policy = {
        "lot_rule": rule,
        "ordering_cost": float(case["setup_cost"]),
        "holding_cost": float(case["holding_cost"]),
        "period_days": 1,
    }
    demands = [{"item": "A", "day": day, "quantity": quantity} for day, quantity in enumerate(case["demand"])]
    world = world_of({"items": [{"id": "A", **policy}], "demands": demands})
    orders = [0.0] * len(case["demand"])
    for _, _, due, quantity in orders_of(world, world.planned()):
        orders[due] += quantity
    assert orders == case["expected"][rule]["orders"]


def test_one_piece_of_stock_goes_to_the_first_of_two_orders() -> None:
    """The shortage of each order is what is not pegged to stock."""
    case = cases()["erp01_cascade"]
    rows = case["requirements"]
    world = world_of(
        {
            "items": [{"id": "RM", "on_hand": case["on_hand"]["RM"]}],
            "demands": [{"item": "RM", "day": 1, "quantity": row["qty"], "priority": row["seq"]} for row in rows],
        }
    )
    found = world.planned()
    links = peg(found)
    from_stock = np.bincount(links.demand[links.supply == 0], links.quantity[links.supply == 0], len(rows)) / UNIT
    assert {row["id"]: row["qty"] - got for row, got in zip(rows, from_stock, strict=True)} == case["expected"][
        "shortage"
    ]


@pytest.mark.parametrize("name", ["f1000", "f10000"])
def test_solved_instances_are_planned_without_any_difference(name: str) -> None:
    """Every item and week, against the receipts that an independent planner gives as well."""
    file = SHARED / "planning_instances" / f"{name}.npz"
    if not file.exists():
        pytest.skip(
            f"the solved instances are not at {file.parent.relative_to(REPOSITORY.parent)} beside the repository"
        )
    given = np.load(file)
    items, weeks = given["rec"].shape
    found = plan(instance(given))
    receipts = np.zeros((items, weeks))
    np.add.at(receipts, (found.orders.node, found.orders.due_day), found.orders.good_quantity / UNIT)
    assert np.array_equal(receipts, given["rec"])
    late = np.zeros(items)
    past = found.orders.release_day < 0
    np.add.at(late, found.orders.node[past], found.orders.quantity[past] / UNIT)
    assert np.array_equal(late, given["late"])


def instance(given: Any) -> PlanningProblem:
    """A stored instance: weeks are days, the last level is bought."""
    items = int(given["n"])
    last_level = int(given["levels"]) - 1

    def millionths(name: str) -> np.ndarray:
        return np.rint(given[name] * UNIT).astype(np.int64)

    return PlanningProblem(
        first_day=0,
        nodes=Nodes.of(
            items,
            item=np.arange(items),
            min_lot=millionths("lot_min"),
            lot_multiple=millionths("lot_mult"),
            safety_stock=millionths("ss"),
            period_days=1,
        ),
        sources=Sources.of(
            items, node=np.arange(items), kind=(given["lvl"] == last_level).astype(np.int64), lead_time_days=given["lt"]
        ),
        lines=BillLines.of(given["par"].size, source=given["par"], component=given["chi"], quantity=given["qty"]),
        demands=Demands.of(given["di"].size, node=given["di"], day=given["db"], quantity=millionths("dq")),
        stock=Stock.of(items, node=np.arange(items), quantity=millionths("oh")),
    )


def test_the_classical_example_with_a_setup_cost_of_its_own_each_period_costs_864() -> None:
    case = cases()["ls01_wagner_whitin_1958"]
    demand, setup = np.array(case["demand"], dtype=float), np.array(case["setup_cost"], dtype=float)
    size = demand.size
    last = wagner_whitin(
        demand[None, :],
        np.arange(size, dtype=float)[None, :],
        setup[None, :],
        np.array([float(case["holding_cost"])]),
        np.array([size]),
    )[0]
    orders = np.zeros(size)
    start = 0
    while start < size:
        orders[start] = demand[start : last[start] + 1].sum()
        start = int(last[start]) + 1
    assert orders.tolist() == case["expected"]["wagner_whitin"]["orders"]
    assert dynamic_cost(demand, setup, float(case["holding_cost"]), orders) == case["expected"]["wagner_whitin"]["cost"]


def test_supply_is_given_by_priority_and_the_last_one_is_short() -> None:
    case = cases()["fr01_priority_allocation"]
    rows = case["requirements"]
    world = world_of(
        {
            "items": [{"id": "X"}],
            "open_supply": [{"item": "X", "day": row["bucket"], "quantity": row["qty"]} for row in case["supply"]],
            "demands": [
                {"item": "X", "day": row["bucket"], "quantity": row["qty"], "priority": row["priority"]} for row in rows
            ],
        }
    )
    links = peg(world.planned(), AllocationRule.PRIORITY)
    served = np.bincount(links.demand[links.supply == 0], links.quantity[links.supply == 0], len(rows)) / UNIT
    assert {row["id"]: row["qty"] - got for row, got in zip(rows, served, strict=True)} == case["expected"]["shortage"]


def test_load_without_limits_exceeds_the_capacity_by_what_the_case_says() -> None:
    case = cases()["fr09_bucket_capacity"]
    (routing,), (resource,) = case["routings"], case["resources"]
    items = [{"id": item["id"], "lead_time_days": item["lead_time"]} for item in case["items"]]
    world = world_of(
        {
            "items": items,
            "operations": [
                {"item": routing["item"], "work_centre": resource["id"], "run_hours_per_unit": routing["load_per_unit"]}
            ],
            "demands": [{"item": row["item"], "day": row["bucket"], "quantity": row["qty"]} for row in case["demands"]],
        }
    )
    load = load_by_bucket(load_lines(world.planned()), np.arange(12), work_centres=1)
    over = case["expected"]["infinite_overload"]
    assert load[0, over["bucket"] + 1] - resource["capacity_per_bucket"] == over["hours"]
