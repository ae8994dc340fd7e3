-- One row per made item without a bill of material that is valid on the as-of date.
with

item_supply as (

    select * from {{ ref('int_item_supply') }}

),

compared as (

    select
        source,
        item_id as subject,
        1 as expected_value,
        has_bill as actual_value,
        cast(null as varchar) as detail
    from item_supply
    where is_made = 1

),

{{ law_differences('made_items_have_bills') }}
