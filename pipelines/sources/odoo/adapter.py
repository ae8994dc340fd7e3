"""The Odoo adapter: a live PostgreSQL database, landed table by table as Parquet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.land.manifest import Landing, LoadManifest
from pipelines.sources.adapter import Coverage, Progress
from pipelines.sources.odoo.catalogue import read_catalogue
from pipelines.sources.odoo.coverage import coverage_of_canonical_tables
from pipelines.sources.odoo.database import address_without_secret, open_snapshot
from pipelines.sources.odoo.extraction import extract, read_state
from pipelines.sources.odoo.tables import source_tables
from tower.settings import SourceSettings


class Odoo:
    """Reads one company of a database. What a module that is not installed would fill is absent."""

    name = "odoo"
    raw_name = "odoo"

    def land(self, source: SourceSettings, folder: Path, progress: Progress) -> Landing:
        """Land every table of the list. Raises SourceError for a database, company, table or column that is missing."""
        return extract(source, folder, progress)

    def raw_tables(self) -> Mapping[str, Mapping[str, str]]:
        """The tables that staging reads, with columns and DuckDB types."""
        return {table.name: table.types for table in source_tables().values()}

    def fingerprint(self, source: SourceSettings) -> str:
        """How often each table that is read was written, as the server counts it: cheap, however large the tables."""
        listed = ", ".join(sorted({f"'{table.base_table}'" for table in source_tables().values()}))
        with open_snapshot(source) as snapshot:
            counted = snapshot.rows(
                "select cast(relname as text), cast(n_tup_ins as bigint), cast(n_tup_upd as bigint), "
                "cast(n_tup_del as bigint) from pg_stat_user_tables where schemaname = 'public' "
                f"and relname in ({listed}) order by relname"
            )
        described = f"{address_without_secret(source)} {source.company} {counted}"
        return hashlib.sha256(described.encode()).hexdigest()[:16]

    def coverage(self, manifest: LoadManifest) -> Sequence[Coverage]:
        """What Odoo can answer with the modules that are installed: those whose tables landed."""
        return coverage_of_canonical_tables(frozenset(table.name for table in manifest.tables))

    def default_as_of(self, source: SourceSettings, folder: Path) -> date | None:
        """The company's day of the last change of a document: a copy of last month speaks of last month."""
        state = read_state(folder)
        if state["last_change"] is None:
            return None
        changed = datetime.fromisoformat(state["last_change"]).replace(tzinfo=UTC)
        return changed.astimezone(ZoneInfo(state["time_zone"])).date()

    def company_name(self, source: SourceSettings) -> str | None:
        """The company's name in Odoo."""
        with open_snapshot(source) as snapshot:
            return read_catalogue(snapshot, source).company_name

    def company_currency(self, source: SourceSettings) -> str | None:
        """The currency of the company's books in Odoo."""
        with open_snapshot(source) as snapshot:
            return read_catalogue(snapshot, source).currency_code
