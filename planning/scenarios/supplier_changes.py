"""What may happen to suppliers: they deliver later, or not at all for a while."""

# ruff: noqa: RUF009 -- what stands for a default declares a field with the way to read it.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np

from planning.mrp import Journal
from planning.mrp.codes import Integers
from planning.scenarios.change import Language, OfItems, Spanned, known_suppliers, span_faults
from planning.scenarios.draft import Draft, day_code, in_window
from planning.scenarios.fields import day, days, names
from planning.scenarios.mistakes import said
from planning.scenarios.open_orders import expected, moved
from planning.scenarios.problems import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierDelay(Spanned):
    """Open lines of suppliers that arrive later or earlier than expected; none arrives before the first day.

    What is overdue is expected on the first day, and its delay counts from there. `from` and `to` are days on which
    lines are expected.
    """

    KIND: ClassVar[str] = "supplier_delay"
    SAYS: ClassVar[tuple[str, str]] = ("open lines of a supplier arrive later or earlier", "供应商未交订单推迟或提前")
    EXAMPLE: ClassVar[str] = "{kind: supplier_delay, supplier: V013, days: 21}"

    supplier: tuple[str, ...] = names(required=True)
    shift: int = days("days", required=True)

    def apply(self, draft: Draft) -> Draft:
        rows = _open_lines(draft, self, self.supplier)
        due = expected(draft, rows)
        inside = in_window(due, self.start, self.end)
        rows, due = rows[inside], due[inside]
        if not rows.size:
            raise Refused("", said("no_open_line"))
        day = np.maximum(due + self.shift, draft.model.problem.first_day)
        return moved(draft, rows, day, with_parts=False)

    def phrase(self, language: Language) -> str:
        much = abs(self.shift)
        if language == "zh":
            return f"未交订单{'推迟' if self.shift > 0 else '提前'} {much} 天"
        return f"Open lines {much} days {'later' if self.shift > 0 else 'earlier'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierOutage(OfItems):
    """A supplier who neither takes orders nor delivers from one day to another, both included.

    Open lines expected within arrive on the day after. A new order is not under way on any of these days: another
    source of the item takes it; without one it arrives the day before the outage, if it can still start, else it starts
    on the day after and comes late.
    """

    KIND: ClassVar[str] = "supplier_outage"
    SAYS: ClassVar[tuple[str, str]] = (
        "a supplier neither takes orders nor delivers for some time", "供应商停供：期间不接单、不交货",
    )  # fmt: skip
    EXAMPLE: ClassVar[str] = "{kind: supplier_outage, supplier: V013, from: 2026-09-01, to: 2026-09-30}"

    supplier: tuple[str, ...] = names(required=True)
    start: date = day("from", required=True)
    end: date = day("to", required=True)

    def faults(self) -> Sequence[str]:
        return span_faults(self.start, self.end)

    def apply(self, draft: Draft) -> Draft:
        first, last = day_code(self.start, 0), day_code(self.end, 0)
        rows = _open_lines(draft, self, self.supplier)
        due = expected(draft, rows)
        rows = rows[(due >= first) & (due <= last)]
        held = draft.model.problem.sources
        sources = np.flatnonzero(
            self.nodes(draft)[held.node] & np.isin(draft.supplier_of_source().astype(str), self.supplier)
        )
        if not rows.size and not sources.size:
            raise Refused("supplier", said("nothing_ordered"))
        closed_from, closed_to = held.closed_from[sources], held.closed_to[sources]
        was_closed = closed_from <= closed_to
        if (was_closed & ((closed_to < first - 1) | (closed_from > last + 1))).any():
            raise Refused("from", said("one_outage"))
        step = Journal().replaced(
            "sources", sources,
            closed_from=np.where(was_closed, np.minimum(closed_from, first), first),
            closed_to=np.where(was_closed, np.maximum(closed_to, last), last),
        )  # fmt: skip
        return moved(draft, rows, np.full(rows.size, last + 1), with_parts=False).changed(step)

    def phrase(self, language: Language) -> str:
        return "供应商停供" if language == "zh" else "Supplier outage"


def _open_lines(draft: Draft, change: OfItems, suppliers: tuple[str, ...]) -> Integers:
    """Open orders that some suppliers have to deliver."""
    known_suppliers(draft, suppliers)
    supply = draft.model.problem.open_supply
    of = np.isin(draft.supplier_of_supply().astype(str), suppliers)
    return np.flatnonzero(of & change.nodes(draft)[supply.node] & (supply.quantity > 0))
