-- One row per open production order, what is explained, and fact, with what the fact moves.
with

production_predictions_reasons as (

    select * from {{ source('engine', 'production_predictions_reasons') }}

),

production_orders as (

    select
        production_order_id,
        item_id,
        location_id
    from {{ ref('fct_production_orders') }}

),

final as (

    select
        production_predictions_reasons.production_order_id,
        production_orders.item_id,
        production_orders.location_id,
        production_predictions_reasons.explains,
        cast(production_predictions_reasons.rank as integer) as rank,
        production_predictions_reasons.feature,
        cast(production_predictions_reasons.value as double) as value,
        cast(production_predictions_reasons.usual_value as double) as usual_value,
        cast(production_predictions_reasons.effect as double) as effect,
        cast(production_predictions_reasons.average as double) as average
    from production_predictions_reasons
    inner join production_orders
        on production_predictions_reasons.production_order_id = production_orders.production_order_id

)

select * from final
