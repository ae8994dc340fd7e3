"""A customer's inquiry answered: when it can be there from each place, what limits it, and whom it would delay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from planning.errors import PlanningError
from planning.scenarios.demand_changes import RushOrder
from planning.scenarios.document import Scenario
from planning.scenarios.problems import ScenarioError
from planning.tables.promise import NamedPromise, Promising
from tower.errors import QueryError
from tower.scenarios.base import PlanningBase
from tower.scenarios.run import ran

# Places beside the one asked that are tried; each is a search of its own.
MOST_PLACES = 3
# Codes of the ways to get an item, as the sources of a plan hold them.
WAYS = ("make", "buy", "transfer", "subcontract")
DELAYED = ("newly_late", "later")


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a customer asks: so much of an item on a day; `place` None for where most of its demand is."""

    item_id: str
    quantity: float
    wanted: date
    customer_id: str
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a place gets the item: `kind` of WAYS, and from whom or where."""

    kind: str
    source_id: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """`promises` by place, the one asked first; `ways` by place."""

    inquiry: Inquiry
    promises: Sequence[NamedPromise]
    ways: Mapping[str, Sequence[Way]]

    @property
    def asked(self) -> NamedPromise:
        return self.promises[0]

    @property
    def best(self) -> NamedPromise:
        """The earliest date for all of it; the place asked where another is no earlier."""
        return min(self.promises, key=lambda one: one.possible_date or date.max)


def answered(promising: Promising, inquiry: Inquiry, stock: Mapping[str, float]) -> Answered:
    """The place asked, then others that plan the item, those with the most usable `stock` first.

    Raises QueryError in the engine's words for an item or place that is not planned.
    """
    try:
        first = _answer(promising, inquiry, inquiry.place)
        known = promising.model.nodes.filter(pl.col("item_id") == inquiry.item_id)["location_id"].to_list()
        others = sorted((one for one in known if one != first.location_id), key=lambda one: (-stock.get(one, 0.0), one))
        promises = [first, *(_answer(promising, inquiry, one) for one in others[:MOST_PLACES])]
    except PlanningError as error:
        raise QueryError(str(error)) from error
    return Answered(inquiry, promises, {one.location_id: _ways(promising, one) for one in promises})


def _answer(promising: Promising, inquiry: Inquiry, place: str | None) -> NamedPromise:
    return promising.answer(inquiry.item_id, inquiry.quantity, inquiry.wanted, place, inquiry.customer_id)


def _ways(promising: Promising, found: NamedPromise) -> list[Way]:
    rows = promising.model.sources.filter(
        (pl.col("item_id") == found.item_id) & (pl.col("location_id") == found.location_id)
    ).sort("priority", "kind", "supplier_id", "from_location_id", nulls_last=True)
    ways = [
        Way(WAYS[kind], supplier or place)
        for kind, supplier, place in rows.select("kind", "supplier_id", "from_location_id").rows()
    ]
    return list(dict.fromkeys(ways))


def as_order(found: NamedPromise, day: date, value: float | None) -> RushOrder:
    """The inquiry as a new sales order line on a day; `value` in company currency, else at cost."""
    return RushOrder(
        item=(found.item_id,), location=(found.location_id,), quantity=found.quantity, due=day,
        customer=found.customer_id, value=value,
    )  # fmt: skip


def delayed(base: PlanningBase, order: RushOrder) -> pl.DataFrame:
    """Order lines that would be later with the order than without it, the most days first.

    Raises QueryError where the order does not fit the plan.
    """
    try:
        found = ran(base, Scenario("inquiry", (order,)))
    except ScenarioError as error:
        raise QueryError(str(error)) from error
    return (
        found.differences["late_lines"]
        .filter(pl.col("change").is_in(DELAYED) & ~pl.col("is_new"))
        .with_columns(more_days=pl.col("late_days_after") - pl.col("late_days"))
        .sort("more_days", "late_value_after", "sales_order_line_id", descending=[True, True, False])
    )
