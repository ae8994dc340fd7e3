"""From a finished work file to the served build: the gate, the pointer, and what is kept of older builds.

The order makes every moment safe for a kill: the file first, then its summary, then the pointer, then the history.
Whatever is half done is swept, and a history entry that is missing is written, when the next build starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pipelines.build.context import BuildContext
from pipelines.detect.onsets import append_onsets
from pipelines.forecast_history import append_forecast_vintage
from pipelines.history import append_history, replace_durably
from pipelines.land.loads import prune_loads
from tower.builds import SCHEMA_VERSION, BuildStatus, BuildSummary, Home, current_build_id, list_builds, read_summary
from tower.settings import Settings


def gate(context: BuildContext) -> list[str]:
    """Why this build must not be served, one sentence each; empty when it may. Only tests of severity error count."""
    nodes: Mapping[str, Any] = context.dbt.manifest.nodes
    problems = list(context.problems)
    for result in context.test_results:
        severity = str(nodes[result.unique_id].config.severity).lower()
        if result.status in {"error", "fail"} and severity == "error":
            problems.append(f"Test {nodes[result.unique_id].name} failed: {result.message.strip()}")
    return problems


def publish(
    context: BuildContext, problems: Sequence[str], seconds: float, steps: Sequence[Mapping[str, Any]]
) -> BuildSummary:
    """Move the work file to its place and, if the gate found nothing, let the pointer name it."""
    home = context.home
    build_id = context.request.build_id
    status: BuildStatus = "refused" if problems else "published"
    with context.connection() as connection:
        connection.execute("checkpoint")
    home.builds.mkdir(parents=True, exist_ok=True)
    replace_durably(context.work_file, home.build_file(build_id))
    summary = {
        "build_id": build_id,
        "status": status,
        "as_of": str(context.as_of),
        "built_at": context.request.now.isoformat(),
        "schema_version": SCHEMA_VERSION,
        "seconds": round(seconds, 3),
        "sources": [
            {"name": manifest.source, "adapter": manifest.adapter, "load_id": manifest.load_id,
             "path": str(source.path or ""), "fingerprint": fingerprint,
             "rows": sum(table.rows for table in manifest.tables),
             "rejected_rows": sum(table.rejected_rows for table in manifest.tables)}
            for source, fingerprint, (manifest, _) in zip(
                context.request.settings.sources, context.fingerprints, context.loads, strict=True
            )
        ],
        "steps": list(steps),
        "problems": list(problems),
    }  # fmt: skip
    partial = home.summary_file(build_id).with_suffix(".partial")
    partial.write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2))
    replace_durably(partial, home.summary_file(build_id))
    if status == "published":
        point_to(home, build_id)
        append_history(home, build_id)
        append_forecast_vintage(home, build_id)
        append_onsets(home, build_id)
    return read_summary(home, build_id)


def point_to(home: Home, build_id: str) -> None:
    """Let the pointer name a build, atomically."""
    partial = home.pointer.with_suffix(".partial")
    partial.write_text(build_id, encoding="utf-8")
    replace_durably(partial, home.pointer)


def sweep(home: Home) -> None:
    """Remove what killed builds left behind and complete the history. Called under the build lock."""
    for partial in [*home.builds.glob("*.partial"), *home.builds.glob("*.wal")]:
        partial.unlink()
    for file in home.builds.glob("*.duckdb"):
        if not home.summary_file(file.stem).exists():
            file.unlink()
    for build in list_builds(home.folder):
        if build.status == "published":
            append_history(home, build.build_id)
            append_forecast_vintage(home, build.build_id)
            append_onsets(home, build.build_id)


def prune(home: Home, settings: Settings) -> list[str]:
    """Keep the served build, the newest `keep_builds` within `keep_bytes`, and their loads; give what was removed.

    A refused build is kept only while it is the newest: it is there to be looked at.
    """
    current = current_build_id(home.folder)
    newest_first = list(reversed(list_builds(home.folder)))
    kept: list[BuildSummary] = []
    removed: list[str] = []
    for position, build in enumerate(newest_first):
        bytes_so_far = sum(other.bytes for other in kept) + build.bytes
        is_recent = len(kept) < settings.keep_builds and bytes_so_far <= settings.keep_bytes
        is_wanted = is_recent and (build.status == "published" or position == 0)
        if build.build_id == current or is_wanted:
            kept.append(build)
        else:
            home.summary_file(build.build_id).unlink()
            build.file.unlink()
            removed.append(build.build_id)
    prune_loads(home.folder, {source["load_id"] for build in kept for source in build.sources})
    return removed
