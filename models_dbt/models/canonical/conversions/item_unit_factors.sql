-- One row per item and unit that converts to its base unit; a conversion of the item's own goes before one of all items (`*`).
{{ config(materialized='table', enabled=var('converts_units')) }}

with items as (
    select
        item_id,
        base_uom
    from {{ ref('cnl_items') }}
),

conversions as (
    select
        item_id,
        uom,
        base_uom,
        factor
    from {{ ref('cnl_uom_conversions') }}
    where uom <> base_uom
),

of_the_item as (
    select
        items.item_id,
        conversions.uom,
        items.base_uom,
        conversions.factor
    from items
    inner join conversions
        on items.item_id = conversions.item_id
        and items.base_uom = conversions.base_uom
),

of_all_items as (
    select
        items.item_id,
        conversions.uom,
        items.base_uom,
        conversions.factor
    from items
    inner join conversions
        on items.base_uom = conversions.base_uom
    where conversions.item_id = '*'
),

final as (
    select * from of_the_item
    union all
    select of_all_items.*
    from of_all_items
    where not exists (
        select 1
        from of_the_item
        where
            of_the_item.item_id = of_all_items.item_id
            and of_the_item.uom = of_all_items.uom
    )
)

select * from final
