"""What Odoo can answer, by table and column, in both languages. The text stands in coverage.yml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from pipelines.contract import Table, load_contract
from pipelines.sources.adapter import Coverage

NOTES_FILE = Path(__file__).with_name("coverage.yml")
Note = Sequence[str]


@cache
def stated_coverage() -> Mapping[str, Any]:
    """The content of coverage.yml."""
    stated: Mapping[str, Any] = yaml.safe_load(NOTES_FILE.read_text(encoding="utf-8"))
    return stated


def coverage_of_canonical_tables(landed: Set[str]) -> Sequence[Coverage]:
    """One row per canonical table, and one per column of those that are filled. `landed` are the tables of a load."""
    return tuple(row for table in load_contract().values() for row in _of_table(table, landed))


def _of_table(table: Table, landed: Set[str]) -> Iterator[Coverage]:
    stated = stated_coverage()
    nothing: Note = stated["absent_note"]
    filled: Mapping[str, Any] | None = stated["filled"].get(table.name)
    if filled is None:
        yield Coverage(table.name, "", "absent", *stated["absent_tables"].get(table.name, nothing))
        return
    if filled["from"] not in landed:
        yield Coverage(table.name, "", "absent", *stated["no_module_note"])
        return
    yield Coverage(table.name, "", filled.get("status", "full"), *filled.get("note", ()))
    absent: Sequence[str] = filled.get("absent", ())
    notes: Mapping[str, Note] = filled.get("notes", {})
    partial: Mapping[str, Note] = filled.get("partial", {})
    for column in table.source_columns:
        if column.name in absent:
            yield Coverage(table.name, column.name, "absent", *notes.get(column.name, nothing))
        elif column.name in partial:
            yield Coverage(table.name, column.name, "partial", *partial[column.name])
        else:
            yield Coverage(table.name, column.name, "full")
