"""Forecasts as they were made, kept for ever: one file per vintage, append-only, whatever becomes of the builds.

A build carries its vintage in `build.forecast_vintage` and `build.forecast_manifest`; publishing copies it here. The
name of a vintage is the hash of its content, so that writing the same again changes nothing. The manifest is written
after the rows and holds the hash of the file: a file without one is what a kill left behind and is written again, a
file that does not match was changed by somebody, and is named and left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson
import polars as pl

from pipelines.build.context import write_table
from pipelines.history import replace_durably
from tower.builds import Home

# One row per stage × series × period. A stage after the planners' overrides is one like any other.
VINTAGE_SCHEMA: Mapping[str, pl.DataType] = {
    "stage": pl.String(), "item_id": pl.String(), "location_id": pl.String(), "channel": pl.String(),
    "bucket": pl.String(), "period_start": pl.Date(), "horizon": pl.Int64(), "quantity": pl.Float64(),
    **dict.fromkeys(("p05", "p10", "p25", "p50", "p75", "p90", "p95", "p975"), pl.Float64()),
}  # fmt: skip
MANIFEST_SCHEMA: Mapping[str, pl.DataType] = {
    "vintage_id": pl.String(), "build_id": pl.String(), "as_of": pl.Date(), "created_at": pl.Datetime("us", "UTC"),
    "history_hash": pl.String(), "code_version": pl.String(), "seed": pl.Int64(), "settings": pl.String(),
    "row_count": pl.Int64(), "content_hash": pl.String(), "sha256": pl.String(),
}  # fmt: skip
_KEYS = ("stage", "item_id", "location_id", "channel", "bucket", "period_start")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a vintage was made from. `created_at` in UTC; `history_hash` is `frame_hash` of the prepared history;
    `settings` are those of the forecast, as plain values.
    """

    build_id: str
    as_of: date
    created_at: datetime
    history_hash: str
    code_version: str
    seed: int
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ForecastHistory:
    """`rows`: VINTAGE_SCHEMA with vintage_id, as_of, created_at; `manifest`: one row per vintage that is whole;
    `problems`: a sentence for each file that is missing or was changed, whose rows are left out.
    """

    rows: pl.DataFrame
    manifest: pl.DataFrame
    problems: tuple[str, ...]


def write_forecast_vintage(
    connection: duckdb.DuckDBPyConnection, forecasts: pl.DataFrame, provenance: Provenance
) -> str:
    """Put a forecast with all its stages into the build; gives its vintage id.

    `forecasts` has the columns of VINTAGE_SCHEMA; quantiles that a stage does not have may be missing or null.
    """
    missing = [pl.lit(None, kind).alias(name) for name, kind in VINTAGE_SCHEMA.items() if name not in forecasts.columns]
    rows = forecasts.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in VINTAGE_SCHEMA.items())
    rows = rows.sort(*_KEYS)
    settings = orjson.dumps(provenance.settings, option=orjson.OPT_SORT_KEYS).decode()
    content = frame_hash(rows)
    # When and by which build it was made is not part of what it is: the same forecast again is the same vintage.
    made_from = (
        provenance.as_of.isoformat(), provenance.history_hash, provenance.code_version, str(provenance.seed), settings
    )  # fmt: skip
    identity = hashlib.sha256("\n".join((content, *made_from)).encode()).hexdigest()
    vintage_id = f"{provenance.as_of}-{identity[:16]}"
    manifest = {
        "vintage_id": vintage_id, "build_id": provenance.build_id, "as_of": provenance.as_of,
        "created_at": provenance.created_at, "history_hash": provenance.history_hash,
        "code_version": provenance.code_version, "seed": provenance.seed, "settings": settings,
        "row_count": rows.height, "content_hash": content, "sha256": None,
    }  # fmt: skip
    connection.execute("create schema if not exists build")
    write_table(connection, "build.forecast_vintage", rows)
    write_table(connection, "build.forecast_manifest", pl.DataFrame([manifest], schema=dict(MANIFEST_SCHEMA)))
    return vintage_id


def append_forecast_vintage(home: Home, build_id: str) -> None:
    """Copy a published build's forecast into the history, unless it is there. Safe to repeat, safe to kill."""
    with duckdb.connect(str(home.build_file(build_id)), read_only=True) as connection:
        there = connection.execute(
            "select count(*) from information_schema.tables "
            "where table_schema = 'build' and table_name in ('forecast_vintage', 'forecast_manifest')"
        ).fetchall()
        if there[0][0] < 2:
            return
        found = connection.sql("select * from build.forecast_manifest").pl()
        # The database answers in the time zone of the machine.
        manifest = found.with_columns(pl.col("created_at").dt.convert_time_zone("UTC")).row(0, named=True)
        described = _folder(home) / f"{manifest['vintage_id']}.json"
        if described.exists():
            return
        rows = connection.sql("select * from build.forecast_vintage").pl()
    described.parent.mkdir(parents=True, exist_ok=True)
    file = described.with_suffix(".parquet")
    partial = file.with_suffix(".partial")
    rows.select(*VINTAGE_SCHEMA).sort(*_KEYS).write_parquet(partial)
    manifest["sha256"] = _file_hash(partial)
    replace_durably(partial, file)
    partial.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    replace_durably(partial, described)


def read_forecast_history(home: Home) -> ForecastHistory:
    """Every vintage as one frame, oldest first. Files that are missing or changed are named in `problems`."""
    manifests, frames, problems = [], [], []
    for described in sorted(_folder(home).glob("*.json")):
        file = described.with_suffix(".parquet")
        try:
            manifest = orjson.loads(described.read_bytes())
        except orjson.JSONDecodeError:
            problems.append(f"The manifest {described} of a forecast vintage cannot be read. Restore it from a backup.")
            continue
        if not file.exists():
            problems.append(f"The forecast vintage {file} is missing. Restore it from a backup.")
        elif _file_hash(file) != manifest["sha256"] or manifest["vintage_id"] != file.stem:
            problems.append(
                f"The forecast vintage {file} was changed after it was written on {manifest['created_at']}. "
                "It is left out. Restore it from a backup."
            )
        else:
            manifests.append(manifest)
            frames.append(_with_manifest(pl.read_parquet(file), manifest))
    table = pl.DataFrame([{**row, **_dates(row)} for row in manifests], schema=dict(MANIFEST_SCHEMA)).sort(
        "as_of", "created_at", "vintage_id"
    )
    kinds = {"vintage_id": pl.String(), "as_of": pl.Date(), "created_at": pl.Datetime("us", "UTC"), **VINTAGE_SCHEMA}
    rows = pl.concat(frames) if frames else pl.DataFrame(schema=kinds)
    return ForecastHistory(rows.sort("as_of", "created_at", "vintage_id", *_KEYS), table, tuple(problems))


def frame_hash(frame: pl.DataFrame) -> str:
    """A hash of a frame's columns and values, whatever the order of its rows; the same on every machine."""
    ordered = frame.sort(*frame.columns)
    digest = hashlib.sha256("\n".join(f"{name} {kind}" for name, kind in ordered.schema.items()).encode())
    # Text of a float is the shortest that reads back as the same number.
    digest.update(ordered.write_csv(null_value="\\N").encode())
    return digest.hexdigest()


def _with_manifest(rows: pl.DataFrame, manifest: Mapping[str, Any]) -> pl.DataFrame:
    dates = _dates(manifest)
    return rows.select(
        pl.lit(manifest["vintage_id"]).alias("vintage_id"),
        pl.lit(dates["as_of"], pl.Date()).alias("as_of"),
        pl.lit(dates["created_at"]).cast(pl.Datetime("us", "UTC")).alias("created_at"),
        *VINTAGE_SCHEMA,
    )


def _dates(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "as_of": date.fromisoformat(manifest["as_of"]),
        "created_at": datetime.fromisoformat(manifest["created_at"]),
    }


def _folder(home: Home) -> Path:
    return home.history / "forecast_vintages"


def _file_hash(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
