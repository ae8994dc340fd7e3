-- One row per predictor, candidate and tenth of the chances.
with

prediction_calibration as (

    select * from {{ source('engine', 'prediction_calibration') }}

),

final as (

    select
        prediction_calibration.model,
        prediction_calibration.candidate,
        cast(prediction_calibration.bin as integer) as bin,
        cast(prediction_calibration.rows as integer) as rows,
        cast(prediction_calibration.predicted as double) as predicted,
        cast(prediction_calibration.observed as double) as observed
    from prediction_calibration

)

select * from final
