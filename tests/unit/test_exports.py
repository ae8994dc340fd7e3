from __future__ import annotations

import io
from datetime import date

import polars as pl
import pytest

from tower.exports import MAX_SHEET_ROWS, Column, Provenance, csv_bytes, excel_bytes

FRAME = pl.DataFrame(
    {
        "name": ["=1+1", "客户", None],
        "day": [date(2026, 6, 30), None, date(2026, 1, 1)],
        "value": [1234.5678, None, -2.0],
        "hidden": [1, 2, 3],
    }
)
COLUMNS = (Column("name", "名称"), Column("day", "Day", "day"), Column("value", "Value", "money"))
ABOUT = Provenance("Revenue", (("Build", "20260701T060000-000001"), ("Filters", "Plant: Suzhou")))


def test_csv_holds_the_chosen_columns_with_full_precision_and_opens_in_excel() -> None:
    content = csv_bytes(FRAME, COLUMNS)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == [
        "名称,Day,Value",
        "=1+1,2026-06-30,1234.5678",
        "客户,,",
        ",2026-01-01,-2.0",
    ]


def test_excel_holds_the_data_as_it_is_and_runs_no_formula_of_it() -> None:
    content = io.BytesIO(excel_bytes(FRAME, COLUMNS, ABOUT))
    data = pl.read_excel(content, sheet_name="Data")
    assert data.columns == ["名称", "Day", "Value"]
    assert data["名称"].to_list() == ["=1+1", "客户", None]
    assert data["Day"].to_list() == [date(2026, 6, 30), None, date(2026, 1, 1)]
    assert data["Value"].to_list() == [1234.5678, None, -2.0]


def test_excel_says_where_its_figures_come_from() -> None:
    content = io.BytesIO(excel_bytes(FRAME, COLUMNS, ABOUT))
    cells = [cell for row in pl.read_excel(content, sheet_name="About", has_header=False).rows() for cell in row]
    assert {"Revenue", "Build", "20260701T060000-000001", "Filters", "Plant: Suzhou"} <= set(cells)


def test_columns_with_the_same_label_are_kept_apart() -> None:
    frame = pl.DataFrame({"a": [1], "b": [2]})
    content = csv_bytes(frame, (Column("a", "Lines"), Column("b", "Lines")))
    assert content.decode("utf-8-sig").splitlines() == ["Lines,Lines (b)", "1,2"]


def test_more_rows_than_a_sheet_holds_are_refused_with_what_to_do() -> None:
    frame = pl.DataFrame({"a": pl.repeat(1, MAX_SHEET_ROWS + 1, eager=True)})
    with pytest.raises(ValueError, match="Download it as CSV"):
        excel_bytes(frame, (Column("a", "A", "integer"),), ABOUT)
