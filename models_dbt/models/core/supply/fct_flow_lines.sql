-- One row per receipt, transfer order line or purchase shipment under way, and own place at an end of its lane.
with

transfers as (

    select
        transfer_order_line_id,
        item_id,
        from_location_id,
        to_location_id,
        due_date,
        cast(shipped_at as date) as shipped_date,
        cast(received_at as date) as received_date,
        coalesce(shipped_quantity, 0) as shipped_quantity,
        coalesce(received_quantity, 0) as received_quantity,
        transfer_status,
        _source as source
    from {{ ref('cnl_transfer_orders') }}
    where transfer_status in ('in_transit', 'completed')

),

-- Several modes on one lane: the plan counts on the shortest.
transport_lanes as (

    select
        from_location_id,
        to_location_id,
        min(lead_time_days) as lead_time_days
    from {{ ref('cnl_transport_lanes') }}
    group by
        from_location_id,
        to_location_id

),

order_lines as (

    select
        purchase_order_line_id,
        purchase_order_id,
        supplier_id,
        location_id,
        ordered_date,
        coalesce(first_confirmed_date, requested_date) as due_date,
        book_lead_time_days
    from {{ ref('fct_purchase_order_lines') }}

),

receipts as (

    select * from {{ ref('fct_purchase_receipts') }}

),

shipments as (

    select
        shipment_id,
        cast(departed_at as date) as departed_date,
        cast(planned_arrival_at as date) as planned_arrival_date
    from {{ ref('cnl_shipments') }}
    where
        direction = 'inbound'
        and departed_at is not null
        and arrived_at is null

),

shipment_lines as (

    select
        shipment_line_id,
        shipment_id,
        purchase_order_line_id,
        quantity,
        _source as source
    from {{ ref('cnl_shipment_lines') }}
    where purchase_order_line_id is not null

),

purchase_items as (

    select
        purchase_order_line_id,
        item_id
    from {{ ref('fct_purchase_order_lines') }}

),

items as (

    select
        item_id,
        standard_cost
    from {{ ref('dim_items') }}

),

own_places as (

    select location_id
    from {{ ref('dim_locations') }}
    where is_own_stock = 1

),

transfer_flows as (

    select
        'transfer' as flow_kind,
        transfers.transfer_order_line_id as line_id,
        transfers.transfer_order_line_id as document_id,
        transfers.from_location_id as from_id,
        transfers.to_location_id as to_id,
        transfers.item_id,
        case
            when transfers.transfer_status = 'in_transit' then transfers.shipped_quantity - transfers.received_quantity
            else transfers.received_quantity
        end as quantity,
        transfers.shipped_date as started_date,
        case when transfers.transfer_status = 'completed' then transfers.received_date end as arrived_date,
        transfers.due_date,
        cast(transport_lanes.lead_time_days as double) as planned_days,
        transfers.source
    from transfers
    left join transport_lanes
        on
            transfers.from_location_id = transport_lanes.from_location_id
            and transfers.to_location_id = transport_lanes.to_location_id

),

receipt_flows as (

    select
        'purchase' as flow_kind,
        receipts.receipt_line_id as line_id,
        order_lines.purchase_order_id as document_id,
        receipts.supplier_id as from_id,
        receipts.location_id as to_id,
        receipts.item_id,
        receipts.received_quantity as quantity,
        order_lines.ordered_date as started_date,
        receipts.received_date as arrived_date,
        order_lines.due_date,
        order_lines.book_lead_time_days as planned_days,
        receipts.source
    from receipts
    inner join order_lines
        on receipts.purchase_order_line_id = order_lines.purchase_order_line_id

),

shipment_flows as (

    select
        'purchase' as flow_kind,
        shipment_lines.shipment_line_id as line_id,
        order_lines.purchase_order_id as document_id,
        order_lines.supplier_id as from_id,
        order_lines.location_id as to_id,
        purchase_items.item_id,
        shipment_lines.quantity,
        shipments.departed_date as started_date,
        cast(null as date) as arrived_date,
        shipments.planned_arrival_date as due_date,
        order_lines.book_lead_time_days as planned_days,
        shipment_lines.source
    from shipment_lines
    inner join shipments
        on shipment_lines.shipment_id = shipments.shipment_id
    inner join order_lines
        on shipment_lines.purchase_order_line_id = order_lines.purchase_order_line_id
    inner join purchase_items
        on shipment_lines.purchase_order_line_id = purchase_items.purchase_order_line_id

),

flows as (

    select * from transfer_flows

    union all

    select * from receipt_flows

    union all

    select * from shipment_flows

),

ends as (

    select
        flows.*,
        'to' as place_end,
        flows.to_id as location_id
    from flows

    union all

    select
        flows.*,
        'from' as place_end,
        flows.from_id as location_id
    from flows
    where flows.flow_kind = 'transfer'

),

final as (

    select
        concat(
            ends.flow_kind, ':', case when ends.arrived_date is null then 'under_way' else 'arrived' end, ':',
            ends.line_id, ':', ends.place_end
        ) as flow_line_id,
        ends.flow_kind,
        ends.line_id,
        ends.document_id,
        ends.place_end,
        ends.location_id,
        ends.from_id,
        ends.to_id,
        ends.item_id,
        {{ amount('ends.quantity') }} as quantity,
        {{ times('ends.quantity', 'items.standard_cost') }} as cost_value,
        ends.started_date,
        ends.arrived_date,
        ends.due_date,
        ends.planned_days,
        case when ends.arrived_date is not null then {{ days_from('ends.started_date', 'ends.arrived_date') }} end
            as actual_days,
        {{ flag('ends.arrived_date is null') }} as is_under_way,
        case
            when ends.due_date is null then null
            when coalesce(ends.arrived_date, {{ as_of() }}) > ends.due_date then 1
            else 0
        end as is_late,
        cast(floor({{ dbt.datediff('ends.arrived_date', as_of(), 'day') }} / 7.0) as integer) as weeks_ago,
        ends.source
    from ends
    inner join own_places
        on ends.location_id = own_places.location_id
    left join items
        on ends.item_id = items.item_id

)

select * from final
