"""From a material plan and the hours of its work centres to the problem of the finite planner.

Each part of a planned order (see plan_parts) becomes an order, and so do stock, receipts, open orders that have still
to start, what passes through a phantom, and by-products, which wait for the order they come out of. Setup is charged
to each part. The safety time of an item is slack that the finite plan may use; receiving time is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planning.finite.plan_parts import Parts, divided_orders, take_offsets
from planning.finite.problem import Capacity, EndDemands, FiniteProblem, Links, Operations, Orders
from planning.mrp.codes import FAR, NONE, UNIT, DemandKind, Flags, Floats, Integers, SourceKind, SupplyKind
from planning.mrp.result import Plan
from planning.mrp.segments import csr, expanded, starts_of_runs
from planning.mrp.shortages import demand_value


@dataclass(frozen=True, slots=True)
class FiniteInput:
    """The problem, and what its rows are: `supply_event` of each order and `demand_event` of each end demand.

    `untied`: orders that are by-products whose own order would wait for them in the end. They come on the day of the
    material plan, whatever happens to that order.
    """

    problem: FiniteProblem
    supply_event: Integers
    demand_event: Integers
    untied: Integers


def finite_input(
    plan: Plan,
    capacity: Capacity,
    weight: Floats | None = None,
    divide_days: int | None = 7,
    early_days: int = 100,
) -> FiniteInput:
    """`weight` by demand event of the plan (default 1 each). `divide_days`: see `divided_orders`."""
    routes = _Routes.of(plan)
    started = _started(plan)
    parts = divided_orders(plan, routes.lead_days(plan, started), divide_days)
    demand, supply, first_day = plan.demand, plan.supply, plan.problem.first_day
    is_end = (demand.parent == NONE) & (demand.quantity > 0) & (demand.kind != DemandKind.EXPIRY)
    ends = np.flatnonzero(is_end)
    end_row = np.full(demand.count, NONE)
    end_row[ends] = np.arange(ends.size)
    event = parts.event
    wanted = np.maximum(supply.day, first_day)
    links, untied = _links(plan, parts, end_row)
    earliest = _earliest(plan)[event]
    earliest[untied] = wanted[event[untied]]
    may_move = np.isin(supply.kind, (SupplyKind.PLANNED, SupplyKind.BLOW_THROUGH, SupplyKind.FORECAST_BLOW_THROUGH))
    problem = FiniteProblem(
        first_day=first_day,
        demands=EndDemands(
            due_day=np.maximum(demand.day[ends], first_day),
            quantity=demand.quantity[ends],
            weight=np.ones(ends.size) if weight is None else weight[ends],
            value=demand_value(plan)[ends],
        ),
        orders=Orders(
            node=supply.node[event],
            origin=event,
            quantity=parts.end - parts.begin,
            earliest_day=earliest,
            wanted_day=wanted[event],
            may_move=may_move[event],
        ),
        operations=routes.operations(plan, parts, started),
        links=links,
        capacity=capacity,
        calendars=plan.problem.calendars,
        early_days=early_days,
    )
    return FiniteInput(problem, event, ends, untied)


def _open_to_start(plan: Plan) -> Integers:
    """Rows of open supply that has still to start and has a source to be made from."""
    supply = plan.problem.open_supply
    return np.flatnonzero((supply.start_day > -FAR) & (supply.source != NONE) & supply.is_firm)


def _earliest(plan: Plan) -> Integers:
    """Receipts and stock are there on their day; an order that has still to start begins no earlier than it says.

    No planned order begins inside the frozen fence.
    """
    problem, supply = plan.problem, plan.supply
    given = problem.stock.count + problem.open_supply.count
    earliest = np.full(supply.count, problem.first_day)
    earliest[:given] = np.maximum(supply.day[:given], problem.first_day)
    fence = np.maximum(problem.nodes.frozen_fence_days[plan.orders.node], 0)
    earliest[plan.orders.supply] = problem.first_day + fence
    rows = _open_to_start(plan)
    earliest[problem.stock.count + rows] = np.maximum(problem.open_supply.start_day[rows], problem.first_day)
    return earliest


def _started(plan: Plan) -> tuple[Integers, Integers]:
    """Source (NONE: nothing is to be done) and started quantity of each supply event."""
    source, quantity = np.full(plan.supply.count, NONE), plan.supply.quantity.copy()
    source[plan.orders.supply], quantity[plan.orders.supply] = plan.orders.source, plan.orders.quantity
    supply, rows = plan.problem.open_supply, _open_to_start(plan)
    at = plan.problem.stock.count + rows
    source[at] = supply.source[rows]
    quantity[at] = np.where(supply.start_quantity[rows] > 0, supply.start_quantity[rows], supply.quantity[rows])
    return source, quantity


def _links(plan: Plan, parts: Parts, end_row: Integers) -> tuple[Links, Integers]:
    """Pegging links of parts and one from each order to each of its by-products; and the by-products left untied."""
    offset = take_offsets(plan)[parts.link_event]
    demand = np.where(parts.link_user == NONE, end_row[parts.link_event], NONE)
    by_product = np.flatnonzero(plan.supply.kind[parts.event] == SupplyKind.BY_PRODUCT)
    part_of = np.full(plan.supply.count, NONE)
    part_of[parts.event] = np.arange(parts.event.size)
    main = part_of[plan.supply.origin[parts.event[by_product]]]
    circles = _in_one_circle(parts, main, by_product)
    untied = by_product[circles]
    by_product, main = by_product[~circles], main[~circles]
    links = Links(
        supply=np.concatenate((parts.link_part, main)),
        user=np.concatenate((parts.link_user, by_product)),
        demand=np.concatenate((demand, np.full(main.size, NONE))),
        # A by-product comes out of its order beside what was ordered: it takes nothing of that.
        quantity=np.concatenate((parts.link_quantity, np.zeros(main.size, np.int64))),
        offset_days=np.concatenate((offset, np.zeros(main.size, np.int64))),
    )
    return links, untied


def _in_one_circle(parts: Parts, main: Integers, by_product: Integers) -> Flags:
    """Whether each order waits, through what its by-product goes into, for that by-product."""
    if not by_product.size:
        return np.zeros(0, np.bool_)
    to_order = parts.link_user != NONE
    supply = np.concatenate((parts.link_part[to_order], main))
    user = np.concatenate((parts.link_user[to_order], by_product))
    count = parts.event.size
    graph = coo_array((np.ones(supply.size, np.int8), (supply, user)), shape=(count, count))
    component = connected_components(graph.tocsr(), directed=True, connection="strong")[1]
    return np.asarray(component[main] == component[by_product])


@dataclass(frozen=True, slots=True)
class _Routes:
    """Steps of each source in their order (CSR by `first`); the row after the last source has one step of no time.

    `operation` is the row of the plan's operation, or NONE for a step that only takes time. `is_lead` marks the step
    to which lead time by quantity is added.
    """

    first: Integers
    operation: Integers
    days: Integers
    working_days: Integers
    calendar: Integers
    is_lead: Flags

    @classmethod
    def of(cls, plan: Plan) -> _Routes:
        problem = plan.problem
        sources, nodes, operations = problem.sources, problem.nodes, problem.operations
        count = sources.count
        # Of the steps of one source, sorted by their offset: how far the next one, or the end, lies off.
        order = np.lexsort((operations.offset_days, operations.source))
        source = operations.source[order]
        offset = operations.offset_days[order]
        starts = starts_of_runs(source)
        is_last = np.zeros(source.size, np.bool_)
        is_last[np.append(starts, source.size)[1:] - 1] = True
        makes = sources.kind == SourceKind.MAKE
        lead = sources.lead_time_days
        gap = np.where(is_last, np.maximum(lead[source], offset), np.roll(offset, -1)) - offset
        has_steps = np.bincount(source, minlength=count) > 0
        first_offset = np.zeros(count, np.int64)
        first_offset[source[starts]] = offset[starts]
        own = np.where(makes & (sources.calendar != NONE), sources.calendar, nodes.calendar[sources.node])
        site = nodes.calendar[sources.node]
        plain = np.flatnonzero(~has_steps | (first_offset > 0))
        receiving = nodes.receiving_days[sources.node]
        after = np.flatnonzero((receiving > 0) | (own != site))
        # A supplier or shipping site releases on a working day of its own.
        ships = np.flatnonzero(~makes & (sources.calendar != NONE))
        wait = np.where(has_steps, first_offset, lead)[plain]
        by_clock = ~makes[plain] & ~has_steps[plain]
        last_clock = is_last & ~makes[source]
        rows = (
            _steps(ships, -1, calendar=sources.calendar[ships]),
            _steps(
                plain,
                0,
                days=np.where(by_clock, wait, 0),
                working_days=np.where(by_clock, 0, wait),
                calendar=own[plain],
                is_lead=~has_steps[plain],
            ),
            _steps(
                source,
                1,
                operation=order,
                days=np.where(last_clock, gap, 0),
                working_days=np.where(last_clock, 0, gap),
                calendar=own[source],
                is_lead=is_last,
            ),
            _steps(after, 2, working_days=receiving[after], calendar=site[after]),
            _steps(np.array([count]), 0),
        )
        of_source, rank, *columns = (np.concatenate(column) for column in zip(*rows, strict=True))
        sorting = np.lexsort((rank, of_source))
        first = csr(of_source, count + 1)[1]
        operation, days, working_days, calendar, is_lead = (column[sorting] for column in columns)
        return cls(first, operation, days, working_days, calendar, is_lead.astype(np.bool_))

    def lead_days(self, plan: Plan, started: tuple[Integers, Integers]) -> Integers:
        """Calendar days, about, from start to availability of each supply event."""
        calendars = plan.problem.calendars.is_working
        stretch = np.append(calendars.shape[1] / np.maximum(calendars.sum(axis=1), 1), 1.0)
        step = np.ceil(self.days + self.working_days * stretch[self.calendar]).astype(np.int64)
        whole = np.add.reduceat(step, self.first[:-1])
        source, quantity = started
        return np.asarray(whole[source] + _by_quantity(plan, source, quantity), dtype=np.int64)

    def operations(self, plan: Plan, parts: Parts, started: tuple[Integers, Integers]) -> Operations:
        """The steps of every part, in the order of the parts."""
        source, quantity = started[0][parts.event], started[1][parts.event]
        route = np.where(source == NONE, self.first.size - 2, source)
        row, step = expanded(self.first, route)
        share = (parts.end - parts.begin) / plan.supply.quantity[parts.event]
        operations = plan.problem.operations
        operation = self.operation[step]
        limited = operation != NONE
        work = np.zeros(row.size, np.int64)
        at = operation[limited]
        units = (quantity * share)[row[limited]] / UNIT
        hours = operations.setup_hours[at] + operations.run_hours_per_unit[at] * units
        work[limited] = np.rint(hours * UNIT).astype(np.int64)
        centre = np.full(row.size, NONE)
        centre[limited] = operations.work_centre[at]
        more = np.where(self.is_lead[step], _by_quantity(plan, source, quantity)[row], 0)
        makes = np.append(plan.problem.sources.kind == SourceKind.MAKE, True)[route][row]
        return Operations(
            order=row,
            work_centre=centre,
            work=work,
            days=self.days[step] + np.where(makes, 0, more),
            working_days=self.working_days[step] + np.where(makes, more, 0),
            calendar=self.calendar[step],
        )


def _steps(
    source: Integers,
    rank: int,
    operation: Integers | int = NONE,
    days: Integers | int = 0,
    working_days: Integers | int = 0,
    calendar: Integers | int = NONE,
    is_lead: Flags | bool = False,
) -> tuple[Integers, ...]:
    """One step of each source; `rank` orders the steps of a source."""
    columns = (rank, operation, days, working_days, calendar, is_lead)
    return source, *(np.broadcast_to(np.asarray(column), source.shape) for column in columns)


def _by_quantity(plan: Plan, source: Integers, quantity: Integers) -> Integers:
    """Lead time that depends on the quantity of the whole order, in days."""
    each = np.append(plan.problem.sources.lead_time_days_per_unit, 0.0)[source]
    return np.ceil(each * quantity / UNIT - 1e-6).astype(np.int64)
