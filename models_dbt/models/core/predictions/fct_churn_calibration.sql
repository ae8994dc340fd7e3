-- One row per group of customers, candidate and tenth of the chances.
with

churn_calibration as (

    select * from {{ source('engine', 'churn_calibration') }}

),

final as (

    select
        churn_calibration.customer_group,
        churn_calibration.candidate,
        cast(churn_calibration.bin as integer) as bin,
        cast(churn_calibration.rows as integer) as rows,
        cast(churn_calibration.predicted as double) as predicted,
        cast(churn_calibration.observed as double) as observed
    from churn_calibration

)

select * from final
