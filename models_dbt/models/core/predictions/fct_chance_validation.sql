-- One row per kind of chance, candidate and cutoff, with one row for all cutoffs.
with

validation as (

    select * from {{ source('engine', 'chance_validation') }}

),

final as (

    select
        validation.model,
        validation.candidate,
        validation.split,
        cast(validation.cutoff_date as date) as cutoff_date,
        cast(validation.until_date as date) as until_date,
        cast(validation.training_rows as integer) as training_rows,
        cast(validation.judged_rows as integer) as judged_rows,
        cast(validation.judged_subjects as integer) as judged_subjects,
        cast(validation.base_rate as double) as base_rate,
        cast(validation.auc as double) as auc,
        cast(validation.brier as double) as brier,
        cast(validation.log_loss as double) as log_loss,
        cast(validation.calibration_error as double) as calibration_error,
        cast(validation.lift as double) as lift,
        cast(validation.worth_found as double) as worth_found,
        cast(validation.is_used as integer) as is_used
    from validation

)

select * from final
