"""The lot parameters that hold for each segment, after precedence and with contradictions settled.

A source's own minimum, maximum and multiple replace the policy's; where several divide a lot, each for its part. Fixed
and economic quantities are multiples of themselves. A maximum is first cut to a whole multiple, so that no order
exceeds it; one below the minimum or the multiple cannot be met and is left out (`is_contradictory`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.mrp.codes import NONE, UNIT, Flags, Floats, Integers, LotRule
from planning.mrp.events import PASSING
from planning.mrp.findings import without_reorder_quantity
from planning.mrp.netting import Requirements
from planning.mrp.problem import PlanningProblem
from planning.mrp.segments import whole_above

_DAYS_A_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class LotParameters:
    """One row a segment. Quantities in millionths of what is ordered, 0: none.

    `window_days`: days of needs that a lot by periods covers. `up_to`: stock that min/max fills up to, 0: none.
    `setup_cost` money an order, `holding_cost` money for one unit and day. `source`: the only one, or NONE where there
    are several (`is_split`) or none.
    """

    rule: Integers
    minimum: Integers
    maximum: Integers
    multiple: Integers
    window_days: Integers
    up_to: Integers
    period_days: Integers
    setup_cost: Floats
    holding_cost: Floats
    yield_rate: Floats
    source: Integers
    is_split: Flags
    is_contradictory: Flags


def lot_parameters(
    problem: PlanningProblem,
    requirements: Requirements,
    source_first: Integers,
    source_order: Integers,
    horizon_days: int,
) -> LotParameters:
    """Parameters of each segment. `source_first`, `source_order`: CSR of the sources of each node."""
    nodes, sources, node = problem.nodes, problem.sources, requirements.node
    several = source_first[node + 1] - source_first[node]
    source = np.full(node.size, NONE)
    only = several == 1
    source[only] = source_order[source_first[node[only]]]

    def own_or_policy(own: Integers, policy: Integers) -> Integers:
        stated = np.where(only, own[np.maximum(source, 0)] if own.size else 0, 0)
        return np.where(stated > 0, stated, policy[node])

    rule = nodes.lot_rule[node]
    minimum = own_or_policy(sources.min_lot, nodes.min_lot)
    maximum = own_or_policy(sources.max_lot, nodes.max_lot)
    multiple = own_or_policy(sources.lot_multiple, nodes.lot_multiple)
    passes = nodes.is_phantom[node] | (requirements.tracking == PASSING)
    rule = np.where(passes, LotRule.LOT_FOR_LOT, rule)
    bare = without_reorder_quantity(nodes)[node] & ~passes
    rule = np.where(bare, LotRule.PERIOD_OF_SUPPLY, rule)
    economic = economic_quantity(problem, requirements, multiple, horizon_days)
    fixed = nodes.fixed_lot[node]
    by_quantity = (
        (rule == LotRule.FIXED_QUANTITY)
        | (rule == LotRule.ECONOMIC_QUANTITY)
        | ((rule == LotRule.REORDER_POINT) & (nodes.max_stock[node] == 0))
    )
    fixed = np.where((rule == LotRule.ECONOMIC_QUANTITY) & (fixed == 0), economic, fixed)
    multiple = np.where(by_quantity & (fixed > 0), whole_above(fixed, multiple), multiple)
    multiple, minimum, maximum = (np.where(passes, 0, value) for value in (multiple, minimum, maximum))
    cut = np.where(multiple > 0, maximum // np.maximum(multiple, 1) * multiple, maximum)
    contradictory = (maximum > 0) & ((cut == 0) | (cut < whole_above(minimum, multiple)))
    if (several > 1).any():
        contradictory |= _with_contradictory_source(problem, node, multiple) & ~passes
    periods = nodes.periods_of_supply[node]
    by_average = _economic_periods(requirements, economic, nodes.period_days[node], horizon_days)
    window = np.where(periods > 0, periods, by_average) * nodes.period_days[node]
    return LotParameters(
        rule=rule,
        minimum=minimum,
        # Several sources: each part of a lot is cut by its own source.
        maximum=np.where(contradictory | (several > 1), 0, cut),
        multiple=multiple,
        window_days=np.where(bare & (periods <= 0), replenishment_days(problem)[node], window),
        up_to=np.where((rule == LotRule.MIN_MAX) | (rule == LotRule.REORDER_POINT), nodes.max_stock[node], 0),
        period_days=nodes.period_days[node],
        setup_cost=nodes.ordering_cost[node],
        holding_cost=nodes.holding_cost[node] / nodes.period_days[node],
        yield_rate=np.where(passes, 1.0, nodes.yield_rate[node]),
        source=source,
        is_split=several > 1,
        is_contradictory=contradictory,
    )


def replenishment_days(problem: PlanningProblem) -> Integers:
    """By node the days until an order of its slowest source is there, at least a period."""
    nodes, sources = problem.nodes, problem.sources
    days = np.zeros(nodes.count, np.int64)
    np.maximum.at(days, sources.node, sources.lead_time_days)
    return np.asarray(np.maximum(days + nodes.receiving_days, nodes.period_days), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class SourceLots:
    """Minimum, maximum and multiple of what is ordered from some sources, and whether they contradict each other."""

    minimum: Integers
    maximum: Integers
    multiple: Integers
    is_contradictory: Flags


def source_lots(problem: PlanningProblem, source: Integers, multiple: Integers) -> SourceLots:
    """What holds for a part of a lot from each source: its own, else the policy's maximum and the `multiple` given.

    The policy's minimum is one of the whole lot. A maximum below minimum or multiple is left out.
    """
    sources, nodes = problem.sources, problem.nodes
    own = sources.lot_multiple[source]
    multiple = np.where(own > 0, own, multiple)
    minimum, maximum = sources.min_lot[source], sources.max_lot[source]
    maximum = np.where(maximum > 0, maximum, nodes.max_lot[sources.node[source]])
    cut = np.where(multiple > 0, maximum // np.maximum(multiple, 1) * multiple, maximum)
    contradictory = (maximum > 0) & ((cut == 0) | (cut < whole_above(minimum, multiple)))
    return SourceLots(minimum, np.where(contradictory, 0, cut), multiple, contradictory)


def _with_contradictory_source(problem: PlanningProblem, node: Integers, multiple: Integers) -> Flags:
    """Nodes with a source whose maximum cannot be met; `multiple` of each node."""
    of_node = np.zeros(problem.nodes.count, np.int64)
    of_node[node] = multiple
    every = np.arange(problem.sources.count)
    wrong = source_lots(problem, every, of_node[problem.sources.node]).is_contradictory
    return np.asarray(np.bincount(problem.sources.node[wrong], minlength=problem.nodes.count)[node] > 0)


def economic_quantity(
    problem: PlanningProblem, requirements: Requirements, multiple: Integers, horizon_days: int
) -> Integers:
    """√(2 D S / H) in millionths, from the demand of the plan scaled to a year; 0 where a cost is missing.

    Rounded to whole units where it is at least one and no multiple says otherwise.
    """
    nodes, node = problem.nodes, requirements.node
    demand_a_year = requirements.demanded / UNIT / horizon_days * _DAYS_A_YEAR
    holding_a_year = nodes.holding_cost[node] / nodes.period_days[node] * _DAYS_A_YEAR
    known = (holding_a_year > 0) & (nodes.ordering_cost[node] > 0)
    units = np.sqrt(2.0 * demand_a_year * nodes.ordering_cost[node] / np.where(known, holding_a_year, 1.0))
    whole = (units >= 1.0) & (multiple == 0)
    return np.where(known, np.rint(np.where(whole, np.rint(units), units) * UNIT), 0).astype(np.int64)


def _economic_periods(
    requirements: Requirements, economic: Integers, period_days: Integers, horizon_days: int
) -> Integers:
    """The economic quantity as whole periods of average demand, at least one."""
    a_period = requirements.demanded / horizon_days * period_days
    return np.maximum(np.rint(economic / np.maximum(a_period, 1.0)), 1).astype(np.int64)


def horizon_days(problem: PlanningProblem) -> int:
    """Days from the first one to the last independent demand, over which average demand is taken."""
    last = max(int(day.max(initial=problem.first_day)) for day in (problem.demands.day, problem.forecasts.day))
    return last - problem.first_day + 1
