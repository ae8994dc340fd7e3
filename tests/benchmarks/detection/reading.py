"""The alerts of a day, as the product would list them, and the truth of that day, as the matching takes them."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.detect.run import detected
from planning.detection.alerts import alerts_of
from planning.detection.findings import DetectionRows, Findings
from tests.benchmarks.detection.matching import LONG_ENOUGH_DAYS, SILENT, Alert, Document, Incident
from tests.benchmarks.detection.prepared import Known
from tests.benchmarks.detection.scoring import TOP
from tests.benchmarks.measure import REPOSITORY

LIMITS = REPOSITORY / "seeds" / "reference" / "alert_thresholds.csv"


def listed_alerts(known: Known) -> list[Alert]:
    """The first alerts of the list on a day, by rank. Detection sees the database and the day, nothing else."""
    with opened(known) as connection:
        found, _, rows = detected(connection, known.as_of)
    return first_alerts(rows, found)


@contextlib.contextmanager
def opened(known: Known) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the database with the limits as the business sets them now, which may have changed since it was made."""
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "copied.duckdb"
        shutil.copyfile(known.database, copied)
        with duckdb.connect(str(copied)) as connection:
            connection.execute(f"create or replace table reference.{LIMITS.stem} as from read_csv('{LIMITS}')")
            yield connection


def first_alerts(rows: DetectionRows, found: Findings, most: int = TOP) -> list[Alert]:
    """The first alerts that findings make up."""
    alerts = alerts_of(rows, found)
    first = alerts.alerts.sort("rank").head(most)
    documents = _documents(alerts.touches.filter(pl.col("alert_key").is_in(first["alert_key"].implode())), "alert_key")
    return [
        Alert(
            rank=row["rank"],
            kind=row["kind"],
            subject_type=row["subject_type"],
            subject_id=row["subject_id"],
            since=row["since_date"],
            documents=documents[row["alert_key"]],
        )
        for row in first.iter_rows(named=True)
    ]


def true_incidents(folder: Path, as_of: date) -> list[Incident]:
    """The incidents that had begun by the day of a truth folder."""
    rows = pl.read_parquet(folder / "incidents.parquet").sort("number")
    subjects = _documents(pl.read_parquet(folder / "incident_subjects.parquet"), "number", "subject")
    documents = _documents(pl.read_parquet(folder / "incident_documents.parquet"), "number")
    return [
        Incident(
            number=row["number"],
            kind=row["kind"],
            start=row["start_date"],
            end=row["end_date"],
            variant=row["variant"] or "",
            subjects=subjects[row["number"]],
            documents=documents[row["number"]],
            has_effect=(
                row["consequence_value"] != 0
                or bool(documents[row["number"]])
                or (row["kind"] in SILENT and (as_of - row["start_date"]).days >= LONG_ENOUGH_DAYS)
            ),
        )
        for row in rows.iter_rows(named=True)
    ]


def _documents(frame: pl.DataFrame, key: str, what: str = "document") -> Mapping[object, frozenset[Document]]:
    found: dict[object, set[Document]] = defaultdict(set)
    for owner, kind, name in frame.select(key, f"{what}_type", f"{what}_id").iter_rows():
        found[owner].add((kind, name))
    return defaultdict(frozenset, {owner: frozenset(documents) for owner, documents in found.items()})
