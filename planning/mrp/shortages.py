"""Shortages and demand at risk: what cannot be there in time, who waits for it, and what money stands behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.mrp.codes import NONE, UNIT, DemandKind, Flags, Floats, Integers, SupplyKind
from planning.mrp.lateness import by_products, needed_days, own_delay, possible_days
from planning.mrp.pegging import Pegging, late_days
from planning.mrp.result import Plan


@dataclass(frozen=True, slots=True)
class Shortages:
    """One row a link whose supply cannot come in time, at every level.

    `asked_day` when the demand needs it, `possible_day` the earliest the supply can be there if everything is started
    as early as possible; `quantity` in millionths. `is_cause`: the supply is late by itself, not only because of what
    it waits for.
    """

    link: Integers
    demand: Integers
    supply: Integers
    node: Integers
    asked_day: Integers
    possible_day: Integers
    quantity: Integers
    is_cause: Flags


@dataclass(frozen=True, slots=True)
class DemandAtRisk:
    """One row an end demand (sales order or forecast) that cannot be met in full on its day.

    `days` until the last of it can be there, `quantity` the part that is late (millionths), `value` its share of the
    money.
    """

    demand: Integers
    node: Integers
    day: Integers
    days: Integers
    quantity: Integers
    value: Floats


def shortages(pegging: Pegging, late: Integers | None = None) -> Shortages:
    """All links whose supply is late. `late` is the result of `late_days`, where the caller has it."""
    plan, links = pegging.plan, pegging.links
    late = late_days(pegging) if late is None else late
    first_day, supply = plan.problem.first_day, plan.supply
    asked = needed_days(plan, links.demand, own_delay(plan))
    there = possible_days(plan, late)[links.supply]
    own = np.zeros(supply.count, np.bool_)
    for made in (plan.orders, plan.passes):
        own[made.supply] = (made.release_day < first_day) | (made.days_moved > 0)
    beside = by_products(plan)
    own[beside] = own[supply.origin[beside]]
    # An open order whose own day lies after the need.
    is_ordered = (supply.kind > SupplyKind.ON_HAND) & (supply.kind < SupplyKind.PLANNED)
    comes_later = is_ordered[links.supply] & (np.maximum(supply.day, first_day)[links.supply] > asked)
    rows = np.flatnonzero(there > asked)
    # Where no part of an order is late, its lateness begins with itself, whatever made it late.
    parent = plan.demand.parent[links.demand[rows]]
    waits = np.zeros(supply.count, np.bool_)
    waits[parent[parent >= 0]] = True
    waits[beside] = waits[supply.origin[beside]]
    return Shortages(
        link=rows,
        demand=links.demand[rows],
        supply=links.supply[rows],
        node=links.node[rows],
        asked_day=plan.demand.day[links.demand[rows]],
        possible_day=there[rows],
        quantity=links.quantity[rows],
        is_cause=own[links.supply[rows]] | comes_later[rows] | ~waits[links.supply[rows]],
    )


def demand_at_risk(plan: Plan, found: Shortages) -> DemandAtRisk:
    """The end demand among the shortages, one row each. An order overdue already counts its days from its own day."""
    ends = np.flatnonzero(plan.demand.parent[found.demand] == NONE)
    ends = ends[plan.demand.kind[found.demand[ends]] != DemandKind.EXPIRY]
    demand, row = np.unique(found.demand[ends], return_inverse=True)
    quantity = np.zeros(demand.size, np.int64)
    np.add.at(quantity, row, found.quantity[ends])
    possible = np.full(demand.size, plan.problem.first_day)
    np.maximum.at(possible, row, found.possible_day[ends])
    whole = np.maximum(plan.demand.quantity[demand], 1)
    return DemandAtRisk(
        demand=demand,
        node=plan.demand.node[demand],
        day=plan.demand.day[demand],
        days=possible - plan.demand.day[demand],
        quantity=quantity,
        value=demand_value(plan)[demand] * quantity / whole,
    )


def demand_value(plan: Plan) -> Floats:
    """Money of each demand event: that of its order or (net) forecast, else 0."""
    problem = plan.problem
    value = np.zeros(plan.demand.count)
    orders = problem.demands.count
    value[:orders] = problem.demands.value
    forecast = problem.forecasts
    left = plan.demand.quantity[orders : orders + forecast.count] / np.maximum(forecast.quantity, 1)
    value[orders : orders + forecast.count] = forecast.value * left
    return value


def value_served(pegging: Pegging) -> Floats:
    """Money of the end demand that waits for each supply event, one figure for each of the plan.

    Without a component its whole parent order waits, so the parent's money stands behind each of its components, in
    proportion to what the component's supply gives of it; figures of different components are not to be added.
    """
    plan, links = pegging.plan, pegging.links
    demand, level = plan.demand, plan.structure.level
    of_demand = demand_value(plan)
    served = np.zeros(plan.supply.count)
    at = level[links.node]
    for depth in range(plan.structure.levels):
        rows = np.flatnonzero(at == depth)
        asked = links.demand[rows]
        parent = demand.parent[asked]
        money = np.where(parent >= 0, served[parent], of_demand[asked])
        share = links.quantity[rows] / demand.quantity[asked]
        served += np.bincount(links.supply[rows], money * share, served.size)
    return served


def stock_value(plan: Plan, node: Integers, quantity: Integers) -> Floats:
    """Money of some quantities at the unit value of their nodes."""
    return plan.problem.nodes.unit_value[node] * quantity / UNIT
