-- One row per resource, item (of suppliers) and week.
with

plan_load as (

    select * from {{ source('engine', 'plan_load') }}

),

final as (

    select
        plan_load.resource_type,
        plan_load.resource_id,
        plan_load.item_id,
        plan_load.location_id,
        cast(plan_load.week_start_date as date) as week_start_date,
        plan_load.unit,
        cast(plan_load.load as decimal(18, 6)) as load_quantity,
        cast(plan_load.planned_load as decimal(18, 6)) as planned_load_quantity,
        cast(plan_load.capacity as decimal(18, 6)) as capacity_quantity
    from plan_load

)

select * from final
