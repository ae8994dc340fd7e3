"""The tables and columns of AdventureWorks that staging reads, as the dbt source lists them: written once, there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml  # type: ignore[import-untyped]

SOURCE_FILE = (
    Path(__file__).resolve().parents[3] / "models_dbt" / "models" / "staging" / "adventureworks" / "_adventureworks.yml"
)


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One table. `file` is its Parquet file (Schema.Table.parquet), `columns` maps what is read to DuckDB types,
    `not_read` are columns that the table is known to have and nothing needs."""

    name: str
    file: str
    columns: Mapping[str, str]
    not_read: tuple[str, ...]


@cache
def source_tables() -> Mapping[str, SourceTable]:
    """All tables by name, in the order of the list."""
    content = yaml.safe_load(SOURCE_FILE.read_text(encoding="utf-8"))
    return {
        table["name"]: SourceTable(
            name=table["name"],
            file=table["config"]["meta"]["file"],
            columns={column["name"]: column["data_type"].upper() for column in table["columns"]},
            not_read=tuple(table["config"]["meta"].get("not_read", ())),
        )
        for source in content["sources"]
        for table in source["tables"]
    }
