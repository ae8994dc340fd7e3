-- One row per item, place and channel: which way it is forecast, and why.
with

forecast_series as (

    select * from {{ source('engine', 'forecast_series') }}

),

final as (

    select
        forecast_series.item_id,
        forecast_series.location_id,
        forecast_series.channel,
        forecast_series.family,
        forecast_series.route,
        forecast_series.rung,
        forecast_series.demand_class,
        forecast_series.life_cycle,
        cast(forecast_series.history_periods as integer) as history_periods,
        forecast_series.interval_method,
        forecast_series.voices,
        forecast_series.flags
    from forecast_series

)

select * from final
