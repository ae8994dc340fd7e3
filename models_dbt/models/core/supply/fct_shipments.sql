-- One row per shipment, with its lane, its planned and actual days and its last event.
with

shipments as (

    select
        *,
        cast(planned_departure_at as date) as planned_departure_date,
        cast(departed_at as date) as departed_date,
        cast(planned_arrival_at as date) as planned_arrival_date,
        cast(arrived_at as date) as arrived_date
    from {{ ref('cnl_shipments') }}

),

purchase_orders as (

    select
        purchase_order_id,
        supplier_id
    from {{ ref('cnl_purchase_orders') }}

),

suppliers as (

    select
        supplier_id,
        country_code
    from {{ ref('dim_suppliers') }}

),

deliveries as (

    select
        delivery_id,
        customer_id
    from {{ ref('cnl_deliveries') }}

),

customers as (

    select
        customer_id,
        country_code
    from {{ ref('dim_customers') }}

),

ranked_events as (

    select
        shipment_id,
        event_type,
        event_at,
        place,
        row_number() over (partition by shipment_id order by event_number desc) as last_rank
    from {{ ref('fct_shipment_events') }}

),

event_totals as (

    select
        shipment_id,
        max(case when last_rank = 1 then event_type end) as last_event_type,
        max(case when last_rank = 1 then event_at end) as last_event_at,
        max(case when last_rank = 1 then place end) as last_place,
        sum(case when event_type = 'exception' then 1 else 0 end) as exceptions
    from ranked_events
    group by
        shipment_id

),

joined as (

    select
        shipments.*,
        purchase_orders.supplier_id,
        deliveries.customer_id,
        -- A lane leads from the country of the supplier, or from our place, to our place, or to the customer's country.
        case when shipments.direction = 'inbound' then suppliers.country_code else shipments.origin_location_id end
            as lane_from,
        case
            when shipments.direction = 'outbound' then customers.country_code
            else shipments.destination_location_id
        end as lane_to,
        case
            when shipments.direction = 'outbound' then shipments.origin_location_id
            else shipments.destination_location_id
        end as location_id,
        event_totals.last_event_type,
        event_totals.last_event_at,
        event_totals.last_place,
        coalesce(event_totals.exceptions, 0) as exceptions,
        {{ flag('shipments.arrived_at is not null') }} as is_arrived
    from shipments
    left join purchase_orders
        on shipments.purchase_order_id = purchase_orders.purchase_order_id
    left join suppliers
        on purchase_orders.supplier_id = suppliers.supplier_id
    left join deliveries
        on shipments.delivery_id = deliveries.delivery_id
    left join customers
        on deliveries.customer_id = customers.customer_id
    left join event_totals
        on shipments.shipment_id = event_totals.shipment_id

),

final as (

    select
        joined.shipment_id,
        joined.direction,
        joined.carrier,
        joined.transport_mode,
        joined.purchase_order_id,
        joined.delivery_id,
        joined.transfer_order_line_id,
        joined.supplier_id,
        joined.customer_id,
        joined.origin_location_id,
        joined.destination_location_id,
        joined.location_id,
        joined.lane_from,
        joined.lane_to,
        joined.planned_departure_date,
        joined.departed_date,
        joined.planned_arrival_date,
        joined.arrived_date,
        cast({{ dbt.datediff('joined.planned_departure_at', 'joined.planned_arrival_at', 'minute') }} as double)
        / 1440.0 as planned_transit_days,
        cast({{ dbt.datediff('joined.departed_at', 'joined.arrived_at', 'minute') }} as double) / 1440.0
            as actual_transit_days,
        joined.is_arrived,
        {{ done_by(
            flag('joined.planned_arrival_date <= ' ~ as_of()),
            '1',
            'joined.is_arrived',
            'joined.arrived_date',
            'joined.planned_arrival_date',
        ) }} as is_arrived_on_time,
        {{ days_late(
            'joined.planned_arrival_date',
            'case when joined.is_arrived = 1 then joined.arrived_date else ' ~ as_of() ~ ' end',
        ) }} as days_late,
        joined.last_event_type,
        joined.last_event_at,
        joined.last_place,
        cast(joined.exceptions as integer) as exceptions,
        joined.freight_cost,
        joined._source as source
    from joined

)

select * from final
