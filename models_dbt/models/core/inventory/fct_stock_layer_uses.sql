-- One row per out-movement × in-movement × origin: which receipt an issue took its goods from.
with

stock_layer_uses as (

    select * from {{ source('engine', 'stock_layer_uses') }}

),

final as (

    select
        stock_layer_uses.out_movement_id,
        stock_layer_uses.in_movement_id,
        stock_layer_uses.origin_movement_id,
        stock_layer_uses.item_id,
        stock_layer_uses.location_id,
        cast(stock_layer_uses.used_date as date) as used_date,
        cast(stock_layer_uses.original_receipt_date as date) as original_receipt_date,
        cast(stock_layer_uses.quantity as decimal(18, 6)) as quantity,
        cast(stock_layer_uses.value as decimal(18, 6)) as value,
        cast(stock_layer_uses.is_backfilled as integer) as is_backfilled
    from stock_layer_uses

)

select * from final
