-- One row per sales order line shipped with more than was ordered and not cancelled.
with

lines as (

    select * from {{ ref('fct_sales_order_lines') }}

),

compared as (

    select
        source,
        sales_order_line_id as subject,
        ordered_quantity - cancelled_quantity as expected_value,
        shipped_quantity as actual_value,
        item_id as detail
    from lines
    where shipped_quantity > ordered_quantity - cancelled_quantity

),

{{ law_differences('shipped_within_ordered') }}
