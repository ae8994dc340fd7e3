-- One row per position, kind of use and target: what could use the stock up, what it frees and when.
with

stock_consumption as (

    select * from {{ source('engine', 'stock_consumption') }}

),

final as (

    select
        stock_consumption.item_id,
        stock_consumption.location_id,
        stock_consumption.option_kind,
        stock_consumption.target_id,
        stock_consumption.other_item_id,
        cast(stock_consumption.quantity as decimal(18, 6)) as quantity,
        cast(stock_consumption.first_date as date) as first_date,
        cast(stock_consumption.last_date as date) as last_date,
        cast(stock_consumption.freed_value as decimal(18, 6)) as freed_value,
        cast(stock_consumption.proceeds_value as decimal(18, 6)) as proceeds_value,
        cast(stock_consumption.option_rank as integer) as option_rank
    from stock_consumption

)

select * from final
