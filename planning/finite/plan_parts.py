"""Demand-first pegging of a plan, and its orders divided into parts by who waits for them.

The plan's own pegging goes by date, so safety stock that should have been there yesterday takes material before the
customer of next month. Here end demand comes first: at each node, what is asked for is served in the order of its
*need*, the day counted back from the end demand without limits to capacity, then by priority; what no end demand
waits for comes last. Supply is taken stock first, then by day. So safety stock is used while capacity is short, and
filled up with what capacity is left.

A planned order of several needs is *divided* where the need changes, so that the urgent part need not wait for the
rest. The lot rule holds for each part: at least the minimum lot, whole multiples, and the maximum is none bigger than
before. Nodes go from the top of the bills down, since a part of an order asks only for its share of the components.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.finite.network import UNNEEDED
from planning.mrp.codes import NONE, DemandKind, Flags, Floats, Integers, LotRule, SupplyKind
from planning.mrp.result import Plan
from planning.mrp.segments import csr, expanded, starts_of_runs

_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of supply events: the `event`, and from where to where in its quantity (millionths) each part goes.

    Links as columns: `link_part` supplies `link_user` (a part, or NONE), for the demand event `link_event`.
    """

    event: Integers
    begin: Integers
    end: Integers
    link_part: Integers
    link_user: Integers
    link_event: Integers
    link_quantity: Integers


@dataclass(frozen=True, slots=True)
class _Asked:
    """Demand of one level, one row a demand event and part that asks."""

    key: Integers
    need: Integers
    priority: Integers
    quantity: Integers
    user: Integers
    event: Integers

    def rows(self, chosen: Integers) -> _Asked:
        return _Asked(
            self.key[chosen], self.need[chosen], self.priority[chosen],
            self.quantity[chosen], self.user[chosen], self.event[chosen],
        )  # fmt: skip


def divided_orders(plan: Plan, lead_days: Integers, gap_days: int | None) -> Parts:
    """`lead_days`: days from start to availability of each supply event, in calendar days.

    Needs of one interval of `gap_days` stay together; None: nothing is divided.
    """
    run = _Pegging(plan, lead_days, gap_days)
    for level in range(plan.structure.levels):
        run.peg_level(level)
    return run.finished()


class _Pegging:
    """State of one run over the levels; `asked[level]` collects the demand of each."""

    def __init__(self, plan: Plan, lead_days: Integers, gap_days: int | None) -> None:
        self.plan, self.lead_days, self.gap_days = plan, lead_days, gap_days
        demand, supply = plan.demand, plan.supply
        self.wide = int(max(demand.tracking.max(initial=NONE), supply.tracking.max(initial=NONE))) + 3
        self.level = plan.structure.level
        dependent = np.flatnonzero((demand.parent != NONE) & (demand.quantity > 0))
        order, self.child_first = csr(demand.parent[dependent], supply.count)
        self.child = dependent[order]
        self.asked: list[list[_Asked]] = [[] for _ in range(plan.structure.levels)]
        ends = np.flatnonzero((demand.parent == NONE) & (demand.quantity > 0))
        self.priority_of = np.unique(demand.priority[ends])
        self._ask(
            ends,
            demand.day[ends],
            np.searchsorted(self.priority_of, demand.priority[ends]),
            demand.quantity[ends],
            np.full(ends.size, NONE),
        )
        self.offset = take_offsets(plan)
        self.min_lot, self.multiple = _lot_rules(plan)
        self.may_divide = _divisible(plan, self.min_lot, self.multiple)
        there = np.flatnonzero(supply.quantity > 0)
        day = np.where(supply.kind == SupplyKind.ON_HAND, plan.problem.first_day - 1, supply.day)
        expiry = np.zeros(supply.count, np.int64)
        expiry[: plan.problem.stock.count] = plan.problem.stock.expiry_day
        there = there[np.lexsort((expiry[there], day[there], supply.node[there] * self.wide + supply.tracking[there]))]
        order, self.supply_first = csr(self.level[supply.node[there]], plan.structure.levels)
        self.there = there[order]
        self.count = 0
        self.parts: list[tuple[Integers, Integers, Integers]] = []
        self.links: list[tuple[Integers, Integers, Integers, Integers]] = []

    def _ask(self, event: Integers, need: Integers, priority: Integers, quantity: Integers, user: Integers) -> None:
        node = self.plan.demand.node[event]
        rows = _Asked(node * self.wide + self.plan.demand.tracking[event] + 2, need, priority, quantity, user, event)
        of_row = self.level[node]
        order, first = csr(of_row, len(self.asked))
        for level in np.flatnonzero(np.diff(first)).tolist():
            self.asked[level].append(rows.rows(order[first[level] : first[level + 1]]))

    def peg_level(self, level: int) -> None:
        """Serve what is asked of the nodes of one level, divide their orders, ask for the components of the parts."""
        supply = self.plan.supply
        event = self.there[self.supply_first[level] : self.supply_first[level + 1]]
        if not event.size:
            return
        size = supply.quantity[event]
        start = np.cumsum(size) - size
        key = supply.node[event] * self.wide + supply.tracking[event] + 2
        asked = _joined(self.asked[level])
        demand, from_ = _on_the_line(asked, key, start, size)
        filler = demand == NONE
        # NONE (−1) reads what is appended.
        need = np.append(asked.need, UNNEEDED)[demand]
        priority = np.append(asked.priority, self.priority_of.size)[demand]
        row, begin = self._cuts(event, start, size, from_, need)
        end = np.append(begin[1:], 0)
        last = np.append(row[1:] != row[:-1], True)
        end[last] = size[row[last]]
        number = self.count + np.arange(row.size)
        self.count += row.size
        self.parts.append((event[row], begin, end))
        # Pieces of the line: each lies in one part and belongs to one demand.
        part_from = start[row] + begin
        at = np.sort(np.concatenate((from_, part_from)), kind="stable")
        at = at[starts_of_runs(at)]
        length = np.diff(np.append(at, start[-1] + size[-1]))
        of_part = np.searchsorted(part_from, at, side="right") - 1
        of_demand = np.searchsorted(from_, at, side="right") - 1
        linked = np.flatnonzero(~filler[of_demand])
        to = demand[of_demand[linked]]
        self.links.append((number[of_part[linked]], asked.user[to], asked.event[to], length[linked]))
        # The first piece of a part is its most urgent one.
        first_piece = of_demand[np.searchsorted(at, part_from)]
        self._ask_components(event[row], begin, end, number, need[first_piece], priority[first_piece])

    def _cuts(
        self, event: Integers, start: Integers, size: Integers, from_: Integers, need: Integers
    ) -> tuple[Integers, Integers]:
        """Where the parts of each event begin: (row of the event, position in it), rising."""
        rows = np.arange(event.size)
        if self.gap_days is None:
            return rows, np.zeros(event.size, np.int64)
        interval = (need - self.plan.problem.first_day) // max(self.gap_days, 1)
        later = np.flatnonzero(interval[1:] != interval[:-1]) + 1
        row = np.searchsorted(start, from_[later], side="right") - 1
        least, step = np.maximum(self.min_lot[event[row]], 1), self.multiple[event[row]]
        begin = -(-(from_[later] - start[row]) // step) * step
        able = self.may_divide[event[row]] & (begin >= least) & (size[row] - begin >= least)
        row, begin = row[able], begin[able]
        place = start[row] + begin
        distinct = starts_of_runs(place)
        row, place = row[distinct], place[distinct]
        kept = _far_enough(row, place, start, self.min_lot[event])
        row = np.concatenate((rows, row[kept]))
        begin = np.concatenate((np.zeros(rows.size, np.int64), place[kept] - start[row[rows.size :]]))
        order = np.argsort(start[row] + begin, kind="stable")
        return row[order], begin[order]

    def _ask_components(
        self, event: Integers, begin: Integers, end: Integers, number: Integers, need: Integers, priority: Integers
    ) -> None:
        """Each part asks for its share of every component; the shares of all parts add up to the whole."""
        part, position = expanded(self.child_first, event)
        child = self.child[position]
        whole = self.plan.supply.quantity[event]
        quantity = self.plan.demand.quantity[child]
        share = _share(end / whole, part, quantity) - _share(begin / whole, part, quantity)
        begins = np.where(need < UNNEEDED, need - self.lead_days[event], UNNEEDED)
        needed = np.where(begins[part] < UNNEEDED, begins[part] + self.offset[child], UNNEEDED)
        some = np.flatnonzero(share > 0)
        self._ask(child[some], needed[some], priority[part[some]], share[some], number[part[some]])

    def finished(self) -> Parts:
        event, begin, end = (np.concatenate(column) for column in zip(*[*self.parts, (_NO,) * 3], strict=True))
        part, user, demand, quantity = (np.concatenate(c) for c in zip(*[*self.links, (_NO,) * 4], strict=True))
        # Stock that expires is taken by nobody.
        real = np.flatnonzero(self.plan.demand.kind[demand] != DemandKind.EXPIRY)
        return Parts(event, begin, end, part[real], user[real], demand[real], quantity[real])


_NO = np.zeros(0, np.int64)


def _joined(parts: list[_Asked]) -> _Asked:
    """All rows by queue, need and priority; rows that are equal in all three stay in their order."""
    names = ("key", "need", "priority", "quantity", "user", "event")
    whole = _Asked(*(np.concatenate([_NO, *(getattr(part, name) for part in parts)]) for name in names))
    if not whole.key.size:
        return whole
    lowest = int(whole.need.min())
    # What nobody waits for comes right after the last need, so that the three fit into one number.
    latest = int(whole.need.max(where=whole.need < UNNEEDED, initial=lowest)) + 1
    need = np.minimum(whole.need, latest) - lowest
    spans = latest - lowest + 1, int(whole.priority.max()) + 1
    if (int(whole.key.max()) + 1) * spans[0] * spans[1] < _LARGEST:
        one = (whole.key * spans[0] + need) * spans[1] + whole.priority
        return whole.rows(np.argsort(one, kind="stable"))
    return whole.rows(np.lexsort((whole.priority, whole.need, whole.key)))


def _on_the_line(asked: _Asked, key: Integers, start: Integers, size: Integers) -> tuple[Integers, Integers]:
    """Lay demand along the supply of its queue: (row of `asked`, or NONE where nobody asks, and where it begins).

    Rising, from 0 on, without gaps: every position of the line belongs to one entry. Demand beyond the supply of its
    queue has none.
    """
    queue_starts = starts_of_runs(key)
    queue_key, line = key[queue_starts], start[queue_starts]
    length = np.add.reduceat(size, queue_starts)
    queue = np.minimum(np.searchsorted(queue_key, asked.key), queue_key.size - 1)
    has_supply = np.flatnonzero(queue_key[queue] == asked.key)
    queue = queue[has_supply]
    quantity = asked.quantity[has_supply]
    through = np.cumsum(quantity)
    total = np.bincount(queue, quantity, queue_key.size).astype(np.int64)
    runs = starts_of_runs(queue)
    before = through - quantity
    within = before - np.repeat(before[runs], np.diff(np.append(runs, queue.size)))
    inside = np.flatnonzero(within < length[queue])
    short = np.flatnonzero(total < length)
    row = np.concatenate((has_supply[inside], np.full(short.size, NONE)))
    begin = np.concatenate((line[queue[inside]] + within[inside], line[short] + total[short]))
    order = np.argsort(begin, kind="stable")
    return row[order], begin[order]


def _far_enough(row: Integers, place: Integers, start: Integers, min_lot: Integers) -> Integers:
    """Of rising places, those that leave the minimum lot between one and the next within their order."""
    if not row.size or not min_lot[row].any():
        return np.arange(row.size)
    kept = np.zeros(row.size, np.bool_)
    at = starts_of_runs(row)
    while at.size:
        kept[at] = True
        following = np.searchsorted(place, place[at] + np.maximum(min_lot[row[at]], 1))
        inside = following < row.size
        following, at = following[inside], at[inside]
        at = following[row[following] == row[at]]
    return np.flatnonzero(kept)


def _share(part_of_whole: Floats, part: Integers, quantity: Integers) -> Integers:
    return np.floor(part_of_whole[part] * quantity + 0.5).astype(np.int64)


def take_offsets(plan: Plan) -> Integers:
    """Days after the start of its order on which each demand event takes its material; 0 for end demand."""
    start = plan.supply.day.copy()
    for made in (plan.orders, plan.passes):
        start[made.supply] = made.release_day
    open_supply, first = plan.problem.open_supply, plan.problem.stock.count
    start[first : first + open_supply.count] = open_supply.start_day
    parent = plan.demand.parent
    offset = np.where(parent != NONE, plan.demand.day - start[parent], 0)
    # An order under way without a start day takes what it lacks when it comes.
    return np.where((offset > 0) & (offset < UNNEEDED), offset, 0)


def _divisible(plan: Plan, min_lot: Integers, multiple: Integers) -> Flags:
    """Planned orders without by-products and fixed lots; with a yield only where no lot rule counts what is started."""
    orders, supply = plan.orders, plan.supply
    found = np.zeros(supply.count, np.bool_)
    is_fixed = np.isin(plan.problem.nodes.lot_rule[orders.node], (LotRule.FIXED_QUANTITY, LotRule.ECONOMIC_QUANTITY))
    is_free = (min_lot[orders.supply] == 1) & (multiple[orders.supply] == 1)
    found[orders.supply] = ~is_fixed & (is_free | (orders.quantity == orders.good_quantity))
    found[supply.origin[supply.kind == SupplyKind.BY_PRODUCT]] = False
    return found


def _lot_rules(plan: Plan) -> tuple[Integers, Integers]:
    """Minimum lot and multiple of each supply event, those of its source where it states them."""
    problem, supply = plan.problem, plan.supply
    min_lot, multiple = problem.nodes.min_lot[supply.node], problem.nodes.lot_multiple[supply.node]
    if problem.sources.count:
        orders = plan.orders
        source = np.full(supply.count, NONE)
        source[orders.supply] = orders.source
        for figures, of_source in ((min_lot, problem.sources.min_lot), (multiple, problem.sources.lot_multiple)):
            stated = (source != NONE) & (of_source[source] > 0)
            figures[stated] = of_source[source[stated]]
    return np.maximum(min_lot, 1), np.maximum(multiple, 1)
