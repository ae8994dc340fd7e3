-- One row per cycle of bills of material, with the path that leads an item back to itself.
with

bom_cycles as (

    select * from {{ source('engine', 'bom_cycles') }}

),

items as (

    select
        item_id,
        _source as source
    from {{ ref('cnl_items') }}

),

compared as (

    select
        items.source,
        bom_cycles.item_id as subject,
        0 as expected_value,
        bom_cycles.item_count as actual_value,
        bom_cycles.path as detail
    from bom_cycles
    inner join items
        on bom_cycles.item_id = items.item_id

),

{{ law_differences('bills_have_no_cycle') }}
