-- One row per customer and known fact.
with

churn_reasons as (

    select * from {{ source('engine', 'churn_reasons') }}

),

final as (

    select
        churn_reasons.customer_id,
        cast(churn_reasons.rank as integer) as rank,
        churn_reasons.feature,
        cast(churn_reasons.value as double) as value,
        cast(churn_reasons.usual_value as double) as usual_value,
        cast(churn_reasons.effect as double) as effect,
        cast(churn_reasons.average as double) as average
    from churn_reasons

)

select * from final
