"""The canonical contract as values: every table, its columns, their types and what they may hold.

The YAML beside the canonical models is the one place where it is written; landing, templates, coverage and
documentation read it from here. Nothing here knows a source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml  # type: ignore[import-untyped]

from tower.errors import BuildError

CONTRACT_FOLDER = Path(__file__).resolve().parent.parent / "models_dbt" / "models" / "canonical"
# The order in which people meet the areas; a file that is not named here comes after them, by name.
AREAS = ("master_data", "crm", "sales", "production", "supply", "finance")

DataType = Literal["varchar", "decimal(18,6)", "double", "integer", "boolean", "date", "timestamp"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `derived` columns are computed by the canonical layer: a source never holds them."""

    name: str
    data_type: DataType
    required: bool = False
    values: tuple[str, ...] = ()
    references: str | None = None
    description: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table; `key` names the columns that identify a row, `area` the part of the business."""

    name: str
    area: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def source_columns(self) -> tuple[Column, ...]:
        """The columns that a source may hold."""
        return tuple(column for column in self.columns if not column.derived)

    @property
    def required_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.source_columns if column.required)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


@cache
def load_contract(folder: Path = CONTRACT_FOLDER) -> Mapping[str, Table]:
    """All canonical tables by name, areas in the order of AREAS.

    Raises BuildError for a contract that contradicts itself.
    """
    tables: dict[str, Table] = {}
    for file in sorted(folder.glob("*.yml"), key=_position):
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        for model in content.get("models", []):
            if "table" not in model.get("config", {}).get("meta", {}):
                continue
            table = _table(model, file.stem)
            if table.name in tables:
                raise BuildError(f"{file.name} describes the table {table.name} a second time; keep one description.")
            tables[table.name] = table
    for table in tables.values():
        _check(table, tables)
    return tables


def _position(file: Path) -> tuple[int, str]:
    return (AREAS.index(file.stem) if file.stem in AREAS else len(AREAS), file.stem)


def _table(model: Mapping[str, Any], area: str) -> Table:
    meta = model["config"]["meta"]
    return Table(
        name=meta["table"],
        area=area,
        description=str(model.get("description", "")).strip(),
        key=tuple(meta.get("key", ())),
        columns=tuple(_column(column) for column in model["columns"]),
    )


def _column(column: Mapping[str, Any]) -> Column:
    meta = column.get("config", {}).get("meta", {})
    return Column(
        name=column["name"],
        data_type=column["data_type"],
        required=bool(meta.get("required", False)),
        values=tuple(str(value) for value in meta.get("values", ())),
        references=meta.get("references"),
        description=str(column.get("description", "")).strip(),
        derived=bool(meta.get("derived", False)),
    )


def _check(table: Table, tables: Mapping[str, Table]) -> None:
    names = [column.name for column in table.columns]
    problems = [f"names the column {name} twice" for name in sorted({name for name in names if names.count(name) > 1})]
    problems += [f"has the key column {name}, which it does not describe" for name in table.key if name not in names]
    problems += [
        f"gives {column.name} the type {column.data_type}, which is none of {', '.join(get_args(DataType))}"
        for column in table.columns
        if column.data_type not in get_args(DataType)
    ]
    problems += [
        f"lets {column.name} refer to {column.references}, which is no table of the contract"
        for column in table.columns
        if column.references is not None and column.references not in tables
    ]
    if problems:
        raise BuildError(f"The contract of {table.name} {problems[0]}. Mend the YAML beside the canonical models.")
