"""Netting of one level: from dated demand and supply to the running need of every segment.

A *segment* is a node, or a node and the sales order it is hard-pegged to. Its *cells* are the days on which anything
happens. At each cell `balance` = demand so far + level to keep − receipts so far; `needed` is its running maximum.
Whatever was planned before, a cell is short exactly where `needed` is above stock at the start plus what is planned
so far. So a lot rule only has to move one number, the quantity supplied, past one rising line.

The level to keep is the safety stock, or the reorder point of a rule that has one. Days of cover ask for demand that
many days earlier. What lies in the past counts on the first day: nothing can be had before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning import accelerator
from planning.mrp.codes import FAR, NONE, DemandKind, Flags, Integers, LotRule, SupplyKind
from planning.mrp.events import DemandEvents, Netted, SupplyEvents
from planning.mrp.problem import PlanningProblem
from planning.mrp.segments import running_max, running_sum, stable_order, starts_of_runs

_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Requirements:
    """Segments (CSR `first` over cells) and their cells, both in rising order of node, tracking and day.

    `stock`: there at the start. `demanded`: all demand of the segment. `balance`, `needed` and `level` as above.
    """

    node: Integers
    tracking: Integers
    stock: Integers
    demanded: Integers
    first: Integers
    day: Integers
    balance: Integers
    needed: Integers
    level: Integers


@dataclass(frozen=True, slots=True)
class LevelSteps:
    """Changes of the level to keep, sorted by node: `node`, `day`, `change`; `raised` is the level after it."""

    node: Integers
    day: Integers
    change: Integers

    def of(self, chosen: Flags) -> LevelSteps:
        keep = chosen[self.node]
        return LevelSteps(self.node[keep], self.day[keep], self.change[keep])


def has_reorder_point(problem: PlanningProblem) -> Flags:
    """Nodes whose rule orders when the projection falls under a reorder point of their own."""
    nodes = problem.nodes
    by_point = (nodes.lot_rule == LotRule.MIN_MAX) | (nodes.lot_rule == LotRule.REORDER_POINT)
    return np.asarray(by_point & (nodes.reorder_point >= 0) & ~nodes.is_phantom)


def safety_stock_steps(problem: PlanningProblem) -> LevelSteps:
    """The stated safety stock as changes: a node's steps where it has any, else its one quantity from the first day.

    A step before the first day counts from the first day on. Nodes with days of cover and phantoms have none.
    """
    nodes, steps = problem.nodes, problem.safety_stock_steps
    without = (nodes.days_of_cover > 0) | nodes.is_phantom
    order = np.lexsort((steps.day, steps.node))
    order = order[~without[steps.node[order]]]
    node, day, quantity = steps.node[order], np.maximum(steps.day[order], problem.first_day), steps.quantity[order]
    # Of several steps on one day (all those before the first day) the last one holds.
    last = np.append((node[1:] != node[:-1]) | (day[1:] != day[:-1]), True)[: node.size]
    node, day, quantity = node[last], day[last], quantity[last]
    begins = np.append(True, node[1:] != node[:-1])[: node.size]
    change = quantity - np.where(begins, 0, np.append(0, quantity[:-1])[: node.size])
    stated = np.zeros(nodes.count, np.bool_)
    stated[steps.node] = True
    static = np.flatnonzero(~stated & ~without & (nodes.safety_stock != 0))
    return LevelSteps(
        np.concatenate((node, static)),
        np.concatenate((day, np.full(static.size, problem.first_day))),
        np.concatenate((change, nodes.safety_stock[static])),
    )


def level_steps(problem: PlanningProblem) -> LevelSteps:
    """What netting keeps: the safety stock, and the reorder point in its place where the rule has one."""
    point = has_reorder_point(problem)
    safety = safety_stock_steps(problem).of(~point)
    by_point = np.flatnonzero(point)
    return LevelSteps(
        np.concatenate((safety.node, by_point)),
        np.concatenate((safety.day, np.full(by_point.size, problem.first_day))),
        np.concatenate((safety.change, problem.nodes.reorder_point[by_point])),
    )


def net(problem: PlanningProblem, demand: Netted, supply: SupplyEvents, steps: LevelSteps) -> Requirements:
    """The running need of every segment of a level. `steps` are those of the nodes of this level."""
    today = problem.first_day
    asked = np.maximum(demand.day, problem.earliest_day)
    at_start = (supply.kind == SupplyKind.ON_HAND) | (supply.day <= today)
    step_node, step_tracking, step_day, step = _all_steps(problem, demand, asked, steps)
    if loops := accelerator.loops():
        came = np.where(at_start, today, supply.day)
        events = (
            (demand.node, demand.tracking, asked),
            (supply.node, supply.tracking, came),
            (step_node, step_tracking, step_day),
        )
        span = _span(problem, events)
        if span is not None:
            return Requirements(*loops.netted(events, demand.quantity, supply.quantity, at_start, step, *span))
    node = np.concatenate((demand.node, supply.node, step_node))
    tracking = np.concatenate((demand.tracking, supply.tracking, step_tracking))
    day = np.concatenate((asked, np.where(at_start, today, supply.day), step_day))
    demands, supplies = demand.count, supply.count
    wide = int(tracking.max(initial=NONE)) + 3
    lowest = int(day.min(initial=today))
    days = int(day.max(initial=today)) - lowest + 1
    key = (node * wide + tracking + 2) * days + day - lowest
    order = stable_order(key)
    key = key[order]
    cell_start = starts_of_runs(key)
    row = order[cell_start]

    def by_cell(values: Integers) -> Integers:
        return np.add.reduceat(values[order], cell_start) if cell_start.size else np.zeros(0, np.int64)

    no_demand, no_supply, no_step = (np.zeros(count, np.int64) for count in (demands, supplies, step.size))
    stock = by_cell(np.concatenate((no_demand, np.where(at_start, supply.quantity, 0), no_step)))
    change = by_cell(np.concatenate((demand.quantity, np.where(at_start, 0, -supply.quantity), step)))
    wanted = by_cell(np.concatenate((demand.quantity, no_supply, no_step)))
    kept = by_cell(np.concatenate((no_demand, no_supply, step)))
    segment_start = starts_of_runs(key[cell_start] // days)
    first = np.append(segment_start, cell_start.size)
    balance = running_sum(change, first)
    return Requirements(
        node=node[row[segment_start]],
        tracking=tracking[row[segment_start]],
        stock=np.add.reduceat(stock, segment_start) if segment_start.size else stock,
        demanded=np.add.reduceat(wanted, segment_start) if segment_start.size else wanted,
        first=first,
        day=day[row],
        balance=balance,
        needed=running_max(balance, first),
        level=running_sum(kept, first),
    )


def _span(
    problem: PlanningProblem, events: tuple[tuple[Integers, Integers, Integers], ...]
) -> tuple[int, int, int] | None:
    """Codes of tracking, first day and days of the cells of some events (node, tracking, day).

    None where there is no event, or where cell and row do not fit one 64-bit number together.
    """
    count = sum(node.size for node, _, _ in events)
    wide = max(int(tracking.max(initial=NONE)) for _, tracking, _ in events) + 3
    lowest = min(int(day.min(initial=problem.first_day)) for _, _, day in events)
    days = max(int(day.max(initial=problem.first_day)) for _, _, day in events) - lowest + 1
    fits = (problem.nodes.count * wide * days) << count.bit_length() < _LARGEST
    return (wide, lowest, days) if count and fits else None


def days_of_cover(problem: PlanningProblem) -> Integers:
    """Days of cover by node; a reorder point goes before them."""
    return np.where(has_reorder_point(problem), 0, problem.nodes.days_of_cover)


def _all_steps(
    problem: PlanningProblem, demand: Netted, asked: Integers, steps: LevelSteps
) -> tuple[Integers, Integers, Integers, Integers]:
    """Node, tracking, day and change of the level to keep: the steps, and the demand of the days of cover.

    Demand within the cover is kept from so many days before until its own day.
    """
    cover = days_of_cover(problem)[demand.node] if problem.nodes.days_of_cover.any() else asked[:0]
    rows = np.flatnonzero(cover > 0)
    none = np.full(steps.node.size, NONE)
    if not rows.size:
        return steps.node, none, steps.day, steps.change
    before = np.maximum(asked[rows] - cover[rows], problem.earliest_day)
    node, tracking, quantity = demand.node[rows], demand.tracking[rows], demand.quantity[rows]
    return (
        np.concatenate((steps.node, node, node)),
        np.concatenate((none, tracking, tracking)),
        np.concatenate((steps.day, before, asked[rows])),
        np.concatenate((steps.change, quantity, -quantity)),
    )


def expiring(problem: PlanningProblem, demand: Netted, supply: SupplyEvents, stock_expiry: Integers) -> DemandEvents:
    """What of the stock in lots runs out of life before demand takes it, first expired first out.

    `stock_expiry` is the last usable day of each row of the stock. With L the stock that expires until a day and D the
    demand until then, the loss so far is the running maximum of L − D: demand can have taken no more than itself.
    """
    lots = np.flatnonzero(supply.kind == SupplyKind.ON_HAND)
    last_day = stock_expiry[supply.origin[lots]]
    lots, last_day = lots[last_day < FAR], last_day[last_day < FAR]
    today = problem.first_day
    wide = int(max(demand.tracking.max(initial=NONE), supply.tracking.max(initial=NONE))) + 3
    lot_key = supply.node[lots] * wide + supply.tracking[lots] + 2
    order = np.lexsort((last_day, lot_key))
    lots, last_day, lot_key = lots[order], last_day[order], lot_key[order]
    first = np.append(starts_of_runs(lot_key), lots.size)
    expires = running_sum(supply.quantity[lots], first)
    asked = np.maximum(demand.day, problem.earliest_day)
    demand_key = demand.node * wide + demand.tracking + 2
    by_day = np.lexsort((asked, demand_key))
    lowest = min(int(asked.min(initial=today)), int(last_day.min(initial=today)))
    days = int(max(asked.max(initial=today), last_day.max(initial=today))) + 2 - lowest
    position = np.searchsorted(
        demand_key[by_day] * days + asked[by_day] - lowest, lot_key * days + last_day - lowest, side="right"
    )
    until = np.concatenate((np.zeros(1, np.int64), np.cumsum(demand.quantity[by_day])))
    demanded = until[position] - until[np.searchsorted(demand_key[by_day], lot_key)]
    lost = running_max(np.maximum(expires - demanded, 0), first)
    before = np.append(0, lost[:-1])
    before[first[:-1]] = 0
    quantity = lost - before
    rows = np.flatnonzero(quantity > 0)
    return DemandEvents(
        node=supply.node[lots[rows]],
        day=np.maximum(last_day[rows] + 1, today),
        quantity=quantity[rows],
        kind=np.full(rows.size, DemandKind.EXPIRY),
        tracking=supply.tracking[lots[rows]],
        # The stock is gone before anything else of that day is served.
        priority=np.full(rows.size, -FAR),
        parent=np.full(rows.size, NONE),
        origin=supply.origin[lots[rows]],
    )
