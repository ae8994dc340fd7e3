-- Net and cancelled value of the order lines are the value that the source states, line by line: nothing is lost in the split.
with

order_lines as (

    select
        sales_order_line_id,
        net_value,
        cancelled_value
    from {{ ref('fct_sales_order_lines') }}

),

stated as (

    select
        sales_order_line_id,
        net_value
    from {{ ref('cnl_sales_order_lines') }}

)

select
    order_lines.sales_order_line_id,
    order_lines.net_value,
    order_lines.cancelled_value,
    stated.net_value as stated_value
from order_lines
inner join stated
    on order_lines.sales_order_line_id = stated.sales_order_line_id
where order_lines.net_value + order_lines.cancelled_value <> stated.net_value
