"""Where a change of the input arrives first: the nodes to plan again before anything is planned.

Tables are compared row by row; columns that no journal named are the same arrays and cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from planning.mrp.codes import Flags, Integers, LotRule
from planning.mrp.events import DemandEvents, Netted, SupplyEvents
from planning.mrp.forecast_consumption import NetForecast, net_forecast
from planning.mrp.lot_parameters import horizon_days
from planning.mrp.plan_index import PlanIndex
from planning.mrp.problem import PlanningProblem, Table
from planning.mrp.regeneration import Prepared

# Rules whose lots follow from the average demand of the whole horizon.
_BY_AVERAGE = (LotRule.ECONOMIC_QUANTITY, LotRule.PERIOD_OF_SUPPLY)
# Columns that no order depends on, or only through the forecast, which is compared as such.
_NODE_ONLY_SHOWN = ("item", "unit_value", "planning_fence_days", "demand_time_fence_days", "forecast_backward_days",
                    "forecast_forward_days")  # fmt: skip
_SOURCE_ONLY_SHOWN = ("supplier", "from_site", "lead_time_origin")
Rows = TypeVar("Rows", bound=Table)
Number = TypeVar("Number", np.int64, np.bool_)
_NETTED = ("node", "day", "quantity", "tracking")


@dataclass(frozen=True, slots=True)
class Reached:
    """What a change touches before anything is planned, by node.

    `is_dirty`: to be planned. `is_given_new`: the given events at the node differ from those of the base, so the new
    ones count. `is_forced`: its orders take their components anew even where they are the same.
    """

    is_dirty: Flags
    is_given_new: Flags
    is_forced: Flags


def reached(index: PlanIndex, prepared: Prepared, demand: DemandEvents, supply: SupplyEvents) -> Reached:
    """What differs between a plan's problem and the prepared one, whose given events are `demand` and `supply`.

    The nodes are the same ones. Parts that stand for each other are always reached, with the orders that take them:
    what one leaves free another may use up.
    """
    plan, problem = index.plan, prepared.problem
    base, count = plan.problem, problem.nodes.count
    is_dirty = _differing(base.nodes, problem.nodes, _NODE_ONLY_SHOWN)
    # The days of an offset are working days of the parent.
    is_forced = base.nodes.calendar != problem.nodes.calendar
    # How a component is pegged is decided where its parents take it.
    regarded = base.nodes.strategy != problem.nodes.strategy
    for one, other in ((base, problem), (problem, base)):
        lines, sources = one.lines, one.sources
        taken = regarded[lines.component] | _differing(other.lines, lines)[: lines.count]
        is_forced[sources.node[lines.source[taken]]] = True
        is_dirty[sources.node[_differing(other.sources, sources, _SOURCE_ONLY_SHOWN)[: sources.count]]] = True
        moved = np.ones(sources.count, np.bool_)
        both = min(sources.count, other.sources.count)
        moved[:both] = sources.node[:both] != other.sources.node[:both]
        is_forced[sources.node[moved]] = True
    _note(is_dirty, base.safety_stock_steps, problem.safety_stock_steps, ("node", "day", "quantity"))
    if horizon_days(base) != horizon_days(problem):
        is_dirty |= np.isin(problem.nodes.lot_rule, _BY_AVERAGE)
    is_given_new = np.zeros(count, np.bool_)
    _note(is_given_new, base.stock, problem.stock, ("node", "expiry_day"))
    for old, new in (
        (_parts(plan.demand, index.given_demand, base.demands, base.forecasts),
         _parts(demand, demand.count, problem.demands, problem.forecasts)),
        (_parts(plan.supply, index.given_supply, base.stock, base.open_supply),
         _parts(supply, supply.count, problem.stock, problem.open_supply)),
    ):  # fmt: skip
        for before, after in zip(old, new, strict=True):
            _note(is_given_new, before, after, _NETTED)
    lines = problem.lines
    chained = np.flatnonzero(prepared.next_choice >= 0)
    chained = np.union1d(chained, prepared.next_choice[chained])
    is_given_new[lines.component[chained]] = True
    is_forced[problem.sources.node[lines.source[chained]]] = True
    return Reached(is_dirty, is_given_new, is_forced)


def renetted(base: PlanningProblem, problem: PlanningProblem, before: NetForecast) -> NetForecast:
    """The net forecast of a problem, from that of the base: only nodes whose orders or forecast differ are new."""
    nodes, demands, forecasts = problem.nodes, problem.demands, problem.forecasts
    found = _differing(base.nodes, nodes) if base.nodes.count == nodes.count else np.ones(nodes.count, np.bool_)
    _note(found, base.demands, demands, ("node", "day", "quantity", "for_supply"))
    _note(found, base.forecasts, forecasts, ("node", "day", "quantity", "days", "period"))
    asked, foreseen = np.flatnonzero(found[demands.node]), np.flatnonzero(found[forecasts.node])
    some = net_forecast(nodes, _rows(demands, asked), _rows(forecasts, foreseen), problem.first_day)
    return NetForecast(
        quantity=_patched(before.quantity, forecasts.count, foreseen, some.quantity),
        consumed=_patched(before.consumed, forecasts.count, foreseen, some.consumed),
        is_ignored=_patched(before.is_ignored, forecasts.count, foreseen, some.is_ignored),
        unmatched=_patched(before.unmatched, demands.count, asked, some.unmatched),
    )


def _rows(table: Rows, chosen: Integers) -> Rows:
    return type(table)(*(getattr(table, column.name)[chosen] for column in fields(table)))


def _patched(before: NDArray[Number], count: int, rows: Integers, values: NDArray[Number]) -> NDArray[Number]:
    """The old values, as many as there are rows now, with some replaced."""
    found = np.zeros(count, before.dtype)
    found[: before.size] = before
    found[rows] = values
    return found


def _parts(events: Netted, given: int, first: Table, second: Table) -> Sequence[Netted]:
    """The given events: those of two tables, and those of open orders."""
    ends = (0, first.count, first.count + second.count, given)
    return [Netted(*(getattr(events, name)[begin:end] for name in _NETTED)) for begin, end in pairwise(ends)]


def _note(found: Flags, old: object, new: object, names: Sequence[str]) -> None:
    """Mark the nodes of rows that differ in the columns named, or that only one of both has."""
    columns = [(getattr(old, name), getattr(new, name)) for name in names]
    length = min(columns[0][0].size, columns[0][1].size)
    other = np.zeros(length, np.bool_)
    for one, two in columns:
        if one is not two:
            other |= one[:length] != two[:length]
    rows = np.flatnonzero(other)
    for nodes in columns[0]:
        found[nodes[rows]] = True
        found[nodes[length:]] = True


def _differing(old: Table, new: Table, but: Sequence[str] = ()) -> Flags:
    """Rows that are not the same in all columns but some; those that only one table has differ."""
    found = np.ones(max(old.count, new.count), np.bool_)
    length = min(old.count, new.count)
    found[:length] = False
    for column in fields(old):
        if column.name in but:
            continue
        one, two = getattr(old, column.name), getattr(new, column.name)
        if one is not two:
            found[:length] |= one[:length] != two[:length]
    return found


def same(one: object, other: object, names: tuple[str, ...]) -> bool:
    """Whether two tables hold the same in some columns."""
    return all(
        getattr(one, name) is getattr(other, name) or np.array_equal(getattr(one, name), getattr(other, name))
        for name in names
    )


def has_same_network(one: PlanningProblem, other: PlanningProblem) -> bool:
    """Whether nodes, sources and lines hang together in the same way, whatever their quantities."""
    return (
        one.nodes.count == other.nodes.count
        and same(one.sources, other.sources, ("node",))
        and same(
            one.lines,
            other.lines,
            ("source", "component", "is_by_product", "substitute_group", "substitute_priority"),
        )
    )
