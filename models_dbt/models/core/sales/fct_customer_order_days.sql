-- One row per customer and day with an order that was not cancelled.
with

order_lines as (

    select * from {{ ref('fct_sales_order_lines') }}
    where
        is_cancelled = 0
        and customer_id is not null

),

order_days as (

    select
        order_lines.customer_id,
        order_lines.ordered_date,
        cast(count(distinct order_lines.sales_order_id) as integer) as order_count,
        {{ amount('sum(order_lines.net_value)') }} as net_value,
        {{ amount('sum(order_lines.margin_value)') }} as margin_value,
        {{ amount('sum(case when order_lines.margin_value is not null then order_lines.net_value end)') }}
            as costed_value
    from order_lines
    group by
        order_lines.customer_id,
        order_lines.ordered_date

),

final as (

    select
        order_days.customer_id,
        order_days.ordered_date,
        order_days.order_count,
        order_days.net_value,
        order_days.margin_value,
        order_days.costed_value,
        cast({{ days_from(
            'lag(order_days.ordered_date) over (partition by order_days.customer_id order by order_days.ordered_date)',
            'order_days.ordered_date'
        ) }} as double) as gap_days
    from order_days

)

select * from final
