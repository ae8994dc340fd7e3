"""Capable to promise with names: an inquiry for an item at a place, and the answer in the words of the documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from planning.errors import PlanningError
from planning.model.calendars import DAY_ZERO, day_number
from planning.model.documents import Places
from planning.model.inputs import PlanningModel
from planning.mrp.codes import NONE, UNIT
from planning.mrp.records import bucket_edges
from planning.promise import Inquiry, Limit, LimitKind, OrderPlan, Promise, WorkHours, promise
from planning.tables.load import hours_available, open_hours

# Weeks in which hours of work centres are looked for; beyond them there is no limit.
HORIZON_DAYS = 371


@dataclass(frozen=True, slots=True)
class NamedLimit:
    """`Limit` with names; what does not apply is None. `document` is an open order that is waited for."""

    kind: LimitKind
    item_id: str | None = None
    location_id: str | None = None
    possible_date: date | None = None
    supplier_id: str | None = None
    from_location_id: str | None = None
    lead_days: int = 0
    document_type: str | None = None
    document: str | None = None
    sales_order_line_id: str | None = None
    work_centre_id: str | None = None
    week_date: date | None = None
    hours: float = 0.0
    free_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class NamedPromise:
    """`Promise` with names; quantities in base units. `possible_date` None: not within three years.

    `without_source`: item and place of what would be ordered although nothing says how it is supplied.
    """

    item_id: str
    location_id: str
    base_uom: str | None
    quantity: float
    wanted_date: date
    customer_id: str | None
    possible_date: date | None
    wanted_date_quantity: float
    parts: tuple[tuple[date, float], ...]
    limits_date: NamedLimit | None
    limits_quantity: NamedLimit | None
    without_source: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Promising:
    """A company ready for inquiries: its plan of orders is made once."""

    model: PlanningModel
    orders: OrderPlan

    @classmethod
    def of(cls, model: PlanningModel) -> Promising:
        """Raises PlanningError where a calendar cannot be read."""
        first = model.problem.first_day
        edges = bucket_edges(first, first + HORIZON_DAYS, "week", DAY_ZERO)
        hours = WorkHours(edges, hours_available(model, edges)[:, 1:], open_hours(model, edges)[:, 1:])
        return cls(model, OrderPlan.of(model.problem, hours))

    def answer(
        self,
        item_id: str,
        quantity: float,
        wanted: date | None = None,
        location_id: str | None = None,
        customer_id: str | None = None,
    ) -> NamedPromise:
        """Answer an inquiry; without a date it is wanted today, without a place where most of the item's demand is.

        Raises PlanningError for an item or place that is not planned, and for a quantity that is none.
        """
        node = self._node(item_id, location_id)
        day = self.model.as_of if wanted is None else wanted
        customers = {name: code for code, name in enumerate(self.model.customers)}
        inquiry = Inquiry(node, round(quantity * UNIT), day_number(day), customers.get(customer_id or "", NONE))
        return self._named(promise(self.orders, inquiry), day, customer_id)

    def _node(self, item_id: str, location_id: str | None) -> int:
        nodes = self.model.nodes.filter(pl.col("item_id") == item_id)
        if not nodes.height:
            raise PlanningError(
                f"The item {item_id!r} is not planned: it has no policy, no demand and no order. "
                "Check its number, or add a row to planning_policies."
            )
        if location_id is None:
            main = Places(self.model.rows).main.filter(pl.col("item_id") == item_id)["main_location_id"]
            location_id = main[0] if main.len() else nodes["location_id"][0]
        at = nodes.filter(pl.col("location_id") == location_id)
        if not at.height:
            known = ", ".join(nodes["location_id"].sort())
            raise PlanningError(f"The item {item_id!r} is not planned at {location_id!r}. It is planned at {known}.")
        return int(at["node"][0])

    def _named(self, found: Promise, wanted: date, customer_id: str | None) -> NamedPromise:
        node = self._node_names(found.inquiry.node)
        return NamedPromise(
            item_id=node[0],
            location_id=node[1],
            base_uom=self.model.nodes["base_uom"][found.inquiry.node],
            quantity=found.inquiry.quantity / UNIT,
            wanted_date=wanted,
            customer_id=customer_id,
            possible_date=_date(found.day),
            wanted_date_quantity=found.on_wanted_day / UNIT,
            parts=tuple((DAY_ZERO + timedelta(days=part.day), part.quantity / UNIT) for part in found.parts),
            limits_date=self._limit(found.limits_day),
            limits_quantity=self._limit(found.limits_quantity),
            without_source=tuple(self._node_names(one) for one in found.without_source),
        )

    def _node_names(self, node: int) -> tuple[str, str]:
        return self.model.nodes["item_id"][node], self.model.nodes["location_id"][node]

    def _limit(self, limit: Limit | None) -> NamedLimit | None:
        if limit is None:
            return None
        model = self.model
        if limit.kind is LimitKind.CAPACITY:
            return NamedLimit(
                limit.kind, work_centre_id=model.work_centres[limit.work_centre], week_date=_date(limit.week_day),
                hours=limit.hours, free_hours=limit.free_hours,
            )  # fmt: skip
        item, place = self._node_names(limit.node)
        source, opened = limit.source, limit.open_supply
        return NamedLimit(
            limit.kind,
            item_id=item,
            location_id=place,
            possible_date=_date(limit.possible_day),
            supplier_id=model.sources["supplier_id"][source] if source != NONE else None,
            from_location_id=model.sources["from_location_id"][source] if source != NONE else None,
            lead_days=limit.lead_days,
            document_type=model.supply["document_type"][opened] if opened != NONE else None,
            document=model.supply["document_id"][opened] if opened != NONE else None,
            sales_order_line_id=model.demands["document_id"][limit.order] if limit.order != NONE else None,
        )


def _date(day: int) -> date | None:
    return None if day == NONE else DAY_ZERO + timedelta(days=day)
