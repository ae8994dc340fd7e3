-- One row per group of customers, candidate and cutoff.
with

churn_validation as (

    select * from {{ source('engine', 'churn_validation') }}

),

final as (

    select
        churn_validation.customer_group,
        churn_validation.candidate,
        churn_validation.split,
        cast(churn_validation.cutoff_date as date) as cutoff_date,
        cast(churn_validation.until_date as date) as until_date,
        cast(churn_validation.training_rows as integer) as training_rows,
        cast(churn_validation.judged_rows as integer) as judged_rows,
        cast(churn_validation.judged_subjects as integer) as judged_subjects,
        cast(churn_validation.base_rate as double) as base_rate,
        cast(churn_validation.auc as double) as auc,
        cast(churn_validation.brier as double) as brier,
        cast(churn_validation.log_loss as double) as log_loss,
        cast(churn_validation.calibration_error as double) as calibration_error,
        cast(churn_validation.lift as double) as lift,
        cast(churn_validation.worth_found as double) as worth_found,
        cast(churn_validation.is_used as boolean) as is_used
    from churn_validation

)

select * from final
