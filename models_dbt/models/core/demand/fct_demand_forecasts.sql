-- One row per item, place, channel and forecast period.
with

demand_forecasts as (

    select * from {{ source('engine', 'demand_forecasts') }}

),

final as (

    select
        demand_forecasts.item_id,
        demand_forecasts.location_id,
        demand_forecasts.channel,
        demand_forecasts.bucket,
        cast(demand_forecasts.period_start as date) as period_start,
        cast(demand_forecasts.horizon as integer) as horizon,
        cast(demand_forecasts.quantity as decimal(18, 6)) as quantity,
        cast(demand_forecasts.statistical_quantity as decimal(18, 6)) as statistical_quantity,
        cast(demand_forecasts.event_quantity as decimal(18, 6)) as event_quantity,
        cast(demand_forecasts.planner_quantity as decimal(18, 6)) as planner_quantity,
        cast(demand_forecasts.consensus_quantity as decimal(18, 6)) as consensus_quantity,
        cast(demand_forecasts.locked_quantity as decimal(18, 6)) as locked_quantity,
        cast(demand_forecasts.is_locked as integer) as is_locked,
        cast(demand_forecasts.p05 as decimal(18, 6)) as p05,
        cast(demand_forecasts.p10 as decimal(18, 6)) as p10,
        cast(demand_forecasts.p25 as decimal(18, 6)) as p25,
        cast(demand_forecasts.p50 as decimal(18, 6)) as p50,
        cast(demand_forecasts.p75 as decimal(18, 6)) as p75,
        cast(demand_forecasts.p90 as decimal(18, 6)) as p90,
        cast(demand_forecasts.p95 as decimal(18, 6)) as p95,
        cast(demand_forecasts.p975 as decimal(18, 6)) as p975
    from demand_forecasts

)

select * from final
