"""Lands one table of the contract: matches its columns, converts them, parts off the rows that cannot be read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.contract import Column, Table
from pipelines.land.conversion import Conversion, text_conversion, typed_conversion, whole_number_text_sql
from pipelines.land.profile import Reading, TextColumn, profile_columns, trimmed_sql
from pipelines.land.rejects import RejectedRows
from pipelines.land.sql_text import quoted
from tower.errors import SourceError

_NUMERIC = ("DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """A source's table ready to be landed.

    `relation` is SQL with `_row_number` and a column c0, c1, … for each heading, of DuckDB's types in `data_types` (all
    text where that is empty). `source_rows` is the source's own count of its records, taken without the reader behind
    `relation`; `odd_rows` of them had no columns and are rejected already. `number_columns` are the columns of the
    contract that hold text of numbers written with a point, because they were numbers in the source. A table without
    headings holds nothing.
    """

    relation: str
    headings: tuple[str, ...]
    source_rows: int
    odd_rows: int = 0
    data_types: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    number_columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column as the source has it: name in the relation, heading, DuckDB's type, and what it is in the contract."""

    identifier: str
    heading: str
    data_type: str
    target: Column | None


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a relation's rows."""

    rows: int
    rejected_rows: int
    columns: Mapping[str, str]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Matched:
    """The source's headings against the contract: None where nothing reads a column."""

    targets: Sequence[Column | None]
    ignored: Sequence[str] = ()
    notes: Sequence[str] = field(default_factory=tuple)


def match_columns(headings: Sequence[str], table: Table, place: str) -> Matched:
    """Match headings to the table's columns, exactly but for case and blanks around.

    Raises SourceError for a required column that is missing and for one that comes twice; notes the headings that
    mean nothing, each with the column it may have been meant for.
    """
    known = {column.name: column for column in table.source_columns}
    derived = {column.name for column in table.columns if column.derived}
    names = [normalised_heading(heading) for heading in headings]
    repeated = [name for name in known if names.count(name) > 1]
    if repeated:
        raise SourceError(f"{place}: the column {repeated[0]} comes twice. Remove or rename one of them.")
    missing = [column.name for column in table.required_columns if column.name not in names]
    spare = [name for name in known if name not in names]
    if missing:
        found = difflib.get_close_matches(
            missing[0], [name for name in names if name and name not in known], n=1, cutoff=0.6
        )
        advice = (
            f"Is it the column {found[0]!r}? Then rename that."
            if found
            else "Add the column, with a value in every row."
        )
        others = f" (also missing: {', '.join(missing[1:])})" if missing[1:] else ""
        raise SourceError(f"{place}: the required column {missing[0]} is missing{others}. {advice}")
    ignored, notes = [], []
    for heading, name in zip(headings, names, strict=True):
        if name in known or not name:
            continue
        ignored.append(heading)
        if name in derived:
            notes.append(f"The column {name} is computed, so it is not read.")
        elif close := difflib.get_close_matches(name.replace(" ", "_"), spare, n=1, cutoff=0.75):
            notes.append(f"The column {heading!r} is not known; did you mean {close[0]}?")
        else:
            notes.append(f"The column {heading!r} is not known and is not read.")
    return Matched([known.get(name) for name in names], ignored, notes)


def normalised_heading(heading: str) -> str:
    """A heading as it is compared: without blanks and marks around it, in lower case."""
    return heading.strip().strip("\ufeff\u3000\u00a0").strip().lower()


def land_relation(
    connection: duckdb.DuckDBPyConnection,
    opened: OpenedTable,
    columns: Sequence[SourceColumn],
    table: Table,
    reading: Reading,
    rejected: RejectedRows,
    folder: Path,
    place: str,
    file_name: str,
) -> Landed:
    """Write the readable rows of what was opened to `folder/<table>.parquet`, and add the others to `rejected`.

    `place` names file and table in errors. Raises SourceError where a column can be read in two ways, or not at all.
    """
    names = [column.identifier for column in columns]
    trimmed = [
        f"{trimmed_sql(name, reading.null_values) if column.data_type == 'VARCHAR' else name} as said_{name}"
        for name, column in zip(names, columns, strict=True)
        if column.target is not None
    ]
    said = f"(select _row_number, {', '.join([*names, *trimmed])} from {opened.relation}) as said"
    partial = folder / f"{table.name}.parquet.partial"
    try:
        conversions, notes = _conversions(connection, said, columns, reading, place)
        for name, constant in reading.constants.items():
            column = table.column(name)
            if column is not None and all(conversion.target.name != name for conversion in conversions):
                conversions.append(Conversion(column, "null", quoted(constant), None))
        values = ", ".join(f"cast({each.value} as {each.target.data_type}) as {_value(each)}" for each in conversions)
        converted = f"(select *, {values} from {said}) as converted"
        fallible = [each for each in conversions if each.rule is not None]
        failed = " or ".join(_failed(each) for each in fallible) or "false"
        selected = ", ".join(f'{_value(each)} as "{each.target.name}"' for each in conversions)
        row = connection.execute(
            "copy ("
            f"select cast(_row_number as bigint) as _row_number, {selected} from {converted} where not ({failed})"
            ") "
            f"to {quoted(str(partial))} (format parquet, compression zstd)"
        ).fetchone()
        rows = int(row[0]) if row else 0
        rejected_rows = 0
        if fallible and rows != opened.source_rows - opened.odd_rows:
            rejected_rows = rejected.add_query(_rejects(converted, columns, fallible, table, file_name))
    except duckdb.Error as error:
        raise SourceError(f"{place}: the file could not be read: {str(error).splitlines()[0]}") from error
    partial.replace(folder / f"{table.name}.parquet")
    landed = {conversion.target.name: conversion.target.data_type for conversion in conversions}
    return Landed(rows, rejected_rows, landed, notes)


def _value(conversion: Conversion) -> str:
    return f"value_{conversion.target.name}"


def _failed(conversion: Conversion) -> str:
    return f"({conversion.said} is not null and {_value(conversion)} is null)"


def _conversions(
    connection: duckdb.DuckDBPyConnection, said: str, columns: Sequence[SourceColumn], reading: Reading, place: str
) -> tuple[list[Conversion], list[str]]:
    """One conversion for each column that the contract knows, and what was found out about how they are written."""
    texts: dict[str, TextColumn] = {}
    typed: dict[str, Conversion] = {}
    for column in columns:
        if column.target is None:
            continue
        name = f"said_{column.identifier}"
        found = typed_conversion(name, column.data_type, column.target) if column.data_type != "VARCHAR" else None
        if found is not None:
            typed[column.identifier] = found
        else:
            texts[column.identifier] = TextColumn(_as_text(name, column, place), column.target)
    profiles = profile_columns(connection, said, tuple(texts.values()), reading, place)
    conversions = [
        typed[name] if name in typed else text_conversion(texts[name], profiles.get(texts[name].identifier), reading)
        for name in (column.identifier for column in columns if column.target is not None)
    ]
    return conversions, [profile.note for profile in profiles.values() if profile.note]


def _as_text(name: str, column: SourceColumn, place: str) -> str:
    """SQL of a typed column's text, for values that its type does not make the contract's by itself."""
    kind = column.data_type.upper()
    if kind == "VARCHAR":
        return name
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
        raise SourceError(
            f"{place}: the column {column.heading} holds nested values ({kind}). Write it as plain text or numbers."
        )
    return whole_number_text_sql(name) if kind.startswith(_NUMERIC) else f"cast({name} as varchar)"


def _raw(column: SourceColumn) -> str:
    """SQL of a value for the raw row; JSON has no word for infinity and for what is no number."""
    name = column.identifier
    if column.data_type.upper() not in {"DOUBLE", "FLOAT"}:
        return name
    return f"case when isfinite({name}) then to_json({name}) else to_json(cast({name} as varchar)) end"


def _rejects(
    converted: str, columns: Sequence[SourceColumn], fallible: Sequence[Conversion], table: Table, file_name: str
) -> str:
    """The rows in which a conversion failed: the first column that did names the rule."""
    headings: list[str] = []
    for column in columns:
        heading = column.heading.strip() or column.identifier
        while heading.lower() in {used.lower() for used in headings}:
            heading += "_"
        headings.append(heading)
    raw = ", ".join(f"{quoted(heading)}: {_raw(column)}" for heading, column in zip(headings, columns, strict=True))
    cases = {
        part: " ".join(f"when {_failed(each)} then {part_sql}" for each, part_sql in zip(fallible, texts, strict=True))
        for part, texts in {
            "rule": [quoted(str(each.rule)) for each in fallible],
            "column_name": [quoted(each.target.name) for each in fallible],
            "value": [f"cast({each.said} as varchar)" for each in fallible],
        }.items()
    }
    failed = " or ".join(_failed(each) for each in fallible)
    return f"""
        select
            {quoted(table.name)}, _row_number, cast(to_json({{{raw}}}) as varchar),
            case {cases["rule"]} end, case {cases["column_name"]} end, case {cases["value"]} end, {quoted(file_name)}
        from {converted}
        where {failed}
    """
