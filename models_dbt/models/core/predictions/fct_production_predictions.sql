-- One row per open production order, with its predicted finish and its chance of being late.
with

production_predictions as (

    select * from {{ source('engine', 'production_predictions') }}

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
        production_predictions.production_order_id,
        production_orders.item_id,
        production_orders.location_id,
        cast(production_predictions.known_date as date) as known_date,
        cast(production_predictions.due_date as date) as due_date,
        cast(production_predictions.late_probability as double) as late_probability,
        cast(production_predictions.p50_date as date) as p50_date,
        cast(production_predictions.p90_date as date) as p90_date,
        production_predictions.probability_by,
        production_predictions.date_by,
        cast(production_predictions.is_overdue as integer) as is_overdue
    from production_predictions
    inner join production_orders
        on production_predictions.production_order_id = production_orders.production_order_id

)

select * from final
