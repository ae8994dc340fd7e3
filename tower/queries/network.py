"""The supply network: its nodes with stock, cover and what is late, and the lanes between them with what flowed.

Node ids say their kind: supplier:V001, place:P1, customer:K00001, region:CN|East China.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from tower.queries.network_cover import cover
from tower.queries.network_sql import CHOSEN, CUSTOMER_NODE, OWN_LANES, SUMS, UNDATED_RECEIPT, NetworkFilter

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Tiers from left to right.
UPSTREAM, SUPPLIERS, PLANTS, CENTRES, CUSTOMERS = range(5)
# More would make a list that nobody reads.
MOST_ITEMS = 5_000


def lanes(warehouse: Warehouse, chosen: NetworkFilter) -> pl.DataFrame:
    """One row for each lane with a flow in the period, the largest value first: from_node, to_node, quantity,
    cost_value, lines, dated_lines, late_lines, actual_days and planned_days with the timed_lines they are summed over,
    items, base_uom (empty where the items have several).

    Of a source that dates no receipts: what was ordered in the period and received, on a day that nobody wrote down.
    """
    return warehouse.frame(
        f"""
        with {CHOSEN}, {OWN_LANES},
        together as (
            select
                case flow_kind
                    when 'purchase' then concat('supplier:', own_lanes.from_id)
                    else concat('place:', from_places.node_id)
                end as from_node,
                concat('place:', to_places.node_id) as to_node, own_lanes.item_id, own_lanes.quantity,
                own_lanes.cost_value, own_lanes.lines, own_lanes.dated_lines, own_lanes.late_lines,
                own_lanes.actual_days, own_lanes.planned_days, own_lanes.timed_lines,
                from_places.node_id as from_place, to_places.node_id as to_place
            from own_lanes
            left join places as from_places
                on own_lanes.flow_kind = 'transfer' and own_lanes.from_id = from_places.location_id
            inner join places as to_places on own_lanes.to_id = to_places.location_id
            where own_lanes.flow_kind = 'purchase' or from_places.node_id <> to_places.node_id
            union all
            select
                concat('place:', coalesce(from_places.node_id, sole_place.node_id)), {CUSTOMER_NODE},
                deliveries.item_id, deliveries.quantity, deliveries.cost_value, deliveries.lines,
                deliveries.dated_lines, deliveries.late_lines, deliveries.actual_days,
                deliveries.planned_days, deliveries.timed_lines,
                coalesce(from_places.node_id, sole_place.node_id), null
            from marts.mart_network_deliveries as deliveries
            left join places as from_places on deliveries.location_id = from_places.location_id
            left join sole_place on deliveries.location_id is null
            inner join core.dim_customers as customers on deliveries.customer_id = customers.customer_id
            where deliveries.weeks_ago < $weeks and coalesce(from_places.node_id, sole_place.node_id) is not null
            union all
            select
                concat('supplier:', order_lines.supplier_id),
                concat('place:', coalesce(to_places.node_id, sole_place.node_id)),
                order_lines.item_id, order_lines.received_quantity,
                order_lines.received_quantity * cast(priced.standard_cost as double), 1, 0, 0, null, null, 0, null,
                coalesce(to_places.node_id, sole_place.node_id)
            from core.fct_purchase_order_lines as order_lines
            left join places as to_places on order_lines.location_id = to_places.location_id
            left join sole_place on order_lines.location_id is null
            inner join chosen_items as priced on order_lines.item_id = priced.item_id
            where
                {UNDATED_RECEIPT}
                and date_diff('day', order_lines.ordered_date, $as_of) between 0 and 7 * $weeks - 1
                and coalesce(to_places.node_id, sole_place.node_id) is not null
        )
        select
            together.from_node, together.to_node, {SUMS},
            count(distinct together.item_id) as items,
            case when count(distinct chosen_items.base_uom) = 1 then min(chosen_items.base_uom) end as base_uom
        from together
        inner join chosen_items on together.item_id = chosen_items.item_id
        where
            together.from_place in (select node_id from chosen_places)
            or together.to_place in (select node_id from chosen_places)
        group by together.from_node, together.to_node
        order by cost_value desc nulls last, together.from_node, together.to_node
        """.replace("$as_of", "cast($as_of as date)"),
        {**chosen.parameters, "as_of": warehouse.as_of},
    )


def nodes(warehouse: Warehouse, chosen: NetworkFilter) -> pl.DataFrame:
    """One row for each node with stock, orders or a flow: node, tier, name, country_code, latitude, longitude,
    stock_value, stock_quantity, on_order_value, in_transit_value, next_due_date, late_lines, items, flow_value,
    cover_days, horizon_days, is_measured (whether its stock is known at all)."""
    flows = lanes(warehouse, chosen)
    ends = pl.concat(
        [
            flows.select(pl.col("from_node").alias("node"), pl.col("cost_value").alias("out_value")),
            flows.select(pl.col("to_node").alias("node"), pl.col("cost_value").alias("in_value")),
        ],
        how="diagonal",
    ).group_by("node").agg(pl.col("in_value").sum(), pl.col("out_value").sum())  # fmt: skip
    held = pl.concat(
        [_places(warehouse, chosen), _channel(warehouse, chosen), _suppliers(warehouse, chosen)], how="diagonal_relaxed"
    )
    known = _known(warehouse)
    found = ends.join(held, on="node", how="full", coalesce=True).join(known, on="node", how="inner")
    tiers = pl.concat([found, _second_tier(warehouse, found, known)], how="diagonal_relaxed")
    return tiers.with_columns(
        pl.max_horizontal("in_value", "out_value").fill_null(0.0).alias("flow_value"),
        pl.col("in_value", "out_value").fill_null(0.0),
        pl.col("stock_value").is_not_null().alias("is_measured"),
    ).sort("tier", "flow_value", "node", descending=[False, True, False])


def place_cover(warehouse: Warehouse, chosen: NetworkFilter) -> pl.DataFrame:
    """Cover of own nodes, stock and demand both at standard cost: node, stock, cover_days, horizon_days, demand."""
    demand = warehouse.frame(
        f"""
        with {CHOSEN}
        select
            concat('place:', chosen_places.node_id) as node, records.is_past_due, records.week_start_date,
            sum((records.gross_quantity - records.expiring_quantity) * cast(chosen_items.standard_cost as double))
                as demand
        from core.fct_plan_records as records
        inner join chosen_items on records.item_id = chosen_items.item_id
        inner join chosen_places on records.location_id = chosen_places.location_id
        group by node, records.is_past_due, records.week_start_date
        """,
        _of_items(chosen),
    )
    stock = warehouse.frame(
        f"""
        with {CHOSEN}
        select
            concat('place:', held.node_id) as node,
            sum(held.stock_quantity * cast(chosen_items.standard_cost as double)) as stock
        from marts.mart_network_nodes as held
        inner join chosen_items on held.item_id = chosen_items.item_id
        inner join chosen_places on held.location_id = chosen_places.location_id
        group by held.node_id
        """,
        _of_items(chosen),
    )
    return cover(stock.drop_nulls("stock"), demand.drop_nulls("demand"), ["node"], warehouse.as_of)


def transit(warehouse: Warehouse, chosen: NetworkFilter) -> pl.DataFrame:
    """One row: transfer_value and purchase_value under way to the chosen places, at standard cost."""
    return warehouse.frame(
        f"""
        with {CHOSEN}
        select
            coalesce(sum(flows.cost_value) filter (where flows.flow_kind = 'transfer'), 0) as transfer_value,
            coalesce(sum(flows.cost_value) filter (where flows.flow_kind = 'purchase'), 0) as purchase_value
        from core.fct_flow_lines as flows
        inner join chosen_items on flows.item_id = chosen_items.item_id
        inner join chosen_places on flows.location_id = chosen_places.location_id
        where flows.is_under_way = 1 and flows.place_end = 'to' and flows.quantity > 0
        """,
        _of_items(chosen),
    )


def items(warehouse: Warehouse, families: tuple[str, ...]) -> pl.DataFrame:
    """Items that are held, on order or reported by the channel: item_id, item_name, item_name_zh."""
    return warehouse.frame(
        f"""
        with moving as (
            select item_id from marts.mart_network_nodes
            union
            select item_id from marts.mart_channel_sell_out
        )
        select items.item_id, items.item_name, items.item_name_zh
        from core.dim_items as items
        inner join moving on items.item_id = moving.item_id
        where
            len(cast($families as varchar[])) = 0 or list_contains(cast($families as varchar[]), items.product_family)
        order by items.item_id
        limit {MOST_ITEMS}
        """,
        {"families": list(families)},
    )


def families(warehouse: Warehouse) -> pl.DataFrame:
    """Product families with their names: product_family, name, name_zh."""
    return warehouse.frame(
        """
        select product_family, product_family as name, min(product_family_zh) as name_zh
        from core.dim_items
        where product_family is not null
        group by product_family
        order by product_family
        """
    )


def _of_items(chosen: NetworkFilter) -> dict[str, Any]:
    return {key: value for key, value in chosen.parameters.items() if key != "weeks"}


def _places(warehouse: Warehouse, chosen: NetworkFilter) -> pl.DataFrame:
    held = warehouse.frame(
        f"""
        with {CHOSEN}
        select
            concat('place:', held.node_id) as node, sum(held.stock_value) as stock_value,
            sum(held.stock_quantity) as stock_quantity, sum(held.on_order_value) as on_order_value,
            sum(held.in_transit_value) as in_transit_value, min(held.next_due_date) as next_due_date,
            sum(held.late_lines) as late_lines, count(distinct held.item_id) as items,
            case when count(distinct held.base_uom) = 1 then min(held.base_uom) end as base_uom
        from marts.mart_network_nodes as held
        inner join chosen_items on held.item_id = chosen_items.item_id
        inner join chosen_places on held.location_id = chosen_places.location_id
        group by held.node_id
        """,
        _of_items(chosen),
    )
    covered = place_cover(warehouse, chosen).select("node", "cover_days", "horizon_days")
    return held.join(covered, on="node", how="left")


def _channel(warehouse: Warehouse, chosen: NetworkFilter) -> pl.DataFrame:
    """What distributors and stores that report had at the end of their last week, and how long it lasts at the rate of
    their last eight weeks: the plan knows no demand of theirs."""
    return warehouse.frame(
        """
        select
            concat('customer:', reports.customer_id) as node,
            sum(case when reports.weeks_before_last = 0 then reports.stock_cost_value else 0 end) as stock_value,
            sum(case when reports.weeks_before_last = 0 then reports.stock_quantity else 0 end) as stock_quantity,
            count(distinct case when reports.weeks_before_last = 0 then reports.item_id end) as items,
            case when count(distinct reports.base_uom) = 1 then min(reports.base_uom) end as base_uom,
            7 * sum(case when reports.weeks_before_last = 0 then reports.stock_cost_value else 0 end)
            / nullif(sum(case when reports.weeks_before_last < 8 then reports.sold_cost_value else 0 end) / 8, 0)
                as cover_days
        from marts.mart_channel_sell_out as reports
        where
            ($item is null or reports.item_id = $item)
            and (
                len(cast($families as varchar[])) = 0
                or list_contains(cast($families as varchar[]), reports.product_family)
            )
            and reports.is_reporting = 1
        group by reports.customer_id
        """,
        {"item": chosen.item, "families": list(chosen.families)},
    )


def _suppliers(warehouse: Warehouse, chosen: NetworkFilter) -> pl.DataFrame:
    """What is open with each supplier."""
    return warehouse.frame(
        f"""
        with {CHOSEN}
        select
            concat('supplier:', order_lines.supplier_id) as node, sum(order_lines.open_value) as on_order_value,
            min(coalesce(order_lines.confirmed_date, order_lines.requested_date)) as next_due_date,
            count(*) filter (
                where coalesce(order_lines.confirmed_date, order_lines.requested_date) < $as_of
            ) as late_lines,
            count(distinct order_lines.item_id) as items
        from core.fct_purchase_order_lines as order_lines
        inner join chosen_items on order_lines.item_id = chosen_items.item_id
        left join chosen_places on order_lines.location_id = chosen_places.location_id
        left join sole_place on order_lines.location_id is null
        where order_lines.is_open = 1 and coalesce(chosen_places.node_id, sole_place.node_id) is not null
        group by order_lines.supplier_id
        """,
        {
            **_of_items(chosen), "as_of": warehouse.as_of
        },
    )  # fmt: skip


def _known(warehouse: Warehouse) -> pl.DataFrame:
    """Every node that may be drawn: node, tier, name, kind, country_code, latitude, longitude."""
    return warehouse.frame(
        f"""
        with places as (
            select location_id, location_name, location_type, coalesce(plant_id, location_id) as node_id,
                country_code, latitude, longitude
            from core.dim_locations
            where is_own_stock = 1 and location_type <> 'transit'
        )
        select
            concat('supplier:', suppliers.supplier_id) as node, {SUPPLIERS} as tier, suppliers.supplier_name as name,
            'supplier' as kind, suppliers.country_code, found.latitude, found.longitude, 1 as customers
        from core.dim_suppliers as suppliers
        left join core.dim_supplier_places as found on suppliers.supplier_id = found.supplier_id
        union all
        select
            concat('place:', location_id),
            case when location_type in ('plant', 'subcontractor') then {PLANTS} else {CENTRES} end,
            location_name, location_type, country_code, latitude, longitude, 1
        from places
        where location_id = node_id
        union all
        select
            {CUSTOMER_NODE} as node, {CUSTOMERS},
            case
                when min(customers.customer_type) in ('distributor', 'retailer', 'online_channel')
                    then min(customers.customer_name)
                else concat_ws(' · ', min(customers.region), min(customers.country_code))
            end,
            min(customers.customer_type), min(customers.country_code), null, null, count(*)
        from core.dim_customers as customers
        group by node
        """
    )


def _second_tier(warehouse: Warehouse, found: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Suppliers that are known only as suppliers of a supplier that is drawn: they deliver nothing to us."""
    tiers = upstream(warehouse)
    drawn = found["node"].to_list()
    extra = tiers.filter(pl.col("to_node").is_in(drawn) & ~pl.col("from_node").is_in(drawn))["from_node"].unique()
    return known.filter(pl.col("node").is_in(extra.to_list())).with_columns(
        pl.lit(UPSTREAM).cast(pl.Int32).alias("tier")
    )


def upstream(warehouse: Warehouse) -> pl.DataFrame:
    """What is known of the second tier: from_node supplies to_node; nobody measures how much."""
    return warehouse.frame(
        """
        select distinct
            concat('supplier:', upstream_supplier_id) as from_node, concat('supplier:', supplier_id) as to_node
        from core.fct_supplier_tiers
        order by 1, 2
        """
    )


def missing(warehouse: Warehouse) -> frozenset[str]:
    """What no source of the build fills, of what the page stands on: 'table' or 'table.column'."""
    rows = warehouse.frame(
        """
        select table_name, column_name
        from build.source_coverage
        where table_name in (
            'locations', 'suppliers', 'supplier_tiers', 'transfer_orders', 'shipments', 'channel_stock_sales',
            'deliveries'
        )
        group by table_name, column_name
        having sum(case when status <> 'absent' then 1 else 0 end) = 0
        """
    ).rows()
    return frozenset(table if not column else f"{table}.{column}" for table, column in rows)
