"""Down the ranks, each order that finds its whole kit takes it: for all orders at once, in rounds.

The sequence matters, yet most orders can be decided without walking it. In a round, an order is *sure* to get its kit
if it would even after all undecided orders above it had taken theirs, and *sure not to* if one part no longer
suffices for it alone. The first undecided order is always one of the two, so the rounds end; what a long chain of
scarce parts leaves after a few rounds is walked. The result is that of the walk, exactly.
"""

from __future__ import annotations

import numpy as np

from planning.clear_to_build.codes import Flags, Integers

# After a round that decides less than this share of the open requirements, the rest is walked.
_WORTH_A_ROUND = 0.2


def complete_in_rank(orders: int, position: Integers, node: Integers, need: Integers, available: Integers) -> Flags:
    """Which positions of the ranking get their kit: (orders,) flags.

    Requirements are arrays of one length, at most one for a position and node; `available` is indexed by node, in the
    unit of `need`. A position without requirements is complete.
    """
    complete = np.ones(orders, np.bool_)
    open_order = np.zeros(orders, np.bool_)
    open_order[position] = True
    left = available.copy()
    by = np.lexsort((position, node))
    position, node, need = position[by], node[by], need[by]
    # A node that suffices for all decides nothing.
    wanted = np.zeros(left.size, np.int64)
    np.add.at(wanted, node, need)
    contested = wanted[node] > left[node]
    position, node, need = position[contested], node[contested], need[contested]
    open_order[:] = False
    open_order[position] = True
    while position.size:
        before = position.size
        total = np.cumsum(need)
        begins = np.concatenate((np.ones(1, np.bool_), node[1:] != node[:-1]))
        base = (total - need)[begins][np.cumsum(begins) - 1]
        is_sure = open_order.copy()
        is_sure[position[total - base > left[node]]] = False
        is_hopeless = np.zeros(orders, np.bool_)
        is_hopeless[position[need > left[node]]] = True
        taking = is_sure[position]
        np.subtract.at(left, node[taking], need[taking])
        complete[is_hopeless] = False
        open_order &= ~(is_sure | is_hopeless)
        undecided = open_order[position]
        position, node, need = position[undecided], node[undecided], need[undecided]
        if before - position.size < _WORTH_A_ROUND * before:
            _walk(complete, position, node, need, left)
            break
    return complete


def _walk(complete: Flags, position: Integers, node: Integers, need: Integers, left: Integers) -> None:
    """Decide the rest one by one, in place; in plain numbers, which are faster than arrays of a few parts."""
    by = np.argsort(position, kind="stable")
    first = np.flatnonzero(np.concatenate((np.ones(min(by.size, 1), np.bool_), np.diff(position[by]) != 0)))
    ends = np.append(first[1:], by.size).tolist()
    nodes, needs = node[by].tolist(), need[by].tolist()
    shelf = dict(zip(np.unique(node).tolist(), left[np.unique(node)].tolist(), strict=True))
    for place, begin, end in zip(position[by][first].tolist(), first.tolist(), ends, strict=True):
        rows = range(begin, end)
        if all(needs[row] <= shelf[nodes[row]] for row in rows):
            for row in rows:
                shelf[nodes[row]] -= needs[row]
        else:
            complete[place] = False
