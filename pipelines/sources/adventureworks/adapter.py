"""The AdventureWorks adapter: a folder of `Schema.Table.parquet` files, landed as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from pipelines.land.fingerprint import fingerprint
from pipelines.land.manifest import Landing, LoadManifest
from pipelines.land.parquet import DISTRUST_STATISTICS
from pipelines.land.sql_text import quoted
from pipelines.sources.adapter import Coverage, Progress
from pipelines.sources.adventureworks.coverage import coverage_of_canonical_tables
from pipelines.sources.adventureworks.landing import land_table
from pipelines.sources.adventureworks.tables import source_tables
from tower.errors import SourceError
from tower.settings import SourceSettings

# A copy streams: this holds the row groups in flight, however long the file.
LANDING_MEMORY = "1GB"


class AdventureWorks:
    """Reads the tables that staging needs. It refuses to guess: a missing table or column stops the load."""

    name = "adventureworks"
    raw_name = "adventureworks"

    def land(self, source: SourceSettings, folder: Path, progress: Progress) -> Landing:
        """Land every table of the list. Raises SourceError for a missing folder, table or column."""
        if not source.folder.is_dir():
            raise SourceError(
                f"The folder {source.folder} of the source {source.name!r} does not exist. "
                "Name the folder that holds the AdventureWorks Schema.Table.parquet files."
            )
        loaded = []
        with duckdb.connect(config={"memory_limit": LANDING_MEMORY}) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(DISTRUST_STATISTICS)
            for table in source_tables().values():
                landed = land_table(connection, table, source.folder, folder)
                progress(f"read {table.file} ({landed.rows:,} rows)")
                loaded.append(landed)
        return Landing(tuple(loaded))

    def raw_tables(self) -> Mapping[str, Mapping[str, str]]:
        """The tables that staging reads, with columns and DuckDB types."""
        return {table.name: table.columns for table in source_tables().values()}

    def fingerprint(self, source: SourceSettings) -> str:
        """Names, sizes and times of the folder's files."""
        return fingerprint(source.folder)

    def coverage(self, manifest: LoadManifest) -> Sequence[Coverage]:
        """What AdventureWorks can answer. All its tables are required, so this is the same for every load."""
        return coverage_of_canonical_tables()

    def default_as_of(self, source: SourceSettings, folder: Path) -> date | None:
        """The day of the last order of a customer or of the plant; later purchase orders and due dates look ahead."""
        last_orders = " union all ".join(
            f"select max({column}) as ordered_at from read_parquet({quoted(str(folder / f'{table}.parquet'))})"
            for table, column in (("SalesOrderHeader", "OrderDate"), ("WorkOrder", "StartDate"))
        )
        with duckdb.connect() as connection:
            last = connection.execute(f"select cast(max(ordered_at) as date) from ({last_orders})").fetchone()
        return last[0] if last else None

    def company_name(self, source: SourceSettings) -> str | None:
        """The company of Microsoft's sample database."""
        return "Adventure Works Cycles"

    def company_currency(self, source: SourceSettings) -> str | None:
        """All amounts are in US dollars, those of orders from other countries too."""
        return "USD"
