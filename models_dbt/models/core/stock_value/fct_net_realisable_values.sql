-- One row per item: what it sells for, what completing and selling cost, and the share of its cost that comes back.
with

net_realisable_values as (

    select * from {{ source('engine', 'net_realisable_values') }}

),

final as (

    select
        net_realisable_values.item_id,
        cast(net_realisable_values.standard_cost as decimal(18, 6)) as standard_cost,
        cast(net_realisable_values.selling_price as decimal(18, 6)) as selling_price,
        cast(net_realisable_values.price_quantity as decimal(18, 6)) as price_quantity,
        cast(net_realisable_values.price_from_date as date) as price_from_date,
        cast(net_realisable_values.price_to_date as date) as price_to_date,
        cast(net_realisable_values.last_sold_date as date) as last_sold_date,
        cast(net_realisable_values.sold_quantity as decimal(18, 6)) as sold_quantity,
        cast(net_realisable_values.own_value as decimal(18, 6)) as own_value,
        cast(net_realisable_values.material_cost as decimal(18, 6)) as material_cost,
        cast(net_realisable_values.conversion_cost as decimal(18, 6)) as conversion_cost,
        cast(net_realisable_values.planned_use_quantity as decimal(18, 6)) as planned_use_quantity,
        cast(net_realisable_values.recoverable_rate as double) as recoverable_rate,
        cast(net_realisable_values.known_rate as double) as known_rate,
        cast(net_realisable_values.material_rate as double) as material_rate
    from net_realisable_values

)

select * from final
