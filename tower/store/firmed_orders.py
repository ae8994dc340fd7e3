"""Planned orders that planners took over as firm, outside of scenarios or by promoting one: kept beside the builds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

import polars as pl
from sqlalchemy import Connection, select

from tower.errors import StoreError
from tower.store.database import reading, writing
from tower.store.scenarios import PROMOTED, KeptScenario, moved_scenario
from tower.store.schema import firmed_orders as table
from tower.store.schema import scenarios
from tower.store.store import Store
from tower.store.versioned import WITHDRAWN, ChangedMeanwhile, Kept, Reference, VersionedTable, instant


@dataclass(frozen=True, slots=True)
class FirmedOrder(Kept):
    """One firmed order. Of a new one, the store gives `firmed_order_id`, `version`, `author`, `created_at`, `status`.

    `order_type` as in the plan's orders; `quantity` in the item's base unit; `due_date`: the day it is received.
    `base_build_id` and `document_id`: the planned order it was made of (a part of a split one: P000544/2). Plans number
    their orders anew, so that the number means this order in that build only. `scenario_id`: the promoted scenario.
    `sales_order_line_id`: the customer's order line that it is kept for, of what is made to order.
    """

    KEY: ClassVar[str] = "firmed_order_id"
    order_type: str
    item_id: str
    location_id: str
    quantity: float
    due_date: date
    base_build_id: str
    document_id: str
    reason: str
    release_date: date | None = None
    supplier_id: str | None = None
    from_location_id: str | None = None
    scenario_id: int | None = None
    sales_order_line_id: str | None = None
    author: str = ""
    created_at: datetime | None = None
    status: str = "active"
    firmed_order_id: int | None = None

    def references(self) -> tuple[Reference, ...]:
        """Its item, its places, its supplier and the build it was planned in."""
        named = (
            ("item", self.item_id), ("location", self.location_id), ("location", self.from_location_id),
            ("supplier", self.supplier_id), ("build", self.base_build_id),
        )  # fmt: skip
        return tuple(Reference(kind, name) for kind, name in named if name is not None)


# The number of a part of a split order, behind that of the order.
_PART = re.compile(r"/\d+$")
_ORDERS = VersionedTable(table, FirmedOrder, "firmed order")


def firmed_orders(store: Store, *, with_withdrawn: bool = False) -> list[FirmedOrder]:
    """All firmed orders that have not been withdrawn, or all, oldest first."""
    query = select(table).order_by(table.c.firmed_order_id)
    if not with_withdrawn:
        query = query.where(table.c.status != WITHDRAWN)
    with reading(store.engine) as connection:
        return [_ORDERS.read(row) for row in connection.execute(query).mappings()]


def firmed_order_frame(orders: Sequence[FirmedOrder]) -> pl.DataFrame:
    """Firmed orders as a table of a build; `firmed_on` is the day on which each was firmed."""
    schema = {
        "firmed_order_id": pl.Int64, "order_type": pl.String, "item_id": pl.String, "location_id": pl.String,
        "supplier_id": pl.String, "from_location_id": pl.String, "sales_order_line_id": pl.String,
        "quantity": pl.Float64, "release_date": pl.Date, "due_date": pl.Date, "base_build_id": pl.String,
        "plan_order_id": pl.String, "scenario_id": pl.Int64, "reason": pl.String, "author": pl.String,
        "firmed_on": pl.Date,
    }  # fmt: skip
    rows = [
        {**order.as_row(), "firmed_order_id": order.firmed_order_id, "plan_order_id": order.document_id,
         "firmed_on": order.created_at.date() if order.created_at else None}
        for order in orders
    ]  # fmt: skip
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)


def firm_orders(store: Store, orders: Sequence[FirmedOrder], by: str, now: datetime) -> list[FirmedOrder]:
    """Keep new firmed orders, all or none.

    Raises ChangedMeanwhile when one of the planned orders is firmed already, StoreError when one cannot be kept.
    """
    _check_all(orders)
    with writing(store.engine) as connection:
        return _firmed(connection, orders, by, now)


def promote_scenario(
    store: Store, read: KeptScenario, orders: Sequence[FirmedOrder], by: str, now: datetime
) -> list[FirmedOrder]:
    """Promote a scenario that was read at `read.version` and keep the orders that it firms, all or none.

    What a scenario below it has firmed the same already is not kept twice. Raises as moving a scenario and firming do.
    """
    _check_all(orders)
    with writing(store.engine) as connection:
        moved_scenario(connection, read, PROMOTED, by, now)
        kept = [order for order in orders if not _is_firmed_so(connection, order)]
        return _firmed(connection, [replace(one, scenario_id=read.scenario_id) for one in kept], by, now)


def _check_all(orders: Sequence[FirmedOrder]) -> None:
    for order in orders:
        _check(order)
    planned = Counter((order.base_build_id, order.document_id) for order in orders)
    for (_, number), times in planned.items():
        if times > 1:
            raise StoreError(f"The planned order {number} is to be firmed twice. Number the parts of a split one.")


def _firmed(connection: Connection, orders: Sequence[FirmedOrder], by: str, now: datetime) -> list[FirmedOrder]:
    for order in orders:
        _refuse_second(connection, order)
    new = [replace(order, author=by, created_at=now, status="active", firmed_order_id=None) for order in orders]
    return _ORDERS.add_all(connection, new, "firm_order", by, now)


def change_firmed_order(store: Store, changed: FirmedOrder, by: str, now: datetime) -> FirmedOrder:
    """Save a firmed order that was read at `changed.version`: moved, resized, from another source.

    Raises ChangedMeanwhile when somebody changed or withdrew it since, StoreError when it cannot be kept.
    """
    _check(changed)
    with writing(store.engine) as connection:
        before = _ORDERS.unchanged(connection, changed)
        after = replace(
            changed, base_build_id=before.base_build_id, document_id=before.document_id,
            scenario_id=before.scenario_id, author=before.author, created_at=before.created_at, status=before.status,
        )  # fmt: skip
        return _ORDERS.change(connection, before, after, "change_firmed_order", by, now)


def withdraw_firmed_order(store: Store, read: FirmedOrder, by: str, now: datetime) -> FirmedOrder:
    """Give the order back to the plan; it stays on record. Raises ChangedMeanwhile when it was changed since."""
    with writing(store.engine) as connection:
        before = _ORDERS.unchanged(connection, read)
        return _ORDERS.change(connection, before, replace(before, status=WITHDRAWN), "withdraw_firmed_order", by, now)


def _there(connection: Connection, order: FirmedOrder) -> FirmedOrder | None:
    """The firmed order of the same planned order, whole or a part of it, if somebody has made one."""
    whole = _PART.sub("", order.document_id)
    number = table.c.document_id
    same = (
        (table.c.base_build_id == order.base_build_id)
        & ((number == whole) | number.startswith(f"{whole}/", autoescape=True))
        & (table.c.status != WITHDRAWN)
    )
    # The part itself first, where it is there.
    query = select(table).where(same).order_by(number != order.document_id, table.c.firmed_order_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else _ORDERS.read(row)


def _is_firmed_so(connection: Connection, order: FirmedOrder) -> bool:
    there = _there(connection, order)
    return there is not None and all(
        getattr(there, name) == getattr(order, name)
        for name in ("document_id", "quantity", "due_date", "release_date", "supplier_id")
    )


def _refuse_second(connection: Connection, order: FirmedOrder) -> None:
    there = _there(connection, order)
    if there is not None:
        raise ChangedMeanwhile(
            f"The planned order {order.document_id} ({order.item_id} at {order.location_id}) was firmed by "
            f"{there.author} on {instant(there.created_at)}: {there.quantity:g} for {there.due_date}. "
            "Nothing of yours was saved. Change that one, or withdraw it first.",
            there,
        )
    if order.scenario_id is not None:
        known = select(scenarios.c.scenario_id).where(scenarios.c.scenario_id == order.scenario_id)
        if connection.execute(known).scalar() is None:
            raise StoreError(f"There is no scenario {order.scenario_id} that the order {order.document_id} came from.")


def _check(order: FirmedOrder) -> None:
    _ORDERS.check(order)
    problem = None
    named = (order.order_type, order.item_id, order.location_id, order.base_build_id, order.document_id)
    if not all(named):
        problem = "needs its type, item, location, build and the number of the planned order"
    elif not (math.isfinite(order.quantity) and order.quantity > 0):
        problem = f"has the quantity {order.quantity}; an order is for more than 0"
    elif order.release_date is not None and order.release_date > order.due_date:
        problem = f"is released on {order.release_date}, after its due date {order.due_date}"
    elif not order.reason.strip():
        problem = "needs a reason"
    if problem:
        raise StoreError(f"The firmed order {order.document_id!r} of {order.item_id!r} {problem}.")
