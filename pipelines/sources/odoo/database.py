"""The connection to an Odoo database: where its secret comes from, one read-only snapshot, answers as Arrow."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from tower.errors import SourceError
from tower.settings import SourceSettings

if TYPE_CHECKING:
    import pyarrow

# What a write or a forgotten transaction could cost the source is bounded on its side.
SESSION = (
    "set statement_timeout = '30min'",
    "set lock_timeout = '10s'",
    "set timezone = 'UTC'",
    "set search_path = public",
    "set application_name = 'control-tower'",
)


class Snapshot:
    """One transaction on the source: everything that is asked sees the database at the same moment."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """A small answer, whole."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            answer: list[tuple[Any, ...]] = cursor.fetchall()
        return answer

    def table(self, sql: str) -> pyarrow.Table:
        """An answer whole, as Arrow."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetch_arrow_table()

    @contextmanager
    def batches(self, sql: str) -> Iterator[pyarrow.RecordBatchReader]:
        """An answer in batches, as it arrives."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            yield cursor.fetch_record_batch()


@contextmanager
def open_snapshot(source: SourceSettings) -> Iterator[Snapshot]:
    """A REPEATABLE READ, READ ONLY transaction. Raises SourceError, without any secret in it, for whatever fails."""
    try:
        from adbc_driver_manager import Error  # noqa: PLC0415  the app and other sources do without the driver
        from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError as error:
        raise SourceError(
            "Reading Odoo needs the package adbc-driver-postgresql. Install it with `pip install 'control-tower'` "
            "or `make setup`, and build again."
        ) from error
    url = database_url(source)
    try:
        connection = dbapi.connect(url, autocommit=True)
    except Error as error:
        raise SourceError(
            f"The database of the source {source.name!r} cannot be reached: {_said(error, url)} "
            "Check address, database name, role and password, and that the server lets this machine in (pg_hba.conf)."
        ) from error
    try:
        with connection.cursor() as cursor:
            for statement in (*SESSION, "begin transaction isolation level repeatable read read only"):
                cursor.execute(statement)
        yield Snapshot(connection)
    except Error as error:
        raise SourceError(
            f"The database of the source {source.name!r} did not answer: {_said(error, url)} "
            "If a permission is missing, give the role `select` on the tables as docs/connect-odoo.md shows."
        ) from error
    finally:
        connection.close()


def database_url(source: SourceSettings) -> str:
    """The address with its secret: TOWER_<NAME>_URL, or `url` with TOWER_<NAME>_PASSWORD or `password_file`.

    Where none of them says a password, PostgreSQL's own ways are left: PGPASSWORD, ~/.pgpass, peer, certificates.
    """
    prefix = f"TOWER_{source.name.upper()}"
    url = os.environ.get(f"{prefix}_URL") or (source.url.get_secret_value() if source.url else "")
    if not url:
        raise SourceError(
            f'The source {source.name!r} has no address. Name it with url = "postgresql://…" in tower.toml, '
            f"--url, or the environment variable {prefix}_URL."
        )
    password = os.environ.get(f"{prefix}_PASSWORD")
    if password is None and source.password_file is not None:
        try:
            password = source.password_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SourceError(
                f"The password file of the source {source.name!r} cannot be read: {error.strerror}. "
                "Name a file that the user of the build may read."
            ) from error
    parts = urlsplit(url)
    if password is None or parts.password is not None:
        return url
    host = parts.netloc.rpartition("@")[2]
    user = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def address_without_secret(source: SourceSettings) -> str:
    """Server and database for people and the build's own record: no user, no password, no options."""
    parts = urlsplit(database_url(source))
    return f"{parts.hostname or 'local'}:{parts.port or 5432}{parts.path}"


def _said(error: Exception, url: str) -> str:
    """What the server said, on one line, without any form of the secret."""
    text = " ".join(str(error).split("Query was:")[0].split())
    secret = urlsplit(url).password
    for form in (url, secret or "", quote(secret, safe="") if secret else ""):
        text = text.replace(form, "…") if form else text
    text = re.sub(r"\b\w+://\S+", "…", text)
    text = re.sub(r"^[A-Z_]+: |\[libpq\] ", "", text).replace("[libpq] ", "").strip()
    return text if text.endswith(".") else text + "."
