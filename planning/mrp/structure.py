"""The network of nodes: low-level codes over bills and transfers, cycles, and which lines a source has.

An edge goes from a node to every node that one of its sources takes from. A by-product comes out of an order and is
netted after it; where that edge would close a circle, what comes out is not counted and a finding says so. Lines that
lie on a cycle are left out of the plan, all others stay. A substitute comes before the part it stands for, which may
lie one level deeper for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planning import accelerator
from planning.bom_structure import cycle_groups, cycles, levels_without_cycle, low_level_codes
from planning.mrp.codes import Flags, Integers
from planning.mrp.problem import BillLines, PlanningProblem
from planning.mrp.segments import csr
from planning.mrp.substitution import next_in_group


@dataclass(frozen=True, slots=True)
class Structure:
    """What follows from nodes, sources and lines alone.

    `level` of each node: 0 for a node that nothing takes from. `cycles`: nodes of each cycle in order, the first not
    repeated. `line_order` sorts the lines in use by source; `line_first` is where each source's begin in it (CSR), and
    likewise the sources of each node. `user_order` and `user_first` list, for each node, the lines that take from it
    (where-used). `is_cut`: lines left out because of a cycle.
    """

    level: Integers
    cycles: tuple[tuple[int, ...], ...]
    line_order: Integers
    line_first: Integers
    source_order: Integers
    source_first: Integers
    user_order: Integers
    user_first: Integers
    is_cut: Flags

    @property
    def levels(self) -> int:
        return int(self.level.max(initial=-1)) + 1


def structure_of(problem: PlanningProblem) -> Structure:
    """Low-level codes, cycles and the CSR arrays of a problem."""
    nodes, sources, lines = problem.nodes.count, problem.sources, problem.lines
    parent, component = sources.node[lines.source], lines.component
    takes = ~lines.is_by_product
    before, after = _substitutions(lines)
    plain = None if before.size else _plain_levels(nodes, parent, component)
    if plain is not None:
        return _with_lists(problem, plain, [], np.zeros(lines.count, np.bool_))
    group = cycle_groups(nodes, parent[takes], component[takes])
    found = cycles(parent[takes], component[takes], group)
    is_cut = takes & (group[parent] == group[component]) & _on_a_cycle(group, parent, component)
    # Circles that only a by-product closes: its edge goes, the others stay.
    kept = ~is_cut
    whole_group = cycle_groups(nodes, parent[kept], component[kept])
    is_cut |= lines.is_by_product & (whole_group[parent] == whole_group[component])
    kept = ~is_cut
    level = _levels(nodes, parent[kept], component[kept], before, after)
    return _with_lists(problem, level, found, is_cut)


def _plain_levels(nodes: int, parent: Integers, component: Integers) -> Integers | None:
    """Low-level codes of a network, or None where it has a cycle."""
    if loops := accelerator.loops():
        order, first = csr(parent, nodes)
        levels: Integers | None = loops.levels_of(first, component[order], np.bincount(component, minlength=nodes))
        return levels
    return levels_without_cycle(nodes, parent, component)


def _with_lists(problem: PlanningProblem, level: Integers, found: Sequence[Sequence[int]], is_cut: Flags) -> Structure:
    """The structure of known levels and cycles, with its CSR arrays."""
    nodes, sources, lines = problem.nodes.count, problem.sources, problem.lines
    component = lines.component
    used = np.flatnonzero(~is_cut)
    by_source, line_first = csr(lines.source[used], sources.count)
    by_node, source_first = csr(sources.node, nodes)
    by_component, user_first = csr(component[used], nodes)
    return Structure(
        level=level,
        cycles=tuple(tuple(cycle) for cycle in found),
        line_order=used[by_source],
        line_first=line_first,
        source_order=by_node,
        source_first=source_first,
        user_order=used[by_component],
        user_first=user_first,
        is_cut=is_cut,
    )


def _substitutions(lines: BillLines) -> tuple[Integers, Integers]:
    """Edges from each substitute to the choice before it: it is netted first, so that its free stock is known."""
    following = next_in_group(lines)
    first = np.flatnonzero(following >= 0)
    return lines.component[following[first]], lines.component[first]


def _levels(nodes: int, parent: Integers, component: Integers, before: Integers, after: Integers) -> Integers:
    """Low-level codes, with the order `before` → `after` kept wherever it closes no circle."""
    own = np.arange(nodes)
    if not before.size:
        return low_level_codes(nodes, parent, component, own)
    above, below = np.concatenate((parent, before)), np.concatenate((component, after))
    group = cycle_groups(nodes, above, below)
    kept = np.concatenate((np.ones(parent.size, np.bool_), group[before] != group[after]))
    return low_level_codes(nodes, above[kept], below[kept], own)


def _on_a_cycle(group: Integers, parent: Integers, component: Integers) -> Flags:
    several = np.bincount(group, minlength=group.size)[group] > 1
    return np.asarray((parent == component) | several[parent])
