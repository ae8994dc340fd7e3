-- One row per customer with an order.
with

customer_values as (

    select * from {{ source('engine', 'customer_values') }}

),

history as (

    select
        customer_id,
        sum(cast(net_value as double)) as revenue,
        sum(cast(margin_value as double)) as margin
    from {{ ref('fct_customer_order_days') }}
    group by customer_id

),

final as (

    select
        customer_values.customer_id,
        {{ as_of() }} as valued_date,
        customer_values.customer_group,
        cast(customer_values.repeat_count as integer) as repeat_count,
        cast(customer_values.margin_rate as double) as margin_rate,
        cast(customer_values.alive_probability as double) as alive_probability,
        cast(customer_values.expected_orders as double) as expected_orders,
        cast(customer_values.order_value as double) as order_value,
        cast(customer_values.expected_revenue as double) as expected_revenue,
        cast(customer_values.expected_margin as double) as expected_margin,
        cast(customer_values.lifetime_value as double) as lifetime_value,
        cast(customer_values.usual_gap_days as double) as usual_gap_days,
        cast(customer_values.silent_days as integer) as silent_days,
        cast(customer_values.is_out_of_rhythm as boolean) as is_out_of_rhythm,
        cast(customer_values.churn_probability as double) as churn_probability,
        cast(customer_values.value_at_risk as double) as value_at_risk,
        cast(customer_values.late_churn_increase as double) as late_churn_increase,
        history.revenue as history_revenue,
        history.margin as history_margin
    from customer_values
    left join history
        on customer_values.customer_id = history.customer_id

)

select * from final
