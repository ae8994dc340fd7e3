"""Why two readings differ: the documents behind the step, by hand and as a law."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.metrics_scratch import catalogue, scratch_warehouse
from tower.metrics import Period, Reading, explain_difference, is_explainable
from tower.warehouse import Warehouse

MARCH = date(2026, 3, 10)
SHIPPED, RECEIVED = "on_time_in_full_shipped_requested_rate", "on_time_in_full_rate"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    # Line: received by the requested date, shipped by it. Line 4 is not due for shipping yet (unknown there).
    lines = [("1", 1, 1), ("2", 0, 1), ("3", 0, 0), ("4", 1, None)]
    return scratch_warehouse(
        tmp_path / "b.duckdb",
        {
            "dim_items": [{"item_id": "a", "item_name": "Bike", "product_family": "Ride"}],
            "fct_sales_order_lines": [
                {
                    "sales_order_line_id": line, "sales_order_id": f"S{line}", "item_id": "a", "ordered_date": MARCH,
                    "requested_date": MARCH, "is_cancelled": 0, "net_value": 10 * int(line),
                    "is_on_time_in_full_received_requested": received, "is_on_time_in_full_shipped_requested": shipped,
                }
                for line, received, shipped in lines
            ],
            "fct_delivery_lines": [
                {
                    "delivery_line_id": line, "item_id": "a", "shipped_date": day, "net_value": net, "margin_value": margin,
                    "cost_value": net - margin, "shipped_quantity": 1,
                }
                for line, day, net, margin in [
                    ("1", date(2026, 1, 5), 100, 40), ("2", date(2026, 2, 5), 300, 60), ("3", date(2026, 2, 6), 100, 10),
                ]
            ],
        },
    )  # fmt: skip


def test_switching_a_definition_is_explained_by_the_lines_that_it_counts_differently(warehouse: Warehouse) -> None:
    """Received 2 of 4, shipped 2 of 3. Line 2 comes in: 1 ÷ 3. Line 4 leaves with its hit: (−1 − ½ × −1) ÷ 3."""
    found = explain_difference(
        Reading(warehouse, catalogue(), RECEIVED), Reading(warehouse, catalogue(), SHIPPED), ["product_family"]
    )
    assert found is not None
    assert (found.before, found.after) == (0.5, pytest.approx(2 / 3))
    assert found.rows.select("sales_order_line", "product_family", "share").rows() == [
        ("2", "Ride", pytest.approx(1 / 3)),
        ("4", "Ride", pytest.approx(-1 / 6)),
    ]
    assert found.remainder == pytest.approx(0)


def test_a_period_against_the_one_before_has_the_documents_of_both(warehouse: Warehouse) -> None:
    """Margin rate 40 % in January, 70 of 400 in February: −22.5 points, of which line 2: (60 − 0.4 × 300) ÷ 400."""
    january, february = (
        Period(date(2026, 1, 1), date(2026, 1, 31)),
        Period(date(2026, 2, 1), date(2026, 2, 28)),
    )
    found = explain_difference(
        Reading(warehouse, catalogue(), "gross_margin_rate", (), january),
        Reading(warehouse, catalogue(), "gross_margin_rate", (), february),
    )
    assert found is not None
    assert found.change == pytest.approx(-0.225)
    shares = dict(found.rows.select("delivery_line", "share").rows())
    assert shares == {"2": pytest.approx(-0.15), "3": pytest.approx(-0.075)}
    # The document of January lies exactly at the rate of January, so its leaving moves nothing.
    revenue = explain_difference(
        Reading(warehouse, catalogue(), "revenue", (), january),
        Reading(warehouse, catalogue(), "revenue", (), february),
    )
    assert revenue is not None
    assert dict(revenue.rows.select("delivery_line", "share").rows()) == {"1": -100.0, "2": 300.0, "3": 100.0}


def test_definitions_in_different_units_are_explained_by_what_each_line_weighs(warehouse: Warehouse) -> None:
    found = explain_difference(
        Reading(warehouse, catalogue(), "order_count"), Reading(warehouse, catalogue(), "order_intake_value")
    )
    assert found is not None
    assert (found.before, found.after) == (4, 100)
    assert found.rows["share"].sum() == pytest.approx(96)


@pytest.mark.parametrize(("first", "second"), [("revenue", "gross_margin_rate"), ("gross_margin_rate", "revenue")])
def test_a_sum_against_a_ratio_is_explained_whole(warehouse: Warehouse, first: str, second: str) -> None:
    found = explain_difference(Reading(warehouse, catalogue(), first), Reading(warehouse, catalogue(), second))
    assert found is not None
    assert found.rows["share"].sum() == pytest.approx(found.change)
    assert found.remainder == pytest.approx(0)


def test_a_median_and_an_empty_period_are_not_explained(warehouse: Warehouse) -> None:
    assert not is_explainable(catalogue(), "manufacturing_lead_time_days")
    reading = Reading(warehouse, catalogue(), "manufacturing_lead_time_days")
    assert explain_difference(reading, reading) is None
    nothing = Reading(warehouse, catalogue(), "gross_margin_rate", (), Period(date(2020, 1, 1), date(2020, 1, 31)))
    assert explain_difference(nothing, Reading(warehouse, catalogue(), "gross_margin_rate")) is None


def test_the_same_reading_twice_has_no_rows(warehouse: Warehouse) -> None:
    reading = Reading(warehouse, catalogue(), RECEIVED)
    found = explain_difference(reading, reading)
    assert found is not None
    assert (found.change, found.rows.height, found.remainder) == (0, 0, 0)
