"""Decisions on single orders: open ones moved, resized, cancelled; planned ones firmed, moved, split.

A planned order that is firmed, moved or split becomes a firm planned order: the plan leaves it as it is and plans what
is still missing around it. Planned orders are named by what they are, since their numbers change with every plan: item,
place, due day and quantity in the base. One whose release has passed stays as late as it was.
"""

# ruff: noqa: RUF009 -- what stands for a default declares a field with the way to read it.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

import numpy as np

from planning.model.firmed import FIRM_PLANNED, PREFIX
from planning.mrp import Journal
from planning.mrp.codes import UNIT, Integers, SupplyKind
from planning.scenarios.change import Change, Language, Spanned, exactly_one, known_suppliers, shown
from planning.scenarios.draft import Draft, appended, as_date, day_code, in_window
from planning.scenarios.fields import day, days, names, number, suggestion, whole
from planning.scenarios.mistakes import said
from planning.scenarios.open_orders import expected, moved, resized
from planning.scenarios.prices import Prices, paid_for_sources
from planning.scenarios.problems import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOpenOrders(Change):
    """Changes of open purchase lines, production orders and transfers, by their numbers."""

    order: tuple[str, ...] = names(required=True)

    def rows(self, draft: Draft) -> Integers:
        """Rows of the open supply. Raises Refused for an order that is not open."""
        held = draft.model.problem.open_supply
        ids = draft.model.supply["document_id"].to_numpy().astype(str)
        ids = np.where(held.quantity > 0, ids, "")
        for one in self.order:
            if one not in ids:
                known = sorted(set(ids.tolist()) - {""})
                raise Refused("order", said("unknown_open_order", name=one, hint=suggestion(one, known)))
        return np.flatnonzero(np.isin(ids, self.order))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOpenOrder(OfOpenOrders):
    """Open orders to another day, or by days; parts they have still to take move with them.

    What is overdue is moved from the first day of the plan; nothing can be moved before it.
    """

    KIND: ClassVar[str] = "move_open_order"
    SAYS: ClassVar[tuple[str, str]] = ("open orders expedited or deferred", "未交订单提前或推迟")
    EXAMPLE: ClassVar[str] = "{kind: move_open_order, order: PO0010422-2, days: -7}"

    due: date | None = day("date")
    shift: int | None = days("days")

    def faults(self) -> Sequence[str]:
        return exactly_one(self, "due", "shift")

    def apply(self, draft: Draft) -> Draft:
        rows, first_day = self.rows(draft), draft.model.problem.first_day
        if self.due is not None and day_code(self.due, 0) < first_day:
            raise Refused("date", said("before_first_day", day=self.due, first=as_date(first_day)))
        now = expected(draft, rows)
        new = np.full(rows.size, day_code(self.due, 0)) if self.due else np.maximum(now + (self.shift or 0), first_day)
        return moved(draft, rows, new, with_parts=True)

    def phrase(self, language: Language) -> str:
        is_zh = language == "zh"
        if self.due is not None:
            return f"未交订单改期至 {self.due}" if is_zh else f"Open order moved to {self.due}"
        much, is_later = abs(self.shift or 0), (self.shift or 0) > 0
        if is_zh:
            return f"未交订单{'推迟' if is_later else '提前'} {much} 天"
        return f"Open order {much} days {'later' if is_later else 'earlier'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOpenOrder(OfOpenOrders):
    """Open orders that will not come, with what they have still to take."""

    KIND: ClassVar[str] = "cancel_open_order"
    SAYS: ClassVar[tuple[str, str]] = ("open orders cancelled", "取消未交订单")
    EXAMPLE: ClassVar[str] = "{kind: cancel_open_order, order: [PO0010422-2, PO0010494-2]}"

    def apply(self, draft: Draft) -> Draft:
        rows = self.rows(draft)
        return resized(draft, rows, np.zeros(rows.size, np.int64))

    def phrase(self, language: Language) -> str:
        return "取消未交订单" if language == "zh" else "Open order cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeOpenOrder(OfOpenOrders):
    """Open orders over another quantity still to come; parts they have still to take change in proportion."""

    KIND: ClassVar[str] = "resize_open_order"
    SAYS: ClassVar[tuple[str, str]] = ("open orders over another quantity", "更改未交订单数量")
    EXAMPLE: ClassVar[str] = "{kind: resize_open_order, order: PO0010422-2, quantity: 1500}"

    quantity: float = number(required=True, above=0.0, most=1e9)

    def apply(self, draft: Draft) -> Draft:
        rows = self.rows(draft)
        return resized(draft, rows, np.full(rows.size, round(self.quantity * UNIT)))

    def phrase(self, language: Language) -> str:
        much = shown(self.quantity)
        return f"未交订单数量改为 {much}" if language == "zh" else f"Open order over {much}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPlannedOrders(Spanned):
    """Changes of planned orders of the base, chosen by item, place, supplier, due day and quantity.

    `from` and `to` are days of release.
    """

    supplier: tuple[str, ...] = names()
    due: date | None = day()
    quantity: float | None = number(above=0.0, most=1e9)

    def _scope(self, language: Language) -> str:
        # A class with slots is made twice, and the short form of super() knows the first one only.
        said = super(OfPlannedOrders, self)._scope(language)
        if self.due is not None:
            said += f"，到货 {self.due}" if language == "zh" else f", due {self.due}"
        if self.quantity is not None:
            said += f"，数量 {shown(self.quantity)}" if language == "zh" else f", over {shown(self.quantity)}"
        return said

    def orders(self, draft: Draft) -> Integers:
        """Rows of the base's planned orders that no earlier change has taken. Raises Refused where there are none."""
        known_suppliers(draft, self.supplier)
        orders = draft.plan.orders
        found = self.nodes(draft)[orders.node] & in_window(orders.release_day, self.start, self.end)
        if self.supplier:
            of = np.append(draft.supplier_of_source(), "")[orders.source]
            found &= np.isin(of.astype(str), self.supplier)
        if self.due is not None:
            found &= orders.due_day == day_code(self.due, 0)
        if self.quantity is not None:
            found &= orders.quantity == round(self.quantity * UNIT)
        found[list(draft.taken)] = False
        rows = np.flatnonzero(found)
        if not rows.size:
            raise Refused("", said("no_planned_order"))
        return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmPlannedOrder(OfPlannedOrders):
    """Planned orders taken over as they are."""

    KIND: ClassVar[str] = "firm_planned_order"
    SAYS: ClassVar[tuple[str, str]] = ("planned orders firmed", "确认计划订单")
    EXAMPLE: ClassVar[str] = "{kind: firm_planned_order, supplier: V013, to: 2026-09-15}"

    def apply(self, draft: Draft) -> Draft:
        return _firmed(draft, self.orders(draft))

    def phrase(self, language: Language) -> str:
        return "确认计划订单" if language == "zh" else "Firm planned orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePlannedOrder(OfPlannedOrders):
    """Planned orders firmed on other days, release and receipt alike, or over another quantity."""

    KIND: ClassVar[str] = "move_planned_order"
    SAYS: ClassVar[tuple[str, str]] = ("planned orders firmed on other days or over other quantities",
                                       "移动或更改计划订单并确认")  # fmt: skip
    EXAMPLE: ClassVar[str] = "{kind: move_planned_order, item: C-MCU-01, location: P2, due: 2026-10-12, days: -7}"

    shift: int | None = days("days")
    new_due: date | None = day()
    new_quantity: float | None = number(above=0.0, most=1e9)

    def faults(self) -> Sequence[str]:
        found = list(OfPlannedOrders.faults(self))
        if self.shift is not None and self.new_due is not None:
            found.append(said("only_one_of_days"))
        if self.shift is None and self.new_due is None and self.new_quantity is None:
            found.append(said("one_of_days"))
        return found

    def apply(self, draft: Draft) -> Draft:
        rows = self.orders(draft)
        first_day = draft.model.problem.first_day
        if self.new_due is not None and day_code(self.new_due, 0) < first_day:
            raise Refused("new_due", said("before_first_day", day=self.new_due, first=as_date(first_day)))
        later = np.full(rows.size, self.shift or 0)
        if self.new_due is not None:
            later = day_code(self.new_due, 0) - draft.plan.orders.due_day[rows]
        size = None if self.new_quantity is None else round(self.new_quantity * UNIT)
        return _firmed(draft, rows, later=later, size=size)

    def phrase(self, language: Language) -> str:
        is_zh, parts = language == "zh", []
        if self.shift is not None:
            much, is_later = abs(self.shift), self.shift > 0
            parts.append(
                f"{'推迟' if is_later else '提前'} {much} 天" if is_zh
                else f"{much} days {'later' if is_later else 'earlier'}"
            )  # fmt: skip
        if self.new_due is not None:
            parts.append(f"改至 {self.new_due}" if is_zh else f"moved to {self.new_due}")
        if self.new_quantity is not None:
            parts.append(f"数量改为 {shown(self.new_quantity)}" if is_zh else f"over {shown(self.new_quantity)}")
        return f"计划订单{'，'.join(parts)}并确认" if is_zh else f"Planned orders {', '.join(parts)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPlannedOrder(OfPlannedOrders):
    """Planned orders firmed in equal parts, some days apart; pieces stay whole, the first parts take the rest."""

    KIND: ClassVar[str] = "split_planned_order"
    SAYS: ClassVar[tuple[str, str]] = ("planned orders firmed in parts", "拆分计划订单并确认")
    EXAMPLE: ClassVar[str] = (
        "{kind: split_planned_order, item: C-MCU-01, location: P2, due: 2026-10-12, into: 2, days_apart: 7}"
    )

    into: int = whole(required=True, least=2, most=52)
    days_apart: int | None = days(least=0, most=365)

    def apply(self, draft: Draft) -> Draft:
        return _firmed(draft, self.orders(draft), into=self.into, apart=self.days_apart or 0)

    def phrase(self, language: Language) -> str:
        apart = self.days_apart or 0
        if language == "zh":
            return f"计划订单拆成 {self.into} 份，间隔 {apart} 天"
        return f"Planned orders split into {self.into}, {apart} days apart"


def _firmed(
    draft: Draft, rows: Integers, later: Integers | int = 0, into: int = 1, apart: int = 0, size: int | None = None
) -> Draft:
    """Planned orders of the base as open supply, with the parts they take on the day they start.

    `later`: days for each order; `size`: millionths of each in place of its own, of which as large a share is good.
    """
    orders, model = draft.plan.orders.rows(rows), draft.model
    if size is not None:
        rate = orders.good_quantity / np.maximum(orders.quantity, 1)
        good = np.floor(size * rate + 0.5).astype(np.int64)
        orders = replace(orders, quantity=np.full(rows.size, size), good_quantity=good)
    part = np.tile(np.arange(into), rows.size)
    of = np.repeat(np.arange(rows.size), into)
    grain = draft.directory.grain[orders.node]
    grain = np.where(orders.quantity % grain == 0, grain, 1)
    grains = orders.quantity // grain
    parts = (grains[of] // into + (part < grains[of] % into)) * grain[of]
    # What arrives good of all parts is what arrived of the whole: shares of what is counted up to each part.
    until = np.cumsum(parts) - np.repeat((np.cumsum(parts) - parts)[::into], into)
    good = np.floor(orders.good_quantity[of] * (until / orders.quantity[of]) + 0.5).astype(np.int64)
    good -= np.where(part > 0, np.roll(good, 1), 0)
    moved_by = np.broadcast_to(later, rows.size)[of] + part * apart
    day_, start = orders.due_day[of] + moved_by, orders.release_day[of] + moved_by
    numbers = draft.directory.orders[rows]
    ids = [f"{PREFIX}{numbers[row]}{f'/{one + 1}' if into > 1 else ''}" for row, one in zip(of, part, strict=True)]
    kept = np.flatnonzero(parts > 0)
    columns = {
        "node": orders.node[of], "day": day_, "quantity": good, "source": orders.source[of], "start_day": start,
        "start_quantity": parts, "tracking": orders.tracking[of],
    }  # fmt: skip
    columns = {key: values[kept] for key, values in columns.items()}
    step = Journal().added("open_supply", kept.size, kind=int(SupplyKind.FIRM_PLANNED), **columns)
    where = draft.directory
    frame = [
        {"document_type": FIRM_PLANNED, "document_id": ids[row], "item_id": where.item[node],
         "location_id": where.location[node], "date": as_date(int(day_[row])), "quantity": float(parts[row]) / UNIT,
         "kind": int(SupplyKind.FIRM_PLANNED), "is_firm": True, "needs_parts": True,
         "start_date": as_date(int(start[row])), "node": int(node)}
        for row, node in ((row, orders.node[of[row]]) for row in kept)
    ]  # fmt: skip
    paid = np.append(paid_for_sources(model, draft.prices), 0.0)[columns["source"]]
    prices = Prices(draft.prices.of_source, np.append(draft.prices.of_supply, paid))
    first = model.problem.open_supply.count
    changed = draft.changed(step, supply=appended(model.supply, frame))
    return replace(
        changed,
        prices=prices,
        firmed=(*draft.firmed, *range(first, first + kept.size)),
        taken=(*draft.taken, *rows.tolist()),
    )
