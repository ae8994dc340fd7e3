-- One row per bought item without a supplier.
with

item_supply as (

    select * from {{ ref('int_item_supply') }}

),

compared as (

    select
        source,
        item_id as subject,
        1 as expected_value,
        has_supplier as actual_value,
        cast(null as varchar) as detail
    from item_supply
    where is_bought = 1

),

{{ law_differences('bought_items_have_suppliers') }}
