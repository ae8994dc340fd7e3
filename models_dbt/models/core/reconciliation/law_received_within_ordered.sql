-- One row per purchase order line received with more than was ordered.
with

lines as (

    select * from {{ ref('fct_purchase_order_lines') }}

),

compared as (

    select
        source,
        purchase_order_line_id as subject,
        ordered_quantity as expected_value,
        received_quantity as actual_value,
        item_id as detail
    from lines
    where received_quantity > ordered_quantity

),

{{ law_differences('received_within_ordered') }}
