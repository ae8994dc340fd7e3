"""Firmed orders in the plan: they stay as they are, what is missing is planned around them, and nothing is lost unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from planning.model.inputs import planning_model
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.measures import measures
from planning.scenarios.outcome import Outcome, ScenarioBase
from planning.tables.all_tables import plan_tables
from planning.tables.firmed_orders import plan_firmed_orders
from planning.tables.messages import plan_findings, plan_messages
from planning.tables.results import Planned, plan_orders, plan_pegging, planned
from tests.unit.plan_rows import AS_OF, rows
from tests.unit.scenario_plant import SOLD, TABLES, scenario
from tower.scenarios.base import PlanningBase
from tower.scenarios.firmed import firmed_by
from tower.scenarios.run import proposals
from tower.store.firmed_orders import FirmedOrder, firmed_order_frame

PARTS = {"firmed_order_id": 7, "order_type": "buy", "item_id": "A", "supplier_id": "V", "quantity": 24.0,
         "release_date": date(2026, 8, 10), "due_date": date(2026, 8, 20)}  # fmt: skip


def plan_with(*firmed: dict[str, Any], **tables: Any) -> Planned:
    return planned(planning_model(rows(**{**TABLES, **tables}, firmed_orders=list(firmed)), AS_OF))


def orders(found: Planned) -> list[tuple[str, str, float]]:
    table = plan_orders(found).select("item_id", "due_date", "quantity").sort("item_id", "due_date")
    return [(item, f"{due:%m-%d}", quantity) for item, due, quantity in table.iter_rows()]


def state(found: Planned) -> tuple[Any, ...]:
    return plan_firmed_orders(found).select("document_id", "state", "needed_quantity", "late_days").row(0)


def test_a_firmed_order_keeps_its_day_and_quantity_and_covers_the_demand() -> None:
    found = plan_with(PARTS)
    assert orders(found) == [("P", "08-31", 10.0)]
    link = plan_pegging(found).filter(pl.col("item_id") == "A").row(0, named=True)
    assert (link["supply_type"], link["supply_id"], link["quantity"]) == ("firm_planned_order", "FIRM-7", 20.0)
    assert link["supply_date"] == date(2026, 8, 20)
    assert state(found) == ("FIRM-7", "planned", 20.0, 0)
    assert orders(plan_with()) == [("A", "08-29", 20.0), ("P", "08-31", 10.0)], "given back to the plan"


def test_it_is_never_moved_but_a_message_says_that_it_should_be() -> None:
    found = plan_with({**PARTS, "release_date": date(2026, 9, 1), "due_date": date(2026, 9, 11)})
    told = plan_messages(found).filter(pl.col("order_id") == "FIRM-7")
    assert told.select("code", "order_type", "days").row(0) == ("EXP", "firm_planned_order", 13)
    assert ("A", "08-29", 20.0) in orders(found), "netting is strict by date: the gap is planned"
    early = plan_messages(plan_with({**PARTS, "release_date": date(2026, 7, 5), "due_date": date(2026, 7, 15)}))
    early = early.filter(pl.col("order_id") == "FIRM-7").select("code", "days", "quantity")
    assert early.rows() == [("DEF", 45, 24.0), ("DEC", 0, 4.0), ("REL", 0, 24.0)]


def test_an_order_for_what_is_made_takes_its_parts_on_the_day_it_starts() -> None:
    made = {"firmed_order_id": 1, "order_type": "make", "item_id": "P", "quantity": 10.0,
            "release_date": date(2026, 8, 20), "due_date": date(2026, 8, 24)}  # fmt: skip
    assert orders(plan_with(made)) == [("A", "08-20", 20.0)]


def test_one_whose_release_has_passed_stays_late_and_says_so() -> None:
    sold = [{**SOLD, "requested_date": date(2026, 7, 4), "item_id": "A", "open_quantity": 20.0}]
    late = {**PARTS, "release_date": date(2026, 6, 24), "due_date": date(2026, 7, 4)}
    found = plan_with(late, sales_lines=sold)
    assert state(found) == ("FIRM-7", "planned", 20.0, 6)
    told = plan_messages(found).filter(pl.col("order_id") == "FIRM-7").select("code", "days").rows()
    assert told == [("DEC", 0), ("STP", 6), ("SHT", 6)]


@pytest.mark.parametrize(("days", "codes"), [(-1, ["STP"]), (0, ["REL"]), (7, ["REL"]), (8, [])])
def test_one_whose_release_falls_due_is_to_be_released(days: int, codes: list[str]) -> None:
    release = AS_OF + timedelta(days=days)
    told = plan_messages(plan_with({**PARTS, "release_date": release, "due_date": release + timedelta(days=10)}))
    told = told.filter((pl.col("order_id") == "FIRM-7") & pl.col("code").is_in(["REL", "STP"]))
    assert told["code"].to_list() == codes
    if codes == ["REL"]:
        columns = ("order_type", "item_id", "location_id", "message_date", "to_date", "days", "quantity", "value")
        assert told.select(columns).rows() == [("firm_planned_order", "A", "PL", release, release, 0, 24.0, 24 * 4.0)]
        assert told["served_value"].item() == 1_000.0, "the order line that waits for it"


def test_what_is_to_be_released_is_what_is_started_not_what_is_good_of_it() -> None:
    made = {"firmed_order_id": 1, "order_type": "make", "item_id": "P", "quantity": 10.0, "release_date": AS_OF,
            "due_date": AS_OF + timedelta(days=4)}  # fmt: skip
    policies = [{**TABLES["policies"][0], "yield_rate": 0.8}, TABLES["policies"][1]]
    told = plan_messages(plan_with(made, policies=policies)).filter(pl.col("code") == "REL")
    assert told.select("order_id", "quantity", "value").rows() == [("FIRM-1", 10.0, 500.0)]


@pytest.mark.parametrize(
    ("change", "expected", "finding"),
    [
        ({"item_id": "gone"}, "no_item", "firmed_item_gone"),
        ({"location_id": "gone"}, "no_location", "firmed_location_gone"),
        ({"supplier_id": "X"}, "no_source", "firmed_source_gone"),
        ({"order_type": "make"}, "no_source", "firmed_source_gone"),
        ({"order_id": "PO1-1"}, "ordered", None),
    ],
)
def test_what_is_gone_or_ordered_is_said_and_not_planned(
    change: dict[str, Any], expected: str, finding: str | None
) -> None:  # fmt: skip
    found = plan_with({**PARTS, **change}, items=TABLES["items"], locations=[{"location_id": "PL"}])
    assert state(found) == ("FIRM-7", expected, None, None)
    assert orders(found) == orders(plan_with())
    told = plan_findings(found).select("kind", "reference").rows()
    assert told == ([(finding, "FIRM-7")] if finding else [])


def test_it_comes_from_the_agreement_that_is_valid_when_it_is_released() -> None:
    deals = [
        {"item_id": "A", "supplier_id": "V", "lead_time_days": 10.0, "valid_to_date": date(2026, 7, 31)},
        {"item_id": "A", "supplier_id": "V", "lead_time_days": 5.0, "valid_from_date": date(2026, 8, 1)},
    ]
    found = plan_with(PARTS, item_suppliers=deals)
    source = found.plan.problem.open_supply.source[-1]
    assert found.plan.problem.sources.lead_time_days[source] == 5


def test_the_next_plan_is_what_the_promoted_scenario_showed() -> None:
    """Firmed, moved and split orders, put into the store and read by the next build, give the scenario's figures."""
    inputs = ScenarioInputs(rows(**TABLES), AS_OF)
    base = PlanningBase.of(inputs)
    told = scenario(
        "kind: move_planned_order, item: A, days: -3", "kind: split_planned_order, item: P, into: 2, days_apart: 3"
    )
    outcome = base.plan.run(told)
    kept = [
        replace(one, firmed_order_id=number, created_at=None)
        for number, one in enumerate(firmed_by(base, told, "build", "decided"), start=1)
    ]
    assert [(one.document_id, one.quantity) for one in kept] == [
        ("P-A-PL-260829", 20.0), ("P-P-PL-260831/1", 5.0), ("P-P-PL-260831/2", 5.0),
    ]  # fmt: skip
    again = next_plan(inputs, kept)
    assert measures(again) == measures(outcome)
    assert orders(again.planned) == orders(outcome.planned)
    assert [(one.item_id, one.due_date) for one in kept] == [
        (item, day) for item, day in again.planned.model.supply.select("item_id", "date").iter_rows()
    ]
    offered = proposals(base, told).select("plan_order_id", "order_type", "supplier_id", "quantity", "due_date")
    assert offered.filter(pl.col("plan_order_id") == "FIRM-P-A-PL-260829").rows() == [
        ("FIRM-P-A-PL-260829", "buy", "V", 20.0, date(2026, 8, 26)),
    ]  # fmt: skip
    assert offered.height == plan_orders(outcome.planned).height + 3
    assert plan_tables(again.planned)["plan_firmed_orders"]["state"].to_list() == ["planned"] * 3


def test_a_firmed_order_of_a_customer_stays_with_that_customer() -> None:
    to_order = {**TABLES, "policies": [{"item_id": "P", "supply_type": "make", "lead_time_days": 2.0,
                                        "strategy": "make_to_order"}, {"item_id": "A", "supply_type": "buy"}]}  # fmt: skip
    inputs = ScenarioInputs(rows(**to_order), AS_OF)
    base = PlanningBase.of(inputs)
    (kept,) = firmed_by(base, scenario("kind: firm_planned_order, item: P"), "build", "decided")
    assert kept.sales_order_line_id == "S1"
    again = next_plan(inputs, [replace(kept, firmed_order_id=1)])
    assert orders(again.planned) == [("A", "08-29", 20.0)]


def test_a_scenario_over_firmed_orders_leaves_them_alone() -> None:
    base = ScenarioBase.of(plan_with(PARTS))
    same = base.run(scenario("kind: demand_factor, factor: 1.2"))
    assert same.planned.model.supply["document_id"].to_list() == ["FIRM-7"]
    assert measures(base.outcome)["purchases"] == 24 * 3.0


def next_plan(inputs: ScenarioInputs, kept: list[FirmedOrder]) -> Outcome:
    """The plan of the same rows with orders as the store keeps them."""
    asked = firmed_order_frame(kept).with_columns(order_id=pl.lit(None, dtype=pl.String))
    named = asked.select(inputs.rows.firmed_orders.columns)
    return ScenarioBase.of(replace(inputs, rows=replace(inputs.rows, firmed_orders=named)).planned()).outcome
