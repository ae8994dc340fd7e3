"""What every source adapter offers. It reads its system as it is; giving that the canonical shape is dbt's part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

from pipelines.land.manifest import Landing, LoadManifest
from tower.settings import SourceSettings

CoverageStatus = Literal["full", "partial", "absent"]
# Told what is happening, for the person who waits: "reading sales_order_lines.csv (1,000,000 rows)".
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether a source fills a canonical table (`column_name` empty) or one column of it, and why where not.

    `partial` means that rows are there but cannot answer everything; the note says what not to conclude from them.
    """

    table_name: str
    column_name: str
    status: CoverageStatus
    note: str = ""
    note_zh: str = ""


class Adapter(Protocol):
    """One kind of source system.

    `raw_name` begins the names of its raw views: its own name, or `files` where what it lands has the contract's shape.
    """

    name: str
    raw_name: str

    def land(self, source: SourceSettings, folder: Path, progress: Progress) -> Landing:
        """Write each source table to `folder/<table>.parquet` with `_row_number` (bigint, 1-based, in source order).

        Rows that cannot be read go whole to `folder/rejected.parquet`. Raises SourceError for what cannot be read as a
        whole.
        """
        ...

    def raw_tables(self) -> Mapping[str, Mapping[str, str]]:
        """Every source table that the models read, with its columns and DuckDB types, whether it landed or not."""
        ...

    def fingerprint(self, source: SourceSettings) -> str:
        """What the source holds in one short text: equal while a build of it would hold the same."""
        ...

    def coverage(self, manifest: LoadManifest) -> Sequence[Coverage]:
        """For every canonical table one row, and for tables that are not absent one row per column."""
        ...

    def default_as_of(self, source: SourceSettings, folder: Path) -> date | None:
        """The day the data speaks of, where the source itself knows it; otherwise None. `folder` is the landed load."""
        ...

    def company_name(self, source: SourceSettings) -> str | None:
        """The name of the company, where the source says it; otherwise None."""
        ...

    def company_currency(self, source: SourceSettings) -> str | None:
        """The currency in which the source keeps its books, where it says so; otherwise None."""
        ...
