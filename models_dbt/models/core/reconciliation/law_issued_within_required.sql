-- One row per component of a production order that was issued with more than the required quantity.
with

components as (

    select * from {{ ref('cnl_production_order_components') }}

),

compared as (

    select
        _source as source,
        production_order_id || ' · ' || cast(component_line as varchar) as subject,
        required_quantity as expected_value,
        issued_quantity as actual_value,
        item_id as detail
    from components
    where issued_quantity > required_quantity

),

{{ law_differences('issued_within_required') }}
