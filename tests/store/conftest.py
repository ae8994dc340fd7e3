"""Every test of the store runs on SQLite and on a PostgreSQL server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from tests.store.postgres_databases import Databases
from tests.store.postgres_server import NOT_INSTALLED, Server, programs, running_server
from tower.store import Store, open_store

_IN_USE: list[Databases] = []


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    folder = programs()
    if folder is None:
        pytest.skip(NOT_INSTALLED)
    with running_server(folder) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: Server) -> Databases:
    _IN_USE.append(Databases(postgres))
    return _IN_USE[0]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], str]:
    """Gives the URL of a new database: an empty one, or (`True`) a copy of a store that holds nothing yet."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("stores")
        ready = folder / "ready.sqlite"
        open_store(f"sqlite:///{ready}").close()

        def new_file(filled: bool) -> str:
            file = tmp_path_factory.mktemp("store") / "home" / "store.sqlite"
            if filled:
                file.parent.mkdir()
                shutil.copy(ready, file)
            return f"sqlite:///{file}"

        return new_file
    databases: Databases = request.getfixturevalue("databases")
    return databases.url


@pytest.fixture(autouse=True)
def _closed_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every store that a test opens is closed when it ends."""
    engines: list[Engine] = []

    def create(*args: Any, **options: Any) -> Engine:
        engines.append(create_engine(*args, **options))
        return engines[-1]

    monkeypatch.setattr("tower.store.database.create_engine", create)
    yield
    for engine in engines:
        engine.dispose()
    for databases in _IN_USE:
        databases.release()


@pytest.fixture
def empty_url(new_database: Callable[[bool], str]) -> str:
    return new_database(False)


@pytest.fixture
def url(new_database: Callable[[bool], str]) -> str:
    return new_database(True)


@pytest.fixture
def store(url: str) -> Store:
    return open_store(url)


@pytest.fixture
def repository() -> Path:
    return Path(__file__).resolve().parents[2]
