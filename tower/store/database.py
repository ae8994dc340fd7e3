"""Connections to the app store's database, and its migrations. SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from tower.errors import StoreError

# The newest migration; a store that has it is opened without reading them.
HEAD = "v0002"
MIGRATIONS = Path(__file__).parent / "migrations"
_WAIT_SECONDS = 30
# Any number, the same for all processes: who holds it may change the tables (PostgreSQL).
_ADVISORY_LOCK = 7_406_131


def open_engine(url: str) -> Engine:
    """An engine for the store at `url`; creates the folder of an SQLite file.

    Raises StoreError for a URL that cannot be used.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed)
    except ArgumentError as error:
        raise StoreError(
            f"The app store's address {url!r} is not a database URL. Write store_url like sqlite:////data/store.sqlite "
            "or postgresql+psycopg://user@host/database."
        ) from error
    except ModuleNotFoundError as error:
        raise StoreError(
            f"The app store at {parsed.render_as_string()} needs the Python package {error.name!r}. Install it, "
            "or leave store_url out to keep the store in the home folder."
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions of its own, or DDL would not be part of them.
    connection.isolation_level = None
    connection.execute(f"pragma busy_timeout = {_WAIT_SECONDS * 1000}")
    connection.execute("pragma foreign_keys = on")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes. Only one is open at a time, over all processes; the others wait for it."""
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"select pg_advisory_xact_lock({_ADVISORY_LOCK})"))
            yield connection
    except OperationalError as error:
        raise StoreError(
            f"The app store at {engine.url.render_as_string()} cannot be written: {error.orig}. "
            "Check that the folder is writable and that no other program holds the file."
        ) from error


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest version. Does nothing where they are; safe when several processes start at once.

    Raises StoreError for a store that a newer version of the product wrote.
    """
    if _revision(engine) == HEAD:
        return
    if engine.dialect.name == "sqlite":
        # Readers do not wait for a writer. Kept in the file, so that asking for it once is enough.
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.execute("pragma journal_mode = wal")
    with writing(engine) as connection:
        move_to(connection, "head")


def move_to(connection: Connection, revision: str) -> None:
    """Upgrade or downgrade inside the caller's transaction: either all of it happened or nothing."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            f"The app store was written by a newer version (its tables are at {current}, this version knows {HEAD}). "
            "Install that version, or name another store with store_url."
        )
    if revision == "head":
        command.upgrade(config, revision)
    else:
        command.downgrade(config, revision)


def _revision(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("select version_num from alembic_version")).scalar()
            return None if found is None else str(found)
    except DatabaseError as error:
        raise StoreError(
            f"The app store at {engine.url.render_as_string()} cannot be opened: {error.orig}. "
            "Check store_url and that the database is there and readable."
        ) from error
