"""Overrides of the forecast as people enter them: kept beside the builds, with a version against overwriting others.

A build reads them with `override_frame` and keeps the frame it used; it never writes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

import polars as pl
from sqlalchemy import select

from forecasting.errors import ForecastError
from forecasting.overrides import OVERRIDE_COLUMNS, check_overrides
from tower.errors import StoreError
from tower.store.database import reading, writing
from tower.store.schema import forecast_overrides as table
from tower.store.store import Store
from tower.store.versioned import Kept, Reference, VersionedTable


@dataclass(frozen=True, slots=True)
class ForecastOverride(Kept):
    """One override; `forecasting.overrides` says what its columns mean. Of a new one, the store gives `override_id`,
    `version`, `author` and `created_at`.
    """

    KEY: ClassVar[str] = "override_id"
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

    def references(self) -> tuple[Reference, ...]:
        """The item and the location, where it names them."""
        named = (("item", self.item_id), ("location", self.location_id))
        return tuple(Reference(kind, name) for kind, name in named if name is not None)


_OVERRIDES = VersionedTable(table, ForecastOverride, "forecast override")


def forecast_overrides(store: Store, *, with_withdrawn: bool = False) -> list[ForecastOverride]:
    """All overrides that have not been withdrawn, or all, oldest first; expired ones are among them."""
    query = select(table).order_by(table.c.override_id)
    if not with_withdrawn:
        query = query.where(table.c.status == "active")
    with reading(store.engine) as connection:
        return [_OVERRIDES.read(row) for row in connection.execute(query).mappings()]


def override_frame(overrides: Sequence[ForecastOverride]) -> pl.DataFrame:
    """Overrides as the frame that `apply_overrides` takes, with `override_id` as text."""
    rows = [{**override.as_row(), "override_id": str(override.override_id)} for override in overrides]
    kinds = {**OVERRIDE_COLUMNS, "created_at": pl.Datetime("us", "UTC"), "version": pl.Int64()}
    return pl.DataFrame(rows, schema=kinds)


def add_forecast_override(store: Store, override: ForecastOverride, by: str, now: datetime) -> ForecastOverride:
    """Keep a new override; gives it back with its number. Raises StoreError for one that cannot be kept."""
    new = replace(override, author=by, created_at=now, override_id=None)
    _check(replace(new, override_id=0))
    with writing(store.engine) as connection:
        return _OVERRIDES.add(connection, new, "add_forecast_override", by, now)


def change_forecast_override(store: Store, override: ForecastOverride, by: str, now: datetime) -> ForecastOverride:
    """Replace an override by a changed one that was read at `override.version`; the changer becomes its author.

    It counts as made now: the newest wins in its layer. Raises ChangedMeanwhile when somebody changed or withdrew it
    since, StoreError when it cannot be kept.
    """
    return _replace(store, replace(override, author=by, created_at=now), "change_forecast_override", by, now)


def withdraw_forecast_override(store: Store, override: ForecastOverride, by: str, now: datetime) -> ForecastOverride:
    """Take an override back; it stays on record and changes nothing any more. Raises StoreError as changing does."""
    return _replace(store, replace(override, status="withdrawn"), "withdraw_forecast_override", by, now)


def _replace(store: Store, override: ForecastOverride, action: str, by: str, now: datetime) -> ForecastOverride:
    _check(override)
    with writing(store.engine) as connection:
        before = _OVERRIDES.unchanged(connection, override)
        return _OVERRIDES.change(connection, before, override, action, by, now)


def _check(override: ForecastOverride) -> None:
    try:
        check_overrides(override_frame([override]))
    except ForecastError as error:
        raise StoreError(f"This override cannot be kept. {error}") from error
