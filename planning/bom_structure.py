"""The graph of bills of material: low-level codes, and the cycles that must not be there.

Items are codes from 0; an edge goes from an item to a component of its bill. Everything works level by level on all
edges at once; only edges that lie on a cycle, which are mistakes and few, are walked one by one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]


def low_level_codes(items: int, parent: Codes, component: Codes, group: Codes) -> Codes:
    """The deepest level at which any bill uses each item: 0 for an item that is no component.

    `group` names the cycle an item is in by the smallest code in it (its own code outside of cycles). Items of one
    cycle share a level.
    """
    parent, component = group[parent], group[component]
    between = parent != component
    level = np.zeros(items, np.int64)
    for parents, components in _from_the_top(items, parent[between], component[between]):
        np.maximum.at(level, components, level[parents] + 1)
    return level[group]


def levels_without_cycle(items: int, parent: Codes, component: Codes) -> Codes | None:
    """The level of each item, as `low_level_codes`, where no edge lies on or behind a cycle; else None."""
    level = np.zeros(items, np.int64)
    edges = 0
    for parents, components in _from_the_top(items, parent, component):
        np.maximum.at(level, components, level[parents] + 1)
        edges += parents.size
    return level if edges == parent.size else None


def cycle_groups(items: int, parent: Codes, component: Codes) -> Codes:
    """For each item the smallest code of the items on its cycle; its own code where there is none."""
    suspicious = _left_over(items, parent, component)
    inside = suspicious[parent] & suspicious[component]
    group = np.arange(items)
    for members in _strongly_connected(_neighbours(parent[inside], component[inside])):
        group[members] = min(members)
    return group


def cycles(parent: Codes, component: Codes, group: Codes) -> list[list[int]]:
    """A shortest cycle through every edge that lies on one, each once.

    A cycle is its items from the smallest code on; the first is not repeated at the end.
    """
    on_cycle = (group[parent] == group[component]) & ((parent == component) | (np.bincount(group)[group[parent]] > 1))
    neighbours = _neighbours(parent[on_cycle], component[on_cycle])
    covered: set[tuple[int, int]] = set()
    found = []
    for start in sorted(neighbours):
        for following in neighbours[start]:
            if (start, following) in covered:
                continue
            walk = [start, *_shortest_walk(neighbours, following, start)[:-1]]
            covered.update(zip(walk, walk[1:] + walk[:1], strict=True))
            first = walk.index(min(walk))
            found.append(walk[first:] + walk[:first])
    return found


def _from_the_top(items: int, parent: Codes, component: Codes) -> Iterator[tuple[Codes, Codes]]:
    """The edges, level by level: an item's edges follow only when all edges into it have come.

    Edges of a cycle never come.
    """
    order = np.argsort(parent, kind="stable")
    parent, component = parent[order], component[order]
    first = np.searchsorted(parent, np.arange(items + 1))
    waiting = np.bincount(component, minlength=items)
    ready = np.flatnonzero(waiting == 0)
    while ready.size:
        edges = edges_of(first, ready)[1]
        yield parent[edges], component[edges]
        np.subtract.at(waiting, component[edges], 1)
        touched = component[edges]
        free = np.sort(touched[waiting[touched] == 0])
        ready = free[np.append(True, free[1:] != free[:-1])] if free.size else free


def edges_of(first: Codes, items: Codes) -> tuple[Codes, Codes]:
    """All edges of some items: (position in `items`, number of the edge).

    `first` is the first edge of each item, edges in its order.
    """
    count = first[items + 1] - first[items]
    row = np.repeat(np.arange(items.size), count)
    return row, np.arange(row.size) - np.repeat(np.cumsum(count) - count, count) + first[items][row]


def _left_over(items: int, parent: Codes, component: Codes) -> NDArray[np.bool_]:
    """Items that lie on a cycle or between two: what peeling from the top and then from the bottom does not reach."""
    left = np.ones(items, bool)
    for above, below in ((parent, component), (component, parent)):
        inside = left[above] & left[below]
        edges_into = np.bincount(below[inside], minlength=items)
        for _, reached in _from_the_top(items, above[inside], below[inside]):
            np.subtract.at(edges_into, reached, 1)
        left &= edges_into > 0
    return left


def _neighbours(parent: Codes, component: Codes) -> dict[int, list[int]]:
    neighbours: dict[int, set[int]] = {}
    for above, below in zip(parent.tolist(), component.tolist(), strict=True):
        neighbours.setdefault(above, set()).add(below)
    return {above: sorted(below) for above, below in neighbours.items()}


def _shortest_walk(neighbours: Mapping[int, Sequence[int]], start: int, goal: int) -> list[int]:
    """Items from `start` to `goal`, both included. There is a way: both lie on one cycle."""
    came_from = {start: start}
    queue = deque([start])
    while goal not in came_from:
        item = queue.popleft()
        for following in neighbours[item]:
            if following not in came_from:
                came_from[following] = item
                queue.append(following)
    walk = [goal]
    while walk[-1] != start:
        walk.append(came_from[walk[-1]])
    return walk[::-1]


def _strongly_connected(neighbours: Mapping[int, Sequence[int]]) -> Iterator[list[int]]:
    """Groups of items that can all reach each other (Tarjan 1972), without recursion."""
    found_at: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_items: list[int] = []
    is_open: set[int] = set()
    for root in sorted(neighbours):
        if root in found_at:
            continue
        walk: list[tuple[int, Iterator[int]]] = [(root, iter(neighbours[root]))]
        found_at[root] = lowest[root] = len(found_at)
        open_items.append(root)
        is_open.add(root)
        while walk:
            item, following = walk[-1]
            for component in following:
                if component not in found_at:
                    found_at[component] = lowest[component] = len(found_at)
                    open_items.append(component)
                    is_open.add(component)
                    walk.append((component, iter(neighbours.get(component, ()))))
                    break
                if component in is_open:
                    lowest[item] = min(lowest[item], found_at[component])
            else:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[item])
                if lowest[item] == found_at[item]:
                    members: list[int] = []
                    while not members or members[-1] != item:
                        members.append(open_items.pop())
                        is_open.discard(members[-1])
                    yield members
