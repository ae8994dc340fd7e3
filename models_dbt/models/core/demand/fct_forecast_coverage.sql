-- One row per stage, lag and interval: how often demand lay inside.
with

forecast_coverage as (

    select * from {{ source('engine', 'forecast_coverage') }}

),

final as (

    select
        forecast_coverage.stage,
        cast(forecast_coverage.lag as integer) as lag,
        cast(forecast_coverage.interval as double) as interval,
        cast(forecast_coverage.cells as integer) as cells,
        cast(forecast_coverage.inside as integer) as inside,
        cast(forecast_coverage.above as integer) as above,
        cast(forecast_coverage.below as integer) as below,
        cast(forecast_coverage.coverage as double) as coverage,
        cast(forecast_coverage.scaled_pinball as double) as scaled_pinball
    from forecast_coverage

)

select * from final
