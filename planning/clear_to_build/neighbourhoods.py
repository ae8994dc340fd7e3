"""A good choice among many orders: the relaxation rounded, then one neighbourhood after the other solved exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planning.clear_to_build.choice import Choice, Effort, whole_bound
from planning.clear_to_build.codes import TOLERANCE, Flags, Floats, Integers
from planning.clear_to_build.kits import summed
from planning.clear_to_build.mixed_integer import Solution, solve


def improved(tried: Choice, relaxed: Solution, effort: Effort) -> tuple[Flags, Floats]:
    """The best orders found, and the shares of their sources.

    First down four rankings, with the substitutes as the relaxation shares them out: its shares, weight above the
    prices of the parts, weight for what is taken, weight. Then neighbourhoods, the rest kept: the orders that the
    relaxation is least sure of, then, drawn by lot, orders that share parts with some that were left out.
    """
    plan = tried.pinned(relaxed.share)
    size = np.zeros(plan.orders)
    np.add.at(size, plan.order, plan.need / np.maximum(plan.available[plan.node], 1))
    density = plan.weight / np.maximum(size, TOLERANCE)
    by_share = relaxed.served + 1e-3 * density / max(float(density.max(initial=0.0)), TOLERANCE)
    tries = [plan.served(score) for score in (by_share, relaxed.reduced_weight, density, plan.weight)]
    best = max(tries, key=lambda chosen: float(plan.weight[chosen].sum()))
    share = relaxed.share
    random = np.random.default_rng(effort.seed)
    unsure = np.argsort(np.abs(relaxed.reduced_weight), kind="stable")
    bound = whole_bound(relaxed.bound, tried.weight)
    each = replace(effort, seconds=effort.seconds / max(effort.rounds, 1))
    for turn in range(effort.rounds):
        if float(tried.weight[best].sum()) >= bound - TOLERANCE:
            break
        if turn < effort.rounds // 2:
            near = unsure[turn * effort.neighbourhood : (turn + 1) * effort.neighbourhood]
        else:
            near = _sharing(tried, best, effort.neighbourhood, random)
        best, share = _resolved(tried, best, share, near, each)
    return best, share


def _sharing(plan: Choice, best: Flags, size: int, random: np.random.Generator) -> Integers:
    """Some orders that were left out, and orders that share parts with them."""
    left_out = np.flatnonzero(~best)
    seeds = random.permutation(left_out)[: max(size // 10, 1)]
    is_seed = np.zeros(plan.orders, np.bool_)
    is_seed[seeds] = True
    touched = np.zeros(plan.available.size, np.bool_)
    touched[plan.node[is_seed[plan.order]]] = True
    near = np.unique(plan.order[touched[plan.node]])
    return random.permutation(near)[:size]


def _resolved(tried: Choice, best: Flags, share: Floats, near: Integers, effort: Effort) -> tuple[Flags, Floats]:
    """Choose anew among the orders near and their sources, the others being kept as they are."""
    is_near = np.zeros(tried.orders, np.bool_)
    is_near[near] = True
    changed = best & ~is_near
    plan = tried.pinned(share)
    counts = changed[plan.order]
    used = summed(plan.node[counts], plan.need[counts], plan.available.size)
    shelf = replace(tried.only(is_near), available=np.maximum(tried.available - used, 0))
    is_contested = shelf.is_contested()
    found = solve(shelf.needs(is_contested), None, effort)
    if found is None:
        return best, share
    changed[np.flatnonzero(is_near)[found.served > 0.5]] = True
    shares = share.copy()
    rows = is_near[tried.order]
    shares[np.concatenate((rows, rows[tried.option_need()]))] = shelf.widened(is_contested, found.share)
    is_better = float(tried.weight[changed].sum()) > float(tried.weight[best].sum()) + TOLERANCE
    if is_better and tried.pinned(shares).trimmed(changed).fits(changed):
        return changed, shares
    return best, share
