"""Workbooks: sheets named like tables, cells of every kind, and cells that hold an error."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from pipelines.land.loads import land_source
from pipelines.land.manifest import LoadManifest
from pipelines.sources.files import ADAPTER
from pipelines.sources.files.excel_files import filled_rows
from tower.errors import SourceError
from tower.settings import SourceSettings

HEADINGS = ("item_id", "item_name", "item_type", "base_uom", "standard_cost", "introduced_date", "is_lot_tracked")


def land(folder: Path, home: Path) -> LoadManifest:
    source = SourceSettings(name="mine", adapter="files", path=folder)
    return land_source(source, ADAPTER, home, "load_1", "2026-06-30T00:00:00+00:00", lambda _: None)


def landed(home: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(home / "raw" / "mine" / "load_1" / f"{table}.parquet").sort("_row_number")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


def test_cells_of_every_kind_land_as_the_contract_says(folder: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(folder / "masters.xlsx") as book:
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Items")
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ["00123", "Bolt", "component", "PCS", 1.25])
        sheet.write_datetime(1, 5, datetime.datetime(2025, 3, 4), date)
        sheet.write_boolean(1, 6, True)
        sheet.write_row(2, 0, [4711, "Nut", "component", "PCS", 1.234, "2025-03-05", "否"])
        book.add_worksheet("Notes").write(0, 0, "nothing of interest")
    manifest = land(folder, tmp_path)
    assert landed(tmp_path, "items").rows() == [
        (1, "00123", "Bolt", "component", "PCS", Decimal("1.25"), datetime.date(2025, 3, 4), True),
        (2, "4711", "Nut", "component", "PCS", Decimal("1.234"), datetime.date(2025, 3, 5), False),
    ]
    assert manifest.notes == ("The sheet Notes of masters.xlsx is no table and is not read.",)


def test_a_cell_with_an_error_rejects_its_row_and_is_not_read_as_empty(folder: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(folder / "masters.xlsx") as book:
        sheet = book.add_worksheet("items")
        sheet.write_row(0, 0, [*HEADINGS[:5], "remark"])
        sheet.write_row(1, 0, ["1", "Bolt", "component", "PCS"])
        sheet.write_formula(1, 4, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, ["2", "Nut", "component", "PCS", 3])
        sheet.write_formula(2, 5, "=na()", None, "#N/A")
        sheet.write_row(3, 0, ["3", "Washer", "component", "PCS", "oops"])
    manifest = land(folder, tmp_path)
    table = manifest.tables[0]
    assert (table.source_rows, table.rows, table.rejected_rows) == (3, 1, 2)
    assert landed(tmp_path, "items").select("_row_number", "item_id").rows() == [(2, "2")]
    rejected = pl.read_parquet(tmp_path / "raw" / "mine" / "load_1" / "rejected.parquet")
    assert rejected.select("row_number", "rule", "column_name", "value", "file").rows() == [
        (1, "unreadable_cell", "standard_cost", "#DIV/0!", "masters.xlsx"),
        (3, "unreadable_number", "standard_cost", "oops", "masters.xlsx"),
    ]
    assert json.loads(rejected["raw_row"][0])["standard_cost"] == "#DIV/0!"
    assert json.loads(rejected["raw_row"][0])["item_name"] == "Bolt"


def test_number_cells_are_numbers_whatever_decimal_mark_the_texts_of_the_folder_have(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "source.toml").write_text('decimal_mark = ","')
    with xlsxwriter.Workbook(folder / "masters.xlsx") as book:
        sheet = book.add_worksheet("items")
        sheet.write_row(2, 1, [*HEADINGS[:5], "list_price"])
        sheet.write_row(3, 1, ["1", "Bolt", "component", "PCS", 1.234, "1.234,50"])
        sheet.write_row(4, 1, ["2", "Nut", "component", "PCS", None, "2,5"])
    land(folder, tmp_path)
    assert landed(tmp_path, "items").select("standard_cost", "list_price").rows() == [
        (Decimal("1.234"), Decimal("1234.5")), (None, Decimal("2.5")),
    ]  # fmt: skip


def test_numbers_written_as_text_in_a_sheet_are_not_guessed(folder: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(folder / "masters.xlsx") as book:
        sheet = book.add_worksheet("items")
        sheet.write_row(0, 0, HEADINGS[:5])
        sheet.write_row(1, 0, ["1", "Bolt", "component", "PCS", "1.234"])
    with pytest.raises(SourceError, match=r"column standard_cost can be read in two ways, for example 1\.234"):
        land(folder, tmp_path)


def test_empty_rows_hold_no_record_wherever_they_stand(folder: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(folder / "masters.xlsx") as book:
        sheet = book.add_worksheet("items")
        sheet.write_row(2, 1, HEADINGS[:4])
        sheet.write_row(3, 1, ["1", "Bolt", "component", "PCS"])
        sheet.write_row(6, 1, ["2", "Nut", "component", "PCS"])
        sheet.write_blank(9, 1, None, book.add_format({"bold": True}))
    manifest = land(folder, tmp_path)
    assert landed(tmp_path, "items").select("_row_number", "item_id").rows() == [(1, "1"), (2, "2")]
    assert (manifest.tables[0].source_rows, manifest.tables[0].rows) == (2, 2)
    assert filled_rows(folder / "masters.xlsx", "items") == 3


def test_many_rows_are_counted_across_the_chunks_of_the_workbook(folder: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(folder / "masters.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet("items")
        sheet.write_row(0, 0, HEADINGS[:5])
        for row in range(1, 30_001):
            sheet.write_row(row, 0, [f"I{row}", f"Item number {row}", "component", "PCS", row / 4])
    manifest = land(folder, tmp_path)
    assert (manifest.tables[0].source_rows, manifest.tables[0].rows) == (30_000, 30_000)
    assert landed(tmp_path, "items")["standard_cost"].sum() == Decimal("112503750.000000")


def test_an_ambiguous_text_date_in_a_sheet_is_not_guessed(folder: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(folder / "masters.xlsx") as book:
        sheet = book.add_worksheet("items")
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ["1", "Bolt", "component", "PCS", 1, "03/04/2025"])
    with pytest.raises(
        SourceError, match=r"masters\.xlsx, sheet items, table items: no value of column introduced_date"
    ):
        land(folder, tmp_path)


def test_a_sheet_and_a_file_of_one_table_are_refused(folder: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(folder / "masters.xlsx") as book:
        book.add_worksheet("items").write_row(0, 0, HEADINGS)
    (folder / "items.csv").write_text(",".join(HEADINGS))
    with pytest.raises(SourceError, match=r"table items is there twice: items\.csv and masters\.xlsx \(sheet items\)"):
        land(folder, tmp_path)


def test_an_empty_sheet_is_a_table_without_rows(folder: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(folder / "masters.xlsx") as book:
        book.add_worksheet("items")
    table = land(folder, tmp_path).tables[0]
    assert (table.source_rows, table.rows, table.rejected_rows) == (0, 0, 0)
    assert landed(tmp_path, "items").columns == ["_row_number", "item_id", "item_name", "item_type", "base_uom"]


def test_a_file_that_only_claims_to_be_a_workbook_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "masters.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(SourceError, match=r"masters\.xlsx is no workbook that can be read"):
        land(folder, tmp_path)
