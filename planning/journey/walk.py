"""From each start along what was waited for last, then what that waited for, and so on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planning.errors import PlanningError

Integers = NDArray[np.int64]
NOTHING = -1


def chains(starts: Integers, waited_for: Integers, depth: int) -> Integers:
    """The nodes that each start leads to, (s, depth); NOTHING from where a chain ends.

    `starts` (s,) are nodes or NOTHING, `waited_for` (m,) is for each node the node that it waited for, or NOTHING. A
    chain that comes back to a node it holds already ends before it. Raises PlanningError for a node outside 0 … m − 1.
    """
    nodes = waited_for.size
    for name, values in (("starts", starts), ("waited_for", waited_for)):
        if values.size and (values.min() < NOTHING or values.max() >= nodes):
            raise PlanningError(
                f"{name} holds a node outside 0 … {nodes - 1}. Give positions of nodes, {NOTHING} for none."
            )
    found = np.full((starts.size, depth), NOTHING, dtype=np.int64)
    if not depth:
        return found
    found[:, 0] = starts
    for level in range(1, depth):
        before = found[:, level - 1]
        if not (before != NOTHING).any():
            break
        after = np.where(before == NOTHING, NOTHING, waited_for[before]) if nodes else before
        is_known = (found[:, :level] == after[:, None]).any(axis=1)
        found[:, level] = np.where(is_known, NOTHING, after)
    return found
