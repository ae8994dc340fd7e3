"""Laws of clear to build, against a slow reference that follows the rules of docs/clear-to-build.md order by order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from math import ceil, floor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from planning.clear_to_build import (
    NEVER,
    NONE,
    UNIT,
    ClearToBuild,
    ClearToBuildProblem,
    Effort,
    ExpediteCost,
    KitStatus,
    Objective,
    Orders,
    Policy,
    Receipts,
    RequirementLines,
    Rule,
    Scope,
    Settings,
    Stock,
    Substitutes,
    Substitution,
    best_release,
    clear_to_build,
    golden_screw,
)
from planning.clear_to_build.rounds import complete_in_rank

ITEMS, SITES, HORIZON = 3, 2, 6
Number = np.ndarray


@dataclass(frozen=True)
class Order:
    due: int
    priority: int
    money: int
    site: int
    quantity: int


@dataclass(frozen=True)
class Line:
    order: int
    item: int
    quantity: int
    reserved: int
    substitutes: tuple[tuple[int, int, float], ...]  # item, priority, ratio


@dataclass(frozen=True)
class Plant:
    orders: tuple[Order, ...]
    lines: tuple[Line, ...]
    stock: tuple[tuple[int, int, int], ...]  # item, site, quantity
    receipts: tuple[tuple[int, int, int, int], ...]  # item, site, day, quantity

    def problem(self, chosen: Settings) -> ClearToBuildProblem:
        def column(values: list[int]) -> Number:
            return np.array(values, dtype=np.int64)

        options = [(row, *option) for row, line in enumerate(self.lines) for option in line.substitutes]
        return ClearToBuildProblem(
            today=0,
            horizon_day=HORIZON,
            orders=Orders(
                due_day=column([one.due for one in self.orders]),
                priority=column([one.priority for one in self.orders]),
                money=np.array([float(one.money) for one in self.orders]),
                site=column([one.site for one in self.orders]),
                quantity=column([one.quantity * UNIT for one in self.orders]),
                batch=column([0 for _ in self.orders]),
            ),
            lines=RequirementLines(
                order=column([one.order for one in self.lines]),
                item=column([one.item for one in self.lines]),
                quantity=column([one.quantity * UNIT for one in self.lines]),
                reserved_quantity=column([one.reserved * UNIT for one in self.lines]),
                is_fixed=np.zeros(len(self.lines), dtype=np.bool_),
            ),
            stock=Stock(*(column([row[at] * (UNIT if at == 2 else 1) for row in self.stock]) for at in range(3))),
            receipts=Receipts(
                *(column([row[at] * (UNIT if at == 3 else 1) for row in self.receipts]) for at in range(4))
            ),
            substitutes=Substitutes(
                line=column([row[0] for row in options]),
                item=column([row[1] for row in options]),
                priority=column([row[2] for row in options]),
                ratio=np.array([row[3] for row in options], dtype=np.float64),
            ),
            settings=chosen,
        )


def plants(
    most_orders: int = 6, *, ratios: tuple[float, ...] = (1.0,), with_substitutes: bool = True
) -> st.SearchStrategy:
    order = st.builds(
        Order,
        due=st.integers(-1, 5),
        priority=st.integers(1, 3),
        money=st.integers(0, 5),
        site=st.sampled_from([0, 0, 0, 0, 0, 1]),
        quantity=st.integers(1, 4),
    )
    item = st.integers(0, ITEMS - 1)
    option = st.tuples(item, st.integers(1, 2), st.sampled_from(ratios))
    line = st.builds(
        Line,
        order=st.integers(0, most_orders - 1),
        item=item,
        quantity=st.sampled_from([1, 2, 3, 4, 0]),
        reserved=st.sampled_from([0, 0, 0, 0, 0, 1]),
        substitutes=(st.just(()) | st.lists(option, max_size=2).map(tuple)) if with_substitutes else st.just(()),
    )

    def fitted(orders: list[Order], lines: list[Line], stock: list, receipts: list) -> Plant:
        kept = tuple(one for one in lines if one.order < len(orders))
        return Plant(tuple(orders), kept, tuple(stock), tuple(receipts))

    site = st.sampled_from([0, 0, 0, 0, 1])
    return st.builds(
        fitted,
        st.lists(order, min_size=most_orders - 2, max_size=most_orders),
        st.lists(line, min_size=2 * most_orders, max_size=3 * most_orders),
        st.lists(st.tuples(item, site, st.integers(-1, 8)), min_size=2, max_size=5),
        st.lists(st.tuples(item, site, st.integers(-2, HORIZON + 1), st.integers(1, 6)), min_size=3, max_size=7),
    )


choices = st.builds(
    Settings,
    rule=st.sampled_from(Rule),
    policy=st.sampled_from(Policy),
    scope=st.sampled_from(Scope),
    substitution=st.sampled_from(Substitution),
)


class Reference:
    """One order after the other, in millionths, with nothing but dictionaries.

    What is free of a node on a day is the least, from that day on, of all that came less all that is promised by then.
    """

    def __init__(self, plant: Plant, chosen: Settings) -> None:
        self.plant, self.chosen = plant, chosen
        self.supply: dict[tuple[int, int], dict[int, int]] = {}
        self.promised: dict[tuple[int, int], dict[int, int]] = {}
        for item, site, quantity in plant.stock:
            days = self.supply.setdefault((item, site), dict.fromkeys(range(-1, HORIZON + 1), 0))
            days[-1] += quantity * UNIT
        for days in self.supply.values():
            days[-1] = max(days[-1], 0)
        for item, site, day, quantity in plant.receipts:
            expected = 1 if day < 0 else day
            if expected <= HORIZON:
                self.supply.setdefault((item, site), dict.fromkeys(range(-1, HORIZON + 1), 0))[expected] += (
                    quantity * UNIT
                )

    def ranking(self) -> list[int]:
        orders = self.plant.orders
        keys = {
            Rule.DUE_DATE: lambda one: (orders[one].due, orders[one].priority, -orders[one].money, one),
            Rule.PRIORITY: lambda one: (orders[one].priority, orders[one].due, -orders[one].money, one),
            Rule.MONEY: lambda one: (-orders[one].money, orders[one].due, orders[one].priority, one),
        }
        return sorted(range(len(orders)), key=keys[self.chosen.rule])

    def free(self, node: tuple[int, int], day: int) -> int:
        """Day −1 is the stock alone."""
        came, promised = self.supply.get(node, {}), self.promised.get(node, {})
        return min(
            sum(quantity for when, quantity in came.items() if when <= until)
            - sum(quantity for when, quantity in promised.items() if when <= until)
            for until in range(day, HORIZON + 1)
        )

    def needs(self, order: int) -> list[tuple[tuple[int, int], int, list[tuple[tuple[int, int], float]]]]:
        """Node, need and substitutes of each requirement, plain lines of a part together first where they stand."""
        site = self.plant.orders[order].site
        plain: dict[int, int] = {}
        found = []
        for row, line in enumerate(self.plant.lines):
            if line.order != order or line.quantity <= 0:
                continue
            need = (line.quantity - min(line.reserved, line.quantity)) * UNIT
            options: list[tuple[tuple[int, int], float]] = []
            for item, _, ratio in sorted(line.substitutes, key=lambda option: option[1]):
                if item != line.item and all(item != node[0] for node, _ in options):
                    options.append(((item, site), ratio))
            if options and self.chosen.substitution != Substitution.NONE:
                found.append((line.item, row + 1, need, options))
            else:
                plain[line.item] = plain.get(line.item, 0) + need
        found += [(item, 0, need, []) for item, need in plain.items()]
        return [((item, site), need, options) for item, _, need, options in sorted(found, key=lambda one: one[:2])]

    def claims(self, needs: list, day: int, *, options_too: bool) -> tuple[list, list[int]]:
        pending: dict[tuple[int, int], int] = {}
        claims, covered = [], []
        for own, need, options in needs:
            sources = [(own, 1.0), *(options if options_too else [])]
            tried = []
            rest = need
            for node, ratio in sources:
                left = self.free(node, day) - pending.get(node, 0)
                covers = min(rest, floor(left / ratio + 1e-6))
                if covers <= 0:
                    continue
                quantity = max(ceil(covers * ratio - 1e-6), 1)
                tried.append((node, quantity, covers))
                if self.chosen.substitution == Substitution.MIXED:
                    rest -= covers
                if covers == need or rest == 0:
                    break
            if self.chosen.substitution != Substitution.MIXED and tried:
                tried = [max(tried, key=lambda one: one[2])]
            for node, quantity, _ in tried:
                pending[node] = pending.get(node, 0) + quantity
            claims += tried
            covered.append(sum(one[2] for one in tried))
        return claims, covered

    def promise(self, claims: list, day: int) -> None:
        for node, quantity, _ in claims:
            days = self.promised.setdefault(node, {})
            days[day] = days.get(day, 0) + quantity

    def serve(self, order: int, days: range | list[int], status: int) -> tuple[int, int]:
        """Clear day (NEVER: none of the days) and what is missing by the status day; takes the kit."""
        needs = self.needs(order)
        wanted = [need for _, need, _ in needs]
        for options_too in (False, True):
            for day in days:
                if not options_too and day > status and any(options for _, _, options in needs):
                    continue
                claims, covered = self.claims(needs, day, options_too=options_too)
                if covered == wanted:
                    by_status = self.claims(needs, status, options_too=True)[1] if day > status else wanted
                    self.promise(claims, day)
                    return day, sum(wanted) - sum(by_status)
        return NEVER, sum(wanted) - sum(self.claims(needs, status, options_too=True)[1])

    def complete_kits(self) -> tuple[dict[int, int], dict[int, int], dict[int, bool]]:
        clear, missing, complete = {}, {}, {}
        for order in self.ranking():
            if self.chosen.scope == Scope.STOCK_ONLY:
                day, missing[order] = self.serve(order, [-1], -1)
                clear[order], complete[order] = max(day, 0), day == -1
            else:
                status = max(self.plant.orders[order].due, 0)
                # A status day after the horizon sees what the horizon sees.
                clear[order], missing[order] = self.serve(order, range(HORIZON + 1), min(status, HORIZON))
                complete[order] = clear[order] <= status
        if self.chosen.scope == Scope.STOCK_ONLY:
            for order in self.ranking():
                if not complete[order]:
                    clear[order], _ = self.serve(order, range(HORIZON + 1), 0)
        return clear, missing, complete


def total_missing(found: ClearToBuild, orders: int) -> list[int]:
    missing = np.zeros(orders, dtype=np.int64)
    np.add.at(missing, found.requirements.order, found.requirements.missing_quantity)
    return missing.tolist()


@settings(max_examples=400, deadline=None)
@given(plants(ratios=(1.0, 1.0, 0.5, 1.5, 2.0)), choices)
def test_complete_kits_follow_the_rules_order_by_order(plant: Plant, chosen: Settings) -> None:
    chosen = replace(chosen, policy=Policy.COMPLETE_KITS)
    found = clear_to_build(plant.problem(chosen))
    clear, missing, complete = Reference(plant, chosen).complete_kits()
    has_parts = np.zeros(len(plant.orders), dtype=bool)
    has_parts[[one.order for one in plant.lines if one.quantity > 0]] = True
    for order in np.flatnonzero(has_parts):
        assert found.orders.clear_day[order] == clear[order]
        assert (found.orders.status[order] == KitStatus.COMPLETE) == complete[order]
    assert total_missing(found, len(plant.orders)) == [missing[order] for order in range(len(plant.orders))]
    assert (found.orders.status[~has_parts] == KitStatus.NO_REQUIREMENTS).all()


@settings(max_examples=300, deadline=None)
@given(plants(with_substitutes=False), choices)
def test_first_come_gives_each_piece_to_the_first_who_asks(plant: Plant, chosen: Settings) -> None:
    chosen = replace(chosen, policy=Policy.FIRST_COME)
    found = clear_to_build(plant.problem(chosen))
    reference = Reference(plant, chosen)
    pieces = {
        node: [day for day in sorted(days) for _ in range(days[day] // UNIT)] for node, days in reference.supply.items()
    }
    missing = [0] * len(plant.orders)
    for order in reference.ranking():
        status = -1 if chosen.scope == Scope.STOCK_ONLY else max(plant.orders[order].due, 0)
        clear, asks = 0, False
        for node, need, _ in reference.needs(order):
            queue = pieces.get(node, [])
            got, pieces[node] = queue[: need // UNIT], queue[need // UNIT :]
            asks = True
            clear = max([clear, *got]) if len(got) == need // UNIT else NEVER
            missing[order] += need - UNIT * sum(day <= status for day in got)
        if asks:
            assert found.orders.clear_day[order] == clear
    assert total_missing(found, len(plant.orders)) == missing


@settings(max_examples=300, deadline=None)
@given(plants(ratios=(1.0, 0.5, 1.5, 0.3)), choices)
def test_nothing_is_allocated_twice_or_before_it_is_there(plant: Plant, chosen: Settings) -> None:
    problem = plant.problem(chosen)
    found = clear_to_build(problem)
    allocations = found.allocations
    assert (found.left_quantity >= 0).all()
    assert (allocations.quantity > 0).all()
    for item in range(ITEMS):
        used = allocations.quantity[allocations.item == item].sum()
        left = found.left_quantity[found.left_item == item].sum()
        came = {}
        for code, site, quantity in plant.stock:
            if code == item:
                came[site] = came.get(site, 0) + quantity
        on_hand = sum(max(quantity, 0) for quantity in came.values())
        expected = sum(
            quantity for code, _, day, quantity in plant.receipts if code == item and (1 if day < 0 else day) <= HORIZON
        )
        assert used + left == (on_hand + expected) * UNIT
    requirements, order = found.requirements, found.requirements.order
    covered = np.zeros(order.size, dtype=np.int64)
    np.add.at(covered, allocations.requirement, allocations.covered_quantity)
    assert (covered <= requirements.required_quantity).all()
    # What an order with a clear day takes is there by then; without one it takes nothing, unless it may hold parts.
    came_on = np.append(np.where(problem.receipts.day < 0, 1, problem.receipts.day), 0)[allocations.receipt]
    taker = order[allocations.requirement]
    is_dated = found.orders.clear_day[taker] < NEVER
    assert (came_on[is_dated] <= found.orders.clear_day[taker][is_dated]).all()
    assert chosen.policy == Policy.FIRST_COME or is_dated.all()
    # And it takes all that it needs.
    needed = np.zeros(len(plant.orders), dtype=np.int64)
    for line in plant.lines:
        needed[line.order] += max(line.quantity - line.reserved, 0) * UNIT
    takes = np.zeros_like(needed)
    np.add.at(takes, taker, allocations.covered_quantity)
    has_day = found.orders.clear_day < NEVER
    assert (takes[has_day] == needed[has_day]).all()
    is_complete = found.orders.status == KitStatus.COMPLETE
    assert has_day[is_complete].all()
    assert (requirements.missing_quantity >= 0).all()
    assert (requirements.missing_quantity[is_complete[order]] == 0).all()


@settings(max_examples=200, deadline=None)
@given(plants(), choices)
def test_what_an_order_gets_depends_only_on_the_orders_above_it(plant: Plant, chosen: Settings) -> None:
    found = clear_to_build(plant.problem(chosen))
    last = int(np.argmax(found.orders.rank))
    # The last order asks for nothing any more.
    lines = tuple(one for one in plant.lines if one.order != last)
    if not lines:
        return
    without = clear_to_build(replace(plant, lines=lines).problem(chosen))
    others = np.arange(len(plant.orders)) != last
    assert (found.orders.status[others] == without.orders.status[others]).all()
    if chosen.policy == Policy.FIRST_COME or chosen.scope == Scope.WITH_RECEIPTS:
        assert (found.orders.clear_day[others] == without.orders.clear_day[others]).all()


@settings(max_examples=200, deadline=None)
@given(plants(with_substitutes=False), choices, st.integers(0, ITEMS - 1), st.integers(0, HORIZON), st.integers(1, 4))
def test_one_more_receipt_makes_no_order_later(
    plant: Plant, chosen: Settings, item: int, day: int, quantity: int
) -> None:
    """First come: no order at all. Complete kits: not the first one."""
    before = clear_to_build(plant.problem(chosen)).orders
    richer = replace(plant, receipts=(*plant.receipts, (item, 0, day, quantity)))
    after = clear_to_build(richer.problem(chosen)).orders
    if chosen.policy == Policy.FIRST_COME:
        assert (after.clear_day <= before.clear_day).all()
    first = int(np.argmin(before.rank))
    assert after.clear_day[first] <= before.clear_day[first]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 4), st.integers(1, 5)), max_size=60, unique_by=lambda one: one[:2]
    ),
    st.lists(st.integers(0, 14), min_size=5, max_size=5),
)
def test_deciding_in_rounds_is_deciding_one_by_one(needs: list[tuple[int, int, int]], available: list[int]) -> None:
    columns = np.array(needs, dtype=np.int64).reshape(-1, 3).T
    found = complete_in_rank(12, *columns, np.array(available))
    left = list(available)
    for position in range(12):
        own = [(node, need) for place, node, need in needs if place == position]
        fits = all(need <= left[node] for node, need in own)
        assert found[position] == fits
        for node, need in own if fits else []:
            left[node] -= need


def fits(
    plant: Plant, chosen: tuple[int, ...], supply: dict[tuple[int, int], float], substitution: Substitution
) -> bool:
    """Whether all needs of the chosen orders can be covered at once: a flow from supplies to needs (ratio 1)."""
    reference = Reference(plant, Settings(substitution=substitution))
    needs = [one for order in chosen for one in reference.needs(order)]
    nodes = sorted(supply)
    rows, columns, values = [], [], []
    source, sink = len(nodes) + len(needs), len(nodes) + len(needs) + 1
    for number, node in enumerate(nodes):
        rows.append(source)
        columns.append(number)
        values.append(int(min(supply[node], 10**6)))
    for number, (own, need, options) in enumerate(needs):
        for node in {own, *(node for node, _ in options)} & set(nodes):
            rows.append(nodes.index(node))
            columns.append(len(nodes) + number)
            values.append(10**6)
        rows.append(len(nodes) + number)
        columns.append(sink)
        values.append(need // UNIT)
    graph = csr_array((np.array(values, dtype=np.int32), (rows, columns)), shape=(sink + 1, sink + 1))
    return int(maximum_flow(graph, source, sink).flow_value) == sum(need // UNIT for _, need, _ in needs)


def subsets(pool: list[int]) -> list[tuple[int, ...]]:
    return [chosen for size in range(len(pool) + 1) for chosen in combinations(pool, size)]


def shelf_of(plant: Plant) -> dict[tuple[int, int], float]:
    reference = Reference(plant, Settings())
    return {node: days[-1] / UNIT for node, days in reference.supply.items()}


QUICK = Effort(exact_needs=0, neighbourhood=3, rounds=2)


def test_a_need_may_be_covered_in_part_by_what_is_less_than_a_whole_of_it() -> None:
    """2 of item 0 are needed and 1 is there: the other comes of item 1, of which 6 are there and 5 needed."""
    lines = (Line(0, 0, 2, 0, ((1, 1, 1.0),)), Line(0, 1, 5, 0, ()), Line(0, 2, 3, 0, ()), Line(1, 0, 3, 0, ()))
    orders = tuple(Order(0, 1, 0, 0, 1) for _ in range(2))
    plant = Plant(orders, lines, ((0, 0, 1), (1, 0, 6), (2, 0, 3)), ((0, 0, 3, 1),))
    found = best_release(plant.problem(Settings(substitution=Substitution.MIXED)), Objective.ORDERS)
    assert (found.value, found.bound, found.is_released.tolist()) == (1.0, 1.0, [True, False])


@settings(max_examples=60, deadline=None)
@given(plants(), st.sampled_from([Substitution.NONE, Substitution.MIXED]), st.sampled_from(Objective))
def test_the_best_release_is_the_best_of_all_sets(
    plant: Plant, substitution: Substitution, objective: Objective
) -> None:
    problem = plant.problem(Settings(substitution=substitution))
    asking = sorted({one.order for one in plant.lines if one.quantity > 0})
    worth = [plant.orders[order].money if objective == Objective.MONEY else 1 for order in range(len(plant.orders))]
    shelf = shelf_of(plant)
    best = max(
        sum(worth[order] for order in chosen) for chosen in subsets(asking) if fits(plant, chosen, shelf, substitution)
    )
    exact, quick = best_release(problem, objective), best_release(problem, objective, effort=QUICK)
    assert exact.is_exact
    assert abs(exact.value - best) < 1e-6
    assert quick.value - 1e-6 <= best <= quick.bound + 1e-6
    assert exact.value_by_rank <= best
    for found in (exact, quick):
        assert fits(plant, tuple(np.flatnonzero(found.is_released)), shelf, substitution)
        for item, site in shelf:
            at_site = np.array([plant.orders[order].site == site for order in found.order], dtype=bool)
            taken = found.quantity[(found.item == item) & at_site].sum() if found.order.size else 0
            assert taken <= shelf[item, site] * UNIT


@settings(max_examples=40, deadline=None)
@given(
    plants(5),
    st.sampled_from([Substitution.NONE, Substitution.MIXED]),
    st.sampled_from(Objective),
    st.sampled_from(Policy),
)
def test_the_golden_screw_is_the_best_of_all_sets_of_parts(
    plant: Plant, substitution: Substitution, objective: Objective, policy: Policy
) -> None:
    problem = plant.problem(Settings(substitution=substitution, policy=policy))
    found = clear_to_build(problem)
    waiting = [
        int(order) for order in np.flatnonzero(np.isin(found.orders.status, [KitStatus.PARTIAL, KitStatus.SHORT]))
    ]
    worth = [plant.orders[order].money if objective == Objective.MONEY else 1 for order in range(len(plant.orders))]
    shelf = {(item, site): 0.0 for item in range(ITEMS) for site in range(SITES)} | shelf_of(plant)
    allocations = found.allocations
    taker = found.requirements.order[allocations.requirement]
    for number in range(taker.size):
        if found.orders.status[taker[number]] == KitStatus.COMPLETE and allocations.receipt[number] == NONE:
            shelf[int(allocations.item[number]), plant.orders[taker[number]].site] -= (
                allocations.quantity[number] / UNIT
            )
    budgets = [0, 1, 2, 3]
    exact = golden_screw(problem, objective, budgets=budgets)
    quick = golden_screw(problem, objective, budgets=budgets, effort=QUICK)
    for budget, point, rough in zip(budgets, exact.points, quick.points, strict=True):
        best = max(
            sum(worth[order] for order in chosen)
            for parts in combinations(sorted(shelf), budget)
            for chosen in subsets(waiting)
            if fits(plant, chosen, shelf | dict.fromkeys(parts, 1e6), substitution)
        )
        assert point.is_exact
        assert abs(point.value - best) < 1e-6
        assert point.item.size <= budget
        assert rough.value - 1e-6 <= best <= rough.bound + 1e-6
        for one in (point, rough):
            more = dict(shelf)
            for item, site, quantity in zip(one.item, one.site, one.quantity, strict=True):
                more[int(item), int(site)] += quantity / UNIT
            assert fits(plant, tuple(one.order), more, substitution)


@settings(max_examples=60, deadline=None)
@given(plants(5, with_substitutes=False), st.integers(0, 6))
def test_within_a_quantity_to_expedite_nothing_frees_more(plant: Plant, budget: int) -> None:
    problem = plant.problem(Settings())
    found = clear_to_build(problem)
    waiting = [
        int(order) for order in np.flatnonzero(np.isin(found.orders.status, [KitStatus.PARTIAL, KitStatus.SHORT]))
    ]
    left = {(item, site): 0 for item in range(ITEMS) for site in range(SITES)}
    for node, quantity in shelf_of(plant).items():
        left[node] = int(quantity)
    done = [int(order) for order in np.flatnonzero(found.orders.status == KitStatus.COMPLETE)]
    reference = Reference(plant, Settings())

    def used(orders: tuple[int, ...] | list[int]) -> dict[tuple[int, int], float]:
        total: dict[tuple[int, int], float] = {}
        for order in orders:
            for node, need, _ in reference.needs(order):
                total[node] = total.get(node, 0) + need // UNIT
        return total

    for node, quantity in used(done).items():
        left[node] -= quantity
    best = max(
        len(chosen)
        for chosen in subsets(waiting)
        if sum(max(quantity - left[node], 0) for node, quantity in used(chosen).items()) <= budget
    )
    for effort in (Effort(), QUICK):
        point = golden_screw(problem, budgets=[budget], cost=ExpediteCost.by_quantity(), effort=effort).points[0]
        assert point.cost <= budget + 1e-9
        assert point.value <= best <= point.bound
    assert golden_screw(problem, budgets=[budget], cost=ExpediteCost.by_quantity()).points[0].value == best
