-- One row per alarm and item whose forecast needs a person.
with

forecast_alarms as (

    select * from {{ source('engine', 'forecast_alarms') }}

),

final as (

    select
        forecast_alarms.alarm,
        forecast_alarms.item_id,
        cast(forecast_alarms.since as date) as since,
        cast(forecast_alarms.last_period as date) as last_period,
        cast(forecast_alarms.periods as integer) as periods,
        cast(forecast_alarms.quantity as decimal(18, 6)) as quantity,
        cast(forecast_alarms.actual_quantity as decimal(18, 6)) as actual_quantity,
        cast(forecast_alarms.value as double) as value,
        cast(forecast_alarms.limit_value as double) as limit_value,
        cast(forecast_alarms.probability as double) as probability,
        cast(forecast_alarms.money as decimal(18, 6)) as money
    from forecast_alarms

)

select * from final
