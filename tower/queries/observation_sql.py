"""The queries of what was observed: by how much purchases, production, transfers and deliveries missed their days.

They are part of the queries of the plan, see `tower.queries.planning_sql`.
"""

from __future__ import annotations

OBSERVATION_QUERIES = {
    # Days beyond what was booked, of documents of the last `$observed_days`: done ones, and open ones so far.
    # Purchases count from the order against the book lead time, and against each day that was named; production from
    # its start, and transfers that left in time against their day, so that waiting for material is not in them.
    "observed_documents": """
        with purchases as (
            select order_lines.*, items.category_id,
                coalesce(order_lines.received_in_full_date, $as_of) as seen_date
            from core.fct_purchase_order_lines as order_lines
            inner join core.int_source_coverage as coverage
                on order_lines.source = coverage.source and coverage.reports_supplier_receipts = 1
            left join canonical.cnl_items as items on order_lines.item_id = items.item_id
            where order_lines.is_cancelled = 0 and (
                order_lines.is_open = 1
                or order_lines.received_in_full_date is not null
                and order_lines.ordered_date > $as_of - interval $observed_days day
            )
        ),
        bases as (
            select *, 'ordered' as basis, ordered_date + cast(ceil(book_lead_time_days) as integer) as booked_date,
                false as is_own
            from purchases
            union all
            select *, 'confirmed', first_confirmed_date, is_open = 1 and confirmed_date = first_confirmed_date
            from purchases
            union all
            select *, 'confirmed_again', confirmed_date, is_open = 1
            from purchases where confirmed_date <> first_confirmed_date or first_confirmed_date is null
            union all
            select *, 'requested', requested_date, is_open = 1 and confirmed_date is null from purchases
        ),
        made as (
            select orders.*, coalesce(orders.planned_start_date, orders.planned_finish_date) as start_date,
                coalesce(cast(orders.started_at as date), orders.planned_start_date, orders.planned_finish_date)
                    as began_date,
                cast(orders.finished_at as date) as finished_date
            from canonical.cnl_production_orders as orders
            inner join core.int_source_coverage as coverage
                on orders._source = coverage.source and coverage.reports_production_finishes = 1
            where not coalesce(orders.is_subcontract, false) and orders.planned_finish_date is not null and (
                orders.order_status in ('planned', 'confirmed', 'released', 'in_progress')
                or orders.order_status in ('completed', 'closed') and orders.finished_at is not null
                and orders.finished_at > $as_of - interval $observed_days day
            )
        ),
        lanes as (
            select from_location_id, to_location_id, cast(ceil(min(lead_time_days)) as integer) as lane_days
            from canonical.cnl_transport_lanes group by all
        ),
        moved as (
            select transfers.*, coalesce(lanes.lane_days, 0) as lane_days,
                cast(transfers.shipped_at as date) as shipped_date,
                cast(transfers.received_at as date) as received_date,
                transfers.transfer_status in ('open', 'in_transit') as is_open
            from canonical.cnl_transfer_orders as transfers
            left join lanes using (from_location_id, to_location_id)
            where transfers.transfer_status in ('open', 'in_transit')
                or transfers.received_at > $as_of - interval $observed_days day
        )
        select purchase_order_line_id as document_id, basis, item_id, location_id, category_id, supplier_id,
            cast(null as varchar) as bom_id, cast(null as varchar) as from_location_id,
            cast(seen_date - booked_date as bigint) as late_days, is_open = 0 as is_done,
            cast(case when is_own then 0 end as bigint) as open_offset_days, cast(null as double) as yield_share
        from bases where booked_date is not null
        union all
        select production_order_id, 'made', item_id, location_id, null, null, bom_id, null,
            case when finished_date is not null or started_at is not null
                then (coalesce(finished_date, $as_of) - began_date) - (planned_finish_date - start_date) end,
            finished_date is not null,
            case when finished_date is null
                then case when started_at is not null then began_date - start_date
                    else greatest($as_of - start_date, 0) end end,
            case when finished_date is not null and ordered_quantity > 0
                then cast(completed_quantity as double) / cast(ordered_quantity as double) end
        from made
        union all
        select transfer_order_line_id, 'on_the_way', item_id, to_location_id, null, null, null, from_location_id,
            coalesce(received_date, $as_of) - shipped_date - lane_days, not is_open,
            case when is_open then shipped_date + lane_days - due_date end, null
        from moved where shipped_date is not null
        union all
        select transfer_order_line_id, 'moved', item_id, to_location_id, null, null, null, from_location_id,
            case when shipped_date is not null then coalesce(received_date, $as_of) - due_date end, not is_open,
            case when shipped_date is null then greatest($as_of - (due_date - lane_days), 0) end, null
        from moved where shipped_date <= due_date - lane_days or shipped_date is null
        order by basis, document_id
    """,
    # Two times of order lines that went out: what had its goods, from the promised day to the customer; and every one
    # from the door to the customer. Without receipts of customers, to the door.
    "observed_deliveries": """
        with shipped as (
            select order_lines.sales_order_line_id, order_lines.location_id, order_lines.channel, order_lines.is_open,
                order_lines.promised_date, order_lines.shipped_in_full_date,
                case when coverage.reports_customer_receipts = 1 then order_lines.received_in_full_date
                    else order_lines.shipped_in_full_date end as done_date,
                deliveries.planned_ship_date
            from core.fct_sales_order_lines as order_lines
            inner join core.int_source_coverage as coverage
                on order_lines.source = coverage.source and coverage.reports_shipments = 1
            left join (
                select sales_order_line_id, max(planned_ship_date) as planned_ship_date from core.fct_delivery_lines
                where delivery_status in ('shipped', 'delivered') group by all
            ) as deliveries on order_lines.sales_order_line_id = deliveries.sales_order_line_id
            where order_lines.is_open = 1 or order_lines.shipped_in_full_date > $as_of - interval $observed_days day
        )
        select sales_order_line_id as document_id, 'open' as basis, location_id, channel,
            cast(null as bigint) as late_days, false as is_done
        from shipped where is_open = 1
        union all
        select sales_order_line_id, 'promised', location_id, channel,
            coalesce(done_date, $as_of) - promised_date, done_date is not null
        from shipped
        where is_open = 0 and promised_date is not null
            and shipped_in_full_date <= coalesce(planned_ship_date, promised_date)
        union all
        select sales_order_line_id, 'on_the_way', location_id, channel,
            coalesce(done_date, $as_of) - shipped_in_full_date, done_date is not null
        from shipped where is_open = 0
        order by basis, document_id
    """,
}
