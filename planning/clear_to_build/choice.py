"""Which orders to serve from one shelf: the model that the golden screw and the best release share.

An order is served if all its needs are taken from what is available. Only what is contested is in the model: a part
that suffices for all orders decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.clear_to_build.codes import TOLERANCE, Flags, Floats, Integers, Substitution
from planning.clear_to_build.kits import Kits, summed
from planning.clear_to_build.rounds import complete_in_rank


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try.

    Every model is relaxed, rounded and improved: `rounds` neighbourhoods of `neighbourhood` orders, drawn by `seed`,
    are solved exactly. If that does not reach the bound, a model with at most `exact_needs` contested needs is given to
    HiGHS whole. Every program ends after `nodes` nodes of branch and bound (None: no limit), which are counted, so that
    the answer is the same on every machine. A whole program also ends after `seconds`, all neighbourhoods together
    after as many: where they run out, the answer depends on the machine. Infinite seconds never do. The bound holds.
    """

    exact_needs: int = 50_000
    seconds: float = 10.0
    nodes: int | None = None
    neighbourhood: int = 300
    rounds: int = 12
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """Orders 0 to n − 1 with the `weight` of serving each, and their needs: `order`, `node`, `need` in millionths.

    `option_first`, `option_node`, `option_ratio`: the substitutes of each need (CSR). `is_whole`: a need is taken from
    one item alone. `available` by node.
    """

    weight: Floats
    order: Integers
    node: Integers
    need: Integers
    option_first: Integers
    option_node: Integers
    option_ratio: Floats
    available: Integers
    is_whole: bool = False

    @property
    def orders(self) -> int:
        return int(self.weight.size)

    @property
    def has_options(self) -> bool:
        return bool(self.option_node.size)

    def option_need(self) -> Integers:
        """The need of each option: what it belongs to."""
        return np.repeat(np.arange(self.need.size), np.diff(self.option_first))

    def option_quantity(self) -> Integers:
        """What each option takes of its node if it alone covers its need."""
        exact = self.need[self.option_need()] * self.option_ratio
        return np.maximum(np.ceil(exact - TOLERANCE).astype(np.int64), 1)

    def wanted(self) -> Integers:
        """The most that all orders together could want of each node."""
        total = summed(self.node, self.need, self.available.size)
        return total + summed(self.option_node, self.option_quantity(), self.available.size)

    def coverable(self) -> Integers:
        """The most of each need that its sources could cover if it were alone."""
        substitutes = np.floor(self.available[self.option_node] / self.option_ratio + TOLERANCE).astype(np.int64)
        if not self.is_whole:
            return self.available[self.node] + summed(self.option_need(), substitutes, self.need.size)
        best = self.available[self.node].copy()
        np.maximum.at(best, self.option_need(), substitutes)
        return best

    def needs(self, kept: Flags) -> Choice:
        """The same orders with only some of their needs."""
        options = kept[self.option_need()]
        counts = np.diff(self.option_first)[kept]
        return replace(
            self,
            order=self.order[kept],
            node=self.node[kept],
            need=self.need[kept],
            option_first=np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))),
            option_node=self.option_node[options],
            option_ratio=self.option_ratio[options],
        )

    def only(self, orders: Flags) -> Choice:
        """Some of the orders, numbered anew."""
        number = np.cumsum(orders) - 1
        found = self.needs(orders[self.order])
        return replace(found, weight=self.weight[orders], order=number[found.order])

    def is_contested(self) -> Flags:
        """Which needs want a part that does not suffice for all who may want it."""
        return np.asarray(self.wanted()[self.node] > self.available[self.node])

    def contested(self) -> Choice:
        return self.needs(self.is_contested())

    def widened(self, kept: Flags, share: Floats) -> Floats:
        """Shares of `needs(kept)` as shares of this choice; the other needs are covered by their own part."""
        wide = np.concatenate((np.ones(self.need.size), np.zeros(self.option_node.size)))
        number = int(kept.sum())
        wide[: self.need.size][kept] = share[:number]
        wide[self.need.size :][kept[self.option_need()]] = share[number:]
        return wide

    def served(self, score: Floats) -> Flags:
        """Serve down the ranks of a score (high first), each order whose needs are all left; needs without options."""
        ranking = np.lexsort((np.arange(self.orders), -score))
        position = np.empty(self.orders, np.int64)
        position[ranking] = np.arange(self.orders)
        complete = complete_in_rank(self.orders, position[self.order], self.node, self.need, self.available)
        return complete[position]

    def fits(self, chosen: Flags) -> bool:
        """Whether the chosen orders can all be served, exactly; needs without options."""
        counts = chosen[self.order]
        used = summed(self.node[counts], self.need[counts], self.available.size)
        return bool((used <= self.available).all())

    def trimmed(self, chosen: Flags) -> Choice:
        """Needs split over several items, less the millionths by which rounding the shares oversteps a node."""
        counts = chosen[self.order]
        used = summed(self.node[counts], self.need[counts], self.available.size)
        over = used - self.available
        number = summed(self.node[counts], np.ones(int(counts.sum()), np.int64), self.available.size)
        slight = (over > 0) & (over <= number)
        need = self.need.copy()
        # The largest need of each such node gives way.
        rows = np.flatnonzero(counts & slight[self.node])
        by = rows[np.lexsort((need[rows], self.node[rows]))]
        last = by[np.append(self.node[by][1:] != self.node[by][:-1], True)] if by.size else by
        need[last] = np.maximum(need[last] - over[self.node[last]], 0)
        return replace(self, need=need)

    def pinned(self, share: Floats) -> Choice:
        """Without options: each need is split over its sources by `share` (needs first, then options)."""
        if not self.has_options:
            return self
        option_need, total = self.option_need(), np.ones(self.need.size)
        np.add.at(total, option_need, share[self.need.size :])
        total += share[: self.need.size] - 1.0
        part = share[self.need.size :] / np.maximum(total, TOLERANCE)[option_need]
        part = np.where(total[option_need] > TOLERANCE, part, 0.0)
        if self.is_whole:
            best = np.zeros(self.need.size)
            np.maximum.at(best, option_need, part)
            first = np.full(self.need.size, part.size)
            np.minimum.at(first, option_need[part == best[option_need]], np.flatnonzero(part == best[option_need]))
            part = ((first[option_need] == np.arange(part.size)) & (best[option_need] >= 0.5)).astype(np.float64)
        # What options take is rounded up; the part itself covers the rest.
        covers = np.rint(self.need[option_need] * part).astype(np.int64)
        exact = np.ceil(covers * self.option_ratio - TOLERANCE).astype(np.int64)
        rest = self.need - summed(option_need, covers, self.need.size)
        used, left = exact > 0, rest > 0
        order = np.concatenate((self.order[left], self.order[option_need[used]]))
        node = np.concatenate((self.node[left], self.option_node[used]))
        nodes = self.available.size
        keys, place = np.unique(order * nodes + node, return_inverse=True)
        return replace(
            self,
            order=keys // nodes,
            node=keys % nodes,
            need=summed(place, np.concatenate((rest[left], exact[used])), keys.size),
            option_first=np.zeros(keys.size + 1, np.int64),
            option_node=np.zeros(0, np.int64),
            option_ratio=np.zeros(0),
        )


def choice_of(kits: Kits, orders: Flags, weight: Floats, available: Integers, substitution: Substitution) -> Choice:
    """The choice among some orders (flags by position of the ranking), of the given weights, by rank."""
    everyone = np.zeros(orders.size)
    everyone[orders] = weight
    place = np.repeat(np.arange(orders.size), np.diff(kits.first))
    everything = Choice(
        weight=everyone,
        order=place,
        node=kits.node,
        need=kits.need,
        option_first=kits.option_first,
        option_node=kits.option_node,
        option_ratio=kits.option_ratio,
        available=available,
        is_whole=substitution == Substitution.WHOLE,
    )
    return everything.only(orders).needs(kits.need[orders[place]] > 0)


def whole_bound(bound: float, weight: Floats) -> float:
    """A bound on a sum of whole weights is a whole number."""
    return float(np.floor(bound + TOLERANCE)) if bool((weight == np.floor(weight)).all()) else bound
