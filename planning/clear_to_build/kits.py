"""The problem as the allocation sees it: orders by rank, one requirement per order and part, supplies in date order.

A *node* is an item at a site. A *requirement* is what one order takes of one node; lines of an order for the same part
are one requirement, except lines that have substitutes of their own. Requirements stand in order of rank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.clear_to_build.codes import NONE, Flags, Floats, Integers, Rule, Substitution
from planning.clear_to_build.problem import ClearToBuildProblem, Orders


@dataclass(frozen=True, slots=True)
class Kits:
    """Compiled arrays.

    `sequence[p]` is the order at position p of the ranking, `position` its inverse.
    Requirements: `order`, `node`, `required`, `reserved`, `fixed` (part of required that is needed once), `need` =
    required − reserved; `first[p]` is where those of position p begin. `option_first[r]` is where the substitutes of
    requirement r begin, with `option_node` and `option_ratio`.
    Supplies: `supply_node`, `supply_day`, `supply_quantity`, `supply_receipt` (row of the receipts, NONE: stock), by
    node, then day, stock first; `supply_first[n]` is where those of node n begin.
    """

    sequence: Integers
    position: Integers
    order: Integers
    node: Integers
    required: Integers
    reserved: Integers
    fixed: Integers
    need: Integers
    first: Integers
    option_first: Integers
    option_node: Integers
    option_ratio: Floats
    node_item: Integers
    node_site: Integers
    supply_first: Integers
    supply_node: Integers
    supply_day: Integers
    supply_quantity: Integers
    supply_receipt: Integers

    @property
    def nodes(self) -> int:
        return int(self.node_item.size)

    @property
    def has_options(self) -> bool:
        return bool(self.option_node.size)

    def stock(self) -> Integers:
        """Quantity on hand of each node."""
        return self.supply_until(None)

    def supply_until(self, day: int | None) -> Integers:
        """What each node has by a day (None: stock alone)."""
        counts = self.supply_receipt == NONE if day is None else self.supply_day <= day
        return summed(self.supply_node[counts], self.supply_quantity[counts], self.nodes)


def summed(keys: Integers, values: Integers, count: int) -> Integers:
    """Sum of the values of each key from 0 to count − 1, exact."""
    total = np.zeros(count, np.int64)
    np.add.at(total, keys, values)
    return total


def starts(keys: Integers, count: int) -> Integers:
    """Where the rows of each key begin, for rows sorted by key; count + 1 entries."""
    return np.searchsorted(keys, np.arange(count + 1))


def ranked(orders: Orders, rule: Rule) -> Integers:
    """The orders in the sequence in which they are served."""
    row = np.arange(orders.count)
    keys = {
        Rule.DUE_DATE: (row, -orders.money, orders.priority, orders.due_day),
        Rule.PRIORITY: (row, -orders.money, orders.due_day, orders.priority),
        Rule.MONEY: (row, orders.priority, orders.due_day, -orders.money),
    }[rule]
    return np.lexsort(keys)


def compile_kits(problem: ClearToBuildProblem) -> Kits:
    """Requirements by rank and supplies by node and day."""
    orders, lines, substitutes = problem.orders, problem.lines, problem.substitutes
    sequence = ranked(orders, problem.settings.rule)
    position = np.empty(orders.count, np.int64)
    position[sequence] = np.arange(orders.count)

    asked = np.flatnonzero(lines.quantity > 0)
    used = _useful(problem)
    stock, receipts = problem.stock, problem.receipts
    item = np.concatenate((lines.item[asked], substitutes.item[used], stock.item, receipts.item))
    site_of_line = orders.site[lines.order]
    site = np.concatenate((site_of_line[asked], site_of_line[substitutes.line[used]], stock.site, receipts.site))
    (node_item, node_site), node = _numbered(item, site)
    cuts = np.cumsum([asked.size, int(used.sum()), stock.count])
    line_node, option_node, stock_node, receipt_node = np.split(node, cuts)

    # Plain lines of an order and part fall together; a line with substitutes stays by itself.
    own = np.zeros(lines.count, np.int64)
    own[substitutes.line[used]] = substitutes.line[used] + 1
    place = position[lines.order[asked]]
    by = np.lexsort((asked, own[asked], line_node, place))
    keys = np.column_stack((place, line_node, own[asked]))[by]
    begins = np.flatnonzero(np.concatenate((np.ones(min(by.size, 1), np.bool_), (keys[1:] != keys[:-1]).any(axis=1))))
    member = asked[by]
    required = lines.quantity[member]
    reserved = np.minimum(lines.reserved_quantity[member], required)

    def merged(values: Integers) -> Integers:
        return np.add.reduceat(values, begins) if begins.size else np.zeros(0, np.int64)

    requirement_of_line = np.full(lines.count, NONE, np.int64)
    requirement_of_line[member] = np.repeat(np.arange(begins.size), np.diff(np.append(begins, by.size)))
    option_requirement = requirement_of_line[substitutes.line[used]]
    by_option = np.lexsort((np.flatnonzero(used), substitutes.priority[used], option_requirement))

    supply_node, day, quantity, receipt = _supplies(problem, stock_node, receipt_node, node_item.size)
    total_required, total_reserved = merged(required), merged(reserved)
    return Kits(
        sequence=sequence,
        position=position,
        order=lines.order[member[begins]],
        node=line_node[by][begins],
        required=total_required,
        reserved=total_reserved,
        fixed=merged(np.where(lines.is_fixed[member], required, 0)),
        need=total_required - total_reserved,
        first=starts(place[by][begins], orders.count),
        option_first=starts(option_requirement[by_option], begins.size),
        option_node=option_node[by_option],
        option_ratio=substitutes.ratio[used][by_option],
        node_item=node_item,
        node_site=node_site,
        supply_first=starts(supply_node, node_item.size),
        supply_node=supply_node,
        supply_day=day,
        supply_quantity=quantity,
        supply_receipt=receipt,
    )


def _useful(problem: ClearToBuildProblem) -> Flags:
    """Substitutes of lines that ask for something: not the item itself, and each item once, at its best priority."""
    lines, substitutes = problem.lines, problem.substitutes
    useful = np.zeros(substitutes.count, np.bool_)
    if problem.settings.substitution == Substitution.NONE or not useful.size:
        return useful
    by = np.lexsort((np.arange(useful.size), substitutes.priority, substitutes.item, substitutes.line))
    line, item = substitutes.line[by], substitutes.item[by]
    again = (line[1:] == line[:-1]) & (item[1:] == item[:-1])
    useful[by[np.append(True, ~again)]] = True
    useful &= (lines.quantity[substitutes.line] > 0) & (substitutes.item != lines.item[substitutes.line])
    return useful


def _numbered(item: Integers, site: Integers) -> tuple[tuple[Integers, Integers], Integers]:
    """A number for each pair of item and site: the pairs, and the number of each row."""
    order = np.lexsort((site, item))
    item_sorted, site_sorted = item[order], site[order]
    changes = (item_sorted[1:] != item_sorted[:-1]) | (site_sorted[1:] != site_sorted[:-1])
    is_new = np.concatenate((np.ones(min(order.size, 1), np.bool_), changes))
    number = np.empty(order.size, np.int64)
    number[order] = np.cumsum(is_new) - 1
    return (item_sorted[is_new], site_sorted[is_new]), number


def _supplies(
    problem: ClearToBuildProblem, stock_node: Integers, receipt_node: Integers, nodes: int
) -> tuple[Integers, Integers, Integers, Integers]:
    """Node, day, quantity and receipt (NONE: stock) of each supply within the horizon, by node and day, stock first."""
    on_hand = np.maximum(summed(stock_node, problem.stock.quantity, nodes), 0)
    there = np.flatnonzero(on_hand > 0)
    receipts = problem.receipts
    overdue = problem.today + problem.settings.overdue_delay_days
    expected = np.where(receipts.day < problem.today, overdue, receipts.day)
    coming = np.flatnonzero((expected <= problem.horizon_day) & (receipts.quantity > 0))
    node = np.concatenate((there, receipt_node[coming]))
    day = np.concatenate((np.full(there.size, problem.today), expected[coming]))
    receipt = np.concatenate((np.full(there.size, NONE), coming))
    quantity = np.concatenate((on_hand[there], receipts.quantity[coming]))
    by = np.lexsort((receipt, day, node))
    return node[by], day[by], quantity[by], receipt[by]
