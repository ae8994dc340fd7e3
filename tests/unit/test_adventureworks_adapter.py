"""The AdventureWorks adapter on a small folder: what it lands, what it notes, what it refuses."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.contract import load_contract
from pipelines.land.manifest import LoadedTable, LoadManifest
from pipelines.sources.adventureworks import ADAPTER
from pipelines.sources.adventureworks.tables import source_tables
from tower.errors import SourceError
from tower.settings import SourceSettings

STAGING = Path(__file__).resolve().parents[2] / "models_dbt" / "models" / "staging" / "adventureworks"
# Totals of documents that no model reads: they are landed to check the lines against.
CONTROL_TOTALS = {"SubTotal", "TaxAmt", "Freight", "TotalDue"}
NO_LOAD = LoadManifest(source="adventureworks", adapter="adventureworks", load_id="none", loaded_at="")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Every table of the adapter as an empty Parquet file with the columns and types that AdventureWorks has."""
    source = tmp_path / "source"
    source.mkdir()
    for table in source_tables().values():
        write(source, table.name, "where false")
    return source


def write(source: Path, name: str, rest: str = "", **columns: str) -> None:
    """Write one table; `columns` gives an expression per column, others are null; `rest` follows the select list."""
    table = source_tables()[name]
    expressions = {column: f"cast(null as {data_type})" for column, data_type in table.columns.items()}
    expressions |= dict.fromkeys(table.not_read, "cast(null as varchar)")
    expressions |= columns
    selected = ", ".join(f'{expression} as "{column}"' for column, expression in expressions.items() if expression)
    duckdb.sql(f"copy (select {selected} {rest}) to '{source / table.file}' (format parquet)")


def land(source: Path) -> tuple[dict[str, LoadedTable], Path]:
    landed = source.parent / "landed"
    landed.mkdir(exist_ok=True)
    settings = SourceSettings(name="adventureworks", adapter="adventureworks", path=source)
    tables = ADAPTER.land(settings, landed, lambda message: None).tables
    return {table.name: table for table in tables}, landed


def rows_of(landed: Path, name: str, columns: str) -> list[tuple[object, ...]]:
    return duckdb.sql(f"select {columns} from '{landed / name}.parquet' order by _row_number").fetchall()


def test_rows_land_as_they_are_and_are_numbered_in_the_order_of_the_file(folder: Path) -> None:
    write(folder, "WorkOrder", "from range(3) as t(i)", WorkOrderID="cast(30 - i as integer)", OrderQty="7")

    tables, landed = land(folder)

    assert rows_of(landed, "WorkOrder", "WorkOrderID, OrderQty, EndDate, _row_number") == [
        (30, 7, None, 1),
        (29, 7, None, 2),
        (28, 7, None, 3),
    ]
    assert (tables["WorkOrder"].rows, tables["WorkOrder"].source_rows, tables["WorkOrder"].rejected_rows) == (3, 3, 0)
    assert tables["WorkOrder"].source_files[0].name == "Production.WorkOrder.parquet"


def test_columns_that_nothing_reads_are_left_behind_and_named(folder: Path) -> None:
    tables, landed = land(folder)

    assert tables["WorkOrder"].ignored_columns == ("ScrapReasonID", "ModifiedDate")
    assert tables["WorkOrder"].notes == ()
    assert set(duckdb.sql(f"from '{landed}/WorkOrder.parquet'").columns) == {
        *ADAPTER.raw_tables()["WorkOrder"],
        "_row_number",
    }


def test_a_missing_table_is_a_sentence(folder: Path) -> None:
    (folder / "Purchasing.Vendor.parquet").unlink()

    with pytest.raises(
        SourceError, match=r"The AdventureWorks table Purchasing\.Vendor\.parquet is missing in .*source"
    ):
        land(folder)


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"The folder .*nowhere of the source 'adventureworks' does not exist"):
        land(tmp_path / "nowhere")


def test_a_renamed_column_is_named_with_what_stands_in_its_place(folder: Path) -> None:
    write(folder, "WorkOrder", DueDate="", DeliveryDate="cast(null as timestamp)")

    with pytest.raises(
        SourceError,
        match=r"WorkOrder\.parquet has no column DueDate\. It has DeliveryDate instead, which is not known",
    ):
        land(folder)


def test_a_new_column_is_noted_and_not_landed(folder: Path) -> None:
    write(folder, "WorkOrder", Priority="1")

    tables, landed = land(folder)

    assert tables["WorkOrder"].notes == ("column Priority is new in Production.WorkOrder.parquet; nothing uses it yet",)
    assert "Priority" in tables["WorkOrder"].ignored_columns
    assert "Priority" not in duckdb.sql(f"from '{landed}/WorkOrder.parquet'").columns


def test_a_date_written_as_text_is_read_as_a_date_and_noted(folder: Path) -> None:
    write(folder, "WorkOrder", StartDate="'2014-06-02 00:00:00.000'")

    tables, landed = land(folder)

    assert rows_of(landed, "WorkOrder", "StartDate") == [(datetime(2014, 6, 2),)]
    assert tables["WorkOrder"].notes == ("column StartDate is VARCHAR in this copy and was read as TIMESTAMP",)
    assert tables["WorkOrder"].columns["StartDate"] == "TIMESTAMP"


def test_a_text_that_is_no_date_stops_the_load_and_is_shown(folder: Path) -> None:
    write(folder, "WorkOrder", StartDate="'soon'")

    with pytest.raises(SourceError, match=r"Production\.WorkOrder\.parquet cannot be read: .*soon"):
        land(folder)


def test_a_file_that_is_no_parquet_stops_the_load(folder: Path) -> None:
    (folder / "Sales.Store.parquet").write_text("not a Parquet file")

    with pytest.raises(SourceError, match=r"Sales\.Store\.parquet cannot be read"):
        land(folder)


@pytest.mark.parametrize(
    ("ordered", "started", "as_of"),
    [
        ("2014-06-30", "2014-06-02", date(2014, 6, 30)),
        ("2014-06-01", "2014-06-02", date(2014, 6, 2)),
        (None, None, None),
    ],
)
def test_the_data_speaks_of_the_day_of_its_last_order(
    folder: Path, ordered: str | None, started: str | None, as_of: date | None
) -> None:
    if ordered and started:
        write(folder, "SalesOrderHeader", OrderDate=f"timestamp '{ordered} 00:00:00'")
        write(
            folder, "WorkOrder", StartDate=f"timestamp '{started} 00:00:00'", DueDate="timestamp '2099-01-01 00:00:00'"
        )
    _, landed = land(folder)

    settings = SourceSettings(name="adventureworks", adapter="adventureworks", path=folder)
    assert ADAPTER.default_as_of(settings, landed) == as_of


def test_staging_reads_exactly_the_tables_and_columns_that_are_landed() -> None:
    sql = {file.stem: file.read_text() for file in STAGING.glob("*.sql")}
    read = {name for text in sql.values() for name in re.findall(r"source\('adventureworks', '(\w+)'\)", text)}
    words = set(re.findall(r"\w+", " ".join(sql.values()))) | {"FirstName", "MiddleName", "LastName"}

    assert read == set(ADAPTER.raw_tables())
    for table, columns in ADAPTER.raw_tables().items():
        assert set(columns) - words <= CONTROL_TOTALS, table


def test_coverage_speaks_of_every_canonical_table_and_of_every_column_of_those_that_are_filled() -> None:
    coverage = ADAPTER.coverage(NO_LOAD)
    tables = {row.table_name: row for row in coverage if row.column_name == ""}
    staged = {file.stem.removeprefix("stg_adventureworks__") for file in STAGING.glob("*.sql")}

    assert list(tables) == list(load_contract())
    assert {name for name, row in tables.items() if row.status != "absent"} == staged
    for name, row in tables.items():
        stated = [item.column_name for item in coverage if item.table_name == name and item.column_name]
        expected = [column.name for column in load_contract()[name].source_columns]
        assert stated == ([] if row.status == "absent" else expected), name


def test_whatever_is_not_full_says_why_in_both_languages() -> None:
    for row in ADAPTER.coverage(NO_LOAD):
        where = f"{row.table_name}.{row.column_name}"
        assert (row.status == "full") == (row.note == "") == (row.note_zh == ""), where
        if row.note_zh:
            assert re.search(r"[\u4e00-\u9fff]", row.note_zh), where
            assert not re.search(r"[\u4e00-\u9fff]", row.note), where


def test_what_the_contract_requires_is_never_absent() -> None:
    coverage = {(row.table_name, row.column_name): row.status for row in ADAPTER.coverage(NO_LOAD)}
    missing = [
        f"{table.name}.{column.name}"
        for table in load_contract().values()
        if coverage[table.name, ""] != "absent"
        for column in table.required_columns
        if coverage[table.name, column.name] == "absent"
    ]
    assert missing == []
