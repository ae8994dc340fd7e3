-- One row per link whose supply cannot be there in time.
with

plan_shortages as (

    select * from {{ source('engine', 'plan_shortages') }}

),

final as (

    select
        cast(plan_shortages.link_number as integer) as link_number,
        plan_shortages.item_id,
        plan_shortages.location_id,
        plan_shortages.demand_type,
        plan_shortages.demand_id,
        plan_shortages.supply_type,
        plan_shortages.supply_id,
        cast(plan_shortages.asked_date as date) as asked_date,
        cast(plan_shortages.possible_date as date) as possible_date,
        cast(plan_shortages.late_days as integer) as late_days,
        cast(plan_shortages.quantity as decimal(18, 6)) as quantity,
        cast(plan_shortages.value as decimal(18, 6)) as value,
        cast(plan_shortages.is_cause as integer) as is_cause,
        cast(plan_shortages.served_value as decimal(18, 6)) as served_value
    from plan_shortages

)

select * from final
