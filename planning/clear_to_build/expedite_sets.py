"""Sets of parts worth expediting, where there are too many to try all: whole sets, never part by part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planning.clear_to_build.choice import Choice, Effort
from planning.clear_to_build.codes import TOLERANCE, UNIT, Flags, Floats, Integers
from planning.clear_to_build.kits import summed
from planning.clear_to_build.mixed_integer import Expediting, Solution, solve

# Parts beyond those of the budget that the exact program may choose from, and rounds of the greedy pass.
_SPARE_PARTS = 30
_ROUNDS = 200
_EXACT = 2**53


def candidate_sets(part: Choice, expediting: Expediting, relaxed: Solution, effort: Effort) -> list[Solution]:
    """Sets of orders to free, each within the budget or nearly so.

    By gain for cost; by the relaxation's shares; and the best of a program over the parts of both. In the first two the
    relaxation decides the substitutes.
    """
    plan = part.pinned(relaxed.share)
    greedy = [_greedy(plan, expediting, plan.weight * share) for share in (1.0, relaxed.served + 1e-3)]
    pool = np.zeros(plan.available.size, np.bool_)
    for served in greedy:
        pool |= _excess(plan, served) > 0
    # Then the parts that the relaxation expedites, then those that most hangs on.
    lacking = plan.need > plan.available[plan.node]
    parts_lacking = np.bincount(plan.order[lacking], minlength=plan.orders)
    hangs = (plan.weight / np.maximum(parts_lacking, 1))[plan.order[lacking]]
    blocked = np.bincount(plan.node[lacking], weights=hangs, minlength=pool.size)
    likely = np.lexsort((-blocked, -np.round(relaxed.expedited, 6)))
    pool[likely[~pool[likely]][:_SPARE_PARTS]] = True
    near = _strongest(part, _within_reach(part, pool), greedy, relaxed, effort)
    program = replace(expediting, fee=np.where(pool, expediting.fee, expediting.budget + 1.0))
    sets = [replace(relaxed, served=served.astype(np.float64)) for served in greedy]
    small = part.only(near)
    is_contested = small.is_contested()
    found = solve(small.needs(is_contested), program, effort)
    if found is not None:
        freed = np.zeros(part.orders)
        freed[near] = found.served
        rows = near[part.order]
        share = relaxed.share.copy()
        share[np.concatenate((rows, rows[part.option_need()]))] = small.widened(is_contested, found.share)
        sets.append(replace(found, served=freed, share=share))
    return sets


def _within_reach(part: Choice, pool: Flags) -> Flags:
    """Orders whose every need could be covered if all parts of the pool were expedited."""
    reachable = pool[part.node]
    np.logical_or.at(reachable, part.option_need(), pool[part.option_node])
    possible = np.ones(part.orders, np.bool_)
    possible[part.order[(part.need > part.coverable()) & ~reachable]] = False
    return possible


def _strongest(plan: Choice, possible: Flags, sets: list[Flags], relaxed: Solution, effort: Effort) -> Flags:
    """At most a few neighbourhoods of orders: those of the sets, then the likeliest of the relaxation."""
    rank = relaxed.served + np.sum(sets, axis=0)
    order = np.lexsort((-plan.weight, -np.where(possible, rank, -1.0)))[: 16 * effort.neighbourhood]
    near = np.zeros(plan.orders, np.bool_)
    near[order] = True
    return np.logical_and(near, possible)


def _excess(plan: Choice, served: Flags) -> Integers:
    """What serving the orders takes of each node beyond what is there."""
    counts = served[plan.order]
    excess: Integers = summed(plan.node[counts], plan.need[counts], plan.available.size) - plan.available
    return np.maximum(excess, 0)


def _greedy(plan: Choice, expediting: Expediting, gain: Floats) -> Flags:
    """Free group after group: orders that lack the same parts, by gain for cost, and all that then costs nothing."""
    served = np.zeros(plan.orders, np.bool_)
    open_ = np.ones(plan.orders, np.bool_)
    used = np.zeros(plan.available.size, np.int64)
    budget = expediting.budget
    # A number for each set of parts: the sum of random numbers of its members.
    label = np.random.default_rng(0).integers(1, _EXACT >> 12, plan.available.size)
    for _ in range(_ROUNDS):
        rows = np.flatnonzero(open_[plan.order])
        order, node, need = plan.order[rows], plan.node[rows], plan.need[rows]
        free = np.maximum(plan.available - used, 0)
        lacking = np.maximum(need - free[node], 0)
        fee = np.where((lacking > 0) & (used[node] <= plan.available[node]), expediting.fee[node], 0.0)
        fees = np.bincount(order, weights=fee, minlength=plan.orders)
        costs = np.bincount(order, weights=lacking / UNIT * expediting.unit_cost[node], minlength=plan.orders)
        open_ &= fees + costs <= budget * (1 + TOLERANCE) + TOLERANCE
        if not open_.any():
            break
        group = summed(order, np.where(fee > 0, label[node], 0), plan.orders)
        members = np.flatnonzero(open_)
        name, number = np.unique(group[members], return_inverse=True)
        together = np.bincount(number, weights=gain[members])
        # One order of a group stands for its fees; what its units cost is paid for each.
        price = np.zeros(name.size)
        np.maximum.at(price, number, fees[members])
        price += np.bincount(number, weights=costs[members])
        best = members[number == int(np.argmax(together / np.maximum(price, TOLERANCE)))]
        best = best[np.lexsort((best, -gain[best] / np.maximum(fees + costs, TOLERANCE)[best]))]
        taken, spent = _prefix(plan, expediting, best, used, budget)
        served[taken] = True
        open_[best] = False
        counts = np.zeros(plan.orders, np.bool_)
        counts[taken] = True
        counted = counts[plan.order]
        used += summed(plan.node[counted], plan.need[counted], used.size)
        budget -= spent
    return served


def _prefix(
    plan: Choice, expediting: Expediting, ranking: Integers, used: Integers, budget: float
) -> tuple[Integers, float]:
    """The most of the ranked orders that fit the budget, and what they cost beyond what is used already."""
    position = np.full(plan.orders, -1)
    position[ranking] = np.arange(ranking.size)
    rows = np.flatnonzero(position[plan.order] >= 0)
    by = rows[np.lexsort((position[plan.order[rows]], plan.node[rows]))]
    node, need = plan.node[by], plan.need[by]
    total = np.cumsum(need)
    begins = np.concatenate((np.ones(min(by.size, 1), np.bool_), node[1:] != node[:-1]))
    base = (total - need)[begins][np.cumsum(begins) - 1] if by.size else total
    after = used[node] + total - base
    excess = np.maximum(after - plan.available[node], 0)
    before = np.maximum(after - need - plan.available[node], 0)
    cost = np.where((excess > 0) & (before == 0), expediting.fee[node], 0.0)
    cost += (excess - before) / UNIT * expediting.unit_cost[node]
    spent = np.cumsum(np.bincount(position[plan.order[by]], weights=cost, minlength=ranking.size))
    within = int((spent <= budget * (1 + TOLERANCE) + TOLERANCE).sum())
    return ranking[:within], float(spent[within - 1]) if within else 0.0
