-- One row per open sales order line and forecast bucket that the plan serves.
with

plan_demands as (

    select * from {{ source('engine', 'plan_demands') }}

),

final as (

    select
        plan_demands.demand_type,
        plan_demands.demand_id,
        plan_demands.item_id,
        plan_demands.location_id,
        plan_demands.customer_id,
        cast(plan_demands.demand_date as date) as demand_date,
        cast(plan_demands.quantity as decimal(18, 6)) as quantity,
        cast(plan_demands.value as decimal(18, 6)) as value,
        cast(plan_demands.possible_date as date) as possible_date,
        cast(plan_demands.late_days as integer) as late_days,
        cast(plan_demands.late_quantity as decimal(18, 6)) as late_quantity,
        cast(plan_demands.late_value as decimal(18, 6)) as late_value,
        plan_demands.limiting_type,
        plan_demands.limiting_id,
        plan_demands.limiting_item_id,
        plan_demands.limiting_location_id,
        plan_demands.limiting_supplier_id,
        cast(plan_demands.limiting_date as date) as limiting_date,
        cast(plan_demands.limiting_release_date as date) as limiting_release_date
    from plan_demands

)

select * from final
