"""The arithmetic of planned orders can be done again from its own figures."""

from __future__ import annotations

import numpy as np
import pytest

from planning.mrp.arithmetic import LevelOrigin, LotOrigin, arithmetic, recomputed
from planning.mrp.codes import LotRule, SourceKind
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import units, world_of


def test_gross_to_net_to_lot_to_dates_of_one_order() -> None:
    """Stock 12, safety stock 5, demand 40 on day 20: 33 missing, at 90 % yield 37 to start, minimum 50."""
    own = world_of(
        {
            "items": [
                {
                    "id": "X",
                    "on_hand": 12,
                    "safety_stock": 5,
                    "yield_rate": 0.9,
                    "safety_time_days": 2,
                    "receiving_days": 1,
                }
            ],
            "sources": [{"item": "X", "kind": "buy", "lead_time_days": 7, "min_lot": 50, "lead_time_origin": 4}],
            "demands": [{"item": "X", "day": 20, "quantity": 25}, {"item": "X", "day": 20, "quantity": 15}],
        }
    )
    one = arithmetic(own.planned())
    assert one.order.size == 1
    assert [
        units(value[0]) for value in (one.gross_requirement, one.projected, one.kept_level, one.net_requirement)
    ] == [40, -28, 5, 33]
    assert one.kept_level_origin[0] == LevelOrigin.SAFETY_STOCK
    assert [
        units(value[0]) for value in (one.started, one.minimum, one.lot_quantity, one.quantity, one.good_quantity)
    ] == [36.666667, 50, 50, 50, 45]
    assert (one.lot_origin[0], one.rule[0], one.kind[0]) == (LotOrigin.SOURCE, LotRule.LOT_FOR_LOT, SourceKind.BUY)
    assert [
        int(value[0])
        for value in (
            one.need_day,
            one.safety_time_days,
            one.due_day,
            one.receiving_days,
            one.lead_time_days,
            one.lead_time_origin,
            one.release_day,
        )
    ] == [20, 2, 18, 1, 7, 4, 10]


@pytest.mark.parametrize("seed", range(20))
def test_every_order_of_a_random_plant_adds_up(seed: int) -> None:
    found = world_of(random_plant(seed, items=20)).planned()
    one = arithmetic(found)
    net, lot = recomputed(one)
    alone = (one.last_need_day == one.need_day) & (one.filled_to == 0)
    assert np.array_equal(net[alone], one.net_requirement[alone])
    assert (one.net_requirement >= net).all()
    assert np.array_equal(lot, one.lot_quantity)
    assert (one.quantity <= one.lot_quantity).all()
    assert np.array_equal(one.due_day - one.lead_time_days - one.receiving_days, one.release_day)
    assert np.array_equal(one.need_day - one.safety_time_days, one.due_day)


def test_of_some_orders_only_theirs_is_given() -> None:
    found = world_of(random_plant(3, items=20)).planned()
    everything, some = arithmetic(found), arithmetic(found, np.array([4, 1]))
    assert some.order.tolist() == [4, 1]
    assert some.gross_requirement.tolist() == everything.gross_requirement[[4, 1]].tolist()
