-- One row per direction, lane, mode of transport, carrier, supplier and month of the planned arrival.
with

shipments as (

    select
        *,
        case when actual_transit_days is not null and planned_transit_days is not null then 1 else 0 end as is_measured
    from {{ ref('fct_shipments') }}

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

totals as (

    select
        direction,
        lane_from,
        lane_to,
        transport_mode,
        carrier,
        supplier_id,
        location_id,
        {{ dbt.date_trunc('month', 'coalesce(planned_arrival_date, arrived_date)') }} as arrival_month,
        count(*) as shipments,
        sum(is_measured) as measured_shipments,
        sum(case when is_measured = 1 then actual_transit_days end) as transit_days,
        sum(case when is_measured = 1 then planned_transit_days end) as planned_days,
        sum(is_arrived_on_time) as arrived_on_time,
        count(is_arrived_on_time) as arrivals_due,
        sum(case when is_arrived = 1 then days_late end) as days_late,
        sum(case when exceptions > 0 then 1 else 0 end) as shipments_with_exceptions,
        sum(freight_cost) as freight_cost,
        sum(case when is_arrived = 0 then 1 else 0 end) as shipments_under_way
    from shipments
    where coalesce(planned_arrival_date, arrived_date) is not null
    group by
        direction,
        lane_from,
        lane_to,
        transport_mode,
        carrier,
        supplier_id,
        location_id,
        {{ dbt.date_trunc('month', 'coalesce(planned_arrival_date, arrived_date)') }}

),

final as (

    select
        totals.direction,
        totals.lane_from,
        coalesce(from_places.location_name, totals.lane_from) as lane_from_name,
        totals.lane_to,
        coalesce(to_places.location_name, totals.lane_to) as lane_to_name,
        totals.transport_mode,
        totals.carrier,
        totals.supplier_id,
        suppliers.supplier_name,
        totals.location_id,
        own_places.plant_id,
        cast(totals.arrival_month as date) as arrival_month,
        cast(totals.shipments as integer) as shipments,
        cast(totals.measured_shipments as integer) as measured_shipments,
        totals.transit_days,
        totals.planned_days,
        cast(totals.arrived_on_time as integer) as arrived_on_time,
        cast(totals.arrivals_due as integer) as arrivals_due,
        totals.days_late,
        cast(totals.shipments_with_exceptions as integer) as shipments_with_exceptions,
        cast(totals.shipments_under_way as integer) as shipments_under_way,
        {{ amount('totals.freight_cost') }} as freight_cost
    from totals
    left join locations as from_places
        on totals.lane_from = from_places.location_id
    left join locations as to_places
        on totals.lane_to = to_places.location_id
    left join locations as own_places
        on totals.location_id = own_places.location_id
    left join suppliers
        on totals.supplier_id = suppliers.supplier_id

)

select * from final
