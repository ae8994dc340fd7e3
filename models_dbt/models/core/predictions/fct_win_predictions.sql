-- One row per open opportunity, with its chance of being won.
with

opportunities as (

    select
        opportunity_id,
        customer_id
    from {{ ref('fct_opportunities') }}

),

predictions as (

    select * from {{ source('engine', 'win_predictions') }}

),

final as (

    select
        predictions.opportunity_id,
        opportunities.customer_id,
        cast(predictions.known_date as date) as known_date,
        cast(predictions.win_probability as double) as win_probability,
        predictions.probability_by,
        cast(predictions.stage_average as double) as stage_average
    from predictions
    inner join opportunities
        on predictions.opportunity_id = opportunities.opportunity_id

)

select * from final
