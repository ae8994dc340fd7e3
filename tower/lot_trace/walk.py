"""How far each node of a graph lies from where one starts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
UNREACHED = -1


def levels(sources: Integers, targets: Integers, starts: Integers, nodes: int) -> Integers:
    """Fewest edges from any start to each node, (nodes,); UNREACHED where there is no way.

    `sources` and `targets` (m,) are the ends of the edges, `starts` (s,) the nodes at level 0. Goods may go in a
    circle: each node is entered once. Turned round (`levels(targets, sources, …)`) it walks back. Raises
    ValueError for a node outside 0 … nodes − 1.
    """
    ends = np.concatenate([sources, targets, starts])
    if ends.size and (ends.min() < 0 or ends.max() >= nodes):
        raise ValueError(f"Edges and starts name nodes 0 to {nodes - 1}; found {ends.min()} to {ends.max()}.")
    order = np.argsort(sources, kind="stable")
    heads = targets[order]
    first = np.searchsorted(sources[order], np.arange(nodes + 1))
    found = np.full(nodes, UNREACHED, dtype=np.int64)
    frontier = np.unique(starts)
    level = 0
    while frontier.size:
        found[frontier] = level
        counts = first[frontier + 1] - first[frontier]
        # The positions of all edges that leave the frontier, one range after the other.
        offsets = np.repeat(first[frontier] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        reached = np.unique(heads[offsets + np.arange(counts.sum())])
        frontier = reached[found[reached] == UNREACHED]
        level += 1
    return found
