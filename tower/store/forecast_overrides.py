"""Overrides of the forecast as people enter them: kept beside the builds, with a version against overwriting others.

A build reads them with `override_frame` and keeps the frame it used; it never writes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl
from sqlalchemy import Connection, insert, select, update

from forecasting.errors import ForecastError
from forecasting.overrides import OVERRIDE_COLUMNS, check_overrides
from tower.errors import StoreError
from tower.store.database import writing
from tower.store.schema import forecast_overrides as table
from tower.store.store import Store, append_entry
from tower.store.values import AuditEntry


@dataclass(frozen=True, slots=True)
class ForecastOverride:
    """One override; `forecasting.overrides` says what its columns mean. Of a new one, the store gives `override_id`,
    `version`, `author` and `created_at`.
    """

    layer: str
    kind: str
    quantity: float
    first_date: date
    last_date: date
    reason: str
    item_id: str | None = None
    location_id: str | None = None
    channel: str | None = None
    family: str | None = None
    expires_on: date | None = None
    status: str = "active"
    author: str = ""
    created_at: datetime | None = None
    override_id: int | None = None
    version: int = 0

    def as_row(self) -> dict[str, object]:
        """The columns of the table, without its key."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "override_id"}

    def as_entry(self) -> dict[str, object]:
        """The same for the audit log: days and instants as text."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in self.as_row().items()}


def forecast_overrides(store: Store, *, with_withdrawn: bool = False) -> list[ForecastOverride]:
    """All overrides that have not been withdrawn, or all, oldest first; expired ones are among them."""
    query = select(table).order_by(table.c.override_id)
    if not with_withdrawn:
        query = query.where(table.c.status == "active")
    with store.engine.connect() as connection:
        return [ForecastOverride(**row) for row in connection.execute(query).mappings()]


def override_frame(overrides: Sequence[ForecastOverride]) -> pl.DataFrame:
    """Overrides as the frame that `apply_overrides` takes, with `override_id` as text."""
    rows = [{**override.as_row(), "override_id": str(override.override_id)} for override in overrides]
    kinds = {**OVERRIDE_COLUMNS, "created_at": pl.Datetime("us", "UTC"), "version": pl.Int64()}
    return pl.DataFrame(rows, schema=kinds)


def add_forecast_override(store: Store, override: ForecastOverride, by: str, now: datetime) -> ForecastOverride:
    """Keep a new override; gives it back with its number. Raises StoreError for one that cannot be kept."""
    new = replace(override, author=by, created_at=now, version=1, override_id=None)
    _check(replace(new, override_id=0))
    with writing(store.engine) as connection:
        found: int = connection.execute(insert(table).values(new.as_row()).returning(table.c.override_id)).scalar_one()
        kept = replace(new, override_id=found)
        _record(connection, kept, "add_forecast_override", None, by, now)
    return kept


def change_forecast_override(store: Store, override: ForecastOverride, by: str, now: datetime) -> ForecastOverride:
    """Replace an override by a changed one that was read at `override.version`; the changer becomes its author.

    It counts as made now: the newest wins in its layer. Raises StoreError when somebody changed or withdrew it since,
    or when it cannot be kept.
    """
    return _replace(store, replace(override, author=by, created_at=now), "change_forecast_override", by, now)


def withdraw_forecast_override(store: Store, override: ForecastOverride, by: str, now: datetime) -> ForecastOverride:
    """Take an override back; it stays on record and changes nothing any more. Raises StoreError as changing does."""
    return _replace(store, replace(override, status="withdrawn"), "withdraw_forecast_override", by, now)


def _replace(store: Store, override: ForecastOverride, action: str, by: str, now: datetime) -> ForecastOverride:
    _check(override)
    kept = replace(override, version=override.version + 1)
    mine = table.c.override_id == override.override_id
    with writing(store.engine) as connection:
        row = connection.execute(select(table).where(mine)).mappings().first()
        if row is None:
            raise StoreError(f"There is no forecast override {override.override_id}.")
        before = ForecastOverride(**row)
        if before.version != override.version or before.status == "withdrawn":
            done = "withdrawn" if before.status == "withdrawn" else "changed"
            raise StoreError(
                f"The forecast override {override.override_id} was {done} by somebody else since you read it "
                f"(version {before.version}, yours {override.version}). Read it again, then repeat your change."
            )
        connection.execute(update(table).where(mine).values(kept.as_row()))
        _record(connection, kept, action, before, by, now)
    return kept


def _record(
    connection: Connection, kept: ForecastOverride, action: str, before: ForecastOverride | None, by: str, now: datetime
) -> None:
    subject = f"forecast_override/{kept.override_id}"
    old = None if before is None else before.as_entry()
    append_entry(connection, AuditEntry(now, by, action, subject, old, kept.as_entry()))


def _check(override: ForecastOverride) -> None:
    try:
        check_overrides(override_frame([override]))
    except ForecastError as error:
        raise StoreError(f"This override cannot be kept. {error}") from error
