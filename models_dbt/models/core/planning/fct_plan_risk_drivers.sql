-- One row per end demand and supply that often makes it late, at most three of each.
with

plan_risk_drivers as (

    select * from {{ source('engine', 'plan_risk_drivers') }}

),

final as (

    select
        plan_risk_drivers.demand_type,
        plan_risk_drivers.demand_id,
        plan_risk_drivers.item_id,
        plan_risk_drivers.location_id,
        plan_risk_drivers.customer_id,
        cast(plan_risk_drivers.driver_rank as integer) as driver_rank,
        plan_risk_drivers.driver_type,
        plan_risk_drivers.driver_id,
        plan_risk_drivers.driver_item_id,
        plan_risk_drivers.driver_location_id,
        plan_risk_drivers.driver_supplier_id,
        plan_risk_drivers.observed_level,
        cast(plan_risk_drivers.observed_count as integer) as observed_count,
        cast(plan_risk_drivers.late_share as double) as late_share,
        cast(plan_risk_drivers.late_value as decimal(18, 6)) as late_value
    from plan_risk_drivers

)

select * from final
