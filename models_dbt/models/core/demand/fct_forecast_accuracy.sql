-- One row per level, stage and lag: accuracy of forecasts made again from earlier days.
with

forecast_accuracy as (

    select * from {{ source('engine', 'forecast_accuracy') }}

),

final as (

    select
        forecast_accuracy.level,
        forecast_accuracy.stage,
        cast(forecast_accuracy.lag as integer) as lag,
        cast(forecast_accuracy.cells as integer) as cells,
        cast(forecast_accuracy.actual_quantity as decimal(18, 6)) as actual_quantity,
        cast(forecast_accuracy.forecast_quantity as decimal(18, 6)) as forecast_quantity,
        cast(forecast_accuracy.absolute_error as decimal(18, 6)) as absolute_error,
        cast(forecast_accuracy.wape as double) as wape,
        cast(forecast_accuracy.mae as double) as mae,
        cast(forecast_accuracy.bias as double) as bias,
        cast(forecast_accuracy.tracking_signal as double) as tracking_signal
    from forecast_accuracy

)

select * from final
