-- One row per level and stage: what it added over the stage before, on the same periods.
with

forecast_value_added as (

    select * from {{ source('engine', 'forecast_value_added') }}

),

final as (

    select
        forecast_value_added.level,
        forecast_value_added.stage,
        forecast_value_added.previous_stage,
        cast(forecast_value_added.cells as integer) as cells,
        cast(forecast_value_added.actual_quantity as decimal(18, 6)) as actual_quantity,
        cast(forecast_value_added.wape as double) as wape,
        cast(forecast_value_added.bias as double) as bias,
        cast(forecast_value_added.value_added as double) as value_added,
        cast(forecast_value_added.value_added_quantity as decimal(18, 6)) as value_added_quantity,
        cast(forecast_value_added.value_added_to_naive as double) as value_added_to_naive,
        cast(forecast_value_added.changed_cells as integer) as changed_cells,
        cast(forecast_value_added.improved_cells as integer) as improved_cells,
        cast(forecast_value_added.worsened_cells as integer) as worsened_cells,
        cast(forecast_value_added.improved_share as double) as improved_share
    from forecast_value_added

)

select * from final
