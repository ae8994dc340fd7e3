"""Rows that people change, each with a count of its changes: who saves what somebody else has changed since is told.

Every change is one transaction with its entry in the audit log; nothing is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import Connection, RowMapping, Table, delete, insert, select, update

from tower.errors import StoreError
from tower.store.schema import audit_log
from tower.store.store import append_entries, append_entry
from tower.store.texts import check_texts
from tower.store.values import AuditEntry

WITHDRAWN = "withdrawn"
# What a change always changes: not worth a word in the sentence about it.
_BOOKKEEPING = {"version", "author", "created_at", "changed_at", "changed_by", "decided_at"}
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Reference:
    """A thing of a build or of the store, such as ("item", "C-BCB-01")."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the store. `KEY` names its number, which the store gives; `version` counts its changes from 1."""

    KEY: ClassVar[str]
    version: int = field(default=0, kw_only=True)

    def as_row(self) -> dict[str, Any]:
        """The columns of the table, without its key."""
        return {column.name: getattr(self, column.name) for column in fields(self) if column.name != self.KEY}

    def as_entry(self) -> dict[str, Any]:
        """The same for the audit log: days and instants as text."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in self.as_row().items()}

    def references(self) -> tuple[Reference, ...]:
        """What it is about, outside of itself."""
        return ()


class ChangedMeanwhile(StoreError):
    """Somebody else changed the same thing first. `current` is what it is now, None where it was removed."""

    def __init__(self, sentence: str, current: Kept | None) -> None:
        self.current = current
        super().__init__(sentence)


KeptRow = TypeVar("KeptRow", bound=Kept)


@dataclass(frozen=True, slots=True)
class VersionedTable(Generic[KeptRow]):
    """A table of one kind of row. `word` names one to people, and with underscores in the audit log."""

    table: Table
    row: type[KeptRow]
    word: str

    def subject(self, number: int | None) -> str:
        """What the audit log calls one of them."""
        return f"{self.word.replace(' ', '_')}/{number}"

    def read(self, row: RowMapping) -> KeptRow:
        """A row of the table as a value."""
        return self.row(**row)

    def check(self, row: KeptRow) -> None:
        """Raise StoreError for a text that its column cannot hold."""
        check_texts(self.table, row.as_row(), self.word)

    def find(self, connection: Connection, number: int | None) -> KeptRow | None:
        """The row as it is now."""
        found = connection.execute(select(self.table).where(self._key == number)).mappings().first()
        return None if found is None else self.read(found)

    def existing(self, connection: Connection, number: int | None) -> KeptRow:
        """The row as it is now. Raises StoreError where there is none."""
        found = self.find(connection, number)
        if found is None:
            last = self._entries(connection, number)[:1]
            if last:
                gone = f"The {self.word} {number} was removed by {last[0]['user_id']} on {instant(last[0]['at'])}."
                raise ChangedMeanwhile(gone, None)
            raise StoreError(f"There is no {self.word} {number}.")
        return found

    def unchanged(self, connection: Connection, read: KeptRow) -> KeptRow:
        """The row as it is now, for a change of what was read before.

        Raises ChangedMeanwhile, which says who changed what and when, and StoreError for a row that is not there or was
        withdrawn.
        """
        current = self.existing(connection, getattr(read, read.KEY))
        if current.version != read.version:
            raise self.conflict(connection, current, read.version)
        if getattr(current, "status", "") == WITHDRAWN:
            raise StoreError(
                f"The {self.word} {getattr(read, read.KEY)} was withdrawn and stays as it is. Make a new one instead."
            )
        return current

    def conflict(self, connection: Connection, current: KeptRow, version: int) -> ChangedMeanwhile:
        """What happened since `version`, as an error to raise."""
        number = getattr(current, current.KEY)
        entries = [entry for entry in self._entries(connection, number) if entry["new_value"]]
        since = [entry for entry in entries if entry["new_value"]["version"] > version]
        known: Mapping[str, Any] = next((e["new_value"] for e in entries if e["new_value"]["version"] == version), {})
        who = " and ".join(dict.fromkeys(str(entry["user_id"]) for entry in reversed(since))) or "somebody else"
        when = f" on {instant(since[0]['at'])}" if since else ""
        done = "withdrawn" if getattr(current, "status", "") == WITHDRAWN else "changed"
        what = _differences(known, current.as_entry()) if known and done == "changed" else ""
        return ChangedMeanwhile(
            f"The {self.word} {number} was {done} by {who}{when} after you read it (version {current.version}, "
            f"yours {version}){': ' + what if what else ''}. Nothing of yours was saved. "
            "Read it again, then repeat your change.",
            current,
        )

    def add(self, connection: Connection, new: KeptRow, action: str, by: str, now: datetime) -> KeptRow:
        """Keep a new row as version 1; gives it back with its number."""
        return self.add_all(connection, [new], action, by, now)[0]

    def add_all(
        self, connection: Connection, new: Sequence[KeptRow], action: str, by: str, now: datetime
    ) -> list[KeptRow]:
        """The same for many at once."""
        if not new:
            return []
        for row in new:
            self.check(row)
        values = [replace(row, version=1).as_row() for row in new]
        statement = insert(self.table).returning(self._key, sort_by_parameter_order=True)
        numbers: list[int] = list(connection.execute(statement, values).scalars())
        kept = [replace(row, version=1, **{row.KEY: number}) for row, number in zip(new, numbers, strict=True)]
        subjects = [self.subject(getattr(row, row.KEY)) for row in kept]
        append_entries(
            connection,
            [
                AuditEntry(now, by, action, subject, None, row.as_entry())
                for subject, row in zip(subjects, kept, strict=True)
            ],
        )
        return kept

    def change(
        self, connection: Connection, before: KeptRow, after: KeptRow, action: str, by: str, now: datetime
    ) -> KeptRow:
        """Replace the row as it is now."""
        kept = replace(after, version=before.version + 1)
        self.check(kept)
        number = getattr(before, before.KEY)
        connection.execute(update(self.table).where(self._key == number).values(kept.as_row()))
        entry = AuditEntry(now, by, action, self.subject(number), before.as_entry(), kept.as_entry())
        append_entry(connection, entry)
        return kept

    def remove(self, connection: Connection, before: KeptRow, action: str, by: str, now: datetime) -> None:
        """Take the row out; the audit log keeps it."""
        number = getattr(before, before.KEY)
        connection.execute(delete(self.table).where(self._key == number))
        append_entry(connection, AuditEntry(now, by, action, self.subject(number), before.as_entry(), None))

    @property
    def _key(self) -> Any:
        return self.table.c[self.row.KEY]

    def _entries(self, connection: Connection, number: int | None) -> list[RowMapping]:
        mine = select(audit_log).where(audit_log.c.subject == self.subject(number))
        return list(connection.execute(mine.order_by(audit_log.c.entry_id.desc())).mappings())


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    parts = []
    for name, value in after.items():
        old = before.get(name)
        if name in _BOOKKEEPING or old == value:
            continue
        words = name.replace("_", " ")
        long = max(len(str(old)), len(str(value))) > _MOST_SHOWN
        parts.append(words if long else f"{words} from {_shown(old)} to {_shown(value)}")
    return ", ".join(parts)


def _shown(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)


def instant(value: datetime | None) -> str:
    """An instant for people, in UTC."""
    return "an unknown day" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"
