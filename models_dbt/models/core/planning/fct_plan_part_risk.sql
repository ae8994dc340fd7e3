-- One row per part, place and supplier that makes demand late, ranked by money.
with

plan_part_risk as (

    select * from {{ source('engine', 'plan_part_risk') }}

),

final as (

    select
        cast(plan_part_risk.risk_rank as integer) as risk_rank,
        plan_part_risk.item_id,
        plan_part_risk.location_id,
        plan_part_risk.supplier_id,
        cast(plan_part_risk.driver_supplies as integer) as driver_supplies,
        cast(plan_part_risk.late_order_lines as integer) as late_order_lines,
        cast(plan_part_risk.late_demands as integer) as late_demands,
        cast(plan_part_risk.late_order_value as decimal(18, 6)) as late_order_value,
        cast(plan_part_risk.late_forecast_value as decimal(18, 6)) as late_forecast_value
    from plan_part_risk

)

select * from final
