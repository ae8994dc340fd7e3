-- One row per work centre and week, with the load that the plan asks for against the hours there are.
with

loads as (

    select * from {{ ref('fct_finite_load') }}

),

work_centres as (

    select * from {{ ref('dim_work_centres') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

final as (

    select
        loads.work_centre_id,
        work_centres.work_centre_name,
        work_centres.is_bottleneck,
        loads.location_id,
        locations.plant_id,
        locations.plant_name,
        loads.week_start_date,
        loads.capacity_hours,
        loads.plan_hours,
        loads.finite_hours,
        loads.overload_hours,
        cast(case when loads.overload_hours > 0 then 1 else 0 end as integer) as is_overloaded,
        cast(loads.plan_hours as double) / nullif(cast(loads.capacity_hours as double), 0) as plan_load_rate,
        cast(loads.finite_hours as double) / nullif(cast(loads.capacity_hours as double), 0) as finite_load_rate
    from loads
    left join work_centres
        on loads.work_centre_id = work_centres.work_centre_id
    left join locations
        on loads.location_id = locations.location_id

)

select * from final
