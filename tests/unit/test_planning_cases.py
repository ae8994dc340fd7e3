"""What the published planning cases expect beyond planned orders: kits, allocation, load, projections, net change.

`test_mrp_shared_cases.py` holds their planned orders and lot sizes. Here is the rest, and a test that none is left out.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planning.clear_to_build import (
    ClearToBuild,
    ClearToBuildProblem,
    KitStatus,
    Orders,
    Policy,
    RequirementLines,
    Rule,
    Settings,
    Stock,
    clear_to_build,
)
from planning.finite.feasibility import violations
from planning.finite.from_plan import finite_input
from planning.finite.network import Network
from planning.finite.problem import Capacity
from planning.finite.schedule import load_by_bucket
from planning.finite.search import finite_plan
from planning.mrp import Baseline, Journal
from planning.mrp.action_messages import action_messages
from planning.mrp.codes import UNIT
from planning.mrp.messages import MessageCode
from planning.mrp.pegging import AllocationRule, Pegging, late_days, peg
from planning.mrp.records import records
from tests.golden.planning.world import orders_of, units, world_of
from tests.unit.test_mrp_shared_cases import cases, content_of, expected_orders

HERE = Path(__file__).resolve().parent


def test_every_published_case_is_read_by_a_test() -> None:
    written = "".join(
        (HERE / name).read_text(encoding="utf-8") for name in ("test_mrp_shared_cases.py", "test_planning_cases.py")
    )
    assert [name for name in cases() if f'"{name}"' not in written] == []


# -- kits -------------------------------------------------------------------------------------------------------------


def kits(
    needs: list[dict[str, float]], quantity: list[float], batch: float, on_hand: dict[str, float], policy: Policy
) -> tuple[list[str], ClearToBuild]:
    """Orders of the same day, served by priority in the order given. Returns the names of the parts, too."""
    parts = sorted(on_hand)
    lines = [
        (order, parts.index(name), need) for order, parts_of in enumerate(needs) for name, need in parts_of.items()
    ]

    def millionths(values: list[float]) -> np.ndarray:
        return np.asarray(np.rint(np.array(values) * UNIT), dtype=np.int64)

    count, none = len(needs), np.zeros(len(needs), np.int64)
    problem = ClearToBuildProblem(
        today=0, horizon_day=30,
        orders=Orders(none, np.arange(count), np.ones(count), none, millionths(quantity), millionths([batch] * count)),
        lines=RequirementLines(
            np.array([line[0] for line in lines]), np.array([line[1] for line in lines]),
            millionths([line[2] for line in lines]), np.zeros(len(lines), np.int64), np.zeros(len(lines), np.bool_),
        ),
        stock=Stock(np.arange(len(parts)), np.zeros(len(parts), np.int64), millionths([on_hand[name] for name in parts])),
        settings=Settings(rule=Rule.PRIORITY, policy=policy),
    )  # fmt: skip
    return parts, clear_to_build(problem)


def missing(parts: list[str], found: ClearToBuild, order: int) -> dict[str, float]:
    rows = np.flatnonzero((found.requirements.order == order) & found.missing())
    return {parts[found.requirements.item[row]]: found.requirements.missing_quantity[row] / UNIT for row in rows}


def test_buildable_kits_of_a_bill_that_yields_several() -> None:
    """An order over 100 takes 50 of each part; with 4 of A and 8 of B two batches of four can be built."""
    case = cases()["odoo05_kit_qty"]
    bill, wanted = case["bill"], 100
    needs = {part: quantity * wanted / bill["yields"] for part, quantity in bill["components"].items()}
    parts, found = kits([needs], [wanted], bill["yields"], case["on_hand"], Policy.COMPLETE_KITS)
    assert found.orders.buildable_quantity[0] / UNIT == case["expected"]["buildable"]
    there = found.requirements.available_quantity / found.requirements.required_quantity
    assert [parts[item] for item in found.requirements.item[there == there.min()]] == case["expected"]["limiting"]


@pytest.mark.parametrize("policy", list(Policy))
def test_the_third_order_is_clear_with_what_the_first_two_leave(policy: Policy) -> None:
    case = cases()["kit01_clear_to_build"]
    orders = sorted(case["work_orders"], key=lambda order: order["priority"])
    parts, found = kits([order["needs"] for order in orders], [1.0] * len(orders), 0, case["on_hand"], policy)
    for row, order in enumerate(orders):
        expected = case["expected"]["allocate_whole_orders"][order["id"]]
        assert (found.orders.status[row] == KitStatus.COMPLETE) == (expected["status"] == "clear")
        assert missing(parts, found, row) == expected.get("short", {})


# -- allocation, past due, load ---------------------------------------------------------------------------------------


def test_deliveries_by_priority_come_on_the_days_asked_for() -> None:
    case = cases()["fr01_priority_allocation"]
    world = world_of(
        {
            "items": [{"id": "X"}],
            "open_supply": [{"item": "X", "day": row["bucket"], "quantity": row["qty"]} for row in case["supply"]],
            "demands": [
                {"item": "X", "day": row["bucket"], "quantity": row["qty"], "priority": row["priority"], "id": row["id"]}
                for row in case["requirements"]
            ],
        }
    )  # fmt: skip
    found = world.planned()
    links = peg(found, AllocationRule.PRIORITY)
    delivered: dict[str, list[dict[str, float]]] = {}
    for demand, supply, quantity in zip(links.demand, links.supply, links.quantity, strict=True):
        if supply == 0:
            day = max(int(found.demand.day[demand]), int(found.supply.day[supply]))
            delivered.setdefault(world.demand_names[demand], []).append({"bucket": day, "qty": quantity / UNIT})
    assert delivered == case["expected"]["deliveries"]


def test_an_order_whose_release_has_passed_is_named_and_comes_so_many_days_later() -> None:
    case = cases()["fr06_safety_stock_min_multiple"]
    world = world_of(content_of(case))
    found = world.planned()
    pegging = Pegging.of(found)
    late = late_days(pegging)[found.orders.supply]
    (said,), (possible,) = case["expected"]["past_due"], case["expected"]["constrained"]
    messages = action_messages(pegging).of(MessageCode.LEAD_TIME_TOO_SHORT)
    assert (units(messages.quantity[0]), int(late[0])) == (said["qty"], said["days_late"])
    assert int(found.orders.due_day[0] + late[0]) == possible["due"]
    assert max(int(found.orders.release_day[0]), case["first_bucket"]) == possible["release"]


def test_projected_on_hand_of_every_period() -> None:
    case = cases()["tb01_l4l_single"]
    world = world_of(content_of(case))
    first, last = case["first_bucket"], case["first_bucket"] + case["n_buckets"]
    shown = records(world.planned(), np.arange(first, last + 1))
    assert [units(value) for value in shown.projected_on_hand[world.code("A"), 1:]] == case["expected"][
        "projected_on_hand"
    ]["A"]


def test_work_beyond_the_hours_of_a_week_moves_to_the_weeks_before() -> None:
    """23.5 hours for week 10, ten a week: weeks 7 to 9, and the order is in time.

    The case plans back from the due week, so that 3.5 hours fall in week 7. Here work is dispatched forward from the
    earliest week it may begin in: the same weeks and hours, with the 3.5 in week 9.
    """
    case = cases()["fr09_bucket_capacity"]
    (routing,), (resource,) = case["routings"], case["resources"]
    (demand,), (item,) = case["demands"], case["items"]
    week = 7
    world = world_of(
        {
            "items": [{"id": item["id"], "lead_time_days": item["lead_time"] * week}],
            "operations": [
                {"item": routing["item"], "work_centre": resource["id"], "run_hours_per_unit": routing["load_per_unit"]}
            ],
            "demands": [{"item": demand["item"], "day": demand["bucket"] * week, "quantity": demand["qty"]}],
        }
    )
    buckets = demand["bucket"] + 2
    hours = Capacity.of(
        np.arange(0, (buckets + 1) * week, week), np.full((1, buckets), float(resource["capacity_per_bucket"]))
    )
    first_week = min(row["bucket"] for row in case["expected"]["load"])
    early = (demand["bucket"] - item["lead_time"] - first_week) * week
    own = finite_input(world.planned(), hours, early_days=early)
    found = finite_plan(Network.of(own.problem))
    assert violations(own.problem, found.schedule) == []
    assert not found.lateness.is_late.any()
    load = load_by_bucket(own.problem, found.schedule)[0] / UNIT
    by_week = {bucket: hours_ for bucket, hours_ in enumerate(load) if hours_}
    assert sorted(by_week) == sorted(row["bucket"] for row in case["expected"]["load"])
    assert sorted(by_week.values()) == sorted(row["hours"] for row in case["expected"]["load"])
    pieces = sorted(hours_ / routing["load_per_unit"] for hours_ in by_week.values())
    assert pieces == sorted(row["qty"] for row in case["expected"]["planned_starts"])


def test_a_smaller_order_of_the_parent_shrinks_the_childs_by_net_change() -> None:
    case = cases()["odoo03_net_change"]
    world = world_of(content_of(case))
    (changed,) = case["change"]["demands"]
    change = Baseline.of(world.planned()).changed(Journal().replaced("demands", 0, quantity=changed["qty"] * UNIT))
    assert orders_of(world, change.plan) == expected_orders(case["expected_after"])
    assert [world.items[node] for node in change.planned] == ["MI", "I"]
