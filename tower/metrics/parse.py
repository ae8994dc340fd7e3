"""dbt's own validation of the definitions, for the tools of development; a build has parsed already."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tower.errors import MetricError


def parsed_manifest(project_folder: Path, target_folder: Path | None = None) -> dict[str, Any]:
    """Run `dbt parse` on the project and return the content of semantic_manifest.json.

    Artifacts go to `target_folder`, or to a folder that is thrown away. Raises MetricError with dbt's words.
    """
    # Takes seconds to import and is not needed to serve.
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    with _folder(target_folder) as target:
        result = dbtRunner().invoke(
            [
                *("parse", "--quiet", "--no-partial-parse"),
                *("--project-dir", str(project_folder), "--profiles-dir", str(project_folder)),
                *("--target-path", str(target), "--log-path", str(target)),
            ]
        )
        if not result.success:
            raise MetricError(f"dbt does not accept the project: {result.exception}")
        manifest: dict[str, Any] = json.loads((target / "semantic_manifest.json").read_text(encoding="utf-8"))
    return manifest


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(temporary)
