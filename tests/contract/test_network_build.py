"""The supply network of the demo company: what flows in less what flows out is how stock changes, and no figure is made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl
import pytest

from tower.access import RowScope
from tower.builds import BuildSummary
from tower.queries import bullwhip, channel, network, network_documents
from tower.queries.network_sql import NetworkFilter
from tower.warehouse import Warehouse, open_warehouse

ALL = NetworkFilter()


@pytest.fixture(scope="module")
def demo(demo_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(demo_build.file)
    yield opened
    opened.close()


@pytest.mark.parametrize("weeks", [4, 13])
def test_flows_in_less_flows_out_are_the_change_of_stock_at_every_own_place(demo: Warehouse, weeks: int) -> None:
    found = demo.frame(
        f"""
        with flows as (
            select location_id, item_id, sum(case when direction = 'in' then quantity else -quantity end) as change
            from marts.mart_network_flows where weeks_ago < {weeks} group by all
        ),
        -- The raw movements, not the intervals that the page reads.
        stock as (
            select location_id, item_id, sum(quantity) filter (where day > $opening) as change
            from (
                select to_location_id as location_id, item_id, cast(moved_at as date) as day, quantity
                from canonical.cnl_stock_movements
                union all
                select from_location_id, item_id, cast(moved_at as date), -quantity from canonical.cnl_stock_movements
            )
            where location_id in (select location_id from canonical.cnl_locations where is_own_stock)
            group by all
        )
        select count(*) as places, count(*) filter (where abs(coalesce(flows.change, 0) - coalesce(stock.change, 0)) > 1e-6) as wrong
        from stock full outer join flows on stock.location_id = flows.location_id and stock.item_id = flows.item_id
        """,
        {"opening": demo.as_of - timedelta(days=7 * weeks)},
    ).row(0)  # fmt: skip
    assert found[0] > 100
    assert found[1] == 0


@pytest.mark.parametrize("weeks", [4, 13])
def test_opening_and_flows_of_a_place_make_its_closing_stock(demo: Warehouse, weeks: int) -> None:
    places = [one.partition(":")[2] for one in network.nodes(demo, ALL)["node"].to_list() if one.startswith("place:")]
    assert len(places) >= 5
    for place in places:
        rows = network_documents.place_flows(demo, NetworkFilter(weeks=weeks), place)
        sums = {way: rows.filter(pl.col("direction") == way)["quantity"].sum() for way in rows["direction"].unique()}
        expected = sums.get("opening", 0) + sums.get("in", 0) - sums.get("out", 0)
        assert sums.get("closing", 0) == pytest.approx(expected, abs=1e-6), place


def test_transfers_under_way_are_what_lies_in_transit(demo: Warehouse) -> None:
    wrong = demo.frame(
        """
        with under_way as (
            select item_id, sum(quantity) as quantity from core.fct_flow_lines
            where is_under_way = 1 and flow_kind = 'transfer' and place_end = 'to' group by item_id
        ),
        lying as (
            select item_id, sum(quantity) as quantity from core.fct_stock_intervals as intervals
            inner join core.dim_locations as places on intervals.location_id = places.location_id
            where places.location_type = 'transit' and valid_to_date > cast($as_of as date) group by item_id
        )
        select * from under_way full outer join lying on under_way.item_id = lying.item_id
        where abs(coalesce(under_way.quantity, 0) - coalesce(lying.quantity, 0)) > 1e-6
        """,
        {"as_of": demo.as_of},
    )
    assert wrong.rows() == []


def test_stock_of_the_nodes_is_the_stock_of_the_company_without_what_is_in_transit(demo: Warehouse) -> None:
    nodes = network.nodes(demo, ALL).filter(pl.col("tier").is_in([network.PLANTS, network.CENTRES]))
    expected = demo.frame(
        """
        select sum(value) from core.fct_stock_intervals as intervals
        inner join core.dim_locations as places on intervals.location_id = places.location_id
        where places.location_type <> 'transit' and valid_to_date > cast($as_of as date)
        """,
        {"as_of": demo.as_of},
    ).item()
    assert nodes["stock_value"].sum() == pytest.approx(expected)


def test_lanes_carry_what_the_raw_documents_say(demo: Warehouse) -> None:
    lanes = network.lanes(demo, ALL)
    first = demo.as_of - timedelta(days=7 * ALL.weeks - 1)
    transfers = demo.frame(
        """
        select concat('place:', from_location_id, '>place:', to_location_id) as lane, sum(received_quantity) as quantity,
            count(*) as lines, count(*) filter (where cast(received_at as date) > due_date) as late_lines,
            sum(date_diff('day', cast(shipped_at as date), cast(received_at as date))) as days
        from canonical.cnl_transfer_orders
        where transfer_status = 'completed' and cast(received_at as date) >= $first
        group by lane
        """,
        {"first": first},
    )
    receipts = demo.frame(
        """
        select sum(receipts.received_quantity), count(*)
        from canonical.cnl_purchase_receipts as receipts
        inner join canonical.cnl_purchase_order_lines as order_lines
            on receipts.purchase_order_line_id = order_lines.purchase_order_line_id
        inner join canonical.cnl_purchase_orders as orders
            on order_lines.purchase_order_id = orders.purchase_order_id and orders.order_status <> 'draft'
        where cast(receipts.received_at as date) between $first and $as_of
        """,
        {"first": first, "as_of": demo.as_of},
    ).row(0)
    drawn = lanes.with_columns(pl.concat_str("from_node", pl.lit(">"), "to_node").alias("lane"))
    both = transfers.join(drawn, on="lane", suffix="_drawn")
    assert both.height == transfers.height > 3
    for one, other in (
        ("quantity", "quantity_drawn"),
        ("lines", "lines_drawn"),
        ("late_lines", "late_lines_drawn"),
        ("days", "actual_days"),
    ):
        assert both[one].cast(pl.Float64).to_list() == pytest.approx(both[other].to_list()), one
    bought = lanes.filter(pl.col("from_node").str.starts_with("supplier:"))
    assert (bought["quantity"].sum(), bought["lines"].sum()) == pytest.approx(receipts)


def test_a_reader_of_one_plant_sees_its_own_lanes_and_no_stock_of_others(
    demo: Warehouse, demo_build: BuildSummary
) -> None:
    scoped = open_warehouse(demo_build.file, RowScope(locations=frozenset({"D1"})))
    nodes, lanes = network.nodes(scoped, ALL), network.lanes(scoped, ALL)
    held = nodes.filter(pl.col("stock_value").is_not_null() & pl.col("node").str.starts_with("place:"))
    assert held["node"].to_list() == ["place:D1"]
    assert all("place:D1" in row for row in lanes.select("from_node", "to_node").rows())
    whole = network.lanes(demo, ALL)
    expected = whole.filter((pl.col("from_node") == "place:D1") | (pl.col("to_node") == "place:D1"))
    assert lanes["cost_value"].sum() == pytest.approx(expected["cost_value"].sum())
    scoped.close()


def test_a_reader_of_some_customers_sees_their_deliveries_and_sell_out_alone(
    demo: Warehouse, demo_build: BuildSummary
) -> None:
    customer = channel.by_customer(demo, (), None, 13)["customer_id"][0]
    scoped = open_warehouse(demo_build.file, RowScope(customers=frozenset({customer})))
    sold = network.lanes(scoped, ALL).filter(~pl.col("to_node").str.starts_with("place:"))
    assert set(sold["to_node"]) <= {f"customer:{customer}"}
    assert channel.by_customer(scoped, (), None, 13)["customer_id"].to_list() == [customer]
    assert set(bullwhip.weekly(scoped, (), (), None)["stage"]) <= {"channel"}
    scoped.close()


def test_sell_out_is_what_the_channel_reported(demo: Warehouse) -> None:
    totals = channel.totals(demo, (), None, 4).row(0, named=True)
    raw = demo.frame(
        """
        with last as (select max(week_start_date) as week from canonical.cnl_channel_stock_sales)
        select sum(sold_quantity) filter (where week_start_date > last.week - interval 28 day),
            sum(stock_quantity) filter (where week_start_date = last.week)
        from canonical.cnl_channel_stock_sales cross join last
        """
    ).row(0)
    assert (totals["sold_quantity"], totals["stock_quantity"]) == raw


def test_a_source_of_one_plant_without_coordinates_has_a_network_and_says_what_is_missing(
    adventureworks_build: BuildSummary,
) -> None:
    opened = open_warehouse(adventureworks_build.file)
    nodes = network.nodes(opened, NetworkFilter(weeks=52))
    assert {network.SUPPLIERS, network.PLANTS} <= set(nodes["tier"].to_list())
    assert nodes["latitude"].null_count() == nodes.height
    assert {"channel_stock_sales", "transfer_orders"} <= network.missing(opened)
    opened.close()
