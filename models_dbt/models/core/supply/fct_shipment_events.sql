-- One row per event of a shipment.
with

events as (

    select
        *,
        row_number() over (
            partition by shipment_id order by event_at, event_type, place, note
        ) as event_number
    from {{ ref('cnl_shipment_events') }}

),

shipments as (

    select
        shipment_id,
        direction,
        origin_location_id,
        destination_location_id
    from {{ ref('cnl_shipments') }}

),

final as (

    select
        events.shipment_id,
        cast(events.event_number as integer) as event_number,
        shipments.direction,
        case
            when shipments.direction = 'outbound' then shipments.origin_location_id
            else shipments.destination_location_id
        end as location_id,
        events.event_type,
        events.event_at,
        cast(events.event_at as date) as event_date,
        events.planned_at,
        -- In hours, so that a day of several events keeps their order; early is negative.
        cast({{ dbt.datediff('events.planned_at', 'events.event_at', 'minute') }} as double) / 60.0 as late_hours,
        events.place,
        events.latitude,
        events.longitude,
        events.note,
        events._source as source
    from events
    left join shipments
        on events.shipment_id = shipments.shipment_id

)

select * from final
