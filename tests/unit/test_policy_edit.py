"""Edits of stock policies as changes of a scenario, and what they do to the small plant."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from planning.scenarios.document import Scenario
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.parameter_changes import LotRuleChange, SafetyStock
from tests.unit.plan_rows import AS_OF, rows
from tests.unit.scenario_plant import TABLES
from tower.scenarios.base import PlanningBase
from tower.scenarios.policy_edit import edited, effect, named_changes, proposed, rounded_up, scaled
from tower.scenarios.run import ran

ROW: dict[str, Any] = {
    "item_id": "A", "location_id": "PL", "base_uom": "PCS", "lot_rule": "lot_for_lot", "safety_stock_quantity": 10.0,
    "reorder_point_quantity": None, "max_stock_quantity": None, "needed_safety_stock_quantity": 12.3,
    "stated_safety_stock_quantity": 10.0, "protection": "under", "is_planned": 1,
}  # fmt: skip


def frame(*changed: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{**ROW, **one} for one in changed], infer_schema_length=None)


def test_only_what_differs_is_a_change() -> None:
    assert edited(ROW, safety_stock=10.0, reorder_point=None, lots={"minimum": 0.0}) == []
    assert edited(ROW, safety_stock=0.0) == [SafetyStock(item=("A",), location=("PL",), set=0.0)]
    assert edited(ROW, reorder_point=7.0, lots={"minimum": 5.0}) == [
        LotRuleChange(item=("A",), location=("PL",), reorder_point=7.0),
        LotRuleChange(item=("A",), location=("PL",), minimum=5.0),
    ]


def test_a_proposal_is_the_needed_safety_stock_in_whole_pieces() -> None:
    assert proposed(frame({})) == [SafetyStock(item=("A",), location=("PL",), set=13.0)]
    assert proposed(frame({"base_uom": "KG"})) == [SafetyStock(item=("A",), location=("PL",), set=12.3)]
    assert proposed(frame({"protection": "right"})) == []


def test_a_reorder_point_moves_by_the_difference_and_min_max_with_its_maximum() -> None:
    # 12.3 in whole pieces is 13, three more than the 10 stated: 20 → 23, and 50 → 53.
    point = frame({"lot_rule": "reorder_point", "reorder_point_quantity": 20.0})
    assert proposed(point) == [LotRuleChange(item=("A",), location=("PL",), reorder_point=23.0)]
    both = frame({"lot_rule": "min_max", "reorder_point_quantity": 20.0, "max_stock_quantity": 50.0})
    assert proposed(both) == [LotRuleChange(item=("A",), location=("PL",), reorder_point=23.0, max_stock=53.0)]


def test_proposals_do_not_depend_on_the_order_of_rows() -> None:
    found = frame({"item_id": "B"}, {"item_id": "A"}, {"item_id": "A", "location_id": "DC"})
    assert proposed(found) == proposed(found.reverse())


def test_a_factor_is_one_change_for_each_place() -> None:
    found = scaled(frame({"item_id": "B"}, {"item_id": "A"}, {"location_id": "DC"}, {"is_planned": 0}), 1.5)
    assert found == [
        SafetyStock(item=("A",), location=("DC",), factor=1.5),
        SafetyStock(item=("A", "B"), location=("PL",), factor=1.5),
    ]


@pytest.mark.parametrize(
    ("quantity", "unit", "expected"), [(12.0, "PCS", 12.0), (12.0000001, "pcs", 12.0), (12.01, "PCS", 13.0),
                                       (0.1234, "KG", 0.124), (3.2, None, 3.2)]
)  # fmt: skip
def test_pieces_are_whole_and_the_rest_in_thousandths(quantity: float, unit: str | None, expected: float) -> None:
    assert rounded_up(quantity, unit) == expected


@pytest.fixture(scope="module")
def base() -> PlanningBase:
    return PlanningBase.of(ScenarioInputs(rows(**TABLES), AS_OF))


def test_the_effect_is_that_of_the_scenario(base: PlanningBase) -> None:
    scenario = Scenario("policy", (SafetyStock(item=("A",), location=("PL",), set=500.0),))
    found, one = effect(base, scenario), ran(base, scenario)
    assert found.stock["after"].mean() == pytest.approx(one.figures["stock_value_mean"])
    assert found.stock["before"].mean() == pytest.approx(base.figures["stock_value_mean"])
    assert found.stock["after"][-1] > found.stock["before"][-1]
    assert found.stock["before"][0] == found.stock["after"][0]


def test_an_edit_that_changes_nothing_has_no_effect(base: PlanningBase) -> None:
    found = effect(base, Scenario("policy"))
    assert found.stock["before"].to_list() == found.stock["after"].to_list()
    assert found.messages["before"].to_list() == found.messages["after"].to_list()


def test_many_changes_are_named_up_to_a_point() -> None:
    changes = edited(ROW, safety_stock=1.0) * 11
    said, more = named_changes(changes, "en")
    assert (len(said), more) == (8, 3)
    assert "A" in said[0]


def test_a_change_of_many_items_is_cut() -> None:
    many = scaled(frame(*({"item_id": f"ITEM-{number:03d}"} for number in range(100))), 2.0)
    (said,), more = named_changes(many, "en")
    assert (len(said), said[-1], more) == (161, "…", 0)
