"""The models as plain SQL statements: dbt compiles them once, and each further day only runs them.

A day of a small company has little data and hundreds of models; run by dbt, most of its time would be dbt's own. The
statements are those that dbt itself has run, in the order in which it did, with the day left open.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import duckdb

from pipelines.build.context import BuildContext
from pipelines.build.project import PROJECT_FOLDER, DbtProject, NodeProgress, NodeResult, failed

_DAY = "{day of the build}"
_UNFINISHED = "__dbt_tmp"
_REFERENCE_DATA = PROJECT_FOLDER.parent / "seeds" / "reference"
_REFERENCE = "reference"


@dataclass(slots=True)
class CompiledProject(DbtProject):
    """dbt's project for one build file, which hands to dbt only what no earlier build in the folder has run."""

    folder: Path = Path()

    def invoke(
        self, command: str, select: Sequence[str], exclude: Sequence[str] = (), progress: NodeProgress | None = None
    ) -> list[NodeResult]:
        """As dbt does it; no results where the statements were known."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if command == "seed":
            return self._write_reference(select)
        assert command == "run", "a measurement runs no tests"
        day = str(self.variables["as_of"])
        file = self.folder / f"statements-{fingerprint()}.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        selection = " ".join([*select, "without", *exclude])
        if selection in known:
            self.release()
            with duckdb.connect(str(self.build_file)) as connection:
                for statement in known[selection]:
                    connection.execute(statement.replace(_DAY, day))
            return []
        results = self._by_dbt("run", select, exclude)
        if not failed(results):
            file.write_text(json.dumps({**known, selection: self._statements(results, day)}))
        return results

    def _by_dbt(self, command: str, select: Sequence[str], exclude: Sequence[str] = ()) -> list[NodeResult]:
        return DbtProject.invoke(self, command, select, exclude)

    def _statements(self, results: Sequence[NodeResult], day: str) -> list[str]:
        """What dbt has run for the nodes, in its order; it ends a node by taking away the name's mark."""
        statements = []
        for result in results:
            node = self.manifest.nodes[result.unique_id]
            file = self.target_folder / "run" / node.package_name / node.original_file_path
            if file.exists():
                statements.append(file.read_text().replace(_UNFINISHED, "").replace(day, _DAY))
        return statements

    def _write_reference(self, select: Sequence[str]) -> list[NodeResult]:
        kept = self.folder / f"reference-{fingerprint()}.duckdb"
        if not kept.exists():
            results = self._by_dbt("seed", select)
            self.release()
            if not failed(results):
                with duckdb.connect(str(self.build_file)) as connection:
                    copy_schemas(connection, (_REFERENCE,), kept)
            return results
        with duckdb.connect(str(self.build_file)) as connection:
            connection.execute(f"attach '{kept}' as kept (read_only)")
            for schema, name in _tables(connection, "kept", (_REFERENCE,)):
                connection.execute(f'create or replace table {schema}."{name}" as from kept.{schema}."{name}"')
        return []


def take_over(context: BuildContext, folder: Path) -> None:
    """Put a compiled project in place of the one that the step `open` has bound to the build file."""
    bound = {field.name: getattr(context.dbt, field.name) for field in fields(DbtProject)}
    context.project = CompiledProject(**bound, folder=folder)


@functools.cache
def fingerprint() -> str:
    """Of all models, macros and reference data as the process found them: others have other statements."""
    found = hashlib.sha256()
    files = [*PROJECT_FOLDER.rglob("*.sql"), *PROJECT_FOLDER.rglob("*.yml"), *_REFERENCE_DATA.rglob("*.*")]
    for file in sorted(files):
        if "target" not in file.relative_to(PROJECT_FOLDER.parent).parts:
            found.update(file.relative_to(PROJECT_FOLDER.parent).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:12]


def copy_schemas(connection: duckdb.DuckDBPyConnection, schemas: Sequence[str], target: Path) -> None:
    """Write every table and view of some schemas as a table of a new file, which needs no other and may be renamed."""
    here: str = connection.sql("select current_database()").fetchall()[0][0]
    unfinished = target.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    names = _tables(connection, here, schemas)
    connection.execute(f"attach '{unfinished}' as kept")
    for schema in schemas:
        connection.execute(f"create schema kept.{schema}")
    for schema, name in names:
        connection.execute(f'create table kept.{schema}."{name}" as from {schema}."{name}"')
    connection.execute("detach kept")
    unfinished.rename(target)


def _tables(connection: duckdb.DuckDBPyConnection, catalogue: str, schemas: Sequence[str]) -> list[tuple[str, str]]:
    """(schema, name) of what models and engines wrote; what was rejected at loading is read by nobody here."""
    return connection.execute(
        "select table_schema, table_name from information_schema.tables where table_catalog = ? "
        "and list_contains(?, table_schema) and not starts_with(table_name, 'rej_') order by all",
        [catalogue, list(schemas)],
    ).fetchall()
