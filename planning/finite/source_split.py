"""Shares of the sources of a node, so that no plant is asked for more than its hours where another has some left.

Where a node can be made at several places, or made and bought, the material plan divides its lots by the shares of its
sources. Here these shares follow from the hours: the orders of the plan say how much is needed when, each source says
what that costs and loads. The new problem is planned again; components, transfers and lead times then follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.finite.load_split import Alternatives, LoadSplit, split_load
from planning.finite.problem import Capacity
from planning.mrp.capacity import load_by_bucket, load_lines
from planning.mrp.codes import FAR, UNIT, Floats, Integers
from planning.mrp.problem import PlanningProblem, Sources
from planning.mrp.result import Plan
from planning.mrp.segments import csr, expanded

# Shares below this are not worth an order of their own.
_LEAST_SHARE = 1e-6


@dataclass(frozen=True, slots=True)
class SourceSplit:
    """The problem with new shares, the rows of the sources that have them, and what the linear program found."""

    problem: PlanningProblem
    source: Integers
    split: LoadSplit


def split_sources(plan: Plan, capacity: Capacity, unit_cost: Floats, backlog_cost: float) -> SourceSplit | None:
    """`unit_cost`: money for one unit from each source; `backlog_cost`: money for an hour that is a bucket late.

    Only nodes with several sources that are valid all the time take part; None where there is no such node.
    """
    problem, sources = plan.problem, plan.problem.sources
    always = (sources.valid_from <= -FAR) & (sources.valid_to >= FAR)
    of_node = np.bincount(sources.node, always, problem.nodes.count)
    all_of_node = np.bincount(sources.node, minlength=problem.nodes.count)
    source = np.flatnonzero((of_node[sources.node] > 1) & (of_node == all_of_node)[sources.node])
    ordered = np.zeros(problem.nodes.count, np.int64)
    np.add.at(ordered, plan.orders.node, plan.orders.quantity)
    source = source[ordered[sources.node[source]] > 0]
    if not source.size:
        return None
    hours = capacity.work / UNIT
    nodes, group = np.unique(sources.node[source], return_inverse=True)
    alternatives = replace(
        _loads(plan, capacity, source),
        group=group.astype(np.int64),
        cost=unit_cost[source] * ordered[sources.node[source]] / UNIT,
    )
    found = split_load(alternatives, hours, _fixed(plan, capacity, nodes), backlog_cost)
    return SourceSplit(replace(problem, sources=_with_shares(sources, source, found.share)), source, found)


def _loads(plan: Plan, capacity: Capacity, source: Integers) -> Alternatives:
    """Hours of every order of the nodes, as if it came from each of their sources, on the day it would begin there."""
    problem, orders, operations = plan.problem, plan.orders, plan.problem.operations
    by_node, first = csr(orders.node, problem.nodes.count)
    row, position = expanded(first, problem.sources.node[source])
    order = by_node[position]
    by_source, first = csr(operations.source, problem.sources.count)
    pair, position = expanded(first, source[row])
    operation = by_source[position]
    order = order[pair]
    quantity = orders.quantity[order] / UNIT
    each = problem.sources.lead_time_days_per_unit[source[row[pair]]]
    lead = problem.sources.lead_time_days[source[row[pair]]] + np.ceil(each * quantity - 1e-6).astype(np.int64)
    begin = orders.due_day[order] - lead + operations.offset_days[operation]
    bucket = np.clip(np.searchsorted(capacity.edges, begin, side="right") - 1, 0, capacity.buckets - 1)
    return Alternatives(
        group=np.zeros(0, np.int64),
        cost=np.zeros(0),
        load_alternative=row[pair],
        load_centre=operations.work_centre[operation],
        load_bucket=bucket,
        load_hours=operations.setup_hours[operation] + operations.run_hours_per_unit[operation] * quantity,
    )


def _fixed(plan: Plan, capacity: Capacity, nodes: Integers) -> Floats:
    """Load of everything else, what should have begun before the first bucket in that one."""
    lines = load_lines(plan)
    source = plan.problem.operations.source[lines.operation]
    of_split = np.isin(plan.problem.sources.node[source], nodes) & np.isin(lines.supply, plan.orders.supply)
    kept = replace(
        lines,
        **{name: getattr(lines, name)[~of_split] for name in ("work_centre", "day", "hours", "supply", "operation")},
    )
    load = load_by_bucket(kept, capacity.edges, capacity.work.shape[0])
    load[:, 1] += load[:, 0]
    return load[:, 1:]


def _with_shares(sources: Sources, source: Integers, share: Floats) -> Sources:
    """Sources of one priority with these shares; those without a share come after them and are not used."""
    used = share > _LEAST_SHARE
    priority, shares = sources.priority.copy(), sources.share.copy()
    priority[source] = np.where(used, 1, 2)
    shares[source] = np.where(used, share, 1.0)
    return replace(sources, priority=priority, share=shares)
