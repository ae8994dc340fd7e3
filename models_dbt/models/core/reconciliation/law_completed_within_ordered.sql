-- One row per production order that completed and scrapped more than was ordered.
with

lines as (

    select * from {{ ref('fct_production_orders') }}

),

compared as (

    select
        source,
        production_order_id as subject,
        ordered_quantity as expected_value,
        coalesce(completed_quantity, 0) + coalesce(scrapped_quantity, 0) as actual_value,
        item_id as detail
    from lines
    where coalesce(completed_quantity, 0) + coalesce(scrapped_quantity, 0) > ordered_quantity

),

{{ law_differences('completed_within_ordered') }}
