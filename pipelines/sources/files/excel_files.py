"""Workbooks: a sheet as a relation of texts, with cells that hold an error rejected instead of read as empty."""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import fastexcel
import orjson
import polars as pl

from pipelines.contract import Table
from pipelines.land.profile import NUMBERS
from pipelines.land.rejects import RejectedRows
from pipelines.land.tables import OpenedTable, normalised_heading
from tower.errors import SourceError

_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_FILLED = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?>[^<]")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ERROR = re.compile(r"Error\((?P<name>\w+)\)")
_ERRORS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!",
}  # fmt: skip
_CHUNK = 4 * 1024 * 1024


_NOTHING = OpenedTable("", (), 0, notes=("The sheet holds nothing, not even a header; it is read as no rows.",))


def sheet_names(path: Path) -> list[str]:
    """Raises SourceError for a file that is no workbook."""
    return list(_workbook(path).sheet_names)


def open_sheet(
    connection: duckdb.DuckDBPyConnection, path: Path, sheet: str, table: Table, rejected: RejectedRows
) -> OpenedTable:
    """Read a sheet as text. Its first row that is not empty is the header; empty rows hold no record."""
    workbook = _workbook(path)
    # Skipping no rows makes the reader count lines from the top of the sheet, empty ones included.
    loaded = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
    batch, cell_errors = loaded.to_arrow_with_errors()
    errors = _cell_errors(cell_errors)
    frame = pl.from_arrow(batch)
    if not isinstance(frame, pl.DataFrame) or frame.width == 0:
        return _NOTHING
    names = [f"c{index}" for index in range(frame.width)]
    frame.columns = names
    in_error = pl.Series("line", sorted({line for line, _ in errors}), dtype=pl.Int64)
    frame = frame.with_row_index("line").with_columns(pl.col("line").cast(pl.Int64))
    filled = pl.any_horizontal(pl.col(names).fill_null("") != "")
    records = frame.filter(filled | pl.col("line").is_in(in_error.implode()))
    if records.height == 0:
        return _NOTHING
    header_line, *cells = records.row(0)
    headings = tuple(value or "" for value in cells)
    records = (
        records.slice(1).with_row_index("_row_number", offset=1).with_columns(pl.col("_row_number").cast(pl.Int64))
    )
    known = {f"c{i}" for i, heading in enumerate(headings) if table.column(normalised_heading(heading)) is not None}
    wrong = {line: (column, said) for (line, column), said in reversed(errors.items()) if f"c{column}" in known}
    odd = records.filter(pl.col("line").is_in(pl.Series(sorted(wrong), dtype=pl.Int64).implode()))
    _reject(rejected, odd, headings, names, wrong, table, path)
    readable = records.join(odd.select("line"), on="line", how="anti", maintain_order="left")
    connection.register(f"{table.name}_frame", readable.select("_row_number", *names).to_arrow())
    connection.execute(f"create or replace temp table {table.name}_records as select * from {table.name}_frame")
    connection.unregister(f"{table.name}_frame")
    numbers = (
        _number_columns(workbook, sheet, header_line, headings, table, readable) if readable.height else frozenset()
    )
    blank = frame.height - header_line - 1 - records.height
    notes = (f"{blank:,} empty rows hold no record.",) if blank else ()
    return OpenedTable(
        relation=f"{table.name}_records",
        headings=headings,
        source_rows=filled_rows(path, sheet) - 1,
        odd_rows=odd.height,
        notes=notes,
        number_columns=numbers,
    )


def _number_columns(
    workbook: fastexcel.ExcelReader,
    sheet: str,
    header_line: int,
    headings: tuple[str, ...],
    table: Table,
    readable: pl.DataFrame,
) -> frozenset[str]:
    """The contract's number columns whose cells are all numbers, by the types that the workbook itself keeps."""
    wanted = {}
    for index, heading in enumerate(headings):
        column = table.column(normalised_heading(heading))
        if column is not None and column.data_type in NUMBERS and readable[f"c{index}"].null_count() < readable.height:
            wanted[index] = column.name
    if not wanted:
        return frozenset()
    typed = workbook.load_sheet(
        sheet,
        header_row=None,
        skip_rows=header_line + 1,
        schema_sample_rows=None,
        use_columns=lambda column: column.index in wanted,
    )
    return frozenset(wanted[column.index] for column in typed.selected_columns if column.dtype in {"float", "int"})


def filled_rows(path: Path, sheet: str) -> int:
    """How many rows of a sheet hold anything, counted in the workbook's XML and not by the reader."""
    count = 0
    with zipfile.ZipFile(path) as archive:
        for row in _rows(archive, _sheet_part(archive, sheet)):
            count += _FILLED.search(row) is not None
    return count


def _rows(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The XML of a sheet, row by row."""
    pending = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            pending += chunk
            starts = [match.start() for match in _ROW.finditer(pending)]
            for start, stop in itertools.pairwise(starts):
                yield pending[start:stop]
            if starts:
                pending = pending[starts[-1] :]
    if _ROW.match(pending):
        yield pending.partition(b"sheetData>")[0]


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    # Workbooks come from the user's own folder, and expat bounds what entities may expand to.
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    wanted = next(
        (
            element.get(_RELATION)
            for element in workbook.iter()
            if element.tag.endswith("}sheet") and element.get("name") == sheet
        ),
        None,
    )
    target = next((element.get("Target") or "" for element in relations if element.get("Id") == wanted), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _workbook(path: Path) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise SourceError(
            f"{path.name} is no workbook that can be read ({error}). Save it as .xlsx and load again."
        ) from error


def _cell_errors(found: fastexcel.CellErrors | None) -> dict[tuple[int, int], str]:
    """What stands in each cell that holds an error, by line and column of the sheet."""
    errors = {}
    for error in found.errors if found is not None else ():
        match = _ERROR.search(error.detail)
        name = match["name"] if match else error.detail
        errors[error.offset_position] = _ERRORS.get(name, name)
    return errors


def _reject(
    rejected: RejectedRows,
    odd: pl.DataFrame,
    headings: tuple[str, ...],
    names: list[str],
    wrong: dict[int, tuple[int, str]],
    table: Table,
    path: Path,
) -> None:
    rows = []
    for record in odd.iter_rows(named=True):
        column, said = wrong[record["line"]]
        texts = {heading or name: record[name] for heading, name in zip(headings, names, strict=True)}
        texts[headings[column]] = said
        rows.append(
            (table.name, record["_row_number"], orjson.dumps(texts).decode(), "unreadable_cell",
             normalised_heading(headings[column]), said, path.name)
        )  # fmt: skip
    rejected.add_rows(rows)
