-- One row per sales channel: how it orders, and whether it still orders when nothing is on the shelf.
with

demand_channels as (

    select * from {{ source('engine', 'demand_channels') }}

),

final as (

    select
        demand_channels.channel,
        cast(demand_channels.ask_days as integer) as ask_days,
        cast(demand_channels.history_from as date) as history_from,
        cast(demand_channels.stocked_out_demand as decimal(18, 6)) as stocked_out_demand,
        cast(demand_channels.usual_demand as decimal(18, 6)) as usual_demand,
        cast(demand_channels.response as double) as response,
        cast(demand_channels.is_censored as integer) as is_censored
    from demand_channels

)

select * from final
