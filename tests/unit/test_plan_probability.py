"""From observed documents to dates with their chances, each rule by a case whose answer is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from planning.model.observed import LEAST_OBSERVED, observed
from planning.tables.all_tables import plan_tables
from planning.tables.probability import DELIVERY, probability_tables
from tests.unit.plan_rows import AS_OF, plan_of

BUY: dict[str, Any] = {"item_id": "A", "supply_type": "buy"}
DEAL = {"item_id": "A", "supplier_id": "V", "lead_time_days": 14.0}
NEED = AS_OF + timedelta(days=40)
LINE = {"sales_order_line_id": "S1", "item_id": "A", "promised_date": NEED, "open_quantity": 10.0, "customer_id": "K"}


def seen(late: list[int], basis: str = "ordered", **more: Any) -> list[dict[str, Any]]:
    """Done documents that were so many days late."""
    keys = {"item_id": "A", "supplier_id": "V", "category_id": "C", **more}
    return [{"document_id": f"{basis}{more}{row}", "basis": basis, "late_days": days, **keys}
            for row, days in enumerate(late)]  # fmt: skip


def tables(**rows: Any) -> dict[str, pl.DataFrame]:
    given = {"policies": [BUY], "item_suppliers": [DEAL], "sales_lines": [LINE], **rows}
    return dict(probability_tables(plan_of(**given)))


def test_an_order_line_waits_for_a_supplier_who_is_late_half_the_time() -> None:
    found = tables(observed_documents=seen([0, 10] * 10))
    (row,) = found["plan_probability"].to_dicts()
    assert row["in_time_rate"] == pytest.approx(0.5, abs=0.05)
    assert (row["p50_date"], row["p90_date"]) in {(NEED, NEED + timedelta(10)), (NEED + timedelta(10),) * 2}
    assert row["late_value"] == pytest.approx(100.0 * (1 - row["in_time_rate"]))
    (driver,) = found["plan_risk_drivers"].to_dicts()
    assert (driver["driver_item_id"], driver["driver_supplier_id"], driver["driver_type"]) == (
        "A",
        "V",
        "planned_order",
    )
    assert (driver["observed_level"], driver["observed_count"]) == ("supplier_item", 20)
    assert driver["late_share"] == pytest.approx(1 - row["in_time_rate"])
    (part,) = found["plan_part_risk"].to_dicts()
    assert (part["risk_rank"], part["item_id"], part["supplier_id"], part["late_order_lines"]) == (1, "A", "V", 1)
    assert part["late_order_value"] == pytest.approx(row["late_value"])


@pytest.mark.parametrize(
    ("history", "level"),
    [
        ([], "supplier_item"),
        ([{"item_id": "B"}], "supplier_category"),
        ([{"item_id": "B", "category_id": "D"}], "supplier"),
        ([{"item_id": "B", "category_id": "D", "supplier_id": "W"}], "all_suppliers"),
    ],
)
def test_the_ladder_goes_up_where_too_little_was_observed(history: list[dict[str, Any]], level: str) -> None:
    enough = seen([3] * LEAST_OBSERVED, **(history[0] if history else {}))
    # Too few of its own; the category of an item is known from any document of it.
    own = seen([3] * (LEAST_OBSERVED - 1)) if history else []
    found = observed(plan_of(policies=[BUY], item_suppliers=[DEAL], sales_lines=[LINE],
                             observed_documents=enough + own).model)  # fmt: skip
    assert found.source_level["observed_level"].to_list() == [level]


def test_too_few_observations_everywhere_leave_the_plan_certain() -> None:
    found = tables(observed_documents=seen([90] * (LEAST_OBSERVED - 1)))
    assert all(table.height == 0 for table in found.values())


def test_a_build_without_observations_has_the_tables_empty() -> None:
    found = plan_tables(plan_of(policies=[BUY], item_suppliers=[DEAL], sales_lines=[LINE]))
    names = ("plan_probability", "plan_risk_drivers", "plan_part_risk", "plan_arrivals")
    assert [found[name].height for name in names] == [0, 0, 0, 0]


PURCHASE = {"purchase_order_line_id": "PO1", "item_id": "A", "location_id": "PL", "supplier_id": "V",
            "open_quantity": 10.0}  # fmt: skip


def own_row(document: str, basis: str, offset: int = 0, **more: Any) -> dict[str, Any]:
    """The open document itself: so late already, and drawing from its basis."""
    return {
        "document_id": document,
        "basis": basis,
        "item_id": "A",
        "is_done": False,
        "open_offset_days": offset,
        **more,
    }


def arrival(**rows: Any) -> dict[str, Any]:
    (row,) = tables(**rows)["plan_arrivals"].to_dicts()
    return row


def test_an_open_purchase_line_draws_from_the_days_after_the_confirmed_day() -> None:
    due = AS_OF + timedelta(days=20)
    row = arrival(
        purchase_lines=[{**PURCHASE, "due_date": due}],
        observed_documents=[
            *seen([4] * 20, "confirmed"), *seen([30] * 20, "ordered"), *seen([30] * 20, "confirmed_again"),
            own_row("PO1", "confirmed", supplier_id="V", category_id="C", late_days=-20),
        ],
    )  # fmt: skip
    assert (row["booked_date"], row["p50_date"], row["p90_date"]) == (due, due + timedelta(4), due + timedelta(4))
    assert (row["supplier_id"], row["in_time_rate"], row["mean_late_days"]) == ("V", 0.0, 4.0)


def test_a_line_that_is_overdue_is_drawn_from_those_that_were_as_late() -> None:
    row = arrival(
        purchase_lines=[{**PURCHASE, "due_date": AS_OF - timedelta(days=6)}],
        observed_documents=[
            *seen([0] * 30 + [2] * 10 + [9] * 10, "confirmed"),
            own_row("PO1", "confirmed", supplier_id="V", category_id="C", late_days=6),
        ],
    )  # fmt: skip
    assert row["p50_date"] == row["p90_date"] == AS_OF + timedelta(days=3)


def test_lines_that_are_still_open_count_as_so_late_at_least() -> None:
    """Ten came in time, ten are open and 30 days late: the next one is not sure to be in time."""
    rest = [own_row(f"L{row}", "ordered", supplier_id="V", category_id="C", late_days=30) for row in range(10)]
    rest = [{**row, "open_offset_days": None} for row in rest]
    in_time = tables(observed_documents=seen([0] * 10))["plan_probability"]["in_time_rate"].item()
    found = tables(observed_documents=seen([0] * 10) + rest)["plan_probability"].to_dicts()[0]
    assert in_time == 1.0
    assert found["in_time_rate"] == pytest.approx(0.5, abs=0.05)
    assert found["p90_date"] == NEED + timedelta(days=30)


def test_a_production_order_that_began_late_is_late_by_as_much_and_its_run() -> None:
    """Planned from the 20th of June to the 10th of July, begun four days late; runs took two days longer than planned."""
    row = arrival(
        policies=[{"item_id": "A", "supply_type": "make"}], boms=[{"bom_id": "B", "item_id": "A"}], item_suppliers=[],
        production_orders=[
            {"production_order_id": "M1", "item_id": "A", "bom_id": "B", "order_status": "in_progress",
             "ordered_quantity": 10.0, "open_quantity": 10.0, "planned_start_date": date(2026, 6, 20),
             "planned_finish_date": date(2026, 7, 10), "is_started": True},
        ],
        observed_documents=[
            *seen([2] * 20, "made", supplier_id=None, category_id=None),
            own_row("M1", "made", 4, late_days=-14),
        ],
    )  # fmt: skip
    assert row["p50_date"] == date(2026, 7, 16)
    assert row["observed_level"] == "item"


def delivered(basis: str, days: list[int]) -> list[dict[str, Any]]:
    return [{"document_id": f"{basis}{row}", "basis": basis, "late_days": one} for row, one in enumerate(days)]


OPEN = [{"document_id": "S1", "basis": "open", "is_done": False}]


def test_goods_on_the_shelf_arrive_about_the_promised_day() -> None:
    found = tables(
        stock=[{"item_id": "A", "quantity": 10.0}],
        observed_deliveries=[*delivered("promised", [-1, 2] * 10), *delivered("on_the_way", [3] * 20), *OPEN],
    )
    (row,) = found["plan_probability"].to_dicts()
    assert (row["goods_p90_date"], row["p90_date"]) == (AS_OF, NEED + timedelta(days=2))
    assert row["in_time_rate"] == pytest.approx(0.5, abs=0.05)
    # Nothing but the delivery makes it late, and no part is blamed.
    assert found["plan_risk_drivers"]["driver_type"].to_list() == [DELIVERY]
    assert found["plan_part_risk"].height == 0


def test_goods_that_come_late_leave_at_once_and_take_their_way() -> None:
    found = tables(
        observed_documents=seen([8] * 20),
        observed_deliveries=[*delivered("promised", [-1] * 20), *delivered("on_the_way", [3] * 20), *OPEN],
    )
    (row,) = found["plan_probability"].to_dicts()
    assert (row["goods_p50_date"], row["p50_date"]) == (NEED + timedelta(days=8), NEED + timedelta(days=11))
    assert found["plan_risk_drivers"]["driver_type"].to_list() == ["planned_order"]


def test_yields_are_measured_against_the_yield_that_was_planned() -> None:
    """Planned at 0.9: ten of twelve started are hoped for; nine are a shortfall of a tenth."""
    model = plan_of(
        policies=[{"item_id": "A", "supply_type": "make", "yield_rate": 0.9}], boms=[{"bom_id": "B", "item_id": "A"}],
        sales_lines=[LINE],
        observed_documents=seen([0] * 12, "made", supplier_id=None, category_id=None, yield_share=0.81),
    ).model  # fmt: skip
    assert observed(model).lateness.source_yield.values.tolist() == pytest.approx([0.9] * 12)


def test_the_order_of_rows_changes_nothing() -> None:
    history = seen([0, 3, 9, 1, 7] * 5) + seen([2, 4] * 10, item_id="B")
    first, second = tables(observed_documents=history), tables(observed_documents=history[::-1])
    assert all(first[name].equals(second[name]) for name in first)
