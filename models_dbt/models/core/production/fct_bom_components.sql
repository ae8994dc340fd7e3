-- One row per top item × component × path through the bill of material.
with

bom_explosion as (

    select * from {{ source('engine', 'bom_explosion') }}

),

final as (

    select
        bom_explosion.parent_item_id,
        bom_explosion.component_item_id,
        cast(bom_explosion.level as integer) as level,
        bom_explosion.path,
        cast(bom_explosion.quantity_per as double) as quantity_per,
        cast(bom_explosion.is_phantom as integer) as is_phantom,
        cast(bom_explosion.is_by_product as integer) as is_by_product,
        cast(bom_explosion.is_fixed_quantity as integer) as is_fixed_quantity,
        cast(bom_explosion.low_level_code as integer) as low_level_code,
        bom_explosion.direct_bom_id
    from bom_explosion

)

select * from final
