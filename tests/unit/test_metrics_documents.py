"""The documents behind a figure add up to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.metrics_scratch import catalogue, scratch_warehouse
from tower.errors import MetricError
from tower.metrics import Period, document_count, document_rows, parse_filters, query
from tower.warehouse import Warehouse

JANUARY, FEBRUARY = date(2026, 1, 10), date(2026, 2, 10)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    lines = [
        ("1", "a", JANUARY, 100, 40),
        ("2", "a", FEBRUARY, 50, 10),
        ("3", "b", FEBRUARY, 70, -5),
        ("4", "b", None, 9, 9),
    ]
    return scratch_warehouse(
        tmp_path / "b.duckdb",
        {
            "dim_items": [{"item_id": "a", "item_name": "Bike"}, {"item_id": "b", "item_name": "Helmet"}],
            "fct_delivery_lines": [
                {"delivery_line_id": line, "item_id": item, "shipped_date": day, "net_value": net, "margin_value": margin, "cost_value": net - margin, "shipped_quantity": 2}
                for line, item, day, net, margin in lines
            ],
            "fct_customer_returns": [{"return_line_id": "r1", "item_id": "a", "returned_date": JANUARY, "returned_quantity": 1}],
            "fct_stock_intervals": [
                {"item_id": "a", "location_id": "w", "basis": "movements", "valid_from_date": date(2026, 6, 1), "valid_to_date": date(2026, 6, 11), "value": 10},
                {"item_id": "a", "location_id": "w", "basis": "movements", "valid_from_date": date(2026, 6, 11), "valid_to_date": date(9999, 12, 31), "value": 30},
            ],
        },
    )  # fmt: skip


def test_both_sides_of_a_ratio_of_one_fact_stand_on_each_row(warehouse: Warehouse) -> None:
    frame = document_rows(warehouse, catalogue(), "gross_margin_rate", show=["item_name"])
    rows = frame.select("delivery_line", "item", "item_name", "shipped_date", "numerator", "denominator").rows()
    assert rows == [
        ("1", "a", "Bike", JANUARY, 40.0, 100.0),
        ("2", "a", "Bike", FEBRUARY, 10.0, 50.0),
        ("3", "b", "Helmet", FEBRUARY, -5.0, 70.0),
    ]


@pytest.mark.parametrize(
    "metric", ["revenue", "gross_margin_rate", "return_rate", "average_stock_value", "inventory_turns", "stock_value"]
)
@pytest.mark.parametrize("where", [[], ["item = a"], ["item_name != Bike"]])
def test_the_rows_sum_to_the_figure(warehouse: Warehouse, metric: str, where: list[str]) -> None:
    filters = parse_filters(where)
    period = Period(date(2026, 1, 1), date(2026, 6, 30))
    figure = query(warehouse, catalogue(), [metric], where=filters, period=period, with_parts=True).row(0, named=True)
    rows = document_rows(warehouse, catalogue(), metric, filters, period)
    assert rows["numerator"].sum() == pytest.approx(figure.get(f"{metric}__numerator", figure[metric]) or 0)
    if "denominator" in rows.columns:
        assert rows["denominator"].sum() == pytest.approx(figure[f"{metric}__denominator"] or 0)
    assert document_count(warehouse, catalogue(), metric, filters, period) == rows.height


def test_the_other_fact_of_a_ratio_is_asked_by_its_side(warehouse: Warehouse) -> None:
    assert document_rows(warehouse, catalogue(), "return_rate").columns[0] == "return_line"
    shipped = document_rows(warehouse, catalogue(), "return_rate", side="denominator")
    assert shipped["delivery_line"].to_list() == ["1", "2", "3"]
    assert shipped["denominator"].sum() == 6
    with pytest.raises(MetricError, match="denominator of Average stock value has no documents"):
        document_rows(warehouse, catalogue(), "average_stock_value", side="denominator")


def test_pages_follow_each_other_without_gap_or_overlap(warehouse: Warehouse) -> None:
    pages = [document_rows(warehouse, catalogue(), "revenue", limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [page["delivery_line"].to_list() for page in pages] == [["1", "3"], ["2"], []]


def test_a_dimension_that_the_rows_do_not_carry_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(MetricError, match="do not carry 'supplier_name'"):
        document_rows(warehouse, catalogue(), "revenue", show=["supplier_name"])


def test_every_metric_has_documents(tmp_path: Path) -> None:
    empty = scratch_warehouse(tmp_path / "empty.duckdb", {})
    for name in catalogue().metrics:
        shown = [dimension.name for dimension in catalogue().dimensions_of(name)]
        assert document_rows(empty, catalogue(), name, show=shown).height == 0
