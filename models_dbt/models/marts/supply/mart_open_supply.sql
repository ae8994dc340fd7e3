-- One row per purchase order line, transfer order line or delivery that is still to arrive, with its predicted arrival.
with

purchase_lines as (

    select * from {{ ref('fct_purchase_order_lines') }}
    where is_open = 1

),

transfer_lines as (

    select * from {{ ref('fct_transfer_lines') }}
    where is_open = 1

),

delivery_lines as (

    select * from {{ ref('fct_delivery_lines') }}
    where
        delivery_status = 'shipped'
        and delivered_date is null

),

deliveries as (

    select
        delivery_id,
        customer_id,
        location_id as from_location_id,
        expected_arrival_date,
        case when count(distinct item_id) = 1 then min(item_id) end as item_id,
        case when count(distinct item_id) = 1 then sum(shipped_quantity) end as open_quantity,
        sum(net_value) as open_value
    from delivery_lines
    group by
        delivery_id,
        customer_id,
        location_id,
        expected_arrival_date

),

-- Of several shipments the one that is still under way, and the soonest of these.
ranked_shipments as (

    select
        shipment_id,
        delivery_id,
        transfer_order_line_id,
        is_arrived,
        row_number() over (
            partition by direction, delivery_id, transfer_order_line_id
            order by is_arrived asc, planned_arrival_date asc, shipment_id asc
        ) as shipment_rank
    from {{ ref('fct_shipments') }}
    where direction <> 'inbound'

),

shipments as (

    select * from ranked_shipments
    where shipment_rank = 1

),

-- Of a purchase line what is under way of it; several shipments of one order may be.
line_shipments as (

    select
        lines.purchase_order_line_id,
        min(shipments.shipment_id) as shipment_id
    from {{ ref('fct_shipment_lines') }} as lines
    inner join {{ ref('fct_shipments') }} as shipments
        on lines.shipment_id = shipments.shipment_id
    where
        lines.purchase_order_line_id is not null
        and shipments.is_arrived = 0
    group by
        lines.purchase_order_line_id

),

open_supply as (

    select
        'purchase_order_line' as document_type,
        purchase_lines.purchase_order_line_id as document_id,
        purchase_lines.purchase_order_id as order_id,
        purchase_lines.item_id,
        purchase_lines.supplier_id,
        cast(null as varchar) as customer_id,
        cast(null as varchar) as from_location_id,
        purchase_lines.location_id,
        purchase_lines.location_id as to_location_id,
        purchase_lines.is_subcontract,
        purchase_lines.ordered_date,
        purchase_lines.requested_date,
        purchase_lines.first_confirmed_date,
        coalesce(purchase_lines.confirmed_date, purchase_lines.requested_date) as due_date,
        purchase_lines.open_quantity,
        purchase_lines.open_value,
        line_shipments.shipment_id
    from purchase_lines
    left join line_shipments
        on purchase_lines.purchase_order_line_id = line_shipments.purchase_order_line_id
    union all
    select
        'transfer_order_line' as document_type,
        transfer_lines.transfer_order_line_id as document_id,
        transfer_lines.transfer_order_line_id as order_id,
        transfer_lines.item_id,
        cast(null as varchar) as supplier_id,
        cast(null as varchar) as customer_id,
        transfer_lines.from_location_id,
        transfer_lines.to_location_id as location_id,
        transfer_lines.to_location_id,
        0 as is_subcontract,
        cast(null as date) as ordered_date,
        transfer_lines.due_date as requested_date,
        cast(null as date) as first_confirmed_date,
        transfer_lines.due_date,
        transfer_lines.open_quantity,
        transfer_lines.open_value,
        case when shipments.is_arrived = 0 then shipments.shipment_id end as shipment_id
    from transfer_lines
    left join shipments
        on transfer_lines.transfer_order_line_id = shipments.transfer_order_line_id
    union all
    select
        'delivery' as document_type,
        deliveries.delivery_id as document_id,
        deliveries.delivery_id as order_id,
        deliveries.item_id,
        cast(null as varchar) as supplier_id,
        deliveries.customer_id,
        deliveries.from_location_id,
        deliveries.from_location_id as location_id,
        cast(null as varchar) as to_location_id,
        0 as is_subcontract,
        cast(null as date) as ordered_date,
        cast(null as date) as requested_date,
        cast(null as date) as first_confirmed_date,
        deliveries.expected_arrival_date as due_date,
        deliveries.open_quantity,
        deliveries.open_value,
        shipments.shipment_id
    from deliveries
    left join shipments
        on deliveries.delivery_id = shipments.delivery_id

),

predictions as (

    select * from {{ ref('fct_arrival_predictions') }}

),

predicted as (

    select
        open_supply.*,
        predictions.late_probability,
        predictions.p50_date,
        predictions.p90_date,
        predictions.date_by,
        {{ days_late('open_supply.due_date', as_of()) }} as days_late,
        {{ days_from('open_supply.due_date', 'predictions.p50_date') }} as predicted_late_days,
        case
            when open_supply.due_date < {{ as_of() }} then 'late'
            when predictions.p50_date is null then 'unknown'
            when predictions.p50_date > open_supply.due_date then 'likely_late'
            -- Nearly everything has some chance of being late; one in three is worth a look.
            when predictions.late_probability >= 1.0 / 3.0 then 'at_risk'
            else 'in_time'
        end as arrival_status
    from open_supply
    left join predictions
        on
            open_supply.document_type = predictions.document_type
            and open_supply.document_id = predictions.document_id

),

items as (

    select * from {{ ref('dim_items') }}

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

under_way as (

    select * from {{ ref('fct_shipments') }}

),

final as (

    select
        predicted.document_type,
        predicted.document_id,
        predicted.order_id,
        predicted.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        predicted.supplier_id,
        suppliers.supplier_name,
        predicted.customer_id,
        customers.customer_name,
        predicted.from_location_id,
        from_places.location_name as from_location_name,
        predicted.to_location_id,
        to_places.location_name as to_location_name,
        predicted.location_id,
        own_places.plant_id,
        predicted.is_subcontract,
        predicted.ordered_date,
        predicted.requested_date,
        predicted.first_confirmed_date,
        predicted.due_date,
        predicted.open_quantity,
        predicted.open_value,
        predicted.shipment_id,
        under_way.carrier,
        under_way.transport_mode,
        under_way.departed_date,
        under_way.last_event_type,
        under_way.last_event_at,
        under_way.last_place,
        predicted.late_probability,
        predicted.p50_date,
        predicted.p90_date,
        predicted.date_by,
        predicted.days_late,
        predicted.predicted_late_days,
        predicted.arrival_status
    from predicted
    left join items
        on predicted.item_id = items.item_id
    left join suppliers
        on predicted.supplier_id = suppliers.supplier_id
    left join customers
        on predicted.customer_id = customers.customer_id
    left join locations as from_places
        on predicted.from_location_id = from_places.location_id
    left join locations as to_places
        on predicted.to_location_id = to_places.location_id
    left join locations as own_places
        on predicted.location_id = own_places.location_id
    left join under_way
        on predicted.shipment_id = under_way.shipment_id

)

select * from final
