"""From orders to what they take and give: dependent demand from the start day on, by-products on the due day.

Which lines count is decided by the day on which the order starts, not by today. Of lines that stand for each other the
lowest priority number valid then is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import ModuleType

import numpy as np

from planning import accelerator
from planning.errors import PlanningError
from planning.mrp.calendars import WorkingDays
from planning.mrp.codes import NONE, UNIT, DemandKind, Flags, Floats, Integers, ScrapFormula, Strategy, SupplyKind
from planning.mrp.events import DemandEvents, SupplyEvents
from planning.mrp.problem import PlanningProblem
from planning.mrp.segments import expanded
from planning.mrp.structure import Structure

_LARGEST = 2.0**60


@dataclass(frozen=True, slots=True)
class Exploding:
    """Orders to explode: `supply` is the number of the supply event, `quantity` what is started (millionths)."""

    supply: Integers
    source: Integers
    start_day: Integers
    due_day: Integers
    quantity: Integers
    tracking: Integers


@dataclass(frozen=True, slots=True)
class Explosion:
    """The lines of a problem in the order of their sources, with scrap worked in."""

    problem: PlanningProblem
    structure: Structure
    working: WorkingDays
    per_unit: Floats
    per_order: Integers

    @classmethod
    def of(cls, problem: PlanningProblem, structure: Structure, working: WorkingDays) -> Explosion:
        lines = problem.lines
        factor = scrap_factor(lines.scrap_rate, problem.settings.scrap_formula)
        return cls(
            problem,
            structure,
            working,
            per_unit=lines.quantity * factor,
            per_order=np.rint(lines.fixed_quantity * factor * UNIT).astype(np.int64),
        )

    def explode(self, orders: Exploding) -> tuple[DemandEvents, SupplyEvents]:
        """What the orders ask of other nodes, and what comes out beside what was ordered.

        Raises PlanningError for a requirement too large to count.
        """
        lines, nodes = self.problem.lines, self.problem.nodes
        stands_for_another = (lines.substitute_group >= 0).any()
        loops = accelerator.loops()
        if loops and not stands_for_another:
            found = self._compiled(loops, orders)
            if found is not None:
                return found
        has_source = np.flatnonzero(orders.source >= 0)
        row, number = expanded(self.structure.line_first, orders.source[has_source])
        row, line = has_source[row], self.structure.line_order[number]
        start = orders.start_day[row]
        valid = (lines.valid_from[line] <= start) & (start <= lines.valid_to[line])
        if not valid.all():
            row, line, start = row[valid], line[valid], start[valid]
        if stands_for_another:
            chosen = self._first_of_group(row, line)
            row, line, start = row[chosen], line[chosen], start[chosen]
        exact = orders.quantity[row] * self.per_unit[line]
        if exact.max(initial=0.0) >= _LARGEST:
            worst = line[int(exact.argmax())]
            raise PlanningError(
                f"Bill line {worst} asks for {exact.max() / UNIT:,.0f} units at once, more than can be counted. "
                "Check its quantity and the demand above it, or give the item a larger base unit."
            )
        quantity = np.rint(exact).astype(np.int64) + self.per_order[line]
        component = lines.component[line]
        tracked = nodes.strategy[component] == Strategy.MAKE_TO_ORDER
        tracking = np.where(tracked & (orders.tracking[row] >= 0), orders.tracking[row], NONE)
        gives = lines.is_by_product[line]
        takes = np.flatnonzero(~gives & (quantity > 0))
        day = self._taken_on(line[takes], start[takes], orders.due_day[row[takes]])
        demand = DemandEvents(
            node=component[takes],
            day=day,
            quantity=quantity[takes],
            kind=np.full(takes.size, DemandKind.DEPENDENT),
            tracking=tracking[takes],
            priority=np.zeros(takes.size, np.int64),
            parent=orders.supply[row[takes]],
            origin=line[takes],
        )
        out = np.flatnonzero(gives & (quantity > 0))
        supply = SupplyEvents(
            node=component[out],
            day=orders.due_day[row[out]],
            quantity=quantity[out],
            kind=np.full(out.size, SupplyKind.BY_PRODUCT),
            tracking=tracking[out],
            origin=orders.supply[row[out]],
        )
        return demand, supply

    def _taken_on(self, line: Integers, start: Integers, due: Integers) -> Integers:
        """The start of each order, or so many working days later as the line says, but not after the order is due."""
        lines = self.problem.lines
        if not lines.offset_days.any():
            return start
        offset = lines.offset_days[line]
        maker = self.problem.nodes.calendar[self.problem.sources.node[lines.source[line]]]
        moved = np.minimum(self.working.after(maker, start, offset), np.maximum(due, start))
        return np.where(offset != 0, moved, start)

    def _compiled(self, loops: ModuleType, orders: Exploding) -> tuple[DemandEvents, SupplyEvents] | None:
        """The same by compiled loops; None where a requirement is too large to count."""
        found = loops.exploded(
            self.problem,
            tuple(getattr(orders, column.name) for column in fields(Exploding)),
            self.structure.line_first,
            self.structure.line_order,
            self.per_unit,
            self.per_order,
            _LARGEST,
        )
        if found is None:
            return None
        (node, start, quantity, tracking, parent, line), (given, out_day, amount, given_for, maker) = found
        due = start
        if self.problem.lines.offset_days.any():
            by_number = np.argsort(orders.supply)
            due = orders.due_day[by_number[np.searchsorted(orders.supply, parent, sorter=by_number)]]
        return (
            DemandEvents(
                node=node,
                day=self._taken_on(line, start, due),
                quantity=quantity,
                kind=np.full(node.size, DemandKind.DEPENDENT),
                tracking=tracking,
                priority=np.zeros(node.size, np.int64),
                parent=parent,
                origin=line,
            ),
            SupplyEvents(
                node=given,
                day=out_day,
                quantity=amount,
                tracking=given_for,
                kind=np.full(given.size, SupplyKind.BY_PRODUCT),
                origin=maker,
            ),
        )

    def _first_of_group(self, row: Integers, line: Integers) -> Flags:
        """Lines without a group, and of each order's group the line of the lowest priority number (then the first)."""
        lines = self.problem.lines
        group = lines.substitute_group[line]
        grouped = np.flatnonzero(group >= 0)
        order = grouped[
            np.lexsort((line[grouped], lines.substitute_priority[line[grouped]], group[grouped], row[grouped]))
        ]
        again = (row[order][1:] == row[order][:-1]) & (group[order][1:] == group[order][:-1])
        kept = np.ones(row.size, np.bool_)
        kept[order[1:][again]] = False
        return kept


def scrap_factor(scrap_rate: Floats, formula: ScrapFormula) -> Floats:
    """What is issued for one unit of usage."""
    return 1.0 / (1.0 - scrap_rate) if formula is ScrapFormula.DIVIDE else 1.0 + scrap_rate
