"""Lands one table of the contract: matches its columns, converts them, parts the rows that cannot be read from the rest."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.contract import Column, Table
from pipelines.land.conversion import Conversion, text_conversion, typed_conversion
from pipelines.land.profile import Reading, TextColumn, profile_columns, quoted
from pipelines.land.rejects import RejectedRows
from tower.errors import SourceError

_NUMERIC = ("DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column as the source has it: its place in the relation, its heading, DuckDB's type, and what it is in the contract."""

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

    Raises SourceError for a required column that is missing and for one that comes twice; notes the headings that mean nothing,
    each with the column it may have been meant for.
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
        found = difflib.get_close_matches(missing[0], [name for name in names if name and name not in known], n=1, cutoff=0.6)
        advice = f"Is it the column {found[0]!r}? Then rename that." if found else "Add the column, with a value in every row."
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
    return heading.strip().strip("\ufeff\u3000\u00a0").strip().lower()


def land_relation(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[SourceColumn],
    table: Table,
    reading: Reading,
    rejected: RejectedRows,
    folder: Path,
    place: str,
    file_name: str,
) -> Landed:
    """Write the readable rows of `relation` (with `_row_number`) to `folder/<table>.parquet`, and add the others to `rejected`.

    `place` names file and table in errors. Raises SourceError where a column can be read in two ways, or not at all.
    """
    conversions, notes = _conversions(connection, relation, columns, reading, place)
    for name, constant in reading.constants.items():
        column = table.column(name)
        if column is not None and all(conversion.target.name != name for conversion in conversions):
            conversions.append(Conversion(column, "null", quoted(constant), None))
    fallible = [conversion for conversion in conversions if conversion.rule is not None]
    failed = " or ".join(conversion.failed for conversion in fallible) or "false"
    selected = ", ".join(
        ["cast(_row_number as bigint) as _row_number"]
        + [f"cast({each.value} as {each.target.data_type}) as {each.target.name}" for each in conversions]
    )
    target = folder / f"{table.name}.parquet"
    partial = folder / f"{table.name}.parquet.partial"
    try:
        row = connection.execute(
            f"copy (select {selected} from {relation} where not coalesce({failed}, false)) "
            f"to {quoted(str(partial))} (format parquet, compression zstd)"
        ).fetchone()
        rows = int(row[0]) if row else 0
        rejected_rows = rejected.add_query(_rejects(relation, columns, fallible, table, file_name)) if fallible else 0
    except duckdb.Error as error:
        raise SourceError(f"{place}: the file could not be read: {str(error).splitlines()[0]}") from error
    partial.replace(target)
    landed = {conversion.target.name: conversion.target.data_type for conversion in conversions}
    return Landed(rows, rejected_rows, landed, notes)


def _conversions(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[SourceColumn],
    reading: Reading,
    place: str,
) -> tuple[list[Conversion], list[str]]:
    """One conversion for each matched column, in the contract's wording; and what was found out about how they are written."""
    conversions: dict[str, Conversion] = {}
    texts: dict[str, TextColumn] = {}
    for column in columns:
        if column.target is None:
            continue
        typed = None if column.data_type == "VARCHAR" else typed_conversion(column.identifier, column.data_type, column.target)
        if typed is not None:
            conversions[column.identifier] = typed
        else:
            texts[column.identifier] = TextColumn(_as_text(column, place), column.target)
    try:
        profiles = profile_columns(connection, relation, tuple(texts.values()), reading, place)
    except duckdb.Error as error:
        raise SourceError(f"{place}: the file could not be read: {str(error).splitlines()[0]}") from error
    for identifier, text in texts.items():
        conversions[identifier] = text_conversion(text, profiles.get(text.identifier), reading)
    notes = [profile.note for profile in profiles.values() if profile.note]
    return [conversions[column.identifier] for column in columns if column.identifier in conversions], notes


def _as_text(column: SourceColumn, place: str) -> str:
    kind = column.data_type.upper()
    if kind == "VARCHAR":
        return column.identifier
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
        raise SourceError(f"{place}: the column {column.heading} holds nested values ({kind}). Write it as plain text or numbers.")
    if kind.startswith(_NUMERIC):
        whole = f"try_cast({column.identifier} as hugeint)"
        return (
            f"(case when {column.identifier} = {whole} then cast({whole} as varchar) "
            f"else cast({column.identifier} as varchar) end)"
        )
    return f"cast({column.identifier} as varchar)"


def _rejects(
    relation: str, columns: Sequence[SourceColumn], fallible: Sequence[Conversion], table: Table, file_name: str
) -> str:
    """The rows in which a conversion failed: the first column that did names the rule."""
    headings: list[str] = []
    for column in columns:
        heading = column.heading.strip() or column.identifier
        while heading.lower() in {used.lower() for used in headings}:
            heading += "_"
        headings.append(heading)
    raw = ", ".join(f"{quoted(heading)}: {column.identifier}" for heading, column in zip(headings, columns, strict=True))
    cases = {
        part: " ".join(f"when {each.failed} then {said}" for each, said in zip(fallible, texts, strict=True))
        for part, texts in {
            "rule": [quoted(str(each.rule)) for each in fallible],
            "column_name": [quoted(each.target.name) for each in fallible],
            "value": [f"cast({each.text} as varchar)" for each in fallible],
        }.items()
    }
    failed = " or ".join(each.failed for each in fallible)
    return f"""
        select
            {quoted(table.name)}, _row_number, cast(to_json({{{raw}}}) as varchar),
            case {cases["rule"]} end, case {cases["column_name"]} end, case {cases["value"]} end, {quoted(file_name)}
        from {relation}
        where {failed}
    """
