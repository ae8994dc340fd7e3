-- One row per open receipt whose day was drawn.
with

plan_arrivals as (

    select * from {{ source('engine', 'plan_arrivals') }}

),

final as (

    select
        plan_arrivals.supply_type,
        plan_arrivals.supply_id,
        plan_arrivals.item_id,
        plan_arrivals.location_id,
        plan_arrivals.supplier_id,
        cast(plan_arrivals.booked_date as date) as booked_date,
        cast(plan_arrivals.p50_date as date) as p50_date,
        cast(plan_arrivals.p90_date as date) as p90_date,
        cast(plan_arrivals.in_time_rate as double) as in_time_rate,
        cast(plan_arrivals.mean_late_days as double) as mean_late_days,
        plan_arrivals.observed_level,
        cast(plan_arrivals.observed_count as integer) as observed_count
    from plan_arrivals

)

select * from final
