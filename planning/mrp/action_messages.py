"""The messages of a plan: what to do with open orders, what to release, what is late, short or too much, and why.

`value` is the quantity's own money (of an order to be moved, of stock that lies too long): quantity × unit value of the
node, except for demand, where it is the order's own. `at_risk` is the money of the end demand that waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planning.mrp.codes import FAR, NONE, UNIT, DemandKind, Floats, Integers, SupplyKind
from planning.mrp.messages import Dampers, MessageCode, Messages, messages_of
from planning.mrp.netting import safety_stock_steps
from planning.mrp.pegging import Pegging
from planning.mrp.rescheduling import open_order_needs
from planning.mrp.result import Plan
from planning.mrp.shortages import Shortages, demand_at_risk, demand_value, shortages, stock_value, value_served


def action_messages(
    pegging: Pegging,
    dampers: Dampers | None = None,
    *,
    load: Floats | None = None,
    capacity: Floats | None = None,
    edges: Integers | None = None,
    starts: Integers | None = None,
    releases: Integers | None = None,
) -> Messages:
    """All messages of a plan, by node, then code.

    `load` and `capacity` (work centres, buckets + 1) with `edges` add overloads, whose `node` is the work centre.
    `starts`: by row of open supply the day on which it should start, or FAR where it has begun; without it the start
    days of the problem count. `releases`: by row of open supply the day on which it is to be released, or FAR where
    that is done; without it nothing of open supply is to be released.
    """
    plan = pegging.plan
    dampers = Dampers() if dampers is None else dampers
    found = shortages(pegging)
    parts = [
        *_about_open_orders(plan, dampers),
        _not_started(plan, starts),
        *([] if releases is None else [_to_release(plan, dampers, releases)]),
        *_about_planned_orders(plan, dampers),
        *_about_demand(plan, found),
        *_about_stock(plan),
        *_about_data(plan),
    ]
    everything = _with_risk(pegging, Messages.joined(parts))
    everything = everything.rows(np.lexsort((everything.day, everything.code, everything.node)))
    if load is None or capacity is None or edges is None:
        return everything
    return Messages.joined([everything, _overloads(load, capacity, edges)])


def _with_risk(pegging: Pegging, messages: Messages) -> Messages:
    """The money that waits for each order meant, and the first need it serves where the message names none."""
    links, supply = pegging.links, messages.supply
    at = np.maximum(supply, 0)
    first = pegging.supply_first
    serves = (supply >= 0) & (first[at + 1] > first[at]) if pegging.plan.supply.count else np.zeros(at.size, np.bool_)
    reason = messages.demand.copy()
    unnamed = np.flatnonzero(serves & (reason < 0))
    reason[unnamed] = links.demand[pegging.by_supply[first[supply[unnamed]]]]
    served = np.append(value_served(pegging), 0.0)
    of_demand = np.append(demand_value(pegging.plan), 0.0)
    return replace(messages, demand=reason, at_risk=np.where(supply >= 0, served[supply], of_demand[messages.demand]))


def _about_open_orders(plan: Plan, dampers: Dampers) -> Sequence[Messages]:
    problem, supply = plan.problem, plan.supply
    until = None if dampers.excess_days == NONE else problem.first_day + dampers.excess_days
    needs = open_order_needs(plan, until)
    node, day, quantity = supply.node[needs.supply], supply.day[needs.supply], supply.quantity[needs.supply]
    stands = np.maximum(day, problem.first_day)
    value = stock_value(plan, node, quantity)
    moves = needs.is_needed & (value >= dampers.value)
    earlier = np.flatnonzero(moves & (stands - needs.needed_day > dampers.expedite_days))
    later = np.flatnonzero(moves & (needs.needed_day - stands > dampers.defer_days))
    excess_value = stock_value(plan, node, needs.excess)
    too_much = (needs.excess > dampers.quantity) & (excess_value >= dampers.value)
    cancelled = np.flatnonzero(too_much & ~needs.is_needed)
    smaller = np.flatnonzero(too_much & needs.is_needed)
    parts = []
    for code, rows in ((MessageCode.RESCHEDULE_IN, earlier), (MessageCode.RESCHEDULE_OUT, later)):
        to_day = needs.needed_day[rows]
        parts.append(
            messages_of(
                code, node[rows], day[rows], to_day=to_day, days=np.abs(to_day - stands[rows]), quantity=quantity[rows],
                value=value[rows], demand=needs.demand[rows], supply=needs.supply[rows],
            )
        )  # fmt: skip
    for code, rows in ((MessageCode.CANCEL, cancelled), (MessageCode.DECREASE, smaller)):
        parts.append(
            messages_of(
                code, node[rows], day[rows], quantity=needs.excess[rows], value=excess_value[rows],
                supply=needs.supply[rows],
            )
        )  # fmt: skip
    overdue = np.flatnonzero(day < problem.first_day)
    parts.append(
        messages_of(
            MessageCode.FINISH_IN_PAST, node[overdue], day[overdue], days=problem.first_day - day[overdue],
            quantity=quantity[overdue], value=value[overdue], supply=needs.supply[overdue],
        )
    )  # fmt: skip
    bound = stock_value(plan, np.arange(problem.nodes.count), needs.stock_excess)
    lies = np.flatnonzero((needs.stock_excess > dampers.quantity) & (bound >= dampers.value))
    today = np.full(lies.size, problem.first_day)
    parts.append(messages_of(MessageCode.EXCESS, lies, today, quantity=needs.stock_excess[lies], value=bound[lies]))
    return parts


def _not_started(plan: Plan, starts: Integers | None) -> Messages:
    """Firm orders that should have begun."""
    problem, opened = plan.problem, plan.problem.open_supply
    day = np.where(opened.start_day > -FAR, opened.start_day, FAR) if starts is None else starts
    waits = np.flatnonzero(opened.is_firm & (day < problem.first_day) & (opened.quantity > 0))
    return messages_of(
        MessageCode.START_IN_PAST, opened.node[waits], day[waits], days=problem.first_day - day[waits],
        quantity=opened.quantity[waits], value=stock_value(plan, opened.node[waits], opened.quantity[waits]),
        supply=problem.stock.count + waits,
    )  # fmt: skip


def _to_release(plan: Plan, dampers: Dampers, releases: Integers) -> Messages:
    """Open supply that is to be released now, over what is started. One whose release has passed should have begun."""
    problem, opened = plan.problem, plan.problem.open_supply
    falls_due = (releases >= problem.first_day) & (releases <= problem.first_day + dampers.release_days)
    rows = np.flatnonzero(falls_due & (opened.quantity > 0))
    started = np.where(opened.start_quantity > 0, opened.start_quantity, opened.quantity)[rows]
    return messages_of(
        MessageCode.RELEASE, opened.node[rows], releases[rows], quantity=started,
        value=stock_value(plan, opened.node[rows], started), supply=problem.stock.count + rows,
    )  # fmt: skip


def _about_planned_orders(plan: Plan, dampers: Dampers) -> Sequence[Messages]:
    problem, orders = plan.problem, plan.orders
    first_day = problem.first_day
    value = plan.order_value
    due_now = (orders.release_day >= first_day) & (orders.release_day <= first_day + dampers.release_days)
    fence = problem.nodes.planning_fence_days[orders.node]
    chosen = (
        (MessageCode.RELEASE, due_now, orders.release_day, np.zeros(orders.count, np.int64)),
        (
            MessageCode.LEAD_TIME_TOO_SHORT,
            orders.release_day < first_day,
            np.full(orders.count, first_day),
            first_day - orders.release_day,
        ),
        (
            MessageCode.FROZEN_FENCE,
            (orders.days_moved > 0) & (problem.nodes.frozen_fence_days[orders.node] >= 0),
            orders.release_day,
            orders.days_moved,
        ),
        (
            MessageCode.PLANNING_FENCE,
            (fence >= 0) & (orders.release_day < first_day + fence),
            orders.release_day,
            np.zeros(orders.count, np.int64),
        ),
    )
    parts = []
    for code, applies, to_day, days in chosen:
        rows = np.flatnonzero(applies)
        parts.append(
            messages_of(
                code, orders.node[rows], orders.release_day[rows], to_day=to_day[rows], days=days[rows],
                quantity=orders.quantity[rows], value=value[rows], supply=orders.supply[rows], order=rows,
            )
        )  # fmt: skip
    return [*parts, *_increases(plan, dampers), _substitutes(plan), _alternates(plan)]


def _increases(plan: Plan, dampers: Dampers) -> Sequence[Messages]:
    """Planned orders so close to an open order of their node that increasing that one is enough."""
    orders, supply = plan.orders, plan.supply
    if dampers.increase_days == NONE:
        return []
    opened = np.flatnonzero(
        np.isin(supply.kind, (SupplyKind.PURCHASE, SupplyKind.PRODUCTION, SupplyKind.TRANSFER)) & (supply.quantity > 0)
    )
    opened = opened[np.lexsort((supply.day[opened], supply.node[opened]))]
    wide = 2 * FAR
    at = np.searchsorted(
        supply.node[opened] * wide + supply.day[opened], orders.node * wide + orders.due_day - dampers.increase_days
    )
    near = np.minimum(at, max(opened.size - 1, 0))
    if not opened.size:
        return []
    target = opened[near]
    fits = (at < opened.size) & (supply.node[target] == orders.node)
    fits &= (supply.day[target] <= orders.due_day + dampers.increase_days) & (
        supply.tracking[target] == orders.tracking
    )
    value = plan.order_value
    rows = np.flatnonzero(fits & (orders.quantity >= dampers.quantity) & (value >= dampers.value))
    return [
        messages_of(
            MessageCode.INCREASE, orders.node[rows], supply.day[target[rows]], quantity=orders.quantity[rows],
            value=value[rows], supply=target[rows], order=rows,
        )
    ]  # fmt: skip


def _substitutes(plan: Plan) -> Messages:
    """Dependent demand on a line that is not the first choice of its group."""
    lines, demand = plan.problem.lines, plan.demand
    rows = np.flatnonzero(demand.kind == DemandKind.DEPENDENT)
    line = demand.origin[rows]
    rows = rows[(lines.substitute_group[line] >= 0) & (lines.substitute_priority[line] > 1)]
    return messages_of(
        MessageCode.SUBSTITUTE_USED, demand.node[rows], demand.day[rows], quantity=demand.quantity[rows],
        demand=rows, supply=demand.parent[rows],
    )  # fmt: skip


def _alternates(plan: Plan) -> Messages:
    """Orders by another source than the first choice of their node: another bill, supplier or place."""
    orders, sources = plan.orders, plan.problem.sources
    first = np.full(plan.problem.nodes.count, FAR)
    np.minimum.at(first, sources.node, sources.priority)
    rows = np.flatnonzero(orders.source >= 0)
    rows = rows[sources.priority[orders.source[rows]] > first[orders.node[rows]]]
    return messages_of(
        MessageCode.SUBSTITUTE_USED, orders.node[rows], orders.release_day[rows], quantity=orders.quantity[rows],
        value=plan.order_value[rows], supply=orders.supply[rows], order=rows,
    )  # fmt: skip


def _about_demand(plan: Plan, found: Shortages) -> Sequence[Messages]:
    problem, demand = plan.problem, plan.demand
    value = demand_value(plan)
    sold = np.flatnonzero(demand.kind == DemandKind.SALES_ORDER)
    overdue = sold[(demand.day[sold] < problem.first_day) & (demand.quantity[sold] > 0)]
    risk = demand_at_risk(plan, found)
    short = np.flatnonzero(found.is_cause)
    over = np.flatnonzero(plan.unmatched_demand > 0)
    return [
        messages_of(
            MessageCode.PAST_DUE_DEMAND, demand.node[overdue], demand.day[overdue],
            days=problem.first_day - demand.day[overdue], quantity=demand.quantity[overdue], value=value[overdue],
            demand=overdue,
        ),
        messages_of(
            MessageCode.DEMAND_AT_RISK, risk.node, risk.day, to_day=risk.day + risk.days, days=risk.days,
            quantity=risk.quantity, value=risk.value, demand=risk.demand,
        ),
        messages_of(
            MessageCode.SHORTAGE, found.node[short], found.asked_day[short], to_day=found.possible_day[short],
            days=found.possible_day[short] - np.maximum(found.asked_day[short], problem.first_day),
            quantity=found.quantity[short], value=stock_value(plan, found.node[short], found.quantity[short]),
            demand=found.demand[short], supply=found.supply[short],
        ),
        messages_of(
            MessageCode.FORECAST_CONSUMPTION, demand.node[over], demand.day[over],
            quantity=plan.unmatched_demand[over],
            value=value[over] * plan.unmatched_demand[over] / np.maximum(demand.quantity[over], 1), demand=over,
        ),
    ]  # fmt: skip


def _about_stock(plan: Plan) -> Sequence[Messages]:
    """Nodes whose stock of today, with what is overdue and asked for, is under today's safety stock."""
    problem, first_day = plan.problem, plan.problem.first_day
    nodes = problem.nodes.count
    steps = safety_stock_steps(problem)
    now = steps.day <= first_day
    keep, there = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    np.add.at(keep, steps.node[now], steps.change[now])
    supply, demand = plan.supply, plan.demand
    stocked = (supply.kind == SupplyKind.ON_HAND) | ((supply.day <= first_day) & (supply.kind < SupplyKind.PLANNED))
    np.add.at(there, supply.node[stocked], supply.quantity[stocked])
    asked = demand.day <= first_day
    np.subtract.at(there, demand.node[asked], demand.quantity[asked])
    under = np.flatnonzero((there < keep) & (keep > 0))
    missing = keep[under] - np.maximum(there[under], 0)
    return [
        messages_of(
            MessageCode.BELOW_SAFETY_STOCK, under, np.full(under.size, first_day), quantity=missing,
            value=stock_value(plan, under, missing),
        )
    ]  # fmt: skip


def _about_data(plan: Plan) -> Sequence[Messages]:
    node = np.array([finding.node for finding in plan.findings], dtype=np.int64)
    today = np.full(node.size, plan.problem.first_day)
    return [messages_of(MessageCode.DATA_ERROR, node, today, finding=np.arange(node.size))]


def _overloads(load: Floats, capacity: Floats, edges: Integers) -> Messages:
    """Buckets in which a work centre has more hours than it can work; `quantity` is millionths of an hour."""
    centre, bucket = np.nonzero(load > capacity + 1e-9)
    day = edges[np.maximum(bucket - 1, 0)]
    over = np.rint((load - capacity)[centre, bucket] * UNIT).astype(np.int64)
    return messages_of(MessageCode.OVERLOAD, centre, day, quantity=over)
