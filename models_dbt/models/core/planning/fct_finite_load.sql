-- One row per work centre and week of the plan.
with

finite_load as (

    select * from {{ source('engine', 'finite_load') }}

),

final as (

    select
        finite_load.work_centre_id,
        finite_load.location_id,
        cast(finite_load.week_start_date as date) as week_start_date,
        cast(finite_load.capacity_hours as decimal(18, 6)) as capacity_hours,
        cast(finite_load.plan_hours as decimal(18, 6)) as plan_hours,
        cast(finite_load.finite_hours as decimal(18, 6)) as finite_hours,
        cast(finite_load.overload_hours as decimal(18, 6)) as overload_hours
    from finite_load

)

select * from final
