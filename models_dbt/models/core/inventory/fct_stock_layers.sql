-- One row per FIFO layer that remains on the as-of date.
with

stock_layers as (

    select * from {{ source('engine', 'stock_layers') }}

),

final as (

    select
        cast(stock_layers.layer_id as varchar) as layer_id,
        stock_layers.item_id,
        stock_layers.location_id,
        stock_layers.lot_id,
        stock_layers.in_movement_id,
        stock_layers.origin_movement_id,
        cast(stock_layers.original_receipt_date as date) as original_receipt_date,
        cast(stock_layers.arrived_date as date) as arrived_date,
        cast(stock_layers.quantity as decimal(18, 6)) as quantity,
        cast(stock_layers.unit_cost as decimal(18, 6)) as unit_cost,
        cast(stock_layers.value as decimal(18, 6)) as value,
        cast(stock_layers.age_days as double) as age_days
    from stock_layers

)

select * from final
