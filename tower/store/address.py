"""The address of the app store: read from a URL, shown without its password, and what to do when none answers."""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InternalError, OperationalError

from tower.errors import StoreError

# psycopg 3; what `pip install 'control-tower[postgres]'` brings.
POSTGRESQL_DRIVER = "postgresql+psycopg"
_EXAMPLES = "sqlite:////data/store.sqlite or postgresql://user@host/database"
_SECRETS = ("password", "sslpassword")
_NOT_PERMITTED = "42501"
_LOCKED = "55P03"
# What libpq and the server say of a login that is refused, where the server speaks English.
_REFUSALS = ("authentication failed", "no password supplied", "pg_hba.conf", "role ", "permission denied for database")


def read_address(text: str) -> URL:
    """The URL of an SQLite file or a PostgreSQL database. Raises StoreError, which never holds a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text may hold a password, wherever it stands: neither it nor the error that quotes it is passed on.
        raise StoreError(
            f"The app store's address {_without_secrets(text)!r} is not a database URL. "
            f"Write store_url (TOWER_STORE_URL) like {_EXAMPLES}."
        ) from None
    if "@" in (url.host or ""):
        raise StoreError(
            "The app store's address cannot be read: its password holds an @. Write it as %40 "
            "(and : as %3A, / as %2F, % as %25)."
        )
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername=POSTGRESQL_DRIVER)
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StoreError(
            f"The app store is kept in SQLite or PostgreSQL, not in {url.get_backend_name()!r}. "
            f"Write store_url (TOWER_STORE_URL) like {_EXAMPLES}."
        )
    return url


def shown(url: URL) -> str:
    """The address for people: without passwords."""
    return url.difference_update_query(_SECRETS).render_as_string(hide_password=True)


def driver_missing(url: URL, error: ImportError) -> StoreError:
    """What to install."""
    if url.drivername == POSTGRESQL_DRIVER:
        mend = "Install it with: pip install 'control-tower[postgres]'"
    else:
        mend = f"Install it, or write {url.get_backend_name()}:// for the driver that comes along"
    return StoreError(
        f"The app store at {shown(url)} needs the Python package {error.name or 'psycopg'!r}, which cannot be loaded. "
        f"{mend}; or leave store_url (TOWER_STORE_URL) out to keep the store in the home folder."
    )


def is_of_the_database(error: DatabaseError) -> bool:
    """Whether the database is out of reach, locked, full, damaged or closed to us; else the error is the product's."""
    return (
        isinstance(error, (OperationalError, InternalError))
        or type(error) is DatabaseError
        or getattr(error.orig, "sqlstate", None) == _NOT_PERMITTED
    )


def unusable(url: URL, error: DatabaseError, done: str) -> StoreError:
    """What is wrong with the database, and what to do. `done`: what was tried, such as `opened`."""
    said = " ".join(str(error.orig).split())
    if url.get_backend_name() == "sqlite":
        return StoreError(
            f"The app store at {shown(url)} cannot be {done}: {said}. Check store_url, that the file is a store and "
            "its folder writable, and that no other program holds it."
        )
    connection = getattr(error.orig, "pgconn", None)
    state = getattr(error.orig, "sqlstate", None)
    if state == _LOCKED:
        return StoreError(f"The app store at {shown(url)} is busy: somebody else is writing for too long. Try again.")
    if state is None and "does not exist" in said and "database" in said:
        return StoreError(
            f"The PostgreSQL server has no database for the app store at {shown(url)}. Make it with "
            f"`createdb {url.database or ''}`, or name another in store_url (TOWER_STORE_URL). The server says: {said}"
        )
    asked = connection is not None and (connection.needs_password or connection.used_password)
    if state is None and (asked or any(words in said for words in _REFUSALS)):
        return StoreError(
            f"The PostgreSQL server refuses the user {url.username or ''!r} of the app store at {shown(url)}. Check "
            f"user and password in store_url (TOWER_STORE_URL), and the server's pg_hba.conf. The server says: {said}"
        )
    if state is None:
        return StoreError(
            f"The PostgreSQL server of the app store at {shown(url)} cannot be reached. Start it, or check host and "
            f"port in store_url (TOWER_STORE_URL). The driver says: {said}"
        )
    return StoreError(f"The app store at {shown(url)} cannot be {done}. The PostgreSQL server says: {said}")


def _without_secrets(text: str) -> str:
    if "@" not in text and "password" not in text.lower():
        return text
    scheme, colon, _ = text.partition(":")
    return f"{scheme}:…" if colon and "@" not in scheme else "…"
