"""First come, first served with substitutes, against a plain loop over orders, parts and shelves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given, settings

from planning.clear_to_build import NEVER, UNIT, KitStatus, Policy, Scope, Settings, Substitution, clear_to_build
from tests.property.test_clear_to_build_laws import HORIZON, Plant, Reference, choices, plants, total_missing

Node = tuple[int, int]


@dataclass
class Pile:
    """Some of an item that is there on a day."""

    day: int
    is_stock: bool
    left: int


class Shelves:
    """What is still there of each node, stock first, then by day."""

    def __init__(self, plant: Plant) -> None:
        self.piles: dict[Node, list[Pile]] = {}
        on_hand: dict[Node, int] = {}
        for item, site, quantity in plant.stock:
            on_hand[item, site] = on_hand.get((item, site), 0) + quantity * UNIT
        for node, quantity in on_hand.items():
            if quantity > 0:
                self.piles.setdefault(node, []).append(Pile(0, True, quantity))
        for item, site, day, quantity in plant.receipts:
            expected = 1 if day < 0 else day
            if expected <= HORIZON:
                self.piles.setdefault((item, site), []).append(Pile(expected, False, quantity * UNIT))
        for piles in self.piles.values():
            piles.sort(key=lambda pile: (pile.day, not pile.is_stock))

    def there(self, node: Node, day: int) -> int:
        return sum(pile.left for pile in self.piles.get(node, []) if pile.day <= day)

    def take(self, node: Node, quantity: int, day: int) -> list[tuple[Pile, int]]:
        found = []
        for pile in self.piles.get(node, []):
            some = min(pile.left, quantity) if pile.day <= day else 0
            if some:
                pile.left -= some
                quantity -= some
                found.append((pile, some))
        assert quantity == 0
        return found


def wanted(shelves: Shelves, sources: list[tuple[Node, int]], need: int, day: int, *, mixed: bool) -> list:
    """What a part takes of each of its sources by a day: (node, quantity, what it covers). Ratios are whole numbers."""
    tried, rest = [], need
    for node, ratio in sources:
        covers = min(rest if mixed else need, shelves.there(node, day) // ratio)
        if covers:
            tried.append((node, covers * ratio, covers))
            rest -= covers
        if rest <= 0 and mixed:
            break
    if not mixed and tried:
        whole = [one for one in tried if one[2] == need]
        tried = whole[:1] or [max(tried, key=lambda one: one[2])]
    return tried


def served_in_turn(plant: Plant, chosen: Settings) -> tuple[dict[int, int], list[int]]:
    """Clear day of each order that asks for something, and what each order misses by its status day."""
    reference, shelves = Reference(plant, chosen), Shelves(plant)
    mixed = chosen.substitution == Substitution.MIXED
    days = [*range(HORIZON + 1), NEVER]
    clear: dict[int, int] = {}
    missing = [0] * len(plant.orders)
    for order in reference.ranking():
        by_stock = chosen.scope == Scope.STOCK_ONLY
        status = 0 if by_stock else max(plant.orders[order].due, 0)
        for own, need, options in reference.needs(order):
            clear.setdefault(order, 0)
            sources = [(own, 1), *((node, int(ratio)) for node, ratio in options)]
            alone = next((day for day in days if shelves.there(own, day) >= need), NEVER)
            if alone <= status or chosen.substitution == Substitution.NONE:
                sources, day = sources[:1], alone
            else:

                def is_covered(day: int, sources: list = sources, need: int = need) -> bool:
                    return sum(one[2] for one in wanted(shelves, sources, need, day, mixed=mixed)) == need

                day = min(alone, next((day for day in days if is_covered(day)), NEVER))
            got, latest, in_time = 0, 0, 0
            for node, quantity, covers in wanted(shelves, sources, need, day, mixed=mixed):
                ratio = quantity // covers
                for pile, some in shelves.take(node, quantity, day):
                    latest = max(latest, pile.day)
                    if pile.is_stock or (not by_stock and pile.day <= status):
                        in_time += some // ratio
                got += covers
            clear[order] = max(clear[order], latest if got == need else NEVER)
            missing[order] += need - in_time
    return clear, missing


@settings(max_examples=400, deadline=None)
@given(plants(ratios=(1.0, 1.0, 2.0)), choices)
def test_first_come_with_substitutes_is_serving_one_after_the_other(plant: Plant, chosen: Settings) -> None:
    chosen = replace(chosen, policy=Policy.FIRST_COME)
    found = clear_to_build(plant.problem(chosen))
    clear, missing = served_in_turn(plant, chosen)
    assert {order: int(found.orders.clear_day[order]) for order in clear} == clear
    assert total_missing(found, len(plant.orders)) == missing
    complete = {int(order) for order in np.flatnonzero(found.orders.status == KitStatus.COMPLETE)}
    assert complete == {order for order in clear if missing[order] == 0}
