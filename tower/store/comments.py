"""Comments of people on anything: an item, an order, a message, a scenario, a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from tower.errors import StoreError
from tower.store.database import reading, writing
from tower.store.schema import comments as table
from tower.store.store import Store
from tower.store.versioned import WITHDRAWN, Kept, Reference, VersionedTable

MOST_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True)
class Comment(Kept):
    """One comment on the object (`object_kind`, `object_id`), such as ("item", "C-BCB-01")."""

    KEY: ClassVar[str] = "comment_id"
    object_kind: str
    object_id: str
    text: str
    author: str = ""
    created_at: datetime | None = None
    changed_at: datetime | None = None
    status: str = "active"
    comment_id: int | None = None

    def references(self) -> tuple[Reference, ...]:
        """What it is on."""
        return (Reference(self.object_kind, self.object_id),)


_COMMENTS = VersionedTable(table, Comment, "comment")


def comments(
    store: Store, object_kind: str | None = None, object_id: str | None = None, *, with_withdrawn: bool = False
) -> list[Comment]:
    """The comments on one object, on all of a kind, or all; oldest first."""
    query = select(table).order_by(table.c.comment_id)
    if object_kind is not None:
        query = query.where(table.c.object_kind == object_kind)
    if object_id is not None:
        query = query.where(table.c.object_id == object_id)
    if not with_withdrawn:
        query = query.where(table.c.status != WITHDRAWN)
    with reading(store.engine) as connection:
        return [_COMMENTS.read(row) for row in connection.execute(query).mappings()]


def add_comment(store: Store, new: Comment, by: str, now: datetime) -> Comment:
    """Keep a new comment of the user `by`. Raises StoreError for one without a text or an object."""
    made = replace(new, author=by, created_at=now, changed_at=now, status="active", comment_id=None)
    _check(made)
    with writing(store.engine) as connection:
        return _COMMENTS.add(connection, made, "add_comment", by, now)


def change_comment(store: Store, changed: Comment, by: str, now: datetime) -> Comment:
    """Give a comment that was read at `changed.version` another text.

    Raises ChangedMeanwhile when it was changed since, and StoreError when somebody else wrote it.
    """
    _check(changed)
    with writing(store.engine) as connection:
        before = _COMMENTS.unchanged(connection, changed)
        if before.author != by:
            raise StoreError(f"The comment {before.comment_id} is {before.author}'s. Write one of your own.")
        after = replace(before, text=changed.text, changed_at=now)
        return _COMMENTS.change(connection, before, after, "change_comment", by, now)


def withdraw_comment(store: Store, read: Comment, by: str, now: datetime) -> Comment:
    """Take a comment back; it stays on record. Raises ChangedMeanwhile when it was changed since."""
    with writing(store.engine) as connection:
        before = _COMMENTS.unchanged(connection, read)
        after = replace(before, status=WITHDRAWN, changed_at=now)
        return _COMMENTS.change(connection, before, after, "withdraw_comment", by, now)


def _check(comment: Comment) -> None:
    if not comment.text.strip() or not comment.object_kind or not comment.object_id:
        raise StoreError("This comment cannot be kept: it needs a text, and a thing that it is on.")
    if len(comment.text) > MOST_CHARACTERS:
        raise StoreError(
            f"This comment cannot be kept: its text has {len(comment.text)} characters, at most {MOST_CHARACTERS} are "
            "kept. Shorten it."
        )
