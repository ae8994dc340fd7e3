-- One row per planned item without a planning policy.
with

item_supply as (

    select * from {{ ref('int_item_supply') }}

),

compared as (

    select
        source,
        item_id as subject,
        1 as expected_value,
        has_policy as actual_value,
        cast(null as varchar) as detail
    from item_supply
    where is_planned = 1

),

{{ law_differences('planned_items_have_policies') }}
