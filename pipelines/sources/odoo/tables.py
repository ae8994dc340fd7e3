"""The tables and columns of Odoo that staging reads, as the dbt source lists them: written once, there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

SOURCE_FILE = Path(__file__).resolve().parents[3] / "models_dbt" / "models" / "staging" / "odoo" / "_odoo.yml"


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column as it lands. `readings` are tried in order: the first whose columns the database has is used."""

    name: str
    data_type: str
    readings: tuple[str, ...]
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Property:
    """A value per company and record: rows of ir_property until Odoo 17, a JSON column of the record's table since.

    `model` has the property, `table` holds its records; without a table the value is a company's default.
    """

    names: tuple[str, ...]
    model: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One table. `relation` is what it is read from, as `t`; `key` what a row is known by; `company` the filter of
    tables without a column company_id ("none": every company's rows, "id": the company itself)."""

    name: str
    module: str
    columns: tuple[SourceColumn, ...]
    relation: str
    key: tuple[str, ...]
    where: str
    written: str
    company: str
    is_reloaded: bool
    is_optional: bool
    of_property: Property | None

    @property
    def types(self) -> Mapping[str, str]:
        """DuckDB types by column name."""
        return {column.name: column.data_type for column in self.columns}

    @property
    def base_table(self) -> str:
        """The table of the database whose rows are counted and keyed."""
        return self.relation.split()[0]


@cache
def source_tables() -> Mapping[str, SourceTable]:
    """All tables by name, in the order of the list."""
    content = yaml.safe_load(SOURCE_FILE.read_text(encoding="utf-8"))
    return {table["name"]: _table(table) for source in content["sources"] for table in source["tables"]}


@cache
def shape_of_list() -> str:
    """A short text that changes when the list does: rows landed by another list are not built upon."""
    return hashlib.sha256(SOURCE_FILE.read_bytes()).hexdigest()[:16]


def _table(table: Mapping[str, Any]) -> SourceTable:
    meta = table["config"]["meta"]
    name = table["name"]
    stated = meta.get("property")
    of_property = Property((stated["name"],), stated["model"], stated["table"]) if stated else None
    if "defaults" in meta:
        of_property = Property(tuple(meta["defaults"]))
    return SourceTable(
        name=name,
        module=meta["module"],
        columns=tuple(_column(column) for column in table["columns"]),
        relation=meta.get("relation", f"{name} t"),
        key=tuple(meta.get("key", ("id",))),
        where=meta.get("where", ""),
        written=meta.get("written", "t.write_date"),
        company=meta.get("company", ""),
        is_reloaded=meta.get("reload") == "always" or "key" in meta or of_property is not None,
        is_optional=bool(meta.get("optional", False)),
        of_property=of_property,
    )


def _column(column: Mapping[str, Any]) -> SourceColumn:
    meta: Mapping[str, Any] = column.get("config", {}).get("meta", {})
    readings: Sequence[str] = meta.get("from", (column["name"],))
    return SourceColumn(
        name=column["name"],
        data_type=column["data_type"].upper(),
        readings=tuple(readings),
        is_optional=bool(meta.get("optional", False)),
    )
