"""What a load says of itself. The manifest is written last: a load folder without one does not exist."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

from tower.errors import SourceError

MANIFEST_FILE = "manifest.json"
REJECTED_FILE = "rejected.parquet"
# What a source itself adds up, where it can be asked: (measure, subject, value).
TOTALS_FILE = "source_totals.parquet"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was read: its name inside the source, size in bytes and SHA-256."""

    name: str
    bytes: int
    checksum: str


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """One source table as it landed. Rows in (`source_rows`) = `rows` accepted + `rejected_rows`, always.

    `source_rows` is the source's own count (a Parquet footer, the lines of a CSV), taken independently of the read.
    `columns` maps each landed column to its DuckDB type. `ignored_columns` are the source's columns that nothing reads.
    `checksum` is the SHA-256 of the landed Parquet file.
    """

    name: str
    rows: int
    source_rows: int
    rejected_rows: int
    columns: Mapping[str, str]
    checksum: str
    source_files: Sequence[SourceFile]
    ignored_columns: Sequence[str] = ()
    notes: Sequence[str] = ()

    def check_balance(self) -> None:
        """Raise SourceError unless every row of the source was either accepted or rejected."""
        if self.source_rows != self.rows + self.rejected_rows:
            raise SourceError(
                f"Table {self.name}: the source holds {self.source_rows:,} rows, but {self.rows:,} were accepted and "
                f"{self.rejected_rows:,} rejected. The load was stopped so that no row is lost; "
                "check that the source did not change while it was read, and load again."
            )


@dataclass(frozen=True, slots=True)
class Landing:
    """What an adapter landed: the tables, notes on what it did not read, and coverage that the source itself declares.

    An entry of `coverage` has the fields of pipelines.sources.adapter.Coverage.
    """

    tables: Sequence[LoadedTable]
    notes: Sequence[str] = ()
    coverage: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class LoadManifest:
    """All tables of one load of one source. `loaded_at` is an ISO instant in UTC."""

    source: str
    adapter: str
    load_id: str
    loaded_at: str
    tables: Sequence[LoadedTable] = field(default_factory=tuple)
    notes: Sequence[str] = ()
    coverage: Sequence[Mapping[str, str]] = ()

    def table(self, name: str) -> LoadedTable | None:
        return next((table for table in self.tables if table.name == name), None)


def write_manifest(manifest: LoadManifest, folder: Path) -> None:
    """Check that every table balances, then write the manifest atomically: from here on the load exists."""
    for table in manifest.tables:
        table.check_balance()
    partial = folder / f"{MANIFEST_FILE}.partial"
    with partial.open("wb") as file:
        file.write(orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / MANIFEST_FILE)


def read_manifest(folder: Path) -> LoadManifest:
    """The manifest of a load that is whole, as it was written."""
    content = orjson.loads((folder / MANIFEST_FILE).read_bytes())
    tables = tuple(
        LoadedTable(**{**table, "source_files": tuple(SourceFile(**file) for file in table["source_files"])})
        for table in content.pop("tables")
    )
    return LoadManifest(**content, tables=tables)


def checksum_of(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
