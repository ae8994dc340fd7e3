-- One row per item, place and fill rate: what it costs in stock.
with

stock_policy_trade_off as (

    select * from {{ source('engine', 'stock_policy_trade_off') }}

),

final as (

    select
        stock_policy_trade_off.item_id,
        stock_policy_trade_off.location_id,
        cast(stock_policy_trade_off.target_fill_rate as double) as target_fill_rate,
        cast(stock_policy_trade_off.safety_stock_quantity as decimal(18, 6)) as safety_stock_quantity,
        cast(stock_policy_trade_off.order_up_to_quantity as decimal(18, 6)) as order_up_to_quantity,
        cast(stock_policy_trade_off.fill_rate as double) as fill_rate,
        cast(stock_policy_trade_off.cycle_service as double) as cycle_service,
        cast(stock_policy_trade_off.expected_stock_quantity as decimal(18, 6)) as expected_stock_quantity,
        cast(stock_policy_trade_off.expected_stock_value as decimal(18, 6)) as expected_stock_value
    from stock_policy_trade_off

)

select * from final
