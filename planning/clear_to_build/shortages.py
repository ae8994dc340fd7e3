"""The parts that waiting orders miss: how much of each, what it blocks, and where else it lies."""

from __future__ import annotations

import numpy as np

from planning.clear_to_build.codes import NEVER, NONE, Flags, Floats, Integers, Scope
from planning.clear_to_build.kits import Kits, summed
from planning.clear_to_build.problem import ClearToBuildProblem
from planning.clear_to_build.result import PartShortages
from planning.clear_to_build.walk import Takes


def part_shortages(
    problem: ClearToBuildProblem,
    kits: Kits,
    status_day: Integers,
    is_complete: Flags,
    there: Integers,
    takes: Takes,
    left: Integers,
) -> PartShortages:
    """One entry for each part that is missing for some order that is not complete.

    `status_day` and `is_complete` by position; `there` (reserved or available) by requirement; `left` by supply.
    """
    place = kits.position[kits.order]
    misses = there < kits.required
    rows = np.flatnonzero(misses)
    order, node = kits.order[rows], kits.node[rows]
    # An order may miss one part twice, where a line with substitutes stands by itself.
    once = np.unique(order * max(kits.nodes, 1) + node)
    order, node = once // max(kits.nodes, 1), once % max(kits.nodes, 1)
    missing_parts = summed(order, np.ones(order.size, np.int64), problem.orders.count)
    alone = missing_parts[order] == 1
    money = problem.orders.money[order]
    short = np.unique(node)
    blocked = summed(node, np.ones(node.size, np.int64), kits.nodes)
    only = summed(node[alone], np.ones(int(alone.sum()), np.int64), kits.nodes)
    quantity = _shortage_quantity(problem, kits, place, status_day, is_complete, there, takes)
    elsewhere = _left_elsewhere(kits, left)
    coming = np.full(kits.nodes, NEVER)
    receipts = kits.supply_receipt != NONE
    np.minimum.at(coming, kits.supply_node[receipts], kits.supply_day[receipts])
    return PartShortages(
        item=kits.node_item[short],
        site=kits.node_site[short],
        shortage_quantity=quantity[short],
        blocked_order_count=blocked[short],
        blocked_money=_money(node, money, kits.nodes)[short],
        only_order_count=only[short],
        only_money=_money(node[alone], money[alone], kits.nodes)[short],
        next_receipt_day=coming[short],
        elsewhere_quantity=elsewhere[short],
    )


def _money(node: Integers, money: Floats, nodes: int) -> Floats:
    return np.bincount(node, weights=money, minlength=nodes).astype(np.float64)


def _shortage_quantity(
    problem: ClearToBuildProblem,
    kits: Kits,
    place: Integers,
    status_day: Integers,
    is_complete: Flags,
    there: Integers,
    takes: Takes,
) -> Integers:
    """The least extra quantity of each node with which all waiting orders would be covered by their status days.

    The greatest excess, over the days, of what is needed by a day over what is there by it, with the takes of waiting
    orders put back. What has substitutes needs only what these do not cover. By stock only, receipts do not count.
    """
    waiting = ~is_complete[place]
    needs = waiting & (kits.need > 0)
    open_need = np.where(np.diff(kits.option_first) > 0, kits.required - there, kits.need)
    kept = ~waiting[takes.requirement]
    free = kits.supply_quantity - summed(takes.supply[kept], takes.quantity[kept], kits.supply_quantity.size)
    counts = free > 0
    if problem.settings.scope == Scope.STOCK_ONLY:
        counts &= kits.supply_receipt == NONE
    node = np.concatenate((kits.supply_node[counts], kits.node[needs]))
    day = np.concatenate((kits.supply_day[counts], status_day[place[needs]]))
    is_need = np.concatenate((np.zeros(int(counts.sum()), np.bool_), np.ones(int(needs.sum()), np.bool_)))
    change = np.concatenate((-free[counts], open_need[needs]))
    by = np.lexsort((is_need, day, node))
    total = np.cumsum(change[by])
    begins = np.flatnonzero(np.concatenate((np.ones(min(by.size, 1), np.bool_), np.diff(node[by]) != 0)))
    worst = np.zeros(kits.nodes, np.int64)
    if by.size:
        base = (total - change[by])[begins]
        worst[node[by][begins]] = np.maximum(np.maximum.reduceat(total, begins) - base, 0)
    # At least what the order that misses most would need.
    np.maximum.at(worst, kits.node, kits.required - there)
    return worst


def _left_elsewhere(kits: Kits, left: Integers) -> Integers:
    """Stock of each node's item that is left at other sites."""
    is_stock = kits.supply_receipt == NONE
    here = summed(kits.supply_node[is_stock], left[is_stock], kits.nodes)
    items = int(kits.node_item.max(initial=0)) + 1
    everywhere = summed(kits.node_item, here, items)
    return everywhere[kits.node_item] - here
