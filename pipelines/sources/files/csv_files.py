"""Delimited text: finds header and delimiter, splits the records, and hands them over as a relation of texts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import orjson
import polars as pl

from pipelines.contract import Table
from pipelines.land.records import Split, fields_of, record_pattern, split_records
from pipelines.land.rejects import RejectedRows
from pipelines.land.sql_text import quoted
from pipelines.land.tables import OpenedTable, normalised_heading
from pipelines.land.text import detect_encoding, readable, utf8_blocks

_PREFERRED = ",;\t|"
LONGEST_HEADER = 1024 * 1024
_SEPARATOR_LINE = re.compile(rb"sep=([\t\x20-\x7e])(?:\r\n|\r|\n|\Z)", re.IGNORECASE)
_BLANK_LINES = re.compile(rb"\A(?:[ \t]*(?:\r\n|\r|\n))*")
_LINE = re.compile(rb"[^\r\n]*")
# DuckDB's own limit for a line, unless told otherwise.
_USUAL_LINE = 2_000_000
_STEPS_IN_SQL = 1000


@dataclass(frozen=True, slots=True)
class Header:
    """The first record of a file, and how its fields are told apart."""

    headings: tuple[str, ...]
    delimiter: str
    quote: str


def open_csv(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: Table,
    rejected: RejectedRows,
    work_folder: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    quote: str = '"',
) -> OpenedTable:
    """Split a file into records and reject those that have no columns.

    Raises SourceError for a file that is no table.
    """
    codec = encoding or detect_encoding(path)
    blocks = utf8_blocks(path, codec)
    header, rest = read_header(blocks, table, delimiter, quote)
    if header is None:
        return OpenedTable("", (), 0, notes=("The file holds nothing, not even a header; it is read as no rows.",))
    clean_file = work_folder / f"{table.name}.csv"
    with clean_file.open("wb") as file:
        split = split_records(rest, header.delimiter, header.quote, len(header.headings), file)
    rejected.add_rows(
        [
            (
                table.name,
                odd.number,
                orjson.dumps({"_text": readable(odd.text)}).decode(),
                odd.rule,
                None,
                odd.value,
                path.name,
            )
            for odd in split.odd
        ]
    )
    relation = _relation(connection, clean_file, table, header, split)
    notes = _notes(codec, header, split)
    return OpenedTable(relation, header.headings, split.records, len(split.odd), notes=notes)


def read_header(
    blocks: Iterator[bytes], table: Table, delimiter: str | None, quote: str
) -> tuple[Header | None, Iterator[bytes]]:
    """Take the header off the front of a file; give the rest. None where the file has no text at all.

    Blank lines before it are passed over, and so is the line `sep=;` by which spreadsheets are told the delimiter.
    """
    start = b""
    for block in blocks:
        start += block
        if len(start) >= LONGEST_HEADER:
            break
    start = _BLANK_LINES.sub(b"", start, count=1)
    if told := _SEPARATOR_LINE.match(start):
        delimiter = delimiter or told.group(1).decode()
        start = _BLANK_LINES.sub(b"", start[told.end() :], count=1)
    if not start.strip():
        return None, iter(())
    first_line = _LINE.match(start).group(0)  # type: ignore[union-attr]
    chosen = delimiter or _detected_delimiter(first_line.decode(), table, quote)
    stop = record_pattern(chosen, quote).match(start).end()  # type: ignore[union-attr]
    if stop < len(start) and start[stop] not in b"\r\n":
        stop = len(first_line)
    headings = fields_of(start[:stop].decode(), chosen, quote)
    rest = start[stop:]
    rest = rest[2:] if rest.startswith(b"\r\n") else rest[1:]
    return Header(headings, chosen, quote), itertools.chain([rest], blocks)


def _detected_delimiter(line: str, table: Table, quote: str) -> str:
    """The character that splits the header into the most columns of the table."""
    known = {column.name for column in table.columns}
    candidates = {character for character in line if character.isascii() and not character.isalnum()} - {"_", quote}

    def found(candidate: str) -> tuple[int, int]:
        names = {normalised_heading(name) for name in fields_of(line, candidate, quote)}
        return len(known & names), -_PREFERRED.find(candidate) if candidate in _PREFERRED else -len(_PREFERRED)

    best = max(sorted(candidates), key=found, default=",")
    return best if best in candidates and found(best)[0] > 0 else ","


def _relation(
    connection: duckdb.DuckDBPyConnection, clean_file: Path, table: Table, header: Header, split: Split
) -> str:
    """A view over the clean records, numbered as in the source, and the mended ones beside them."""
    names = [f"c{index}" for index in range(len(header.headings))]
    listed = ", ".join(names)
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    limits = ""
    if split.longest >= _USUAL_LINE:
        limits = f", max_line_size = {split.longest + 1024}, buffer_size = {4 * (split.longest + 1024)}"
    mark = quoted(header.quote)
    reader = (
        f"read_csv({quoted(str(clean_file))}, auto_detect = false, header = false, delim = {quoted(header.delimiter)}, "
        f"quote = {mark}, escape = {mark}, comment = '', new_line = '\\n', columns = {{{columns}}}, "
        f"encoding = 'utf-8', strict_mode = true, null_padding = false, ignore_errors = false{limits})"
    )
    positioned = f"(select row_number() over () as position, {listed} from {reader}) as positioned"
    steps = _steps(split)
    if split.clean == 0:
        nothing = ", ".join(f"cast(null as varchar) as {name}" for name in names)
        clean = f"select cast(0 as bigint) as _row_number, {nothing} where false"
    elif len(steps) <= _STEPS_IN_SQL:
        clean = f"select position + {_shift_sql(steps)} as _row_number, {listed} from {positioned}"
    else:
        frame = pl.DataFrame(steps, schema={"from_position": pl.Int64, "shift": pl.Int64}, orient="row")
        _register(connection, f"{table.name}_steps", frame)
        clean = f"""
            select position + shift as _row_number, {listed}
            from {positioned}
            asof join {table.name}_steps as steps on positioned.position >= steps.from_position
        """
    mended = ""
    if split.mended:
        frame = pl.DataFrame(
            [(record.number, *record.fields) for record in split.mended],
            schema={"_row_number": pl.Int64, **dict.fromkeys(names, pl.String)},
            orient="row",
        )
        _register(connection, f"{table.name}_mended", frame)
        mended = f" union all select _row_number, {listed} from {table.name}_mended"
    connection.execute(f"create or replace temp view {table.name}_records as {clean}{mended}")
    return f"{table.name}_records"


def _steps(split: Split) -> list[tuple[int, int]]:
    """Where the numbers of clean records move on: from which position among them, by how many records that are not."""
    others = sorted([odd.number for odd in split.odd] + [mended.number for mended in split.mended])
    steps = {0: 0}
    for before, number in enumerate(others):
        steps[number - before] = before + 1
    return sorted(steps.items())


def _shift_sql(steps: Sequence[tuple[int, int]]) -> str:
    """A search by halves for the step that a position stands on: joining them would sort the whole table."""
    if len(steps) == 1:
        return str(steps[0][1])
    middle = len(steps) // 2
    before, after = _shift_sql(steps[:middle]), _shift_sql(steps[middle:])
    return f"case when position < {steps[middle][0]} then {before} else {after} end"


def _register(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register(f"{name}_frame", frame.to_arrow())
    connection.execute(f"create or replace temp table {name} as select * from {name}_frame")
    connection.unregister(f"{name}_frame")


def _notes(codec: str, header: Header, split: Split) -> tuple[str, ...]:
    notes = []
    if codec != "utf-8":
        notes.append(f"Read as {codec}.")
    if header.delimiter != ",":
        notes.append(f"The delimiter is {'tab' if header.delimiter == chr(9) else header.delimiter}.")
    if split.blank:
        notes.append(f"{split.blank:,} blank lines hold no record.")
    if split.mended:
        notes.append(
            f"{len(split.mended):,} rows hold quotation marks inside unquoted fields; they were read as they stand."
        )
    return tuple(notes)
