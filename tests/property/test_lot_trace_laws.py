"""Lot trace: the walk against a plain search, forward and back agree, and every receipt balances."""

from __future__ import annotations

from collections import deque

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tower.builds import BuildSummary
from tower.lot_trace import UNREACHED, levels
from tower.queries import lot_trace
from tower.warehouse import Warehouse, open_warehouse

NODES = 12
edges = st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=40)
starts = st.lists(st.integers(0, NODES - 1), max_size=4)


def plain(pairs: list[tuple[int, int]], first: list[int]) -> list[int]:
    found = dict.fromkeys(first, 0)
    queue = deque(found)
    while queue:
        node = queue.popleft()
        for source, target in pairs:
            if source == node and target not in found:
                found[target] = found[node] + 1
                queue.append(target)
    return [found.get(node, UNREACHED) for node in range(NODES)]


def walked(pairs: list[tuple[int, int]], first: list[int], *, back: bool = False) -> list[int]:
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    sources, targets = (ends[:, 1], ends[:, 0]) if back else (ends[:, 0], ends[:, 1])
    return levels(sources, targets, np.array(first, dtype=np.int64), NODES).tolist()


@given(edges, starts)
def test_the_walk_finds_what_a_plain_search_finds(pairs: list[tuple[int, int]], first: list[int]) -> None:
    assert walked(pairs, first) == plain(pairs, first)


@given(edges, st.integers(0, NODES - 1), st.integers(0, NODES - 1))
def test_one_reaches_the_other_forward_exactly_when_back(pairs: list[tuple[int, int]], one: int, other: int) -> None:
    assert walked(pairs, [one])[other] == walked(pairs, [other], back=True)[one]


@given(edges, starts, st.randoms())
def test_the_order_of_edges_does_not_matter(pairs: list[tuple[int, int]], first: list[int], luck) -> None:
    shuffled = list(pairs)
    luck.shuffle(shuffled)
    assert walked(shuffled, first) == walked(pairs, first)


def test_a_node_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="nodes 0 to 11"):
        walked([(0, NODES)], [0])


@pytest.fixture(scope="module", params=["example", "demo"])
def warehouse(request: pytest.FixtureRequest) -> Warehouse:
    build: BuildSummary = request.getfixturevalue(f"{request.param}_build")
    return open_warehouse(build.file)


def test_every_receipt_is_used_shipped_or_there(warehouse: Warehouse) -> None:
    # Of raw movements and layers alone: what came in equals what left own stock from it and what remains of it.
    off = warehouse.frame(
        """
        with gone as (
            select layers.origin_movement_id, sum(layers.quantity) as quantity
            from core.fct_stock_layer_uses as layers
            inner join core.fct_stock_movements as movements on layers.out_movement_id = movements.movement_id
            where movements.is_to_own_stock = 0
            group by all
        ),
        here as (
            select origin_movement_id, sum(quantity) as quantity from core.fct_stock_layers group by all
        )
        select movements.movement_id
        from core.fct_stock_movements as movements
        left join gone on movements.movement_id = gone.origin_movement_id
        left join here on movements.movement_id = here.origin_movement_id
        where
            movements.is_to_own_stock = 1 and movements.is_from_own_stock = 0
            and movements.quantity <> coalesce(gone.quantity, 0) + coalesce(here.quantity, 0)
        """
    )
    assert off.is_empty(), off


def test_quantities_balance_at_each_hop_and_forward_and_back_agree(warehouse: Warehouse) -> None:
    receipts = lot_trace.find(warehouse, "").filter(pl.col("kind").is_in(["receipt", "lot"]))
    assert receipts.height
    checked = 0
    for kind, identity in receipts.select("kind", "id").unique().sort("kind", "id").head(8).rows():
        forward = lot_trace.trace(warehouse, "forward", kind, identity)
        assert forward.receipts["difference"].abs().max() == 0
        begun = set(forward.receipts.filter(pl.col("hop") == 0)["origin_movement_id"])
        for delivery in forward.customers["document"].unique().sort().head(2):
            back = lot_trace.trace(warehouse, "backward", "delivery", delivery)
            assert begun & set(back.receipts["origin_movement_id"]), (identity, delivery)
            assert back.receipts["difference"].abs().max() == 0
            checked += 1
    if checked == 0:
        # The newest lots may all be on hand still: then go back from what was shipped.
        shipped = lot_trace.find(warehouse, "").filter(pl.col("kind") == "delivery")["id"].unique().sort().head(3)
        for delivery in shipped:
            back = lot_trace.trace(warehouse, "backward", "delivery", delivery)
            bought = back.receipts.filter(pl.col("movement_type") == "purchase_receipt")
            for receipt in bought["document"].unique().sort().head(2):
                forward = lot_trace.trace(warehouse, "forward", "receipt", receipt)
                assert delivery in forward.customers["document"].to_list(), (receipt, delivery)


def test_what_a_delivery_shipped_comes_from_its_own_issues(warehouse: Warehouse) -> None:
    shipped = warehouse.frame(
        """
        select reference_id, sum(quantity) as quantity from core.fct_stock_movements
        where movement_type = 'shipment' and reference_type = 'delivery' and is_from_own_stock = 1
        group by reference_id order by reference_id limit 5
        """
    )
    for delivery, quantity in shipped.rows():
        back = lot_trace.trace(warehouse, "backward", "delivery", delivery)
        assert back.customers["quantity"].sum() == pytest.approx(quantity, abs=1e-9)


def test_an_unknown_direction_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="forward or backward"):
        lot_trace.trace(warehouse, "sideways", "lot", "X")
