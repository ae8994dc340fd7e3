-- One row per work centre.
with

work_centres as (

    select * from {{ ref('cnl_work_centres') }}

),

locations as (

    select
        location_id,
        plant_id
    from {{ ref('dim_locations') }}

),

final as (

    select
        work_centres.work_centre_id,
        work_centres.work_centre_name,
        work_centres.location_id,
        locations.plant_id,
        work_centres.capacity_hours_per_day,
        work_centres.cost_per_hour,
        cast(work_centres.is_bottleneck as integer) as is_bottleneck
    from work_centres
    left join locations
        on work_centres.location_id = locations.location_id

)

select * from final
