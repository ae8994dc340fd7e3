"""Connections to the app store's database, and its migrations. SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from tower.errors import StoreError
from tower.store.address import driver_missing, is_of_the_database, read_address, shown, unusable

# The newest migration; a store that has it is opened without reading them.
HEAD = "v0006"
MIGRATIONS = Path(__file__).parent / "migrations"
_WAIT_SECONDS = 30
_CONNECT_SECONDS = 10
# Any number, the same for all processes: who holds it may change the tables (PostgreSQL).
_ADVISORY_LOCK = 7_406_131


def open_engine(url: str) -> Engine:
    """An engine for the store at `url`; creates the folder of an SQLite file.

    Raises StoreError for a URL that cannot be used.
    """
    address = read_address(url)
    options: dict[str, Any] = {}
    if address.get_backend_name() == "sqlite":
        if address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    else:
        known = {"connect_timeout": _CONNECT_SECONDS, "application_name": "control-tower"}
        options["connect_args"] = {name: value for name, value in known.items() if name not in address.query}
        # A server that was restarted is met by a new connection instead of an error.
        options["pool_pre_ping"] = True
    try:
        engine = create_engine(address, **options)
    except NoSuchModuleError as error:
        raise StoreError(f"The app store at {shown(address)} names a driver that does not exist.") from error
    except ImportError as error:
        raise driver_missing(address, error) from error
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
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that reads. Raises StoreError where the database cannot be read."""
    with _in_words(engine, "read"), engine.connect() as connection:
        yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes. Only one is open at a time, over all processes; the others wait for it."""
    with (
        _in_words(engine, "written"),
        engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"set local lock_timeout = '{_WAIT_SECONDS}s'"))
            connection.execute(text(f"select pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        yield connection


@contextlib.contextmanager
def _in_words(engine: Engine, done: str) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if not is_of_the_database(error):
            raise
        raise unusable(engine.url, error, done) from error


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
    with _in_words(engine, "opened"), engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("select version_num from alembic_version")).scalar()
        return None if found is None else str(found)
