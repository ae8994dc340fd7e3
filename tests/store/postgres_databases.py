"""Databases of the tests' PostgreSQL server, used again: making and removing one for each test would take most time."""

from __future__ import annotations

import psycopg

from tests.store.postgres_server import Server
from tower.store import open_store
from tower.store.database import HEAD
from tower.store.schema import metadata


class Databases:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.used: list[str] = []
        self.free: dict[bool, list[str]] = {False: [], True: []}

    def url(self, filled: bool) -> str:
        """An empty database, or one with the tables of a store that holds nothing yet."""
        name = self.free[filled].pop() if self.free[filled] else self.server.database()
        if filled:
            open_store(self.server.url(name)).close()
        self.used.append(name)
        return self.server.url(name)

    def release(self) -> None:
        """Clear what the last test used. Its connections are closed."""
        for name in self.used:
            with self.server.connect(name) as connection:
                is_filled = _version(connection) == HEAD
                if is_filled:
                    tables = ", ".join(metadata.tables)
                    connection.execute(f"truncate {tables} restart identity cascade")
                else:
                    connection.execute("drop schema public cascade")
                    connection.execute("create schema public")
            self.free[is_filled].append(name)
        self.used.clear()


def _version(connection: psycopg.Connection) -> str | None:
    try:
        row = connection.execute("select version_num from alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return None if row is None else str(row[0])
