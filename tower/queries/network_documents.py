"""What lies behind a node or a lane of the supply network: items, movements in and out, arrivals, documents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from tower.queries.network_cover import cover
from tower.queries.network_sql import CHOSEN, CUSTOMER_NODE, UNDATED_RECEIPT, NetworkFilter

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_ROWS = 2_000


def place_items(warehouse: Warehouse, chosen: NetworkFilter, place: str) -> pl.DataFrame:
    """The items of an own node, most stock value first, each with its cover in days."""
    given = _given(chosen, place)
    held = warehouse.frame(
        f"""
        with {CHOSEN}
        select
            held.item_id, chosen_items.item_name, chosen_items.item_name_zh, held.node_id as location_id,
            sum(held.stock_quantity) as stock_quantity, chosen_items.base_uom, sum(held.stock_value) as stock_value,
            sum(held.on_order_quantity) as on_order_quantity, sum(held.in_transit_quantity) as in_transit_quantity,
            min(held.next_due_date) as next_due_date, sum(held.late_lines) as late_lines
        from marts.mart_network_nodes as held
        inner join chosen_items on held.item_id = chosen_items.item_id
        inner join chosen_places on held.location_id = chosen_places.location_id
        where held.node_id = $place
        group by all
        order by stock_value desc nulls last, held.item_id
        """,
        given,
    )
    demand = warehouse.frame(
        f"""
        with {CHOSEN}
        select
            records.item_id, records.is_past_due, records.week_start_date,
            sum(records.gross_quantity - records.expiring_quantity) as demand
        from core.fct_plan_records as records
        inner join chosen_items on records.item_id = chosen_items.item_id
        inner join chosen_places on records.location_id = chosen_places.location_id
        where chosen_places.node_id = $place
        group by records.item_id, records.is_past_due, records.week_start_date
        """,
        given,
    )
    stock = held.select("item_id", pl.col("stock_quantity").alias("stock"))
    found = cover(stock, demand, ["item_id"], warehouse.as_of).select("item_id", "cover_days", "demand")
    return held.join(found, on="item_id", how="left", maintain_order="left")


def place_flows(warehouse: Warehouse, chosen: NetworkFilter, place: str) -> pl.DataFrame:
    """What came in and went out of an own node in the period by movement type: direction, movement_type, quantity,
    value; with the rows 'opening' and 'closing' of the stock itself. Opening + in − out = closing."""
    given = {**_given(chosen, place), "weeks": chosen.weeks}
    return warehouse.frame(
        f"""
        with {CHOSEN},
        inside as (
            select location_id from chosen_places where node_id = $place
        ),
        stock as (
            select
                case when intervals.valid_to_date > $as_of then 'closing' end as closing,
                case
                    when intervals.valid_from_date <= $opening and intervals.valid_to_date > $opening then 'opening'
                end as opening,
                intervals.quantity, intervals.value
            from core.fct_stock_intervals as intervals
            inner join chosen_items on intervals.item_id = chosen_items.item_id
            where intervals.location_id in (select location_id from inside) and intervals.valid_from_date <= $as_of
        )
        select 'opening' as direction, 'opening' as movement_type, sum(quantity) as quantity, sum(value) as value
        from stock where opening is not null
        union all
        select flows.direction, flows.movement_type, sum(flows.quantity), sum(flows.value)
        from marts.mart_network_flows as flows
        inner join chosen_items on flows.item_id = chosen_items.item_id
        where flows.location_id in (select location_id from inside) and flows.weeks_ago < $weeks
        group by flows.direction, flows.movement_type
        union all
        select 'closing', 'closing', sum(quantity), sum(value) from stock where closing is not null
        order by
            case direction when 'opening' then 0 when 'in' then 1 when 'out' then 2 else 3 end, value desc nulls last
        """.replace("$opening", "cast($opening as date)").replace("$as_of", "cast($as_of as date)"),
        {
            **given, "as_of": warehouse.as_of,
            "opening": warehouse.as_of - timedelta(days=7 * chosen.weeks),
        },
    )  # fmt: skip


def arrivals(warehouse: Warehouse, chosen: NetworkFilter, node: str) -> pl.DataFrame:
    """Open purchase lines and transfers under way to an own node, or open lines of a supplier, the earliest due first:
    document_id, line_id, flow_kind, from_name, item_id, quantity, base_uom, value, due_date, days_late."""
    kind, _, name = node.partition(":")
    return warehouse.frame(
        f"""
        with {CHOSEN},
        expected as (
            select
                order_lines.purchase_order_id as document_id, order_lines.purchase_order_line_id as line_id,
                'purchase' as flow_kind, suppliers.supplier_name as from_name, order_lines.supplier_id as from_id,
                order_lines.item_id, order_lines.location_id, order_lines.open_quantity as quantity,
                order_lines.open_value as value,
                coalesce(order_lines.confirmed_date, order_lines.requested_date) as due_date
            from core.fct_purchase_order_lines as order_lines
            left join core.dim_suppliers as suppliers on order_lines.supplier_id = suppliers.supplier_id
            where order_lines.is_open = 1
            union all
            select
                flows.document_id, flows.line_id, flows.flow_kind, from_places.location_name, flows.from_id,
                flows.item_id,
                flows.location_id, flows.quantity, flows.cost_value, flows.due_date
            from core.fct_flow_lines as flows
            left join core.dim_locations as from_places on flows.from_id = from_places.location_id
            where
                flows.is_under_way = 1 and flows.flow_kind = 'transfer' and flows.place_end = 'to'
                and flows.quantity > 0
        )
        select
            expected.document_id, expected.line_id, expected.flow_kind, expected.from_name, expected.item_id,
            chosen_items.item_name, chosen_items.item_name_zh,
            coalesce(chosen_places.node_id, sole_place.node_id) as location_id,
            expected.quantity, chosen_items.base_uom, expected.value,
            expected.due_date, greatest(date_diff('day', expected.due_date, cast($as_of as date)), 0) as days_late
        from expected
        inner join chosen_items on expected.item_id = chosen_items.item_id
        left join chosen_places on expected.location_id = chosen_places.location_id
        left join sole_place on expected.location_id is null
        where
            ($kind = 'place' and coalesce(chosen_places.node_id, sole_place.node_id) = $name)
            or (
                coalesce(chosen_places.node_id, sole_place.node_id) is not null
                and $kind = 'supplier' and expected.flow_kind = 'purchase' and expected.from_id = $name)
        order by expected.due_date nulls last, expected.line_id
        limit {MOST_ROWS}
        """,
        {**_given(chosen, None), "as_of": warehouse.as_of, "kind": kind, "name": name},
    )


def lane_documents(warehouse: Warehouse, chosen: NetworkFilter, from_node: str, to_node: str) -> pl.DataFrame:
    """The lines of a lane that arrived in the period or are under way, late ones first: document_id, item_id, quantity,
    value, started_date, due_date, arrived_date, planned_days, actual_days, days_late."""
    from_kind, _, from_name = from_node.partition(":")
    _, _, to_name = to_node.partition(":")
    given = {**_given(chosen, None), "as_of": warehouse.as_of, "weeks": chosen.weeks, "from": from_name}
    if to_node.startswith("place:"):
        rows = f"""
            select distinct
                flows.document_id, flows.line_id, flows.item_id, flows.quantity, flows.cost_value as value,
                flows.started_date, flows.due_date, flows.arrived_date, flows.planned_days, flows.actual_days,
                false as is_undated
            from core.fct_flow_lines as flows
            left join places as from_places on flows.flow_kind = 'transfer' and flows.from_id = from_places.location_id
            inner join places as to_places on flows.to_id = to_places.location_id
            where
                to_places.node_id = $to
                and {"flows.from_id" if from_kind == "supplier" else "from_places.node_id"} = $from
                and (flows.is_under_way = 1 or flows.weeks_ago < $weeks)
            union all
            select
                order_lines.purchase_order_id, order_lines.purchase_order_line_id, order_lines.item_id,
                order_lines.received_quantity, order_lines.received_quantity * cast(items.standard_cost as double),
                order_lines.ordered_date, coalesce(order_lines.first_confirmed_date, order_lines.requested_date), null,
                order_lines.book_lead_time_days, null, true
            from core.fct_purchase_order_lines as order_lines
            left join places as to_places on order_lines.location_id = to_places.location_id
            left join sole_place on order_lines.location_id is null
            left join core.dim_items as items on order_lines.item_id = items.item_id
            where
                {UNDATED_RECEIPT} and order_lines.supplier_id = $from
                and coalesce(to_places.node_id, sole_place.node_id) = $to
                and date_diff('day', order_lines.ordered_date, cast($as_of as date)) between 0 and 7 * $weeks - 1
        """
        given["to"] = to_name
    else:
        rows = f"""
            select
                deliveries.delivery_id as document_id, deliveries.delivery_line_id as line_id, deliveries.item_id,
                deliveries.shipped_quantity as quantity, deliveries.cost_value as value,
                deliveries.shipped_date as started_date, deliveries.expected_arrival_date as due_date,
                deliveries.delivered_date as arrived_date,
                cast(date_diff('day', deliveries.planned_ship_date, deliveries.expected_arrival_date) as double)
                    as planned_days,
                deliveries.transit_days as actual_days, false as is_undated
            from core.fct_delivery_lines as deliveries
            left join places on deliveries.location_id = places.location_id
            left join sole_place on deliveries.location_id is null
            inner join core.dim_customers as customers on deliveries.customer_id = customers.customer_id
            where
                coalesce(places.node_id, sole_place.node_id) = $from and deliveries.shipped_quantity > 0
                and {_customer_condition(to_node)}
                and date_diff('day', deliveries.shipped_date, cast($as_of as date)) between 0 and 7 * $weeks - 1
        """
        given["to"] = to_name
    return warehouse.frame(
        f"""
        with {CHOSEN},
        found as ({rows})
        select
            found.* exclude (is_undated), chosen_items.item_name, chosen_items.item_name_zh, chosen_items.base_uom,
            case
                when not found.is_undated
                    then greatest(
                        date_diff('day', found.due_date, coalesce(found.arrived_date, cast($as_of as date))), 0
                    )
            end as days_late
        from found
        inner join chosen_items on found.item_id = chosen_items.item_id
        where $plants is not null
        order by days_late desc nulls last, found.started_date desc, found.line_id
        limit {MOST_ROWS}
        """,
        given,
    )


def _customer_condition(node: str) -> str:
    if node.startswith("country:"):
        return "coalesce(customers.country_code, '') = $to"
    return f"substring({CUSTOMER_NODE}, position(':' in {CUSTOMER_NODE}) + 1) = $to"


def _given(chosen: NetworkFilter, place: str | None) -> dict[str, Any]:
    given = {"plants": list(chosen.plants), "families": list(chosen.families), "item": chosen.item}
    return given if place is None else {**given, "place": place}
