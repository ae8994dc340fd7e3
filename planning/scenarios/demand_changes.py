"""Changes of demand: more or less of it, at another time, a rush order, a cancelled order.

Forecast and orders are two things: orders use up the forecast of their time, so more orders do not add to a forecast
that foresaw them, and an added forecast is used up by orders that nothing foresaw.
"""

# ruff: noqa: RUF009 -- what stands for a default declares a field with the way to read it.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

import numpy as np

from planning.mrp import Journal
from planning.mrp.codes import UNIT, Flags, Integers
from planning.scenarios.change import Language, OfItems, Spanned, shown, span_faults
from planning.scenarios.draft import (
    SALES,
    Draft,
    appended,
    as_date,
    coded,
    day_code,
    in_window,
    scaled,
    value_of,
    with_dates,
)
from planning.scenarios.fields import choice, day, days, name, names, number, suggestion, whole
from planning.scenarios.mistakes import said
from planning.scenarios.problems import Refused

_OF = {
    "en": {None: "demand", "orders": "orders", "forecast": "forecast"},
    "zh": {None: "需求", "orders": "订单", "forecast": "预测"},
}
MOST_BUCKETS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDemand(Spanned):
    """Changes of demand that is there, chosen by item, customer and day; a forecast has no customer."""

    customer: tuple[str, ...] = names()
    of: str | None = choice("orders", "forecast")

    def faults(self) -> Sequence[str]:
        wrong = self.customer and self.of == "forecast"
        says = (said("forecast_without_customer"),) if wrong else ()
        return (*span_faults(self.start, self.end), *says)

    def orders(self, draft: Draft) -> Integers:
        """Rows of the sales order lines that are meant."""
        if self.of == "forecast":
            return np.zeros(0, np.int64)
        demands = draft.model.problem.demands
        found = draft.is_sale & self.nodes(draft)[demands.node] & in_window(demands.day, self.start, self.end)
        if self.customer:
            found &= of_customers(draft, self.customer)
        return np.flatnonzero(found & (demands.quantity > 0))

    def forecasts(self, draft: Draft) -> Integers:
        """Rows of the forecast that are meant."""
        if self.of == "orders" or self.customer:
            return np.zeros(0, np.int64)
        forecasts = draft.model.problem.forecasts
        found = self.nodes(draft)[forecasts.node] & in_window(forecasts.day, self.start, self.end)
        return np.flatnonzero(found & (forecasts.quantity > 0))

    def both(self, draft: Draft) -> tuple[Integers, Integers]:
        """Rows of orders and of forecast. Raises Refused where there are none."""
        self.nodes(draft)
        orders, forecasts = self.orders(draft), self.forecasts(draft)
        if not orders.size and not forecasts.size:
            raise Refused("", said("no_demand"))
        return orders, forecasts


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFactor(OfDemand):
    """Demand times a factor; pieces stay whole, and what rounding takes is carried on to the next demand."""

    KIND: ClassVar[str] = "demand_factor"
    SAYS: ClassVar[tuple[str, str]] = ("demand times a factor", "需求乘以系数")
    EXAMPLE: ClassVar[str] = "{kind: demand_factor, family: City e-bikes, factor: 1.2, from: 2026-09-01}"

    factor: float = number(required=True, least=0.0, most=1000.0)

    def apply(self, draft: Draft) -> Draft:
        orders, forecasts = self.both(draft)
        problem, grain = draft.model.problem, draft.directory.grain
        step = Journal()
        for table, rows in (("demands", orders), ("forecasts", forecasts)):
            held = getattr(problem, table)
            node, before = held.node[rows], held.quantity[rows]
            after = scaled(before, self.factor, node, held.day[rows], grain[node])
            step = step.replaced(table, rows, quantity=after, value=value_of(held.value[rows], before, after))
        return draft.changed(step)

    def phrase(self, language: Language) -> str:
        what = _OF[language][self.of]
        return f"{what} × {shown(self.factor)}" if language == "zh" else f"{what.capitalize()} × {shown(self.factor)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandShift(OfDemand):
    """Demand earlier or later; a forecast not before the first day."""

    KIND: ClassVar[str] = "demand_shift"
    SAYS: ClassVar[tuple[str, str]] = ("demand earlier or later", "需求提前或推迟")
    EXAMPLE: ClassVar[str] = "{kind: demand_shift, customer: K00074, days: -14}"

    shift: int = days("days", required=True)

    def apply(self, draft: Draft) -> Draft:
        orders, forecasts = self.both(draft)
        problem = draft.model.problem
        later = problem.demands.day[orders] + self.shift
        foreseen = np.maximum(problem.forecasts.day[forecasts] + self.shift, problem.first_day)
        step = Journal().replaced("demands", orders, day=later).replaced("forecasts", forecasts, day=foreseen)
        return draft.changed(
            step,
            demands=with_dates(draft.model.demands, orders, later),
            forecasts=with_dates(draft.model.forecasts, forecasts, foreseen),
        )

    def phrase(self, language: Language) -> str:
        what, much = _OF[language][self.of], abs(self.shift)
        if language == "zh":
            return f"{what}{'推迟' if self.shift > 0 else '提前'} {much} 天"
        return f"{what.capitalize()} {much} days {'later' if self.shift > 0 else 'earlier'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandCancel(Spanned):
    """Sales order lines that go."""

    KIND: ClassVar[str] = "cancel_demand"
    SAYS: ClassVar[tuple[str, str]] = ("sales order lines that go", "取消销售订单行")
    EXAMPLE: ClassVar[str] = "{kind: cancel_demand, order: SO0023571-1}"

    order: tuple[str, ...] = names()
    customer: tuple[str, ...] = names()

    def faults(self) -> Sequence[str]:
        chosen = (self.order, self.customer, self.item, self.family, self.location)
        says = () if any(chosen) else (said("say_which"),)
        return (*span_faults(self.start, self.end), *says)

    def apply(self, draft: Draft) -> Draft:
        demands = draft.model.problem.demands
        found = draft.is_sale & (demands.quantity > 0) & self.nodes(draft)[demands.node]
        found &= in_window(demands.day, self.start, self.end)
        if self.customer:
            found &= of_customers(draft, self.customer)
        if self.order:
            ids = draft.model.demands["document_id"].to_numpy().astype(str)
            known = ids[draft.is_sale]
            for one in self.order:
                if one not in known:
                    hint = suggestion(one, sorted(known.tolist()))
                    raise Refused("order", said("unknown_sales_line", name=one, hint=hint))
            found &= np.isin(ids, self.order)
        if not found.any():
            raise Refused("", said("no_sales_line"))
        return draft.changed(Journal().removed("demands", np.flatnonzero(found)))

    def phrase(self, language: Language) -> str:
        return "取消销售订单" if language == "zh" else "Cancel sales orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandAdd(Spanned):
    """More forecast of one item: a quantity once, or every day, week or month of a span.

    Orders use it up as they use up any forecast.
    """

    KIND: ClassVar[str] = "demand_add"
    SAYS: ClassVar[tuple[str, str]] = ("more forecast of one item", "增加一个物料的预测")
    EXAMPLE: ClassVar[str] = (
        "{kind: demand_add, item: LH-C100, location: P1, quantity: 50, every: week, from: 2026-09-07, to: 2026-10-04}"
    )

    quantity: float = number(required=True, above=0.0, most=1e9)
    every: str | None = choice("day", "week", "month")

    def faults(self) -> Sequence[str]:
        says = list(span_faults(self.start, self.end))
        if len(self.item) != 1:
            says.append(said("one_item_quantity"))
        if self.start is None:
            says.append(said("give_from"))
        if (self.every is None) != (self.end is None):
            says.append(said("every_and_to"))
        return says

    def apply(self, draft: Draft) -> Draft:
        assert self.start is not None
        node = one_node(draft, self)
        problem = draft.model.problem
        buckets = self._buckets(self.start)
        if day_code(self.start, 0) < problem.first_day:
            raise Refused("from", said("before_first_day", day=self.start, first=as_date(problem.first_day)))
        quantity = round(self.quantity * UNIT)
        step = Journal().added(
            "forecasts", len(buckets), node=node, day=[day_code(one, 0) for one, _ in buckets], quantity=quantity,
            days=[length for _, length in buckets], value=quantity / UNIT * problem.nodes.unit_value[node],
        )  # fmt: skip
        where = draft.directory
        added = [
            {"item_id": where.item[node], "location_id": where.location[node], "date": one, "days": length,
             "quantity": quantity, "node": node}
            for one, length in buckets
        ]  # fmt: skip
        return draft.changed(step, forecasts=appended(draft.model.forecasts, added))

    def _buckets(self, start: date) -> list[tuple[date, int]]:
        """Where buckets begin, and how long each is."""
        if self.every is None or self.end is None:
            return [(start, 1)]
        found = []
        while start <= self.end:
            after = start + timedelta(days={"day": 1, "week": 7}.get(self.every, 0))
            if self.every == "month":
                after = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
            found.append((start, (min(after - timedelta(days=1), self.end) - start).days + 1))
            start = after
            if len(found) > MOST_BUCKETS:
                raise Refused("to", said("too_many_buckets", most=MOST_BUCKETS))
        return found

    def phrase(self, language: Language) -> str:
        much = shown(self.quantity)
        if language == "zh":
            each = {"day": "每天", "week": "每周", "month": "每月"}.get(self.every or "", "")
            return f"预测{each}增加 {much}"
        return f"Forecast + {much}{' every ' + self.every if self.every else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RushOrder(OfItems):
    """A new sales order line. Without a value its money is the quantity at the item's unit value (its cost)."""

    KIND: ClassVar[str] = "rush_order"
    SAYS: ClassVar[tuple[str, str]] = ("a new sales order line", "新增急单")
    EXAMPLE: ClassVar[str] = (
        "{kind: rush_order, item: LH-C100, location: P1, quantity: 40, date: 2026-09-10, customer: K00074}"
    )

    quantity: float = number(required=True, above=0.0, most=1e9)
    due: date = day("date", required=True)
    customer: str | None = name()
    priority: int | None = whole(least=-1000, most=1000)
    value: float | None = number(least=0.0)
    called: str | None = name("name")

    def faults(self) -> Sequence[str]:
        return () if len(self.item) == 1 else (said("one_item_line"),)

    def apply(self, draft: Draft) -> Draft:
        node, model = one_node(draft, self), draft.model
        ids = set(model.demands["document_id"])
        number_of = 1 + sum(str(one).startswith("RUSH-") for one in ids)
        name = self.called or f"RUSH-{number_of}"
        if name in ids:
            raise Refused("name", said("order_exists", name=name))
        quantity = round(self.quantity * UNIT)
        value = self.quantity * float(model.problem.nodes.unit_value[node]) if self.value is None else self.value
        customers, customer = coded(model.customers, self.customer) if self.customer else (model.customers, -1)
        lines, tracking = coded(model.order_lines, name)
        priority = 0 if self.priority is None else self.priority
        step = Journal().added(
            "demands", 1, node=node, day=day_code(self.due, 0), quantity=quantity, priority=priority,
            customer=customer, value=value, tracking=tracking,
        )  # fmt: skip
        row = {
            "document_type": SALES, "document_id": name, "item_id": draft.directory.item[node],
            "location_id": draft.directory.location[node], "date": self.due, "quantity": self.quantity,
            "priority": priority, "customer_id": self.customer, "value": value, "sales_order_line_id": name,
            "node": node,
        }  # fmt: skip
        return draft.changed(step, demands=appended(model.demands, [row]), customers=customers, order_lines=lines)

    def phrase(self, language: Language) -> str:
        much = shown(self.quantity)
        return f"急单 {much}，{self.due}" if language == "zh" else f"Rush order of {much} on {self.due}"


def one_node(draft: Draft, change: OfItems) -> int:
    """The one node that a change of one item means. Raises Refused where its item is planned at several places."""
    found = np.flatnonzero(change.nodes(draft))
    if found.size > 1:
        places = ", ".join(draft.directory.location[found])
        raise Refused("location", said("several_places", item=change.item[0], places=places))
    return int(found[0])


def of_customers(draft: Draft, asked: tuple[str, ...]) -> Flags:
    """Which rows of the demands are of some customers. Raises Refused for one without open orders."""
    codes = []
    for one in asked:
        if one not in draft.model.customers:
            hint = suggestion(one, draft.model.customers)
            raise Refused("customer", said("unknown_customer", name=one, hint=hint))
        codes.append(draft.model.customers.index(one))
    return np.isin(draft.model.problem.demands.customer, codes)
