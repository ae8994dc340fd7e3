-- One row per item and stage: accuracy over the next three periods together.
with

forecast_item_accuracy as (

    select * from {{ source('engine', 'forecast_item_accuracy') }}

),

final as (

    select
        forecast_item_accuracy.item_id,
        forecast_item_accuracy.stage,
        cast(forecast_item_accuracy.cells as integer) as cells,
        cast(forecast_item_accuracy.actual_quantity as decimal(18, 6)) as actual_quantity,
        cast(forecast_item_accuracy.forecast_quantity as decimal(18, 6)) as forecast_quantity,
        cast(forecast_item_accuracy.absolute_error as decimal(18, 6)) as absolute_error,
        cast(forecast_item_accuracy.wape as double) as wape,
        cast(forecast_item_accuracy.mae as double) as mae,
        cast(forecast_item_accuracy.bias as double) as bias,
        cast(forecast_item_accuracy.tracking_signal as double) as tracking_signal,
        cast(forecast_item_accuracy.bias_value as decimal(18, 6)) as bias_value
    from forecast_item_accuracy

)

select * from final
