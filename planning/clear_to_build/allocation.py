"""`clear_to_build`: allocate in order of rank, then say of each order whether, when, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.clear_to_build.codes import (
    NEVER,
    NONE,
    TOLERANCE,
    UNIT,
    Flags,
    Floats,
    Integers,
    KitStatus,
    Policy,
    Scope,
    Substitution,
)
from planning.clear_to_build.kits import Kits, compile_kits, summed
from planning.clear_to_build.problem import ClearToBuildProblem
from planning.clear_to_build.queue import queued
from planning.clear_to_build.result import Allocations, ClearToBuild, OrderKits, Requirements
from planning.clear_to_build.rounds import complete_in_rank
from planning.clear_to_build.shortages import part_shortages
from planning.clear_to_build.walk import Takes, complete_kits, first_come


@dataclass(frozen=True, slots=True)
class Allocation:
    """`clear_day` by position of the ranking; `covered_day` and `available` by requirement."""

    clear_day: Integers
    covered_day: Integers
    available: Integers
    takes: Takes
    is_complete: Flags


def clear_to_build(problem: ClearToBuildProblem) -> ClearToBuild:
    """Kit status, clear day, missing parts and allocations of all orders, and the parts that block."""
    kits = compile_kits(problem)
    status_day = judged_on(problem, kits)
    allocation = allocate(problem, kits, status_day)
    return _described(problem, kits, status_day, allocation)


def judged_on(problem: ClearToBuildProblem, kits: Kits) -> Integers:
    """The day that each position of the ranking is judged on."""
    if problem.settings.scope == Scope.STOCK_ONLY:
        return np.full(kits.sequence.size, problem.today)
    return np.maximum(problem.orders.due_day[kits.sequence], problem.today)


def allocate(problem: ClearToBuildProblem, kits: Kits, status_day: Integers) -> Allocation:
    """By the policy and scope of the problem; `status_day` by position."""
    if problem.settings.policy == Policy.FIRST_COME:
        return _first_come(problem, kits, status_day)
    everyone = np.ones(kits.sequence.size, np.bool_)
    substitution, today = problem.settings.substitution, problem.today
    if problem.settings.scope == Scope.WITH_RECEIPTS:
        walked = complete_kits(kits, everyone, kits.supply_quantity, today, status_day, substitution)
        is_complete = walked.clear_day <= status_day
        return Allocation(walked.clear_day, walked.covered_day, walked.available, walked.takes, is_complete)
    stock = np.where(kits.supply_receipt == NONE, kits.supply_quantity, 0)
    if kits.has_options:
        now = complete_kits(kits, everyone, stock, today, status_day, substitution)
        is_complete, available, takes = now.clear_day <= today, now.available, now.takes
    else:
        is_complete, available, takes = _complete_by_stock(kits)
    left = kits.supply_quantity - summed(takes.supply, takes.quantity, kits.supply_quantity.size)
    later = complete_kits(kits, ~is_complete, left, today, status_day, substitution)
    place = np.repeat(np.arange(everyone.size), np.diff(kits.first))
    return Allocation(
        clear_day=np.where(is_complete, today, later.clear_day),
        covered_day=np.where(is_complete[place], today, later.covered_day),
        available=available,
        takes=Takes.joined(takes, later.takes),
        is_complete=is_complete,
    )


def _complete_by_stock(kits: Kits) -> tuple[Flags, Integers, Takes]:
    """Complete kits from stock alone, without substitutes: who is complete, what is left for each, who takes what."""
    stock = kits.stock()
    place = np.repeat(np.arange(kits.sequence.size), np.diff(kits.first))
    asks = np.flatnonzero(kits.need > 0)
    is_complete = complete_in_rank(kits.sequence.size, place[asks], kits.node[asks], kits.need[asks], stock)
    by = np.lexsort((place, kits.node))
    taken = np.where(is_complete[place[by]], kits.need[by], 0)
    before = np.cumsum(taken) - taken
    begins = np.concatenate((np.ones(min(by.size, 1), np.bool_), np.diff(kits.node[by]) != 0))
    before -= before[begins][np.cumsum(begins) - 1] if by.size else before
    left = np.empty(by.size, np.int64)
    left[by] = stock[kits.node[by]] - before
    available = np.clip(left, 0, kits.need)
    takers = asks[is_complete[place[asks]]]
    takes = Takes(takers, kits.supply_first[kits.node[takers]], kits.need[takers], kits.need[takers])
    return is_complete, available, takes


def _first_come(problem: ClearToBuildProblem, kits: Kits, status_day: Integers) -> Allocation:
    place = np.repeat(np.arange(kits.sequence.size), np.diff(kits.first))
    asks = kits.need > 0
    linked = np.zeros(kits.nodes, np.bool_)
    if problem.settings.substitution != Substitution.NONE:
        linked[kits.node[np.diff(kits.option_first) > 0]] = True
        linked[kits.option_node] = True
    alone = np.flatnonzero(asks & ~linked[kits.node])
    together = np.flatnonzero(asks & linked[kits.node])
    takes = Takes.joined(
        queued(kits, alone), first_come(kits, together, status_day[place], problem.settings.substitution)
    )
    by_status = kits.supply_day[takes.supply] <= status_day[place[takes.requirement]]
    if problem.settings.scope == Scope.STOCK_ONLY:
        by_status &= kits.supply_receipt[takes.supply] == NONE
    size = kits.need.size
    available = summed(takes.requirement[by_status], takes.covers[by_status], size)
    latest = np.full(size, problem.today)
    np.maximum.at(latest, takes.requirement, kits.supply_day[takes.supply])
    covered_day = np.where(summed(takes.requirement, takes.covers, size) == kits.need, latest, NEVER)
    clear_day = np.full(kits.sequence.size, problem.today)
    np.maximum.at(clear_day, place, covered_day)
    is_complete = summed(place, (available < kits.need).astype(np.int64), kits.sequence.size) == 0
    return Allocation(clear_day, covered_day, available, takes, is_complete)


def _described(problem: ClearToBuildProblem, kits: Kits, status_day: Integers, allocation: Allocation) -> ClearToBuild:
    orders, position = problem.orders, kits.position
    there = kits.reserved + allocation.available
    is_covered = there >= kits.required
    part_count = summed(kits.order, np.ones(kits.order.size, np.int64), orders.count)
    buildable = _buildable(problem, kits, there)
    is_complete = allocation.is_complete[position]
    buildable = np.where(is_complete, orders.quantity, np.minimum(buildable, orders.quantity))
    status = np.where(is_complete, KitStatus.COMPLETE, np.where(buildable > 0, KitStatus.PARTIAL, KitStatus.SHORT))
    has_parts = part_count > 0
    clear_day = np.where(has_parts, allocation.clear_day[position], NEVER)
    left = kits.supply_quantity - summed(allocation.takes.supply, allocation.takes.quantity, kits.supply_day.size)
    described = Requirements(
        order=kits.order,
        item=kits.node_item[kits.node],
        site=kits.node_site[kits.node],
        required_quantity=kits.required,
        available_quantity=there,
        missing_quantity=kits.required - there,
        covered_day=allocation.covered_day,
    )
    return ClearToBuild(
        orders=OrderKits(
            rank=position,
            status=np.where(has_parts, status, KitStatus.NO_REQUIREMENTS).astype(np.int64),
            status_day=status_day[position],
            clear_day=clear_day,
            days_late=np.where(clear_day < NEVER, clear_day - orders.due_day, 0),
            part_count=part_count,
            covered_part_count=summed(kits.order[is_covered], np.ones(int(is_covered.sum()), np.int64), orders.count),
            buildable_quantity=np.where(has_parts, buildable, 0),
        ),
        requirements=described,
        allocations=Allocations(
            requirement=allocation.takes.requirement,
            item=kits.node_item[kits.supply_node[allocation.takes.supply]],
            receipt=kits.supply_receipt[allocation.takes.supply],
            quantity=allocation.takes.quantity,
            covered_quantity=allocation.takes.covers,
        ),
        shortages=part_shortages(problem, kits, status_day, allocation.is_complete, there, allocation.takes, left),
        left_item=kits.node_item[kits.supply_node],
        left_site=kits.node_site[kits.supply_node],
        left_receipt=kits.supply_receipt,
        left_quantity=left,
    )


def _buildable(problem: ClearToBuildProblem, kits: Kits, there: Integers) -> Integers:
    """Order quantity × the least share covered of any part, down to whole batches, in millionths; by order."""
    variable = kits.required - kits.fixed
    beyond_fixed = there - kits.fixed
    share: Floats = np.clip(beyond_fixed / np.maximum(variable, 1), 0.0, 1.0)
    share = np.where((variable == 0) & (beyond_fixed >= 0), 1.0, share)
    least = np.ones(problem.orders.count)
    np.minimum.at(least, kits.order, share)
    batch = np.where(problem.orders.batch > 0, problem.orders.batch, UNIT)
    return np.floor(problem.orders.quantity * least / batch + TOLERANCE).astype(np.int64) * batch
