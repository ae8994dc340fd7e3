"""What the detectors of the area supply read of a build: one query a name; `$as_of` is the day of the build."""

from __future__ import annotations

from collections.abc import Mapping

# Name -> SQL over canonical, core, engine and reference, sorted by a stable key. The comment of each says a row.
QUERIES: Mapping[str, str] = {
    "alert_thresholds": """
        -- One row per limit that the business sets.
        select threshold, value from reference.alert_thresholds order by threshold
    """,
    "company_sales": """
        -- One row: net value ordered in the last year.
        select coalesce(sum(lines.net_value), 0) as year_value
        from canonical.cnl_sales_order_lines as lines
        inner join canonical.cnl_sales_orders as orders on lines.sales_order_id = orders.sales_order_id
        where
            cast(orders.ordered_at as date) > $as_of - interval 365 day
            and orders.order_status <> 'draft' and lines.line_status <> 'cancelled'
    """,
    "purchase_lines": """
        -- One row per purchase order line that is neither a draft nor cancelled; work of subcontractors left out.
        with shipped as (
            select
                shipment_lines.purchase_order_line_id,
                min(cast(shipments.departed_at as date)) as departed_date
            from canonical.cnl_shipment_lines as shipment_lines
            inner join canonical.cnl_shipments as shipments
                on shipment_lines.shipment_id = shipments.shipment_id
            where shipments.direction = 'inbound' and cast(shipments.departed_at as date) <= $as_of
            group by shipment_lines.purchase_order_line_id
        ),
        received as (
            select
                purchase_order_line_id,
                min(cast(received_at as date)) as first_received_date,
                max(cast(received_at as date)) as last_received_date,
                sum(received_quantity) as received_quantity
            from canonical.cnl_purchase_receipts
            where cast(received_at as date) <= $as_of
            group by purchase_order_line_id
        )
        select
            lines.purchase_order_line_id, lines.purchase_order_id, orders.supplier_id, lines.item_id,
            lines.location_id, cast(orders.ordered_at as date) as ordered_date, lines.requested_date,
            coalesce(lines.first_confirmed_date, lines.requested_date) as due_date,
            coalesce(lines.confirmed_date, lines.requested_date) as told_date,
            lines.line_status = 'open' as is_open, lines.ordered_quantity, lines.net_value,
            case
                when lines.ordered_quantity > 0
                    then coalesce(lines.net_value_document, lines.net_value) / lines.ordered_quantity
            end as unit_price,
            case when lines.ordered_quantity > 0 then lines.net_value / lines.ordered_quantity end as unit_value,
            greatest(lines.ordered_quantity - coalesce(received.received_quantity, 0), 0) as open_quantity,
            shipped.departed_date, received.first_received_date, received.last_received_date
        from canonical.cnl_purchase_order_lines as lines
        inner join canonical.cnl_purchase_orders as orders on lines.purchase_order_id = orders.purchase_order_id
        left join shipped on lines.purchase_order_line_id = shipped.purchase_order_line_id
        left join received on lines.purchase_order_line_id = received.purchase_order_line_id
        where
            orders.order_status not in ('draft', 'cancelled') and lines.line_status <> 'cancelled'
            and not coalesce(lines.is_subcontract, false) and cast(orders.ordered_at as date) <= $as_of
        order by lines.purchase_order_line_id
    """,
    "supplier_days": """
        -- One row per supplier with a calendar and day: working days up to it.
        select
            suppliers.supplier_id, days.calendar_date as day,
            sum(case when days.is_working then 1 else 0 end) over (
                partition by suppliers.supplier_id order by days.calendar_date
            ) as working_number
        from canonical.cnl_suppliers as suppliers
        inner join canonical.cnl_working_calendars as days on suppliers.calendar_id = days.calendar_id
        order by suppliers.supplier_id, day
    """,
    "inbound_shipments": """
        -- One row per inbound shipment that has left; gate: the port, border or station of departure, if named.
        with places as (
            select
                shipment_id,
                max(case when event_type = 'departed' then place end) as departed_place,
                max(case when event_type = 'picked_up' then place end) as picked_up_place
            from canonical.cnl_shipment_events
            where cast(event_at as date) <= $as_of
            group by shipment_id
        )
        select
            shipments.shipment_id, orders.supplier_id, suppliers.country_code, shipments.transport_mode,
            case when places.departed_place <> places.picked_up_place then places.departed_place end as gate,
            cast(shipments.departed_at as date) as departed_date,
            cast(shipments.arrived_at as date) as arrived_date
        from canonical.cnl_shipments as shipments
        inner join canonical.cnl_purchase_orders as orders on shipments.purchase_order_id = orders.purchase_order_id
        left join canonical.cnl_suppliers as suppliers on orders.supplier_id = suppliers.supplier_id
        left join places on shipments.shipment_id = places.shipment_id
        where shipments.direction = 'inbound' and cast(shipments.departed_at as date) <= $as_of
        order by shipments.shipment_id
    """,
    "inbound_shipment_lines": """
        -- One row per purchase order line of an inbound shipment that has not arrived.
        select shipment_lines.shipment_id, shipment_lines.purchase_order_line_id
        from canonical.cnl_shipment_lines as shipment_lines
        inner join canonical.cnl_shipments as shipments on shipment_lines.shipment_id = shipments.shipment_id
        where shipments.direction = 'inbound' and shipments.arrived_at is null
        order by shipment_lines.shipment_id, shipment_lines.purchase_order_line_id
    """,
    "receipt_lots": """
        -- One row per receipt of a purchase order line.
        select
            receipts.receipt_line_id, receipts.purchase_order_line_id, orders.supplier_id, receipts.item_id,
            coalesce(receipts.location_id, lines.location_id) as location_id,
            cast(receipts.received_at as date) as received_date, receipts.received_quantity,
            coalesce(receipts.rejected_quantity, 0) as rejected_quantity,
            case when lines.ordered_quantity > 0 then lines.net_value / lines.ordered_quantity end as unit_value
        from canonical.cnl_purchase_receipts as receipts
        inner join canonical.cnl_purchase_order_lines as lines
            on receipts.purchase_order_line_id = lines.purchase_order_line_id
        inner join canonical.cnl_purchase_orders as orders on lines.purchase_order_id = orders.purchase_order_id
        where cast(receipts.received_at as date) <= $as_of and receipts.received_quantity > 0
        order by receipts.receipt_line_id
    """,
    "work_centre_days": """
        -- One row per work centre and day: hours of its units by state, and how often one broke down.
        select
            work_centre_id, cast(started_at as date) as day,
            sum(hours) as hours,
            sum(case when state = 'planned_downtime' then hours else 0 end) as missing_hours,
            sum(case when state = 'breakdown' then hours else 0 end) as breakdown_hours,
            sum(case when state in ('production', 'setup') then hours else 0 end) as worked_hours,
            sum(case when state = 'breakdown' then 1 else 0 end) as breakdowns
        from (
            select
                work_centre_id, started_at, state,
                cast(date_diff('second', started_at, ended_at) as double) / 3600.0 as hours
            from canonical.cnl_work_centre_states
            where cast(started_at as date) <= $as_of
        ) as states
        group by work_centre_id, day
        order by work_centre_id, day
    """,
    "work_orders": """
        -- One row per work order that could begin: planned hours, when it got ready, when it was done (empty: open).
        with ordered as (
            select
                work_orders.work_order_id, work_orders.production_order_id, work_orders.work_centre_id,
                work_orders.work_order_status, work_orders.planned_hours, work_orders.actual_hours,
                work_orders.finished_at, production_orders.started_at, production_orders.item_id,
                production_orders.finished_at as order_finished_at,
                lag(work_orders.finished_at) over (
                    partition by work_orders.production_order_id order by work_orders.sequence
                ) as before_finished_at,
                row_number() over (
                    partition by work_orders.production_order_id order by work_orders.sequence
                ) as position
            from canonical.cnl_work_orders as work_orders
            inner join canonical.cnl_production_orders as production_orders
                on work_orders.production_order_id = production_orders.production_order_id
            where work_orders.work_order_status <> 'cancelled' and production_orders.order_status <> 'cancelled'
        )
        select
            work_order_id, production_order_id, work_centre_id, item_id, planned_hours, actual_hours,
            cast(case when position = 1 then started_at else before_finished_at end as date) as ready_date,
            cast(coalesce(finished_at, order_finished_at) as date) as finished_date
        from ordered
        where case when position = 1 then started_at else before_finished_at end is not null
        order by work_order_id
    """,
    "work_centre_costs": """
        -- One row per work centre: what an hour costs.
        select work_centre_id, cost_per_hour from canonical.cnl_work_centres order by work_centre_id
    """,
    "part_needs": """
        -- One row per document that is to take parts by now or later, and part: what is still to be taken, from where,
        -- since when; rank_date and priority tell who is served first.
        select
            'production_order' as document_type, orders.production_order_id as document_id,
            components.item_id, coalesce(components.location_id, orders.location_id) as location_id,
            sum(components.required_quantity - coalesce(components.issued_quantity, 0)) as quantity,
            min(coalesce(orders.planned_start_date, components.required_date, orders.planned_finish_date)) as due_date,
            min(orders.planned_finish_date) as rank_date, min(coalesce(orders.priority, 0)) as priority,
            min(orders.item_id) as made_item_id, min(orders.ordered_quantity) as made_quantity
        from canonical.cnl_production_orders as orders
        inner join canonical.cnl_production_order_components as components
            on orders.production_order_id = components.production_order_id
        where
            orders.order_status in ('confirmed', 'released') and orders.started_at is null
            and components.required_quantity > coalesce(components.issued_quantity, 0)
        group by orders.production_order_id, components.item_id, coalesce(components.location_id, orders.location_id)
        union all
        select
            'sales_order_line', lines.sales_order_line_id, lines.item_id, lines.ship_from_location_id,
            lines.ordered_quantity - coalesce(lines.cancelled_quantity, 0) - coalesce(shipped.quantity, 0),
            least(lines.requested_date, coalesce(lines.first_promised_date, lines.requested_date)),
            lines.requested_date, 0, lines.item_id, lines.ordered_quantity
        from canonical.cnl_sales_order_lines as lines
        inner join canonical.cnl_sales_orders as orders on lines.sales_order_id = orders.sales_order_id
        left join (
            select delivery_lines.sales_order_line_id, sum(delivery_lines.shipped_quantity) as quantity
            from canonical.cnl_delivery_lines as delivery_lines
            inner join canonical.cnl_deliveries as deliveries on delivery_lines.delivery_id = deliveries.delivery_id
            where deliveries.shipped_at is not null
            group by delivery_lines.sales_order_line_id
        ) as shipped on lines.sales_order_line_id = shipped.sales_order_line_id
        where
            lines.line_status = 'open' and orders.order_status = 'confirmed'
            and lines.ordered_quantity - coalesce(lines.cancelled_quantity, 0) - coalesce(shipped.quantity, 0) > 0
        union all
        select
            'transfer_order_line', transfers.transfer_order_line_id, transfers.item_id, transfers.from_location_id,
            transfers.ordered_quantity - coalesce(transfers.shipped_quantity, 0), transfers.due_date,
            transfers.due_date, 0, transfers.item_id, transfers.ordered_quantity
        from canonical.cnl_transfer_orders as transfers
        where transfers.transfer_status = 'open' and transfers.shipped_at is null
        order by document_type, document_id, item_id, location_id
    """,
    "started_kits": """
        -- One row per production order that began in the last half year, and part of it: who was served, and when.
        select
            orders.production_order_id, components.item_id,
            coalesce(components.location_id, orders.location_id) as location_id,
            cast(orders.started_at as date) as started_date, min(orders.planned_finish_date) as rank_date,
            min(coalesce(orders.priority, 0)) as priority
        from canonical.cnl_production_orders as orders
        inner join canonical.cnl_production_order_components as components
            on orders.production_order_id = components.production_order_id
        where cast(orders.started_at as date) between $as_of - interval 183 day and $as_of
        group by
            orders.production_order_id, components.item_id, coalesce(components.location_id, orders.location_id),
            cast(orders.started_at as date)
        order by orders.production_order_id, components.item_id, location_id
    """,
    "stock_days": """
        -- One row per item, own place and day with a movement: what came, went and was scrapped; blocked stock aside.
        with moved as (
            select
                item_id, to_location_id as location_id, cast(moved_at as date) as day, quantity as came,
                0 as went, 0 as scrapped
            from canonical.cnl_stock_movements
            where cast(moved_at as date) <= $as_of and coalesce(stock_status, 'unrestricted') = 'unrestricted'
            union all
            select
                item_id, from_location_id, cast(moved_at as date), 0, quantity,
                case when movement_type = 'scrap' then quantity else 0 end
            from canonical.cnl_stock_movements
            where cast(moved_at as date) <= $as_of and coalesce(stock_status, 'unrestricted') = 'unrestricted'
        )
        select
            moved.item_id, moved.location_id, moved.day, sum(moved.came) as came, sum(moved.went) as went,
            sum(moved.scrapped) as scrapped
        from moved
        inner join canonical.cnl_locations as locations on moved.location_id = locations.location_id
        where locations.is_own_stock
        group by moved.item_id, moved.location_id, moved.day
        order by moved.item_id, moved.location_id, moved.day
    """,
    "stock_counts": """
        -- One row per count.
        select
            count_id, item_id, location_id, cast(counted_at as date) as counted_date, book_quantity, counted_quantity
        from canonical.cnl_stock_counts
        where cast(counted_at as date) <= $as_of
        order by count_id
    """,
    "item_costs": """
        -- One row per item: its standard cost today.
        select item_id, standard_cost from core.dim_items order by item_id
    """,
    "bill_uses": """
        -- One row per line of a bill: part, how many, from when until when, and when its end was last changed.
        with changes as (
            select line_id, max(cast(changed_at as date)) as changed_date
            from canonical.cnl_document_changes
            where
                document_type = 'bom_components' and field = 'valid_to_date' and cast(changed_at as date) <= $as_of
            group by line_id
        )
        select
            lines.bom_component_id, lines.component_item_id as item_id, boms.item_id as parent_item_id, lines.quantity,
            greatest(lines.valid_from_date, boms.valid_from_date) as valid_from_date,
            least(lines.valid_to_date, boms.valid_to_date) as valid_to_date, changes.changed_date
        from canonical.cnl_bom_components as lines
        inner join canonical.cnl_boms as boms on lines.bom_id = boms.bom_id
        left join changes on lines.bom_component_id = changes.line_id
        order by lines.bom_component_id
    """,
    "sold_items": """
        -- One row per item that customers ordered in the last year: quantity.
        select lines.item_id, sum(lines.ordered_quantity) as quantity
        from canonical.cnl_sales_order_lines as lines
        inner join canonical.cnl_sales_orders as orders on lines.sales_order_id = orders.sales_order_id
        where cast(orders.ordered_at as date) > $as_of - interval 365 day
        group by lines.item_id
        order by lines.item_id
    """,
}
