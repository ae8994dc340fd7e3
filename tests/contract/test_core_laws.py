"""The example company with one thing wrong for each law: every law names its row, and nothing else."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import build_of
from tower.builds import BuildSummary
from tower.settings import SourceSettings
from tower.warehouse import Warehouse, open_warehouse

Rows = list[dict[str, str]]


def change(folder: Path, table: str, edit: Callable[[Rows], Rows]) -> None:
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        rows = list(reader)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(edit(rows))


def with_value(column: str, value: str, **key: str) -> Callable[[Rows], Rows]:
    """Change one value of the one row with this key."""

    def edit(rows: Rows) -> Rows:
        found = [row for row in rows if all(row[name] == wanted for name, wanted in key.items())]
        assert len(found) == 1, (key, len(found))
        found[0][column] = value
        return rows

    return edit


def without(**key: str) -> Callable[[Rows], Rows]:
    return lambda rows: [row for row in rows if not all(row[name] == wanted for name, wanted in key.items())]


def with_copy(changes: dict[str, str], **key: str) -> Callable[[Rows], Rows]:
    """Add a copy of the one row with this key, changed."""

    def edit(rows: Rows) -> Rows:
        found = [row for row in rows if all(row[name] == wanted for name, wanted in key.items())]
        assert len(found) == 1, (key, len(found))
        return [*rows, {**found[0], **changes}]

    return edit


WRONG = [
    ("stock_balances", with_value("quantity", "13", item_id="C610", location_id="PL1")),
    ("ledger_entries", with_value("debit_value", "81201", entry_line_id="GL00001")),
    ("delivery_lines", with_value("delivered_quantity", "21", delivery_line_id="DL7002-1")),
    ("sales_order_lines", with_value("ordered_quantity", "5", sales_order_line_id="SO2004-1")),
    ("purchase_receipts", with_value("received_quantity", "13", receipt_line_id="GR6001")),
    ("production_orders", with_value("completed_quantity", "89", production_order_id="MO3001")),
    ("production_order_components", with_value("issued_quantity", "379", production_order_id="MO3001")),
    ("invoice_lines", with_value("net_value", "6725", invoice_line_id="CI9001-1")),
    ("settlements", with_value("settled_value", "1993.31", settlement_line_id="ST0001")),
    (
        "bom_components",
        with_copy({"bom_component_id": "ROUND", "component_item_id": "F100"}, bom_component_id="B-S130-1"),
    ),
    ("boms", with_value("valid_from_date", "2026-07-01", bom_id="B-F150")),
    ("item_suppliers", without(item_id="C610")),
    ("planning_policies", without(item_id="K700")),
]

NAMED = {
    ("stock_movements_equal_balances", "C610 · PL1", -1.0),
    ("ledger_entries_balance", "JE0001", -1.0),
    *(("ledger_stock_value_equals_movements", f"2026-0{month}-01", 1.0) for month in range(1, 7)),
    ("delivered_within_shipped", "DL7002-1", 1.0),
    ("shipped_within_ordered", "SO2004-1", 1.0),
    ("completed_within_ordered", "MO3001", 1.0),
    ("issued_within_required", "MO3001 · 10", 1.0),
    ("invoice_lines_equal_invoice", "CI9001", -1.0),
    ("settlements_explain_open_value", "CI9029", -0.01),
    ("bills_have_no_cycle", "F100", 2.0),
    ("made_items_have_bills", "F150", -1.0),
    ("bought_items_have_suppliers", "C610", -1.0),
    ("planned_items_have_policies", "K700", -1.0),
}


@pytest.fixture(scope="module")
def contradictory_build(tmp_path_factory: pytest.TempPathFactory, example_folder: Path) -> BuildSummary:
    folder = tmp_path_factory.mktemp("source") / "example"
    shutil.copytree(example_folder, folder)
    for table, edit in WRONG:
        change(folder, table, edit)
    home = tmp_path_factory.mktemp("contradictory")
    return build_of(home, SourceSettings(name="example", adapter="files", path=folder))


@pytest.fixture(scope="module")
def warehouse(contradictory_build: BuildSummary) -> Warehouse:
    return open_warehouse(contradictory_build.file)


def test_differences_are_listed_and_do_not_stop_publishing(contradictory_build: BuildSummary) -> None:
    assert contradictory_build.status == "published", contradictory_build.problems


def test_every_law_names_what_contradicts_it_and_nothing_else(warehouse: Warehouse) -> None:
    found = warehouse.frame(
        "select check_name, subject, round(difference_value, 6) from core.reconciliation_differences"
    )
    received = warehouse.frame("select subject, expected_value < actual_value from core.law_received_within_ordered")
    assert received.rows() == [("PO4005-1", True)]
    assert {row for row in found.rows() if row[0] != "received_within_ordered"} == NAMED


def test_a_cycle_is_reported_with_the_way_back_to_itself(warehouse: Warehouse) -> None:
    assert warehouse.frame("select detail from core.law_bills_have_no_cycle").item() == "F100 → S130 → F100"


def test_the_summary_counts_what_differs(warehouse: Warehouse) -> None:
    summary = warehouse.frame("select check_name, status, differing_rows from core.reconciliation_summary")
    outcome = {check_name: (status, rows) for check_name, status, rows in summary.rows()}
    assert outcome["ledger_stock_value_equals_movements"] == ("differs", 6)
    assert outcome["received_within_ordered"] == ("differs", 1)
    assert {name for name, (status, _) in outcome.items() if status != "differs"} == {
        "stock_layers_equal_on_hand",
        "stock_layer_uses_equal_issues",
        "rows_read_are_accounted_for",
        # Files state no totals of their own.
        "source_totals_agree",
    }


def test_in_the_sound_company_every_law_is_asked_and_holds(example_build: BuildSummary) -> None:
    summary = open_warehouse(example_build.file).frame(
        "select check_name, severity, status, checked_rows > 0 from core.reconciliation_summary"
    )
    assert summary.height == 18
    # Files state no totals of their own: that one law is not connected.
    asked = summary.filter(summary["check_name"] != "source_totals_agree")
    assert {row[2:] for row in asked.rows()} == {("holds", True)}
    assert {row[0] for row in summary.rows() if row[1] == "error"} == {
        "stock_layers_equal_on_hand",
        "stock_layer_uses_equal_issues",
        "rows_read_are_accounted_for",
    }
