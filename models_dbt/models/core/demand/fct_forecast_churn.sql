-- One row per stage and lag: how much forecasts of the same period changed from one vintage to the next.
with

forecast_churn as (

    select * from {{ source('engine', 'forecast_churn') }}

),

final as (

    select
        forecast_churn.stage,
        cast(forecast_churn.lag as integer) as lag,
        cast(forecast_churn.cells as integer) as cells,
        cast(forecast_churn.previous_quantity as decimal(18, 6)) as previous_quantity,
        cast(forecast_churn.changed_quantity as decimal(18, 6)) as changed_quantity,
        cast(forecast_churn.net_change as decimal(18, 6)) as net_change,
        cast(forecast_churn.churn as double) as churn,
        cast(forecast_churn.undone_share as double) as undone_share
    from forecast_churn

)

select * from final
