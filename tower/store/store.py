"""The app store as the product uses it: users, their saved views, and who changed what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from tower.access import Role, ScopeRule
from tower.errors import StoreError
from tower.store.database import migrate, open_engine, reading, writing
from tower.store.schema import audit_log, saved_views, users
from tower.store.texts import check_texts
from tower.store.values import LOCAL_USERS, SYSTEM, AuditEntry, SavedView, User


def open_store(url: str) -> Store:
    """Open the store at a database URL and bring its tables up to date. Raises StoreError where that is not possible.

    Cheap to call again, and safe from several threads and processes; one store serves a whole process.
    """
    engine = open_engine(url)
    migrate(engine)
    return Store(engine)


@dataclass(frozen=True, slots=True)
class Store:
    """Every change is one transaction together with its entry in the audit log. `now` is an instant with time zone."""

    engine: Engine

    def users(self) -> list[User]:
        """All users by id."""
        with reading(self.engine) as connection:
            return [_user(row) for row in connection.execute(select(users).order_by(users.c.user_id)).mappings()]

    def user(self, user_id: str) -> User:
        """One user. Raises StoreError when there is none with that id."""
        with reading(self.engine) as connection:
            found = _find_user(connection, user_id)
        if found is None:
            known = ", ".join(user.user_id for user in self.users()) or "none yet"
            raise StoreError(f"There is no user {user_id!r}. Known users: {known}.")
        return found

    def save_user(self, user: User, by: str, now: datetime) -> None:
        """Add or replace a user on behalf of the user `by`.

        Raises StoreError for a role or scope that does not exist.
        """
        user.check()
        check_texts(users, user.as_row(), "user")
        with writing(self.engine) as connection:
            before = _find_user(connection, user.user_id)
            if before == user:
                return
            if before is None:
                connection.execute(insert(users).values(user.as_row()))
            else:
                connection.execute(update(users).where(users.c.user_id == user.user_id).values(user.as_row()))
            append_entry(
                connection,
                AuditEntry(
                    now, by, "save_user", f"user/{user.user_id}", before.as_row() if before else None, user.as_row()
                ),
            )

    def remove_user(self, user_id: str, by: str, now: datetime) -> None:
        """Remove a user and their saved views; their entries in the audit log stay."""
        with writing(self.engine) as connection:
            before = _find_user(connection, user_id)
            if before is None:
                return
            connection.execute(delete(users).where(users.c.user_id == user_id))
            append_entry(connection, AuditEntry(now, by, "remove_user", f"user/{user_id}", before.as_row(), None))

    def ensure_local_users(self, now: datetime, scopes: Mapping[Role, ScopeRule] | None = None) -> list[User]:
        """Make sure that every role has its local user; returns all users.

        `scopes` narrows what a new local user sees (a sales rep for sales, a plant for production). Users who are there
        already stay as they are.
        """
        there = {user.user_id for user in self.users()}
        missing = [user for user in LOCAL_USERS if user.user_id not in there]
        if missing:
            with writing(self.engine) as connection:
                for user in missing:
                    if _find_user(connection, user.user_id) is None:
                        scope = (scopes or {}).get(user.role, user.scope)
                        added = User(user.user_id, user.name, user.role, user.name_zh, scope, user.language)
                        added.check()
                        connection.execute(insert(users).values(added.as_row()))
                        entry = AuditEntry(now, SYSTEM, "save_user", f"user/{user.user_id}", None, added.as_row())
                        append_entry(connection, entry)
        return self.users()

    def record(self, entry: AuditEntry) -> None:
        """Append one entry to the audit log."""
        with writing(self.engine) as connection:
            append_entry(connection, entry)

    def audit_log(self, subject: str | None = None, limit: int = 1000) -> list[AuditEntry]:
        """The latest entries first, of one subject or of all."""
        query = select(audit_log).order_by(audit_log.c.entry_id.desc()).limit(limit)
        if subject is not None:
            query = query.where(audit_log.c.subject == subject)
        with reading(self.engine) as connection:
            return [
                AuditEntry(**{name: value for name, value in row.items() if name != "entry_id"})
                for row in connection.execute(query).mappings()
            ]

    def saved_views(self, user_id: str) -> Sequence[SavedView]:
        """The user's views by name."""
        query = select(saved_views).where(saved_views.c.user_id == user_id).order_by(saved_views.c.name)
        with reading(self.engine) as connection:
            return [SavedView(row.user_id, row.name, row.url) for row in connection.execute(query)]

    def save_view(self, view: SavedView, now: datetime) -> None:
        """Add or replace a view of the user.

        Raises StoreError for a user that does not exist, or a URL of another host.
        """
        if not view.url.startswith("/") or view.url.startswith("//") or not view.name.strip():
            raise StoreError(f"The view {view.name!r} cannot be saved: it needs a name and a page of this product.")
        check_texts(saved_views, {"name": view.name, "url": view.url}, "view")
        with writing(self.engine) as connection:
            if _find_user(connection, view.user_id) is None:
                raise StoreError(f"There is no user {view.user_id!r} to save a view for.")
            mine = (saved_views.c.user_id == view.user_id) & (saved_views.c.name == view.name)
            before = connection.execute(select(saved_views.c.url).where(mine)).scalar()
            connection.execute(delete(saved_views).where(mine))
            connection.execute(insert(saved_views).values(user_id=view.user_id, name=view.name, url=view.url))
            old = None if before is None else {"url": before}
            subject = f"view/{view.user_id}/{view.name}"
            append_entry(connection, AuditEntry(now, view.user_id, "save_view", subject, old, {"url": view.url}))

    def remove_view(self, user_id: str, name: str, now: datetime) -> None:
        """Remove a view of the user; nothing happens where there is none."""
        mine = (saved_views.c.user_id == user_id) & (saved_views.c.name == name)
        with writing(self.engine) as connection:
            before = connection.execute(select(saved_views.c.url).where(mine)).scalar()
            if before is not None:
                connection.execute(delete(saved_views).where(mine))
                subject = f"view/{user_id}/{name}"
                append_entry(connection, AuditEntry(now, user_id, "remove_view", subject, {"url": before}, None))

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def append_entry(connection: Connection, entry: AuditEntry) -> None:
    """Append one entry inside the transaction of the change that it tells of."""
    append_entries(connection, [entry])


def append_entries(connection: Connection, entries: Sequence[AuditEntry]) -> None:
    """The same for many at once."""
    connection.execute(
        insert(audit_log),
        [
            {
                "at": entry.at,
                "user_id": entry.user_id,
                "action": entry.action,
                "subject": entry.subject,
                "old_value": entry.old_value,
                "new_value": entry.new_value,
            }
            for entry in entries
        ],
    )


def _find_user(connection: Connection, user_id: str) -> User | None:
    row = connection.execute(select(users).where(users.c.user_id == user_id)).mappings().first()
    return None if row is None else _user(row)


def _user(row: RowMapping) -> User:
    values: dict[str, Any] = dict(row)
    scope = ScopeRule(axis=values.pop("scope_axis"), values=tuple(values.pop("scope_values")))
    return User(scope=scope, **values)
