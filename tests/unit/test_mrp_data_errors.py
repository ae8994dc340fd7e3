"""Input that cannot be right: named, mended, and everything else planned; input that cannot be counted is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planning.errors import PlanningError
from planning.mrp import Demands, Nodes, PlanningProblem, Sources, plan
from planning.mrp.codes import UNIT
from planning.mrp.findings import FindingKind
from tests.golden.planning.world import World, orders_of, world_of

FG_AND_RAW: dict[str, Any] = {
    "items": [{"id": "FG"}, {"id": "RAW"}],
    "bills": [{"parent": "FG", "component": "RAW", "quantity": 2}],
    "demands": [{"item": "FG", "day": 3, "quantity": 10}],
}


def changed(item: dict[str, Any] | None = None, bill: dict[str, Any] | None = None, **more: Any) -> World:
    return world_of(
        FG_AND_RAW
        | {
            "items": [FG_AND_RAW["items"][0] | (item or {}), FG_AND_RAW["items"][1]],
            "bills": [FG_AND_RAW["bills"][0] | (bill or {})],
        }
        | more
    )


def found_in(own: World) -> tuple[list[tuple[str, str]], list[tuple[str, float]]]:
    """Findings by item, and the quantities planned."""
    found = own.planned()
    findings = [(finding.kind.value, own.items[finding.node]) for finding in found.findings]
    return findings, [(item, quantity) for item, *_, quantity in orders_of(own, found)]


BOTH = [("FG", 10), ("RAW", 20)]


@pytest.mark.parametrize(
    ("item", "finding"),
    [
        ({"yield_rate": 0.0}, FindingKind.BAD_YIELD),
        ({"yield_rate": 1.2}, FindingKind.BAD_YIELD),
        ({"yield_rate": float("nan")}, FindingKind.BAD_YIELD),
        ({"min_lot": -5}, FindingKind.NEGATIVE_QUANTITY),
        ({"safety_time_days": -3}, FindingKind.NEGATIVE_QUANTITY),
        ({"lead_time_days_per_unit": -0.5}, FindingKind.NEGATIVE_LEAD_TIME),
        ({"lot_rule": "economic_quantity"}, FindingKind.NO_LOT_COST),
    ],
)
def test_an_impossible_policy_is_named_and_left_out(item: dict[str, Any], finding: FindingKind) -> None:
    assert found_in(changed(item)) == ([(finding.value, "FG")], BOTH)


@pytest.mark.parametrize("scrap_rate", [1.0, -0.1, float("nan")])
def test_impossible_scrap_counts_as_none(scrap_rate: float) -> None:
    assert found_in(changed(bill={"scrap_rate": scrap_rate})) == ([("bad_scrap", "FG")], BOTH)


def test_a_line_without_a_quantity_that_can_be_computed_is_left_out() -> None:
    assert found_in(changed(bill={"quantity": float("nan")})) == ([("bad_quantity_per", "FG")], [("FG", 10)])
    assert found_in(changed(bill={"quantity": -1})) == ([("bad_quantity_per", "FG")], [("FG", 10)])


def test_negative_demand_forecast_and_receipts_are_named_and_not_counted() -> None:
    own = changed(
        demands=[*FG_AND_RAW["demands"], {"item": "RAW", "day": 2, "quantity": -7}],
        forecasts=[{"item": "RAW", "day": 2, "quantity": -7}],
        open_supply=[{"item": "RAW", "day": 2, "quantity": -7}],
    )
    assert found_in(own) == ([("negative_quantity", "RAW")] * 3, BOTH)


def test_a_period_of_no_days_counts_as_one_day() -> None:
    own = changed({"lot_rule": "period_of_supply", "periods_of_supply": 2, "period_days": 0})
    assert found_in(own) == ([], BOTH)


def test_the_first_source_is_taken_where_none_is_valid() -> None:
    own = changed(sources=[{"item": "RAW", "kind": "buy", "valid_from": 100}])
    assert found_in(own) == ([("no_valid_source", "RAW")], BOTH)


def test_each_member_of_a_cycle_is_in_its_path() -> None:
    own = world_of(
        {
            "items": [{"id": name} for name in "ABC"],
            "bills": [{"parent": one, "component": other, "quantity": 1} for one, other in ("AB", "BC", "CA")],
            "demands": [{"item": "B", "day": 1, "quantity": 3}],
        }
    )
    (finding,) = own.planned().findings
    assert (finding.kind, finding.nodes) == (FindingKind.CYCLE, (0, 1, 2))


def test_a_requirement_too_large_to_count_is_refused_with_its_line() -> None:
    with pytest.raises(PlanningError, match="Bill line 0 asks for"):
        changed(bill={"quantity": 1e15}).planned()


def test_a_plan_without_sources_bills_or_demand_is_made_all_the_same() -> None:
    nodes = Nodes.of(2, item=[0, 1], safety_stock=[0, 3 * UNIT])
    found = plan(PlanningProblem(first_day=5, nodes=nodes, sources=Sources.empty()))
    assert (found.orders.node.tolist(), found.orders.due_day.tolist()) == ([1], [5])
    assert found.lead_time_origin.tolist() == [-1]
    nothing = plan(PlanningProblem(first_day=5, nodes=Nodes.of(0, item=[]), sources=Sources.empty()))
    assert nothing.orders.count == 0


def test_needs_of_the_past_can_be_left_on_their_own_day() -> None:
    """The parent should have started on day −4; its part then on day −4 as well, ordered on day −7."""
    own = world_of(
        {
            "items": [{"id": "FG", "lead_time_days": 5}, {"id": "RAW", "lead_time_days": 3, "on_hand": 1}],
            "bills": [{"parent": "FG", "component": "RAW", "quantity": 1}],
            "demands": [{"item": "FG", "day": 1, "quantity": 4}],
            "past_is_today": False,
        }
    )
    assert orders_of(own, own.planned()) == [("FG", -4, 1, 4), ("RAW", -7, -4, 3)]


def test_a_line_may_be_needed_some_working_days_after_the_start() -> None:
    """But not after the order is due, and not at all where nothing is made in between."""
    for lead_time, offset, needed in ((3, 2, 5), (3, 4, 6), (0, 2, 3)):
        start = 6 - lead_time if lead_time else 3
        own = changed(
            bill={"offset_days": offset},
            sources=[{"item": "FG", "kind": "make", "lead_time_days": lead_time}],
            demands=[{"item": "FG", "day": start + lead_time, "quantity": 10}],
        )
        assert orders_of(own, own.planned()) == [
            ("FG", start, start + lead_time, 10),
            ("RAW", needed, needed, 20),
        ]


def test_the_caller_s_word_for_a_lead_time_comes_back_with_the_order() -> None:
    own = changed(sources=[{"item": "FG", "kind": "make", "lead_time_origin": 3}])
    found = own.planned()
    assert dict(zip(found.orders.node.tolist(), found.lead_time_origin.tolist(), strict=True)) == {0: 3, 1: -1}


def test_every_demand_is_planned_whatever_is_wrong_with_its_item() -> None:
    nodes = Nodes.of(3, item=[0, 1, 2], has_policy=[False, True, True], min_lot=[0, -1, 0])
    demands = Demands.of(3, node=[0, 1, 2], day=[1, 2, 3], quantity=[UNIT, 2 * UNIT, 3 * UNIT])
    found = plan(PlanningProblem(first_day=0, nodes=nodes, sources=Sources.empty(), demands=demands))
    assert np.array_equal(np.bincount(found.orders.node, found.orders.quantity), demands.quantity)
