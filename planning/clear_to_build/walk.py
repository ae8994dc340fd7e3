"""Orders served one by one, down the ranks: the part of the allocation that depends on the sequence.

What suffices for all who may want it needs no sequence and is taken at once, in arrays. The rest, requirements of parts
that may run out, is walked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.clear_to_build.codes import NEVER, NONE, Flags, Integers, Substitution
from planning.clear_to_build.kits import Kits, summed
from planning.clear_to_build.shelf import Claim, Shelf, claims_of


@dataclass(frozen=True, slots=True)
class Takes:
    """Who takes what: requirement, supply, quantity of the supply's item, and what it covers of the required item."""

    requirement: Integers
    supply: Integers
    quantity: Integers
    covers: Integers

    @classmethod
    def joined(cls, *parts: Takes) -> Takes:
        return cls(
            np.concatenate([part.requirement for part in parts]),
            np.concatenate([part.supply for part in parts]),
            np.concatenate([part.quantity for part in parts]),
            np.concatenate([part.covers for part in parts]),
        )

    def only(self, kept: Flags) -> Takes:
        return Takes(self.requirement[kept], self.supply[kept], self.quantity[kept], self.covers[kept])


@dataclass(frozen=True, slots=True)
class Walked:
    """`clear_day` by position; `covered_day` and `available` (by the status day) by requirement; NEVER, 0: not walked.

    A requirement's `covered_day` is that of the part alone, at the order's turn.
    """

    clear_day: Integers
    covered_day: Integers
    available: Integers
    takes: Takes


def free_requirements(kits: Kits, rows: Integers, left: Integers) -> Flags:
    """Which of the requirements (`rows`) want a node whose stock suffices for all who may want it, by requirement."""
    wanted = summed(kits.node[rows], kits.need[rows], kits.nodes)
    if kits.has_options:
        walked = np.zeros(kits.need.size, np.bool_)
        walked[rows] = True
        requirement = np.repeat(np.arange(kits.need.size), np.diff(kits.option_first))
        counts = walked[requirement]
        most = np.ceil(kits.need[requirement] * kits.option_ratio).astype(np.int64) + 1
        wanted += summed(kits.option_node[counts], most[counts], kits.nodes)
    is_stock = kits.supply_receipt == NONE
    stock = summed(kits.supply_node[is_stock], left[is_stock], kits.nodes)
    free = np.zeros(kits.need.size, np.bool_)
    free[rows] = wanted[kits.node[rows]] <= stock[kits.node[rows]]
    return free


def complete_kits(
    kits: Kits, positions: Flags, left: Integers, today: int, status_day: Integers, substitution: Substitution
) -> Walked:
    """Each order takes its whole kit as of the first day on which all of it is free, from the latest supplies then.

    `positions` says who takes part; `left` is what is left of each supply; `status_day` by position.
    """
    place = np.repeat(np.arange(positions.size), np.diff(kits.first))
    rows = np.flatnonzero(positions[place] & (kits.need > 0))
    free = free_requirements(kits, rows, left)
    clear_day = np.where(positions, today, NEVER)
    covered_day = np.where(positions[place], today, NEVER)
    available = np.where(positions[place], kits.need, 0)
    free_rows = rows[free[rows]]
    remaining = left.copy()
    free_supply = kits.supply_first[kits.node[free_rows]]
    np.subtract.at(remaining, free_supply, kits.need[free_rows])

    shelf = Shelf.of(kits, remaining)
    options = _Options.of(kits, substitution)
    walked = rows[~free[rows]]
    first, ends, places = _runs(place[walked])
    nodes, needs, numbers = kits.node[walked].tolist(), kits.need[walked].tolist(), walked.tolist()
    covered, there = [NEVER] * walked.size, [0] * walked.size
    for begin, end, position, status in zip(first, ends, places, status_day[places].tolist(), strict=True):
        span = range(begin, end)
        if options.any_of(numbers, span):
            clear = _serve_with_options(shelf, options, numbers, nodes, needs, span, status, covered, there)
        else:
            clear = today
            for row in span:
                covered[row], there[row] = shelf.covered(nodes[row], needs[row], status)
                clear = max(clear, covered[row])
            if clear < NEVER:
                for row in span:
                    shelf.take(Claim(numbers[row], nodes[row], needs[row], needs[row]), clear, latest_first=True)
        clear_day[position] = clear
    covered_day[walked], available[walked] = covered, there
    takes = _taken(shelf)
    gets = free_rows[clear_day[place[free_rows]] < NEVER]
    at_once = Takes(gets, kits.supply_first[kits.node[gets]], kits.need[gets], kits.need[gets])
    return Walked(clear_day, covered_day, available, Takes.joined(at_once, takes))


def first_come(kits: Kits, rows: Integers, status_day: Integers, substitution: Substitution) -> Takes:
    """Each requirement of `rows` (in order of rank) takes what comes first, also if that is not all of it.

    `status_day` by requirement.
    """
    shelf = Shelf.of(kits, kits.supply_quantity)
    options = _Options.of(kits, substitution)
    for row in rows.tolist():
        need, sources = int(kits.need[row]), options.of_requirement(row, int(kits.node[row]))
        days = shelf.candidate_days([node for node, _ in sources])
        alone, _ = shelf.covered(sources[0][0], need, int(status_day[row]))
        day = alone
        if alone > status_day[row]:
            day = min(alone, _first_day(shelf, options, row, need, sources, days))
        else:
            sources = sources[:1]
        for claim in claims_of(shelf, row, need, sources, day, {}, mixed=options.mixed):
            shelf.take(claim, day, latest_first=False)
    return _taken(shelf)


@dataclass(frozen=True, slots=True)
class _Options:
    """Substitutes as lists."""

    first: list[int]
    node: list[int]
    ratio: list[float]
    mixed: bool

    @classmethod
    def of(cls, kits: Kits, substitution: Substitution) -> _Options:
        lists = kits.option_first.tolist(), kits.option_node.tolist(), kits.option_ratio.tolist()
        return cls(*lists, substitution == Substitution.MIXED)

    def any_of(self, numbers: list[int], span: range) -> bool:
        return bool(self.node) and any(self.first[numbers[row]] < self.first[numbers[row] + 1] for row in span)

    def of_requirement(self, requirement: int, node: int) -> list[tuple[int, float]]:
        """The part itself, then its substitutes by priority, with the units of each that replace one."""
        span = slice(self.first[requirement], self.first[requirement + 1])
        return [(node, 1.0), *zip(self.node[span], self.ratio[span], strict=True)]


def _first_day(
    shelf: Shelf, options: _Options, row: int, need: int, sources: list[tuple[int, float]], days: list[int]
) -> int:
    """The first day on which the requirement is covered by its sources; it alone."""
    for day in days:
        claims = claims_of(shelf, row, need, sources, day, {}, mixed=options.mixed)
        if sum(claim.covers for claim in claims) == need:
            return day
    return NEVER


def _serve_with_options(
    shelf: Shelf,
    options: _Options,
    numbers: list[int],
    nodes: list[int],
    needs: list[int],
    span: range,
    status_day: int,
    covered: list[int],
    there: list[int],
) -> int:
    """Find the clear day of one order that may use substitutes, and take its kit; writes `covered` and `there`."""
    with_options = [options.of_requirement(numbers[row], nodes[row]) for row in span]
    alone = [sources[:1] for sources in with_options]

    def claims(sources: list[list[tuple[int, float]]], day: int) -> tuple[list[Claim], list[int]]:
        pending: dict[int, int] = {}
        found: list[Claim] = []
        covers = []
        for row, choice in zip(span, sources, strict=True):
            own = claims_of(shelf, numbers[row], needs[row], choice, day, pending, mixed=options.mixed)
            for claim in own:
                pending[claim.node] = pending.get(claim.node, 0) + claim.quantity
            found += own
            covers.append(sum(claim.covers for claim in own))
        return found, covers

    wanted = [needs[row] for row in span]

    def first_day(sources: list[list[tuple[int, float]]], days: list[int]) -> int:
        return next((day for day in days if claims(sources, day)[1] == wanted), NEVER)

    days = shelf.candidate_days([node for sources in with_options for node, _ in sources])
    chosen, clear = alone, first_day(alone, [day for day in days if day <= status_day])
    if clear == NEVER:
        chosen, clear = with_options, first_day(with_options, days)
        _, by_status = claims(with_options, status_day)
    else:
        by_status = wanted
    for row, sources, covers in zip(span, chosen, by_status, strict=True):
        own_days = shelf.candidate_days([node for node, _ in sources])
        covered[row] = _first_day(shelf, options, numbers[row], needs[row], sources, own_days)
        there[row] = covers
    if clear < NEVER:
        for claim in claims(chosen, clear)[0]:
            shelf.take(claim, clear, latest_first=True)
    return clear


def _runs(keys: Integers) -> tuple[list[int], list[int], list[int]]:
    """Where runs of equal keys begin and end, and their keys."""
    begins = np.flatnonzero(np.concatenate((np.ones(min(keys.size, 1), np.bool_), keys[1:] != keys[:-1])))
    return begins.tolist(), [*begins[1:].tolist(), keys.size][: begins.size], keys[begins].tolist()


def _taken(shelf: Shelf) -> Takes:
    columns = np.array(shelf.takes, dtype=np.int64).reshape(-1, 4).T
    return Takes(*columns)
