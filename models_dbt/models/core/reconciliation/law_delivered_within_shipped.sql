-- One row per delivery line received with more than was shipped.
with

lines as (

    select * from {{ ref('fct_delivery_lines') }}

),

compared as (

    select
        source,
        delivery_line_id as subject,
        shipped_quantity as expected_value,
        delivered_quantity as actual_value,
        item_id as detail
    from lines
    where delivered_quantity > shipped_quantity

),

{{ law_differences('delivered_within_shipped') }}
