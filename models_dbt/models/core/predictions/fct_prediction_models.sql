-- One row per predictor, with what it uses and why.
with

prediction_models as (

    select * from {{ source('engine', 'prediction_models') }}

),

final as (

    select
        prediction_models.model,
        prediction_models.reason,
        prediction_models.used_for_probability,
        prediction_models.used_for_date,
        cast(prediction_models.running_count as integer) as running_count
    from prediction_models

)

select * from final
