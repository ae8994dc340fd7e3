-- One row per predictor, candidate and cutoff, with how good its predictions were.
with

prediction_validation as (

    select * from {{ source('engine', 'prediction_validation') }}

),

final as (

    select
        prediction_validation.model,
        prediction_validation.candidate,
        prediction_validation.split,
        cast(prediction_validation.cutoff_date as date) as cutoff_date,
        cast(prediction_validation.until_date as date) as until_date,
        cast(prediction_validation.training_rows as integer) as training_rows,
        cast(prediction_validation.training_subjects as integer) as training_subjects,
        cast(prediction_validation.test_rows as integer) as test_rows,
        cast(prediction_validation.test_subjects as integer) as test_subjects,
        cast(prediction_validation.judged_rows as integer) as judged_rows,
        cast(prediction_validation.ended_rows as integer) as ended_rows,
        cast(prediction_validation.base_rate as double) as base_rate,
        cast(prediction_validation.auc as double) as auc,
        cast(prediction_validation.brier as double) as brier,
        cast(prediction_validation.log_loss as double) as log_loss,
        cast(prediction_validation.calibration_error as double) as calibration_error,
        cast(prediction_validation.mean_absolute_error_days as double) as mean_absolute_error_days,
        cast(prediction_validation.pinball_p50_days as double) as pinball_p50_days,
        cast(prediction_validation.pinball_p90_days as double) as pinball_p90_days,
        cast(prediction_validation.coverage_p50 as double) as coverage_p50,
        cast(prediction_validation.coverage_p90 as double) as coverage_p90,
        cast(prediction_validation.is_used_for_probability as integer) as is_used_for_probability,
        cast(prediction_validation.is_used_for_date as integer) as is_used_for_date
    from prediction_validation

)

select * from final
