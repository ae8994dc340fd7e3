"""Hand-made builds for the metric tests: empty core tables with the contracts' columns, filled with a few rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from tower.builds import SCHEMA_VERSION
from tower.metrics import Catalogue, catalogue_from_manifest
from tower.metrics.parse import parsed_manifest
from tower.warehouse import Warehouse, open_warehouse

PROJECT = Path(__file__).resolve().parents[1] / "models_dbt"
AS_OF = date(2026, 6, 30)

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@cache
def parsed_project() -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """The semantic manifest, and the columns with their types of every core table, as dbt accepts them."""
    with tempfile.TemporaryDirectory() as folder:
        semantic = parsed_manifest(PROJECT, Path(folder))
        manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
    tables = {
        node["alias"]: {name: column["data_type"] for name, column in node["columns"].items()}
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "core"
    }
    return semantic, tables


@cache
def catalogue() -> Catalogue:
    """The project's own definitions."""
    return catalogue_from_manifest(parsed_project()[0])


@cache
def _empty_build() -> bytes:
    _, tables = parsed_project()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.duckdb"
        with duckdb.connect(str(file)) as connection:
            connection.execute("create schema build; create schema core")
            for table in [name for name in tables if name.startswith(("dim_", "fct_"))]:
                columns = ", ".join(f'"{name}" {data_type}' for name, data_type in tables[table].items())
                connection.execute(f"create table core.{table} ({columns})")
        return file.read_bytes()


def scratch_warehouse(file: Path, rows: Rows, as_of: date = AS_OF) -> Warehouse:
    """A build of one file with these rows in its core tables; columns that a row does not name are missing."""
    file.write_bytes(_empty_build())
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            f"create table build.build_info as select 'scratch' as build_id, date '{as_of}' as as_of, "
            f"'CNY' as company_currency, {SCHEMA_VERSION} as schema_version"
        )
        for table, given in rows.items():
            if given:
                frame = pl.DataFrame(given, infer_schema_length=None)
                connection.register("given", frame.to_arrow())
                connection.execute(f"insert into core.{table} by name select * from given")
                connection.unregister("given")
    return open_warehouse(file)
