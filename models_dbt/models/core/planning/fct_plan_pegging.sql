-- One row per link between a supply and a demand.
with

plan_pegging as (

    select * from {{ source('engine', 'plan_pegging') }}

),

final as (

    select
        cast(plan_pegging.link_number as integer) as link_number,
        plan_pegging.item_id,
        plan_pegging.location_id,
        cast(plan_pegging.quantity as decimal(18, 6)) as quantity,
        plan_pegging.demand_type,
        plan_pegging.demand_id,
        cast(plan_pegging.demand_date as date) as demand_date,
        plan_pegging.supply_type,
        plan_pegging.supply_id,
        cast(plan_pegging.supply_date as date) as supply_date,
        cast(plan_pegging.late_days as integer) as late_days
    from plan_pegging

)

select * from final
