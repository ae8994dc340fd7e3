-- One row per item and product that the plan builds it into: what the product brings and what is left for the material.
with

net_realisable_uses as (

    select * from {{ source('engine', 'net_realisable_uses') }}

),

final as (

    select
        net_realisable_uses.item_id,
        net_realisable_uses.parent_item_id,
        cast(net_realisable_uses.quantity as decimal(18, 6)) as quantity,
        cast(net_realisable_uses.parent_cost as decimal(18, 6)) as parent_cost,
        cast(net_realisable_uses.parent_own_value as decimal(18, 6)) as parent_own_value,
        cast(net_realisable_uses.parent_recoverable_rate as double) as parent_recoverable_rate,
        cast(net_realisable_uses.parent_conversion_cost as decimal(18, 6)) as parent_conversion_cost,
        cast(net_realisable_uses.parent_material_cost as decimal(18, 6)) as parent_material_cost,
        cast(net_realisable_uses.recoverable_rate as double) as recoverable_rate
    from net_realisable_uses

)

select * from final
