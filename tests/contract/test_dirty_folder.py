"""A small folder with one row for every rule that a row can break: each is refused with that rule, nothing else is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.conftest import build_of
from tests.contract.example_rows import plain
from tower.builds import BuildSummary
from tower.settings import SourceSettings
from tower.warehouse import open_warehouse

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


@pytest.fixture(scope="module")
def dirty_build(tmp_path_factory: pytest.TempPathFactory) -> BuildSummary:
    home = tmp_path_factory.mktemp("dirty")
    return build_of(home, SourceSettings(name="dirty", adapter="files", path=FIXTURES / "dirty_folder"))


def test_every_dirty_row_is_refused_with_the_rule_that_it_breaks(dirty_build: BuildSummary) -> None:
    with (FIXTURES / "dirty_folder_rejects.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            (row["table_name"], int(row["row_number"]), row["rule"], row["column_name"], row["value"])
            for row in csv.DictReader(file)
        }
    refused = open_warehouse(dirty_build.file).frame(
        "select table_name, row_number, rule, coalesce(column_name, ''), coalesce(value, '') from build.rejected_rows"
    )
    assert {(*row[:4], plain(row[4])) for row in refused.rows()} == expected
    assert refused.height == len(expected)


def test_rows_read_are_rows_accepted_and_rows_refused(dirty_build: BuildSummary) -> None:
    frame = open_warehouse(dirty_build.file).frame(
        """
        select
            load_tables.table_name,
            load_tables.source_rows,
            (select count(*) from build.rejected_rows where rejected_rows.table_name = load_tables.table_name) as refused
        from build.load_tables
        where load_tables.source_rows > 0
        order by load_tables.table_name
        """
    )
    assert frame.rows() == [("customers", 2, 1), ("items", 8, 6), ("sales_order_lines", 7, 5), ("sales_orders", 4, 1)]


def test_the_accepted_rows_are_served(dirty_build: BuildSummary) -> None:
    lines = open_warehouse(dirty_build.file).frame(
        "select sales_order_line_id, net_value from core.fct_sales_order_lines order by sales_order_line_id"
    )
    assert lines.rows() == [("Q1-1", 300.0), ("Q4-1", 450.0)]
