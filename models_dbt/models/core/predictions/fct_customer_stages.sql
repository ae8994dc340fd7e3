-- One row per customer and month end, and the as-of date.
with

customer_stages as (

    select * from {{ source('engine', 'customer_stages') }}

),

final as (

    select
        customer_stages.customer_id,
        cast(customer_stages.day as date) as day,
        customer_stages.stage,
        customer_stages.previous_stage,
        cast(customer_stages.order_days as integer) as order_days,
        cast(customer_stages.last_ordered_on as date) as last_ordered_date,
        cast(customer_stages.silent_days as integer) as silent_days,
        cast(customer_stages.usual_gap_days as double) as usual_gap_days
    from customer_stages

)

select * from final
