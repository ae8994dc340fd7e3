"""Booked parameters beside observed ones: median of days, mean of shares, and the change that books them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from planning.model.rows import OBSERVED_SCHEMA
from planning.scenarios.document import Scenario
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.operation_changes import OperationHours
from planning.scenarios.parameter_changes import LeadTime, LotRuleChange
from tests.unit.plan_rows import AS_OF, rows
from tests.unit.scenario_plant import TABLES
from tower.scenarios.base import PlanningBase
from tower.scenarios.measured import correcting, correcting_all, wrong_parameters
from tower.scenarios.measured_work import wrong_hours, wrong_lots
from tower.scenarios.run import ran


def base(late_days: list[int]) -> PlanningBase:
    """The small plant, whose supplier V delivered so many days beyond its lead time."""
    seen = pl.DataFrame(
        [
            {"document_id": f"PO-{number}", "basis": "ordered", "item_id": "A", "location_id": "PL",
             "supplier_id": "V", "late_days": days, "is_done": True}
            for number, days in enumerate(late_days)
        ],
        schema=OBSERVED_SCHEMA,
    )  # fmt: skip
    return PlanningBase.of(ScenarioInputs(replace(rows(**TABLES), observed_documents=seen), AS_OF))


@pytest.fixture(scope="module")
def late() -> PlanningBase:
    return base([3, 3, 4, 4, 5, 5, 5, 6, 9, 30])


def test_the_median_is_what_should_be_booked(late: PlanningBase) -> None:
    found = wrong_parameters(late).row(0, named=True)
    assert (found["parameter"], found["supplier_id"], found["supply"], found["count"]) == ("lead_time", "V", "buy", 10)
    assert found["off"] == 5
    assert found["measured"] == found["booked"] + 5
    assert found["mean"] == pytest.approx(found["booked"] + 7.4, abs=0.3)


def test_nine_documents_are_no_history() -> None:
    assert wrong_parameters(base([5] * 9)).is_empty()


def test_what_comes_in_time_is_no_lie() -> None:
    assert wrong_parameters(base([0] * 12)).is_empty()


def test_accepting_books_what_was_measured(late: PlanningBase) -> None:
    found = wrong_parameters(late)
    row = found.row(0, named=True)
    change = correcting(row)
    assert isinstance(change, LeadTime)
    assert (change.set, change.supplier, change.item) == (row["measured"], ("V",), (row["item_id"],))
    assert correcting_all(found.head(1)) == [change]
    assert ran(late, Scenario("right", (change,))).figures["past_due_releases"] >= late.figures["past_due_releases"]  # type: ignore[operator]


NODE = {"item_id": "A", "location_id": "PL", "way": "buy", "supply": "buy", "supplier_id": "V", "rule": "lot_for_lot",
        "fixed_lot": 0.0, "minimum": 0.0, "multiple": 0.0, "grain": 1.0, "orders": 1, "value": 10.0,
        "per_unit": 0.0}  # fmt: skip


def lots(ordered: list[float], **stated: object) -> list[tuple[str, float, float]]:
    """(figure, booked, to be booked) of the wrong figures of one rule."""
    quantities = pl.DataFrame(
        {"item_id": "A", "location_id": "PL", "way": "buy", "quantity": ordered}, schema_overrides={"quantity": float}
    )
    return wrong_lots(pl.DataFrame([{**NODE, **stated}]), quantities).select("field", "booked", "measured").rows()


@pytest.mark.parametrize(
    ("ordered", "stated", "found"),
    [
        ([60] * 6 + [50] * 5, {"rule": "fixed_quantity", "fixed_lot": 50.0}, [("fixed_lot", 50.0, 60.0)]),
        # The median is what is ordered as booked.
        ([60] * 5 + [50] * 6, {"rule": "fixed_quantity", "fixed_lot": 50.0}, []),
        # Nobody orders by a fixed lot that the rule does not use.
        ([60] * 11, {"rule": "lot_for_lot", "fixed_lot": 50.0}, []),
        # More than half are below the minimum; nine of ten are at least 3.
        ([2, 3, 3, 4, 5, 5, 6, 7, 20, 20, 20], {"minimum": 10.0}, [("minimum", 10.0, 3.0)]),
        # Most are far above it: needs may be larger, that is no lie.
        ([9, *range(100, 110)], {"minimum": 10.0}, []),
        # All are multiples of 10, and few of the 12 that are booked.
        ([20, 30, 50, 70, 60, 80, 90, 100, 110, 130], {"multiple": 12.0}, [("multiple", 12.0, 10.0)]),
        # Always the same lot shows no multiple of it.
        ([93] * 12, {"multiple": 7.0}, [("multiple", 7.0, 1.0)]),
        ([84] * 12, {"multiple": 7.0}, []),
        # Nine orders are no history.
        ([60] * 9, {"rule": "fixed_quantity", "fixed_lot": 50.0}, []),
    ],
)
def test_lot_rules_beside_what_was_ordered(
    ordered: list[float], stated: dict[str, object], found: list[tuple[str, float, float]]
) -> None:
    assert lots(ordered, **stated) == found


def test_hours_are_those_of_all_orders_together() -> None:
    made = pl.DataFrame([{**NODE, "item_id": "P", "way": "make", "supply": "make", "supplier_id": None}])
    work = pl.DataFrame(
        [
            {"item_id": "P", "location_id": "PL", "work_centre_id": "ASM", "count": 12, "pieces": 100.0,
             "run_hours": 120.0, "booked_run_hours": 100.0, "median_run_share": 1.1, "setup_hours": 12.0,
             "booked_setup_hours": 12.0},
            # Four in a hundred off, and too few to know.
            {"item_id": "P", "location_id": "PL", "work_centre_id": "PACK", "count": 12, "pieces": 100.0,
             "run_hours": 104.0, "booked_run_hours": 100.0, "median_run_share": 1.0, "setup_hours": 18.0,
             "booked_setup_hours": 12.0},
            {"item_id": "P", "location_id": "PL", "work_centre_id": "WELD", "count": 9, "pieces": 100.0,
             "run_hours": 200.0, "booked_run_hours": 100.0, "median_run_share": 2.0, "setup_hours": 9.0,
             "booked_setup_hours": 0.0},
        ]
    )  # fmt: skip
    found = wrong_hours(made, work)
    assert found.select("parameter", "work_centre_id", "booked", "measured", "median").rows() == [
        ("run_hours", "ASM", 1.0, 1.2, pytest.approx(1.1)), ("setup_hours", "PACK", 1.0, 1.5, 1.5),
    ]  # fmt: skip
    rows = found.with_columns(location_id=pl.lit("PL")).to_dicts()
    assert correcting(rows[0]) == OperationHours(item=("P",), location=("PL",), work_centre=("ASM",), factor=1.2)
    assert correcting(rows[1]) == OperationHours(item=("P",), location=("PL",), work_centre=("PACK",), setup_factor=1.5)


def test_lots_and_hours_of_a_plan_become_its_changes(late: PlanningBase) -> None:
    ordered = pl.DataFrame({"item_id": "A", "location_id": "PL", "way": "buy", "quantity": [7.0, 14.0, 21.0] * 4})
    lot_for_lot = wrong_parameters(late, ordered)
    assert set(lot_for_lot["parameter"]) == {"lead_time"}
    tables = {**TABLES, "item_suppliers": [{**one, "order_multiple": 10.0} for one in TABLES["item_suppliers"]]}
    tens = PlanningBase.of(ScenarioInputs(rows(**tables), AS_OF))
    found = wrong_parameters(tens, ordered)
    assert found.select("parameter", "field", "booked", "measured", "count", "orders").rows() == [
        ("lot_size", "multiple", 10.0, 7.0, 12, 1)
    ]
    (change,) = correcting_all(found)
    assert change == LotRuleChange(item=("A",), location=("PL",), multiple=7.0)
    assert ran(tens, Scenario("sevens", (change,))).differences["orders"]["quantity_after"].to_list() == [21.0]
