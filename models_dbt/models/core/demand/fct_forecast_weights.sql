-- One row per series and candidate: its share in the forecast.
with

forecast_weights as (

    select * from {{ source('engine', 'forecast_weights') }}

),

final as (

    select
        forecast_weights.item_id,
        forecast_weights.location_id,
        forecast_weights.channel,
        forecast_weights.candidate,
        cast(forecast_weights.weight as double) as weight
    from forecast_weights

)

select * from final
