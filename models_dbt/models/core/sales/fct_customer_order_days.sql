-- One row per customer and day with an order that was not cancelled.
with

order_lines as (

    select * from {{ ref('fct_sales_order_lines') }}
    where
        is_cancelled = 0
        and customer_id is not null

),

final as (

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

)

select * from final
