"""The product's figures for the example company against those worked out by hand in example_answers.md."""

from __future__ import annotations

import calendar
import csv
from datetime import date
from pathlib import Path

import pytest

from tests.contract import example_by_hand
from tests.contract.example_rows import plain, planted
from tower.builds import BuildSummary
from tower.metrics import Catalogue, Filter, Period, load_catalogue, parse_filters, query
from tower.warehouse import Warehouse, open_warehouse

ANSWERS = Path(__file__).with_name("example_answers.csv")


def answers() -> list[tuple[str, str, float]]:
    with ANSWERS.open(encoding="utf-8", newline="") as file:
        return [(row["metric"], row["where"], float(row["value"])) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def warehouse(example_build: BuildSummary) -> Warehouse:
    return open_warehouse(example_build.file)


@pytest.fixture(scope="module")
def catalogue(warehouse: Warehouse) -> Catalogue:
    return load_catalogue(warehouse)


def asked(where: str) -> tuple[tuple[Filter, ...], Period | None]:
    """A month is a period, anything else a filter."""
    if where.startswith("month="):
        year, month = (int(part) for part in where.removeprefix("month=").split("-"))
        return (), Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    return parse_filters([where] if where else []), None


@pytest.mark.parametrize(("metric", "where", "expected"), answers())
def test_the_product_answers_what_the_rows_add_up_to(
    warehouse: Warehouse, catalogue: Catalogue, metric: str, where: str, expected: float
) -> None:
    conditions, period = asked(where)
    frame = query(warehouse, catalogue, [metric], where=conditions, period=period)
    assert frame[metric].item() == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_written_answers_are_those_of_the_files() -> None:
    worked_out = [
        (answer.metric, answer.where, float(example_by_hand.written(answer.value)))
        for answer in example_by_hand.answers()
    ]
    assert answers() == worked_out


def test_monthly_figures_add_up_to_the_whole(warehouse: Warehouse, catalogue: Catalogue) -> None:
    whole = {metric: value for metric, where, value in answers() if not where}
    monthly = query(
        warehouse, catalogue, ["order_intake_value", "revenue", "cost_of_goods_sold", "purchase_value"], by=["month"]
    )
    for metric in ("order_intake_value", "revenue", "cost_of_goods_sold", "purchase_value"):
        assert monthly[metric].sum() == pytest.approx(whole[metric], rel=1e-12)


def test_rejected_rows_are_exactly_the_planted_ones(warehouse: Warehouse) -> None:
    refused = warehouse.frame(
        """
        select table_name, row_number, rule, column_name, coalesce(value, '')
        from build.rejected_rows
        """
    )
    expected = [
        (row["table_name"], int(row["row_number"]), row["rule"], row["column_name"], row["value"]) for row in planted()
    ]
    assert sorted((*row[:4], plain(row[4])) for row in refused.rows()) == sorted(expected)


def test_every_table_of_the_contract_landed_with_rows(warehouse: Warehouse) -> None:
    landed = warehouse.frame("select table_name, rows, source_rows, rejected_rows from build.load_tables")
    assert landed.height == 68
    assert min(landed["rows"].to_list()) >= 2
    assert (landed["source_rows"] == landed["rows"] + landed["rejected_rows"]).all()


def test_layers_keep_their_first_receipt_through_transfers_and_returns(warehouse: Warehouse) -> None:
    layers = warehouse.frame(
        """
        select item_id, location_id, cast(original_receipt_date as varchar), quantity, value
        from core.fct_stock_layers
        where location_id in ('DC1', 'WQ1') and item_id in ('F150', 'F200')
        order by item_id, location_id, original_receipt_date
        """
    )
    assert layers.rows() == [
        ("F150", "DC1", "2025-05-20", 7.0, 3360.0),
        ("F200", "WQ1", "2025-12-18", 1.0, 3200.0),
        ("F200", "WQ1", "2026-05-18", 1.0, 3306.0),
    ]
