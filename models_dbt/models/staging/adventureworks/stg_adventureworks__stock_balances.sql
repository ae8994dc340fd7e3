-- One row per product and place.
{{ config(enabled='adventureworks' in var('adapters')) }}
with balances as (
    select * from {{ source('adventureworks', 'ProductInventory') }}
),

-- The source states its stock without a date: it is that of its last order.
last_orders as (
    select
        _source,
        max(ordered_date) as as_of_date
    from (
        select
            _source,
            max(cast(OrderDate as date)) as ordered_date
        from {{ source('adventureworks', 'SalesOrderHeader') }}
        group by _source
        union all
        select
            _source,
            max(cast(StartDate as date)) as ordered_date
        from {{ source('adventureworks', 'WorkOrder') }}
        group by _source
    ) as orders
    group by _source
),

final as (
    select
        last_orders.as_of_date,
        cast(balances.ProductID as varchar) as item_id,
        cast(balances.LocationID as varchar) as location_id,
        {{ absent_columns(lot_id='varchar', stock_status='varchar') }},
        cast(balances.Quantity as decimal(18, 6)) as quantity,
        {{ absent_columns(value='decimal(18, 6)', uom='varchar') }},
        balances._source,
        'ProductInventory' as _source_table,
        balances._row_number
    from balances
    left join last_orders
        on balances._source = last_orders._source
)

select * from final
