"""A real Odoo 17 database for the tests: its dump, restored into a PostgreSQL server that the tests start."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest
from pydantic import SecretStr

from pipelines.land.loads import land_source
from pipelines.sources.odoo import ADAPTER
from tests.conftest import SHARED_DATA, build_of, shared_build
from tests.store.postgres_server import NOT_INSTALLED, PASSWORD, Server, programs, running_server
from tower.builds import BuildSummary
from tower.settings import SourceSettings

FOLDER = SHARED_DATA / "odoo"
TEMPLATE = "odoo_template"
READER, READER_PASSWORD = "tower_reader", "r3ad:only/ß"
# The role that docs/connect-odoo.md makes, and nothing more.
ROLE = (
    f"create role {READER} login password '{READER_PASSWORD}'",
    f"alter role {READER} set default_transaction_read_only = on",
    f"grant usage on schema public to {READER}",
    f"grant select on all tables in schema public to {READER}",
)


@pytest.fixture(scope="session")
def facts() -> dict[str, Any]:
    """What Odoo's own methods and reports answer."""
    if not (FOLDER / "facts.json").exists():
        pytest.skip("the Odoo database is not at shared/data/odoo beside the repository")
    content: dict[str, Any] = orjson.loads((FOLDER / "facts.json").read_bytes())
    return content


@pytest.fixture(scope="session")
def server(facts: dict[str, Any]) -> Iterator[Server]:
    """A server with the restored database as a template, and the role that reads it."""
    folder, restore = programs(), shutil.which("pg_restore")
    if folder is None or restore is None:
        pytest.skip(NOT_INSTALLED)
    with running_server(folder) as running:
        running.run(f"create database {TEMPLATE} template template0")
        done = subprocess.run(
            [restore, "--no-owner", "--no-privileges", "--host", "127.0.0.1", "--port", str(running.port),
             "--username", "tower", "--dbname", TEMPLATE, str(FOLDER / "odoo_demo.dump")],
            env={**os.environ, "PGPASSWORD": PASSWORD}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        running.run(*ROLE, database=TEMPLATE)
        yield running


def source_of(server: Server, database: str, **settings: Any) -> SourceSettings:
    """The database as a source, read by the role of the documentation."""
    url = f"postgresql://{READER}@127.0.0.1:{server.port}/{database}"
    return SourceSettings(name="odoo", adapter="odoo", url=SecretStr(url), **settings)


@pytest.fixture
def database(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A copy of the database for one test, which may change it."""
    monkeypatch.setenv("TOWER_ODOO_PASSWORD", READER_PASSWORD)
    return server.database(TEMPLATE)


def land(source: SourceSettings, home: Path, load_id: str) -> Path:
    """Land a load and give its folder."""
    loaded_at = datetime(2026, 11, 21, int(load_id[-1]), tzinfo=UTC).isoformat()
    land_source(source, ADAPTER, home, load_id, loaded_at, progress=lambda _: None)
    return home / "raw" / source.name / load_id


@pytest.fixture(scope="session")
def odoo_build(server: Server, tmp_path_factory: pytest.TempPathFactory) -> BuildSummary:
    """The database built once for all tests that only read it."""
    name = server.database(TEMPLATE)

    def build(home: Path) -> BuildSummary:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("TOWER_ODOO_PASSWORD", READER_PASSWORD)
            return build_of(home, source_of(server, name))

    return shared_build("odoo", tmp_path_factory, build)


@pytest.fixture(scope="session")
def built(odoo_build: BuildSummary) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(odoo_build.file), read_only=True) as connection:
        yield connection
