"""Cumulative lead time: how long it takes to get a node from nothing, along the slowest branch of its bills.

Components are got side by side, so their lead times are not added: the longest of them counts.
"""

from __future__ import annotations

import numpy as np

from planning.mrp.codes import Integers
from planning.mrp.problem import PlanningProblem
from planning.mrp.structure import Structure


def cumulative_lead_times(problem: PlanningProblem, structure: Structure) -> Integers:
    """Days for each node by its first source (lowest priority number, then row), safety time and receiving included.

    Working and calendar days are added as they are: a figure to compare by, not a date. Lines valid at any time count.
    """
    nodes, sources, lines = problem.nodes, problem.sources, problem.lines
    order = np.lexsort((np.arange(sources.count), sources.priority, sources.node))
    first = order[np.append(True, sources.node[order][1:] != sources.node[order][:-1])[: order.size]]
    is_first = np.zeros(sources.count, np.bool_)
    is_first[first] = True
    days = np.zeros(nodes.count, np.int64)
    days[sources.node[first]] = sources.lead_time_days[first]
    days += nodes.safety_time_days + nodes.receiving_days
    days[nodes.is_phantom] = 0
    used = np.flatnonzero(is_first[lines.source] & ~structure.is_cut & ~lines.is_by_product)
    parent, component = sources.node[lines.source[used]], lines.component[used]
    longest = np.zeros(nodes.count, np.int64)
    for level in range(structure.levels - 1, -1, -1):
        here = np.flatnonzero(structure.level[parent] == level)
        np.maximum.at(longest, parent[here], days[component[here]] + longest[component[here]])
    return days + longest
