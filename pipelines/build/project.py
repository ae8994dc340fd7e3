"""dbt, called in this process. One parse serves every selection of a build."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from tower.errors import BuildError

PROJECT_FOLDER = Path(__file__).resolve().parents[2] / "models_dbt"
NODE_EVENTS = frozenset({"LogModelResult", "LogTestResult", "LogSeedResult", "LogNodeResult"})

# Told after each finished node: how many are done.
NodeProgress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What became of one dbt node. `failures` is the number of rows that a test found, `seconds` its execution time."""

    unique_id: str
    status: str
    failures: int | None
    message: str
    seconds: float


@dataclass(slots=True)
class DbtProject:
    """The dbt project bound to one build file. dbt keeps the file locked until `release` closes its connections."""

    build_file: Path
    target_folder: Path
    variables: Mapping[str, Any]
    threads: int
    memory_limit: str
    temporary_folder: Path
    _manifest: Manifest | None = None

    def parse(self) -> Manifest:
        """Read models, metrics and contracts; raises BuildError with dbt's words when they contradict each other."""
        with self._environment():
            outcome = dbtRunner().invoke(["parse", *self._common_arguments()])
        if not outcome.success or not isinstance(outcome.result, Manifest):
            raise BuildError(f"The models cannot be read: {outcome.exception}")
        self._manifest = outcome.result
        return outcome.result

    @property
    def manifest(self) -> Manifest:
        return self._manifest or self.parse()

    def invoke(
        self, command: str, select: Sequence[str], exclude: Sequence[str] = (), progress: NodeProgress | None = None
    ) -> list[NodeResult]:
        """Run `seed`, `run` or `test` on a selection and give every node's result.

        Raises BuildError if dbt itself fails.
        """
        arguments = [command, *self._common_arguments(), "--select", *select]
        if exclude:
            arguments += ["--exclude", *exclude]
        done = 0

        def count(event: Any) -> None:
            nonlocal done
            if event.info.name in NODE_EVENTS and progress is not None:
                done += 1
                progress(done)

        with self._environment():
            outcome = dbtRunner(manifest=self.manifest, callbacks=[count]).invoke(arguments)
        results = [_result(result) for result in getattr(outcome.result, "results", [])]
        if outcome.exception is not None and not results:
            raise BuildError(f"dbt {command} could not run: {outcome.exception}")
        return results

    def semantic_manifest(self) -> dict[str, Any]:
        """The metric definitions that dbt validated while parsing."""
        self.manifest  # noqa: B018  parsing writes the file
        content: dict[str, Any] = orjson.loads((self.target_folder / "semantic_manifest.json").read_bytes())
        return content

    def release(self) -> None:
        """Close dbt's connections: it holds the build file's lock for as long as the process lives otherwise."""
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]

    def _common_arguments(self) -> list[str]:
        return [
            "--project-dir", str(PROJECT_FOLDER),
            "--profiles-dir", str(PROJECT_FOLDER),
            "--target-path", str(self.target_folder),
            "--log-path", str(self.target_folder / "logs"),
            "--log-level", "none",
            "--vars", orjson.dumps(dict(self.variables)).decode(),
            "--no-use-colors", "--no-print", "--no-version-check",
        ]  # fmt: skip

    @contextlib.contextmanager
    def _environment(self) -> Iterator[None]:
        values = {
            "TOWER_BUILD_FILE": str(self.build_file),
            "TOWER_THREADS": str(self.threads),
            "TOWER_MEMORY_LIMIT": self.memory_limit,
            "TOWER_TEMP_FOLDER": str(self.temporary_folder),
            "DO_NOT_TRACK": "1",
        }
        before = {name: os.environ.get(name) for name in values}
        os.environ.update(values)
        try:
            # dbt prints its deprecation notes to the terminal whatever the log level.
            with contextlib.redirect_stdout(io.StringIO()):
                yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _result(result: Any) -> NodeResult:
    return NodeResult(
        unique_id=result.node.unique_id,
        status=str(result.status),
        failures=result.failures,
        message=result.message or "",
        seconds=result.execution_time,
    )


def failed(results: Iterable[NodeResult]) -> list[NodeResult]:
    """The nodes that did not come through: errors, failures, and what was skipped because of them."""
    return [result for result in results if result.status in {"error", "fail", "skipped", "runtime error"}]
