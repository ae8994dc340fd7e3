"""Tables and figures as files that people take away: CSV and Excel, with where they come from."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl
import xlsxwriter

ColumnKind = Literal["text", "integer", "quantity", "money", "percent", "number", "day", "month", "instant", "flag"]
_FORMATS: Mapping[ColumnKind, str] = {
    "integer": "#,##0", "quantity": "#,##0.######", "money": "#,##0.00", "percent": "0.0%", "number": "#,##0.0###",
    "day": "yyyy-mm-dd", "month": "yyyy-mm", "instant": "yyyy-mm-dd hh:mm",
}  # fmt: skip
_WIDEST = 60
# A sheet holds 1,048,576 rows with its header; CSV has no such limit.
MAX_SHEET_ROWS = 1_048_575


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of a frame is named and written."""

    name: str
    label: str
    kind: ColumnKind = "text"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a file's figures come from, line by line: build, as-of date, filters, definition. A sheet of its own."""

    title: str
    lines: Sequence[tuple[str, str]]


def csv_bytes(frame: pl.DataFrame, columns: Sequence[Column]) -> bytes:
    """Comma-separated UTF-8 with a byte order mark, without which Excel misreads Chinese; full precision, ISO dates."""
    buffer = io.BytesIO()
    _chosen(frame, columns).write_csv(buffer, include_bom=True)
    return buffer.getvalue()


def excel_bytes(frame: pl.DataFrame, columns: Sequence[Column], provenance: Provenance) -> bytes:
    """A workbook of two sheets: the data (header frozen, filterable, formatted by kind) and its provenance.

    Text stays text: a value that begins with "=" is not run as a formula. Raises ValueError above MAX_SHEET_ROWS.
    """
    if frame.height > MAX_SHEET_ROWS:
        raise ValueError(f"A sheet holds {MAX_SHEET_ROWS:,} rows, the table has {frame.height:,}. Download it as CSV.")
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, {**options, "nan_inf_to_errors": True}) as workbook:
        base = {"font_name": "Arial", "font_size": 10}
        header = workbook.add_format(
            {**base, "bold": True, "bottom": 1, "bg_color": "#EEF2F7", "text_wrap": True, "valign": "top"}
        )
        formats = {kind: workbook.add_format({**base, "num_format": code}) for kind, code in _FORMATS.items()}
        plain = workbook.add_format(base)
        sheet = workbook.add_worksheet("Data")
        for position, (column, series) in enumerate(zip(columns, _chosen(frame, columns), strict=True)):
            sheet.write(0, position, column.label, header)
            sheet.write_column(1, position, _cells(series), formats.get(column.kind, plain))
            sheet.set_column(position, position, _width(column, series))
        sheet.freeze_panes(1, 0)
        if columns:
            sheet.autofilter(0, 0, max(frame.height, 1), len(columns) - 1)
        notes = workbook.add_worksheet("About")
        notes.write(0, 0, provenance.title, workbook.add_format({**base, "bold": True, "font_size": 12}))
        wrapped = workbook.add_format({**base, "text_wrap": True, "valign": "top"})
        for row, (name, text) in enumerate(provenance.lines, start=2):
            notes.write(row, 0, name, header)
            notes.write_string(row, 1, text, wrapped)
        notes.set_column(0, 0, 24)
        notes.set_column(1, 1, 90)
    return buffer.getvalue()


def _chosen(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    # Two columns may carry the same label; a frame needs names that differ.
    labels: list[str] = []
    for column in columns:
        labels.append(column.label if column.label not in labels else f"{column.label} ({column.name})")
    return frame.select([pl.col(column.name).alias(label) for column, label in zip(columns, labels, strict=True)])


def _cells(series: pl.Series) -> list[object]:
    if series.dtype == pl.Datetime:
        series = series.dt.replace_time_zone(None)
    elif isinstance(series.dtype, (pl.List, pl.Struct)):
        series = series.cast(pl.String)
    return series.to_list()


def _width(column: Column, series: pl.Series) -> float:
    """Columns wide enough for header and the longest of the first values; Chinese characters take two places."""
    sample = series.head(200).cast(pl.String, strict=False).drop_nulls()
    # Bytes beyond ASCII are a fair measure of the places that CJK text takes.
    longest = max([0, *((sample.str.len_bytes() + sample.str.len_chars()) / 2).to_list()])
    own = (len(column.label.encode()) + len(column.label)) / 2
    return float(min(max(longest, own, 8) + 2, _WIDEST))
