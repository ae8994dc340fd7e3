"""Pegging by date and by priority, and the walks up to customers and down to parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import PlanningError
from planning.mrp.codes import UNIT
from planning.mrp.matching import matched
from planning.mrp.pegging import AllocationRule, Pegging, late_days, peg
from tests.golden.planning.world import World, units, world_of

sides = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=12)


@given(sides, sides)
def test_matching_two_lists_is_what_taking_unit_by_unit_gives(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    one, other = sorted(one, key=lambda row: row[0]), sorted(other, key=lambda row: row[0])

    def single_units(rows: list[tuple[int, int]], key: int) -> list[int]:
        return [number for number, (own, quantity) in enumerate(rows) for _ in range(quantity) if own == key]

    expected: dict[tuple[int, int], int] = {}
    for key in range(4):
        for pair in zip(single_units(one, key), single_units(other, key), strict=False):
            expected[pair] = expected.get(pair, 0) + 1

    def arrays(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
        return np.array([row[0] for row in rows], dtype=np.int64), np.array([row[1] for row in rows], dtype=np.int64)

    found = matched(*arrays(one), *arrays(other))
    assert (
        dict(zip(zip(found.one.tolist(), found.other.tolist(), strict=True), found.quantity.tolist(), strict=True))
        == expected
    )


def test_quantities_too_large_to_match_exactly_are_refused() -> None:
    key, huge = np.zeros(1, np.int64), np.array([2**61])
    with pytest.raises(PlanningError, match="larger base unit"):
        matched(key, huge, key, huge)


def contested() -> World:
    """25 pieces come on day 1; the last order is the most important one."""
    return world_of(
        {
            "items": [{"id": "X", "lead_time_days": 3}],
            "open_supply": [{"item": "X", "day": 1, "quantity": 25}],
            "demands": [
                {"item": "X", "day": 10, "quantity": 10, "priority": 2, "id": "early"},
                {"item": "X", "day": 11, "quantity": 10, "priority": 3, "id": "middle"},
                {"item": "X", "day": 12, "quantity": 10, "priority": 1, "id": "important"},
            ],
        }
    )


def from_receipt(own: World, rule: AllocationRule) -> dict[str, float]:
    found = own.planned()
    links = peg(found, rule)
    served = np.bincount(links.demand[links.supply == 0], links.quantity[links.supply == 0], found.demand.count)
    return {name: units(quantity) for name, quantity in zip(own.demand_names, served, strict=True)}


def test_supply_goes_to_demand_by_date_or_by_priority_as_asked() -> None:
    assert from_receipt(contested(), AllocationRule.DATE) == {"early": 10, "middle": 10, "important": 5}
    assert from_receipt(contested(), AllocationRule.PRIORITY) == {"early": 10, "middle": 5, "important": 10}


def test_components_have_the_priority_of_the_order_they_are_for() -> None:
    own = world_of(
        {
            "items": [{"id": "A", "lead_time_days": 2}, {"id": "B"}, {"id": "PART", "on_hand": 5}],
            "bills": [
                {"parent": "A", "component": "PART", "quantity": 1},
                {"parent": "B", "component": "PART", "quantity": 1},
            ],
            "demands": [
                {"item": "A", "day": 5, "quantity": 5, "priority": 9},
                {"item": "B", "day": 8, "quantity": 5, "priority": 1},
            ],
        }
    )
    found = own.planned()
    for rule, user in ((AllocationRule.DATE, "A"), (AllocationRule.PRIORITY, "B")):
        links = peg(found, rule)
        (demand,) = links.demand[links.supply == 0]
        assert own.items[found.supply.node[found.demand.parent[demand]]] == user


def shared_lot() -> World:
    """One lot of 100 parts for two customers' orders of 30 and 50; 20 are left."""
    return world_of(
        {
            "items": [{"id": "FG"}, {"id": "PART", "min_lot": 100, "lead_time_days": 3}],
            "bills": [{"parent": "FG", "component": "PART", "quantity": 1}],
            "demands": [
                {"item": "FG", "day": 5, "quantity": 30, "id": "SO1", "customer": 7},
                {"item": "FG", "day": 5, "quantity": 50, "id": "SO2", "customer": 8},
            ],
        }
    )


def test_up_from_a_part_to_its_customers_the_lot_is_divided_in_proportion() -> None:
    own = shared_lot()
    found = own.planned()
    pegging = Pegging.of(found)
    part = found.orders.supply[found.orders.node == own.code("PART")]
    ends = pegging.end_demand(part)
    served = {
        own.demand_names[demand]: round(quantity / UNIT, 6)
        for demand, quantity in zip(pegging.links.demand[ends.link], ends.quantity, strict=True)
    }
    assert served == {"SO1": 30, "SO2": 50}
    assert ends.generation.tolist() == [1, 1]


def test_down_from_an_order_to_what_it_takes() -> None:
    own = shared_lot()
    pegging = Pegging.of(own.planned())
    chain = pegging.down(np.array([1]))
    taken = [
        (own.items[pegging.links.node[link]], units(quantity))
        for link, quantity in zip(chain.link, chain.quantity, strict=True)
    ]
    assert taken == [("FG", 50), ("PART", 50)]


def test_lateness_adds_up_along_the_slowest_chain() -> None:
    """FG should have started 2 days ago and its part takes 4 days from today: 6 days late; the other part is in stock."""
    own = world_of(
        {
            "items": [
                {"id": "FG", "lead_time_days": 5},
                {"id": "SLOW", "lead_time_days": 4},
                {"id": "THERE", "on_hand": 9},
            ],
            "bills": [
                {"parent": "FG", "component": "SLOW", "quantity": 1},
                {"parent": "FG", "component": "THERE", "quantity": 1},
            ],
            "demands": [{"item": "FG", "day": 3, "quantity": 1}],
        }
    )
    found = own.planned()
    late = late_days(Pegging.of(found))
    assert {own.items[node]: int(days) for node, days in zip(found.supply.node, late, strict=True)} == {
        "THERE": 0,
        "FG": 6,
        "SLOW": 4,
    }
