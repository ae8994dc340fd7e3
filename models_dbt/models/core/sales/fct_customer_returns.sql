-- One row per line that a customer sent back.
with

customer_returns as (

    select * from {{ ref('cnl_customer_returns') }}

),

order_lines as (

    select
        sales_order_line_id,
        customer_id,
        location_id
    from {{ ref('fct_sales_order_lines') }}

),

final as (

    select
        customer_returns.return_line_id,
        customer_returns.sales_order_line_id,
        customer_returns.item_id,
        coalesce(customer_returns.customer_id, order_lines.customer_id) as customer_id,
        order_lines.location_id,
        cast(customer_returns.returned_at as date) as returned_date,
        customer_returns.returned_quantity,
        customer_returns.return_reason,
        customer_returns.credit_value,
        customer_returns._source as source
    from customer_returns
    left join order_lines
        on customer_returns.sales_order_line_id = order_lines.sales_order_line_id

)

select * from final
