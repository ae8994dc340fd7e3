"""Booked parameters beside observed ones: median of days, mean of shares, and the change that books them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from planning.model.rows import OBSERVED_SCHEMA
from planning.scenarios.document import Scenario
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.parameter_changes import LeadTime
from tests.unit.plan_rows import AS_OF, rows
from tests.unit.scenario_plant import TABLES
from tower.scenarios.base import PlanningBase
from tower.scenarios.measured import correcting, correcting_all, wrong_parameters
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
