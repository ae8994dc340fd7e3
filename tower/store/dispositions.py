"""What is to become of aged, excess or obsolete stock: one disposition for an item at a place, with owner and day.

A position outlives its build under its item and place. One that is used up keeps its disposition: it is shown as gone,
and can be closed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

import polars as pl
from sqlalchemy import Connection, select

from tower.errors import StoreError
from tower.store.database import reading, writing
from tower.store.schema import stock_dispositions as table
from tower.store.store import Store
from tower.store.versioned import WITHDRAWN, ChangedMeanwhile, Kept, Reference, VersionedTable, instant

USE_UP, TRANSFER, REWORK, RETURN, SELL, SCRAP, KEEP = DISPOSITIONS = (
    "use_up", "transfer", "rework", "return_to_supplier", "sell_off", "scrap", "keep",
)  # fmt: skip
ACTIVE, DONE = "active", "done"
_KEY = ["item_id", "location_id"]
_FRAME = {
    **dict.fromkeys(_KEY, pl.String()), "disposition_id": pl.Int64(), "disposition": pl.String(), "owner": pl.String(),
    "due_date": pl.Date(), "disposition_quantity": pl.Float64(), "note": pl.String(), "author": pl.String(),
    "decided_at": pl.Datetime("us", "UTC"), "status": pl.String(), "version": pl.Int64(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StockDisposition(Kept):
    """One disposition. Of a new one, the store gives `disposition_id`, `version`, `author`, `decided_at` and `status`.

    `quantity` in the item's base unit and `stock_value` in company currency are those of the position when it was
    decided; `due_date`: the day by which `owner` has it done.
    """

    KEY: ClassVar[str] = "disposition_id"
    item_id: str
    location_id: str
    disposition: str
    owner: str
    due_date: date
    quantity: float
    stock_value: float | None = None
    note: str = ""
    author: str = ""
    decided_at: datetime | None = None
    status: str = ACTIVE
    disposition_id: int | None = None

    def references(self) -> tuple[Reference, ...]:
        """Its item and its place."""
        return (Reference("item", self.item_id), Reference("location", self.location_id))

    def is_overdue(self, today: date) -> bool:
        """Whether it is still to be done and its day is over."""
        return self.status == ACTIVE and self.due_date < today


_DISPOSITIONS = VersionedTable(table, StockDisposition, "stock disposition")


def stock_dispositions(store: Store, *, with_withdrawn: bool = False) -> list[StockDisposition]:
    """All dispositions that stand or are done, or all; the oldest first."""
    query = select(table).order_by(table.c.disposition_id)
    if not with_withdrawn:
        query = query.where(table.c.status != WITHDRAWN)
    with reading(store.engine) as connection:
        return [_DISPOSITIONS.read(row) for row in connection.execute(query).mappings()]


def dispose(store: Store, made: StockDisposition, by: str, now: datetime) -> StockDisposition:
    """Keep a disposition: a new one (`version` 0), or another in the place of the one that was read at its `version`.

    Raises ChangedMeanwhile when somebody decided about the position since it was read, StoreError when it cannot be
    kept.
    """
    _check(made)
    new = replace(made, author=by, decided_at=now, status=ACTIVE)
    with writing(store.engine) as connection:
        there = _there(connection, made)
        if there is None:
            if made.version:
                raise StoreError(
                    f"There is no disposition for {_called(made)}; you read version {made.version} of one."
                )
            return _DISPOSITIONS.add_all(connection, [replace(new, disposition_id=None)], "dispose_stock", by, now)[0]
        # Where nobody saw one because it was taken back or is done, a new one begins.
        is_closed = there.status in (WITHDRAWN, DONE) and made.version == 0
        if made.version == 0 and not is_closed:
            raise ChangedMeanwhile(
                f"{there.author} decided on {instant(there.decided_at)} about {_called(made)}: {there.disposition}, "
                f"{there.owner} until {there.due_date}. Nothing of yours was saved. Read it again, then repeat your "
                "change.",
                there,
            )
        if made.version != there.version and not is_closed:
            raise _DISPOSITIONS.conflict(connection, there, made.version)
        after = replace(new, disposition_id=there.disposition_id)
        return _DISPOSITIONS.change(connection, there, after, "dispose_stock", by, now)


def finish_disposition(store: Store, read: StockDisposition, by: str, now: datetime) -> StockDisposition:
    """Say that it is done; it stays on record. Raises ChangedMeanwhile when it was changed since."""
    with writing(store.engine) as connection:
        before = _DISPOSITIONS.unchanged(connection, read)
        return _DISPOSITIONS.change(connection, before, replace(before, status=DONE), "finish_disposition", by, now)


def withdraw_disposition(store: Store, read: StockDisposition, by: str, now: datetime) -> StockDisposition:
    """Take it back: the position is undecided again. Raises ChangedMeanwhile when it was changed since."""
    with writing(store.engine) as connection:
        before = _DISPOSITIONS.unchanged(connection, read)
        after = replace(before, status=WITHDRAWN, author=by, decided_at=now)
        return _DISPOSITIONS.change(connection, before, after, "withdraw_disposition", by, now)


def with_dispositions(positions: pl.DataFrame, dispositions: Sequence[StockDisposition], today: date) -> pl.DataFrame:
    """Positions with the columns of their disposition that stands (null where there is none) and `is_overdue`."""
    frame = disposition_frame([one for one in dispositions if one.status == ACTIVE])
    joined = positions.join(frame, on=_KEY, how="left", maintain_order="left")
    return joined.with_columns(is_overdue=(pl.col("due_date") < today).fill_null(False))


def gone_dispositions(positions: pl.DataFrame, dispositions: Sequence[StockDisposition]) -> list[StockDisposition]:
    """Dispositions that stand for a position that holds no stock any more."""
    there = set(positions.filter(pl.col("quantity") > 0).select(_KEY).rows())
    return [one for one in dispositions if one.status == ACTIVE and (one.item_id, one.location_id) not in there]


def disposition_frame(dispositions: Sequence[StockDisposition]) -> pl.DataFrame:
    """Dispositions as a frame, in their order."""
    rows = [
        {name: one.quantity if name == "disposition_quantity" else getattr(one, name) for name in _FRAME}
        for one in dispositions
    ]
    return pl.DataFrame(rows, schema=_FRAME)


def _there(connection: Connection, made: StockDisposition) -> StockDisposition | None:
    same = (table.c.item_id == made.item_id) & (table.c.location_id == made.location_id)
    row = connection.execute(select(table).where(same)).mappings().first()
    return None if row is None else _DISPOSITIONS.read(row)


def _called(made: StockDisposition) -> str:
    return f"the stock of {made.item_id} at {made.location_id}"


def _check(made: StockDisposition) -> None:
    _DISPOSITIONS.check(made)
    problem = None
    if made.disposition not in DISPOSITIONS:
        problem = f"cannot be {made.disposition!r}; known dispositions: {', '.join(DISPOSITIONS)}"
    elif not (made.item_id and made.location_id):
        problem = "needs its item and its place"
    elif not made.owner.strip():
        problem = "needs an owner"
    elif not (math.isfinite(made.quantity) and made.quantity > 0):
        problem = f"is about the quantity {made.quantity}; it must be more than 0"
    elif made.disposition == KEEP and not made.note.strip():
        problem = "to keep it needs a note that says what for"
    if problem:
        raise StoreError(f"The disposition of {_called(made)} {problem}.")
