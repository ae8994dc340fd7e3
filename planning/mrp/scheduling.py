"""When an order is due and when it must be released, and from which source it comes.

- The due day is the need less the safety time, on a working day of the site. Receiving takes working days of the site
  before it.
- Making takes working days of the plant. Buying, subcontracting and transferring take calendar days and arrive on a
  working day of the receiver; counted back from there, the order falls on a working day of the supplier where it has
  a calendar.
- Everything is counted back from the need, never forward from today. A release before the first day is past due and
  stays so, unless the node has a frozen fence: then the release moves to the end of the fence, and the receipt
  follows from it.
- While a source is closed none of its orders may be under way. Another source that is valid takes them; where there is
  none, an order arrives on the last day before, if it can still start, else it starts when the source opens again.
- Of several sources valid on the day of their own release, the lowest priority number counts; those of that priority
  divide the lot by their shares, in whole multiples (whole units where the lot is whole), the largest remainders first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning import accelerator
from planning.mrp.calendars import WorkingDays
from planning.mrp.codes import FAR, NONE, TOLERANCE, UNIT, Flags, Integers, SourceKind
from planning.mrp.lot_parameters import source_lots
from planning.mrp.lots import MOST_PARTS, lot_quantity
from planning.mrp.problem import PlanningProblem
from planning.mrp.segments import expanded, starts_of_runs
from planning.mrp.structure import Structure


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Dates and sources for orders of one problem."""

    problem: PlanningProblem
    structure: Structure
    working: WorkingDays

    def lead_time(self, source: Integers, quantity: Integers) -> Integers:
        """Days from release to arrival; 0 without a source."""
        sources = self.problem.sources
        if not sources.count:
            return np.zeros(source.size, np.int64)
        at = np.maximum(source, 0)
        each = sources.lead_time_days_per_unit[at]
        days = sources.lead_time_days[at]
        if each.any():
            days = days + np.ceil(each * quantity / UNIT - TOLERANCE).astype(np.int64)
        return np.where(source >= 0, days, 0)

    def backward(
        self, node: Integers, source: Integers, need_day: Integers, quantity: Integers, passes: Flags
    ) -> tuple[Integers, Integers]:
        """Due and release day. What only passes through a phantom is needed and released on the same day."""
        if loops := accelerator.loops():
            working = self.working
            due, release = loops.backward(
                self.problem,
                (working.first_day, working.counted, working.day),
                node,
                source,
                need_day,
                quantity,
                passes,
            )
            return due, release
        nodes = self.problem.nodes
        site, makes, shipper = self._calendars(node, source)
        safety = nodes.safety_time_days[node]
        due = np.where(
            makes,
            self.working.before(site, need_day, safety),
            self.working.previous(site, need_day - safety),
        )
        arrival = self.working.before(site, due, nodes.receiving_days[node])
        lead = self.lead_time(source, quantity)
        release = np.where(
            makes,
            self.working.before(shipper, arrival, lead),
            self.working.previous(np.where(makes, NONE, shipper), arrival - lead),
        )
        return np.where(passes, need_day, due), np.where(passes, need_day, release)

    def forward(
        self, node: Integers, source: Integers, not_before: Integers, quantity: Integers
    ) -> tuple[Integers, Integers]:
        """Release on the first day possible from `not_before` on, and the due day that follows."""
        site, makes, shipper = self._calendars(node, source)
        release = self.working.following(shipper, not_before)
        lead = self.lead_time(source, quantity)
        arrival = np.where(
            makes,
            self.working.after(shipper, release, lead),
            self.working.following(site, release + lead),
        )
        arrival = self.working.following(site, arrival)
        return self.working.after(site, arrival, self.problem.nodes.receiving_days[node]), release

    def _calendars(self, node: Integers, source: Integers) -> tuple[Integers, Flags, Integers]:
        nodes, sources = self.problem.nodes, self.problem.sources
        site = nodes.calendar[node]
        if not sources.count:
            return site, np.ones(node.size, np.bool_), site
        at = np.maximum(source, 0)
        makes = (sources.kind[at] == SourceKind.MAKE) | (source < 0)
        own = np.where(source >= 0, sources.calendar[at], NONE)
        return site, makes, np.where(makes & (own < 0), site, own)

    def is_valid(self, source: Integers, release: Integers) -> Flags:
        """Whether each source is valid on the day its order starts; true without a source."""
        sources = self.problem.sources
        if not sources.count:
            return np.ones(source.size, np.bool_)
        at = np.maximum(source, 0)
        valid = (sources.valid_from[at] <= release) & (release <= sources.valid_to[at])
        return np.asarray(valid | (source < 0))

    def is_closed(self, source: Integers, release: Integers, due: Integers) -> Flags:
        """Whether an order would be under way while its source is closed, a release of the past being done today."""
        sources = self.problem.sources
        if not sources.count or not (sources.closed_from <= sources.closed_to).any():
            return np.zeros(source.size, np.bool_)
        at, late = np.maximum(source, 0), np.maximum(self.problem.first_day - release, 0)
        under_way = (release + late <= sources.closed_to[at]) & (due + late >= sources.closed_from[at])
        return np.asarray(under_way & (source >= 0))

    def around_closing(
        self, node: Integers, source: Integers, quantity: Integers, not_before: Integers
    ) -> tuple[Integers, Integers]:
        """Due and release day of orders whose source is closed when they are wanted; `not_before`: first release."""
        sources = self.problem.sources
        due, release = self.backward(
            node, source, sources.closed_from[source] - 1, quantity, np.zeros(node.size, np.bool_)
        )
        opens = np.maximum(sources.closed_to[source] + 1, not_before)
        later, start = self.forward(node, source, opens, quantity)
        in_time = release >= not_before
        return np.where(in_time, due, later), np.where(in_time, release, start)

    def divided(
        self, node: Integers, need_day: Integers, lot: Integers, multiple: Integers, passes: Flags
    ) -> tuple[Integers, Integers, Integers]:
        """Lots of nodes with several sources as (row, source, quantity from it), by row."""
        sources, structure = self.problem.sources, self.structure
        row, number = expanded(structure.source_first, node)
        source = structure.source_order[number]
        due, release = self.backward(node[row], source, need_day[row], lot[row], passes[row])
        valid = self.is_valid(source, release) & ~self.is_closed(source, release, due)
        none_valid = np.ones(node.size, np.bool_)
        none_valid[row[valid]] = False
        valid |= none_valid[row]
        best = np.full(node.size, FAR)
        np.minimum.at(best, row[valid], sources.priority[source[valid]])
        chosen = valid & (sources.priority[source] == best[row])
        row, source = row[chosen], source[chosen]
        part = _by_share(row, np.maximum(sources.share[source], 0.0), lot, multiple)
        taken = part > 0
        row, source, part = row[taken], source[taken], part[taken]
        return _orders_of_parts(self.problem, row, source, part, multiple[row], passes[row])


def _orders_of_parts(
    problem: PlanningProblem, row: Integers, source: Integers, part: Integers, multiple: Integers, passes: Flags
) -> tuple[Integers, Integers, Integers]:
    """Each part raised to the minimum and multiple of its source, as orders of no more than the source's maximum.

    A part of more than MOST_PARTS orders stays one: its maximum is a mistake. What only passes through has no maximum.
    """
    lots = source_lots(problem, source, multiple)
    maximum = np.where(passes, 0, lots.maximum)
    ordered = lot_quantity(part, lots.minimum, lots.multiple, maximum)
    count = -(-ordered // np.where(maximum > 0, maximum, np.maximum(ordered, 1)))
    count = np.where(count > MOST_PARTS, 1, count)
    at = np.repeat(np.arange(count.size), count)
    position = np.arange(at.size) - np.repeat(np.cumsum(count) - count, count)
    is_last = position == count[at] - 1
    quantity = np.where(is_last, ordered[at] - position * maximum[at], maximum[at])
    return row[at], source[at], quantity


def _by_share(row: Integers, share: np.ndarray, lot: Integers, multiple: Integers) -> Integers:
    """Whole grains of each row's lot by share, the largest remainders rounded up; they add up to the lot."""
    starts = starts_of_runs(row)
    length = np.diff(np.append(starts, row.size))
    total = np.repeat(np.add.reduceat(share, starts), length)
    share = np.where(total > 0, share / np.where(total > 0, total, 1.0), 1.0 / np.repeat(length, length))
    grain = np.where(multiple > 0, multiple, np.where(lot % UNIT == 0, UNIT, 1))[row]
    grains = lot[row] // grain
    exact = grains * share
    whole = np.floor(exact + TOLERANCE).astype(np.int64)
    missing = grains - np.repeat(np.add.reduceat(whole, starts), length)
    order = np.lexsort((whole - exact, row))
    rank = np.empty(row.size, np.int64)
    rank[order] = np.arange(row.size) - np.repeat(starts, length)
    part = (whole + (rank < missing)) * grain
    # What is less than a grain goes to the first.
    part[starts] += lot[row[starts]] - np.add.reduceat(part, starts)
    return np.asarray(part, dtype=np.int64)
