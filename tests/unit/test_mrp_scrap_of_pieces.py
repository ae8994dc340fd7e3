"""Scrap of pieces is an average: it is asked for in fractions, and pieces are made whole where they are ordered."""

from __future__ import annotations

from tests.golden.planning.world import orders_of, world_of


def test_a_hundred_orders_of_one_piece_at_two_percent_scrap_need_a_hundred_and_three_pieces() -> None:
    """100 / 0.98 = 102.04; rounded up order by order they would be 200."""
    own = world_of(
        {
            "items": [
                {"id": "FG", "max_lot": 1},
                {"id": "PART", "lot_rule": "period_of_supply", "periods_of_supply": 20, "lot_multiple": 1},
            ],
            "bills": [{"parent": "FG", "component": "PART", "quantity": 1, "scrap_rate": 0.02}],
            "demands": [{"item": "FG", "day": 5, "quantity": 100}],
        }
    )
    found = orders_of(own, own.planned())
    assert sum(quantity for item, *_, quantity in found if item == "FG") == 100
    assert [row for row in found if row[0] == "PART"] == [("PART", 5, 5, 103)]
