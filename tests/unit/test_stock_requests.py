"""What a service target is asked for: how long supply takes from the order to the shelf, and who is stocked."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from planning.model.inputs import PlanningModel, planning_model
from planning.model.observed import observed
from planning.model.stock_requests import lead_times, stock_requests
from tests.unit.plan_rows import AS_OF, rows

POLICIES: list[dict[str, Any]] = [
    {"item_id": "A", "supply_type": "make", "lead_time_days": 5.0},
    {"item_id": "A", "location_id": "DC", "supply_type": "transfer", "source_location_id": "PL"},
]
LANE = {"from_location_id": "PL", "to_location_id": "DC", "lead_time_days": 3.0}


def model_of(documents: list[dict[str, Any]], **policy: Any) -> PlanningModel:
    return planning_model(
        rows(
            policies=[POLICIES[0] | policy, POLICIES[1] | policy],
            locations=[{"location_id": "PL"}, {"location_id": "DC", "location_type": "distribution_centre"}],
            lanes=[LANE],
            boms=[{"bom_id": "B", "item_id": "A", "location_id": "PL"}],
            observed_documents=documents,
        ),
        AS_OF,
    )


def moved(late: list[int], basis: str, item: str = "A") -> list[dict[str, Any]]:
    return [
        {"document_id": f"{basis}{item}{row}", "basis": basis, "item_id": item, "location_id": "DC",
         "from_location_id": "PL", "late_days": days}
        for row, days in enumerate(late)
    ]  # fmt: skip


def days_at(model: PlanningModel, place: str) -> list[tuple[float, float]]:
    found = lead_times(model, observed(model)).filter(pl.col("location_id") == place)
    return [(days, pytest.approx(share)) for days, share in found.select("days", "share").iter_rows()]


def test_a_lane_takes_its_days_and_what_it_was_late_by() -> None:
    assert days_at(model_of([]), "DC") == [(3.0, 1.0)]
    assert days_at(model_of(moved([0, 14] * 10, "moved")), "DC") == [(3.0, 0.5), (17.0, 0.5)]


def test_a_lane_is_one_for_all_items() -> None:
    others = moved([7] * 12, "moved", "B")
    assert days_at(model_of(others), "DC") == [(10.0, 1.0)]


def test_production_takes_working_days_and_what_it_was_late_by() -> None:
    late = [
        {"document_id": f"M{row}", "basis": "made", "item_id": "A", "late_days": 4, "bom_id": "B"} for row in range(12)
    ]
    assert days_at(model_of([]), "PL") == [(7.0, 1.0)]
    assert days_at(model_of(late), "PL") == [(11.0, 1.0)]


def test_an_order_lasts_a_week_or_as_long_as_its_lot() -> None:
    demand = pl.DataFrame({"item_id": ["A", "A"], "location_id": ["DC", "PL"], "quantity": [10.0, 10.0]})
    review = stock_requests(model_of([]), demand, 7.0, 0.95)["review_periods"]
    assert review.to_list() == [1, 1]
    lots = stock_requests(model_of([], lot_rule="fixed_quantity", fixed_lot_quantity=35.0), demand, 7.0, 0.95)
    assert lots["review_periods"].to_list() == [4, 4]
    assert lots["target_rate"].to_list() == [0.95, 0.95]
