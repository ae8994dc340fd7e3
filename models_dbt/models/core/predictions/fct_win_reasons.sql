-- One row per open opportunity and fact that moves its chance of being won.
with

opportunities as (

    select
        opportunity_id,
        customer_id
    from {{ ref('fct_opportunities') }}

),

reasons as (

    select * from {{ source('engine', 'win_reasons') }}

),

final as (

    select
        reasons.opportunity_id,
        opportunities.customer_id,
        cast(reasons.rank as integer) as rank,
        reasons.feature,
        cast(reasons.value as double) as value,
        cast(reasons.usual_value as double) as usual_value,
        cast(reasons.effect as double) as effect,
        cast(reasons.average as double) as average
    from reasons
    inner join opportunities
        on reasons.opportunity_id = opportunities.opportunity_id

)

select * from final
