"""One load of an Odoo database: every table out of one snapshot, on top of the last load where that is possible."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import orjson

from pipelines.land.manifest import MANIFEST_FILE, TOTALS_FILE, Landing, read_manifest
from pipelines.sources.adapter import Progress
from pipelines.sources.odoo.catalogue import other_companies, read_catalogue
from pipelines.sources.odoo.columns import Database, selection
from pipelines.sources.odoo.database import Snapshot, open_snapshot
from pipelines.sources.odoo.landing import LandedTable, land_table
from pipelines.sources.odoo.tables import SourceTable, shape_of_list, source_tables
from pipelines.sources.odoo.totals import read_totals
from tower.settings import SourceSettings

STATE_FILE = "extraction.json"
LANDING_MEMORY = "1GB"
# SQL inside Odoo changes rows without saying when: everything is read anew so often.
WHOLE_AFTER = timedelta(days=7)
# What happened last is told by documents; master data and settings change at any hour.
DOCUMENTS = ("sale_order", "purchase_order", "stock_move", "mrp_production", "account_move", "crm_lead")


@dataclass(frozen=True, slots=True)
class LastLoad:
    """The load that the next one builds upon."""

    folder: Path
    whole_at: datetime
    last_written: Mapping[str, datetime]


def extract(source: SourceSettings, folder: Path, progress: Progress) -> Landing:
    """Land every table of the list into `folder`. Raises SourceError for what is missing, in a sentence."""
    started = time.perf_counter()
    with open_snapshot(source) as snapshot, duckdb.connect(config={"memory_limit": LANDING_MEMORY}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        database = read_catalogue(snapshot, source)
        now = _now(snapshot)
        wanted, left_out = _installed(database)
        selections = [selection(table, database) for table in wanted]
        last = _last_load(source, folder, database, now)
        progress(f"Odoo {database.version}, {database.company_name}: {'what changed' if last else 'everything'}")
        landed = []
        for number, selected in enumerate(selections, start=1):
            name = selected.table.name
            table = land_table(
                connection, snapshot, selected, folder,
                last.folder / f"{name}.parquet" if last else None,
                last.last_written.get(name) if last else None,
            )  # fmt: skip
            progress(f"[{number}/{len(selections)}] read {name} ({table.rows_sent:,} of {table.loaded.rows:,} rows)")
            landed.append(table)
        read_totals(snapshot, database).write_parquet(folder / TOTALS_FILE)
        notes = _notes(snapshot, database, left_out, landed, last)
    _write_state(folder, database, landed, last.whole_at if last else now, time.perf_counter() - started)
    return Landing(tuple(table.loaded for table in landed), notes)


def read_state(folder: Path) -> Mapping[str, Any]:
    """What a load wrote about itself."""
    state: Mapping[str, Any] = orjson.loads((folder / STATE_FILE).read_bytes())
    return state


def _now(snapshot: Snapshot) -> datetime:
    now: datetime = snapshot.rows("select cast(now() at time zone 'UTC' as timestamp)")[0][0]
    return now


def _installed(database: Database) -> tuple[list[SourceTable], list[SourceTable]]:
    """The tables of the modules that are installed, and the others."""
    wanted: list[SourceTable] = []
    left_out: list[SourceTable] = []
    for table in source_tables().values():
        gone = table.is_optional and table.base_table not in database.tables
        (left_out if gone or table.module not in database.modules else wanted).append(table)
    return wanted, left_out


def _last_load(source: SourceSettings, folder: Path, database: Database, now: datetime) -> LastLoad | None:
    """The newest whole load of the same database, company and list, unless everything is due again."""
    newest = None
    for file in folder.parent.glob(f"*/{MANIFEST_FILE}"):
        manifest = read_manifest(file.parent)
        if manifest.adapter == source.adapter and (newest is None or manifest.loaded_at > newest[0]):
            newest = (manifest.loaded_at, file.parent)
    if newest is None or source.reload == "whole" or not (newest[1] / STATE_FILE).exists():
        return None
    state = read_state(newest[1])
    whole_at = datetime.fromisoformat(state["whole_at"])
    if state["builds_upon"] != _same(database) or not timedelta(0) <= now - whole_at < WHOLE_AFTER:
        return None
    written = {name: datetime.fromisoformat(at) for name, at in state["last_written"].items()}
    return LastLoad(newest[1], whole_at, written)


def _same(database: Database) -> str:
    """What has to be equal for rows of one load to stand in the next."""
    return "/".join(
        (database.identity, database.version, str(database.company_id), database.time_zone, shape_of_list())
    )


def _notes(
    snapshot: Snapshot,
    database: Database,
    left_out: list[SourceTable],
    landed: list[LandedTable],
    last: LastLoad | None,
) -> tuple[str, ...]:
    notes = [f"Odoo {database.version}, company {database.company_name}, time zone {database.time_zone}"]
    others = other_companies(snapshot, database)
    if others:
        notes.append(f"not read: the companies {', '.join(others)}; each is a source of its own (company = …)")
    modules = sorted({table.module for table in left_out})
    if modules:
        notes.append(f"modules that are not installed: {', '.join(modules)}")
    notes += _new_columns(landed, database)
    if last is not None:
        notes.append(
            f"{sum(table.rows_sent for table in landed):,} rows read, {sum(table.rows_deleted for table in landed):,} "
            f"gone since the load {last.folder.name}"
        )
    return tuple(notes)


def _new_columns(landed: list[LandedTable], database: Database) -> list[str]:
    """Columns that people added to Odoo (x_…): nothing reads them yet, and somebody may ask."""
    added = [
        f"{table.loaded.name}.{column}"
        for table in landed
        for column in database.columns(table.loaded.name)
        if column.startswith("x_")
    ]
    return [f"columns of your own that nothing reads yet: {', '.join(sorted(added))}"] if added else []


def _write_state(
    folder: Path, database: Database, landed: list[LandedTable], whole_at: datetime, seconds: float
) -> None:
    youngest = [table.last_written for table in landed if table.loaded.name in DOCUMENTS and table.last_written]
    state = {
        "builds_upon": _same(database),
        "whole_at": whole_at.isoformat(),
        "last_change": max(youngest).isoformat() if youngest else None,
        "time_zone": database.time_zone,
        "company_name": database.company_name,
        "currency_code": database.currency_code,
        "seconds": round(seconds, 3),
        "rows_sent": {table.loaded.name: table.rows_sent for table in landed},
        "rows_deleted": {table.loaded.name: table.rows_deleted for table in landed},
        "last_written": {
            table.loaded.name: table.last_written.isoformat() for table in landed if table.last_written is not None
        },
    }
    (folder / STATE_FILE).write_bytes(orjson.dumps(state, option=orjson.OPT_INDENT_2))
