-- One row per rule of demand preparation, series and period that it changed.
with

demand_audit as (

    select * from {{ source('engine', 'demand_audit') }}

),

final as (

    select
        demand_audit.series,
        demand_audit.item_id,
        demand_audit.location_id,
        demand_audit.channel,
        demand_audit.bucket,
        cast(demand_audit.period_start as date) as period_start,
        demand_audit.rule,
        cast(demand_audit.quantity_before as decimal(18, 6)) as quantity_before,
        cast(demand_audit.quantity_after as decimal(18, 6)) as quantity_after,
        cast(demand_audit.quantity_change as decimal(18, 6)) as quantity_change,
        demand_audit.reason
    from demand_audit

)

select * from final
