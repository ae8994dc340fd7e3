"""Nothing is made or lost on the way through the one door of the demo company's stock."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.demo.documents import OPENING, SHIPMENT, TRANSFER_MOVE, Documents
from pipelines.demo.stock import Stock, match_in_order

OUTSIDE, FIRST, SECOND = 0, 1, 2
LOT_ITEM = 2


def empty_stock() -> tuple[Stock, Documents]:
    documents = Documents()
    company = SimpleNamespace(
        items=SimpleNamespace(count=3, is_lot_tracked=np.array([False, False, True])),
        places=SimpleNamespace(ids=("X", "A", "B"), is_own=np.array([False, True, True])),
    )
    return Stock(company, documents), documents  # type: ignore[arg-type]


steps = st.lists(
    st.tuples(
        st.sampled_from(["in", "out", "move"]),
        st.integers(0, 2),
        st.integers(1, 40),
        st.integers(100, 9_999),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_what_lies_there_is_what_the_movements_say_in_pieces_and_money(plan: list[tuple[str, int, int, int]]) -> None:
    stock, documents = empty_stock()
    for day, (what, item, quantity, cents) in enumerate(plan):
        if what == "in":
            lot = stock.new_lots(item, day, 30, -1)[0] if item == LOT_ITEM else -1
            stock.post(OPENING, item, OUTSIDE, FIRST, quantity, day, unit_value=cents / 100, lot=lot)
            continue
        taken = min(quantity, stock.available(item, FIRST).item())
        if taken > 0:
            target = OUTSIDE if what == "out" else SECOND
            stock.issue(SHIPMENT if what == "out" else TRANSFER_MOVE, item, FIRST, target, taken, day)
    moves = documents.movements.columns()
    for table, amount in ((stock.quantity, moves["quantity"]), (stock.value, moves["value"])):
        told = np.zeros_like(table)
        np.add.at(told, (moves["item"], moves["to_place"]), amount)
        np.subtract.at(told, (moves["item"], moves["from_place"]), amount)
        assert np.allclose(table[:, [FIRST, SECOND]], told[:, [FIRST, SECOND]], atol=1e-6)
    assert (stock.quantity >= 0).all()
    assert (stock.value[stock.quantity == 0] == 0).all()
    assert np.allclose(stock.lot_quantity.sum(axis=0), stock.quantity[LOT_ITEM])


def test_the_last_piece_takes_the_rest_of_the_value() -> None:
    stock, documents = empty_stock()
    stock.post(OPENING, 0, OUTSIDE, FIRST, 3, 0, unit_value=3.3333)
    stock.issue(SHIPMENT, [0, 0, 0], FIRST, OUTSIDE, [1, 1, 1], 1)
    assert documents.movements["value"].tolist() == [10.0, 3.33, 3.33, 3.34]


def test_lots_leave_by_expiry() -> None:
    stock, documents = empty_stock()
    late, early = stock.new_lots([LOT_ITEM, LOT_ITEM], 0, [90, 30], -1)
    stock.post(OPENING, [LOT_ITEM] * 2, OUTSIDE, FIRST, [5, 5], 0, unit_value=1, lot=[late, early])
    rows, lots, quantity, _ = stock.issue(SHIPMENT, [LOT_ITEM, LOT_ITEM], FIRST, OUTSIDE, [4, 3], 1)
    assert rows.tolist() == [0, 1, 1]
    assert lots.tolist() == [early, early, late]
    assert quantity.tolist() == [4, 1, 2]
    assert documents.movements.count == 5


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=12),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=12),
)
def test_matching_in_order_equals_taking_one_after_the_other(
    demands: list[tuple[int, int]], supplies: list[tuple[int, int]]
) -> None:
    demands, supplies = sorted(demands, key=lambda pair: pair[0]), sorted(supplies, key=lambda pair: pair[0])
    expected = []
    left = [quantity for _, quantity in supplies]
    for row, (key, asked) in enumerate(demands):
        wanted = asked
        for other, (supply_key, _) in enumerate(supplies):
            taken = min(wanted, left[other]) if supply_key == key else 0
            if taken > 0:
                expected.append((row, other, float(taken)))
                left[other] -= taken
                wanted -= taken
    keys = [np.array([key for key, _ in pairs], dtype=np.int64) for pairs in (demands, supplies)]
    amounts = [np.array([quantity for _, quantity in pairs], dtype=np.float64) for pairs in (demands, supplies)]
    row, other, taken = match_in_order(keys[0], amounts[0], keys[1], amounts[1])
    assert list(zip(row.tolist(), other.tolist(), taken.tolist(), strict=True)) == expected
