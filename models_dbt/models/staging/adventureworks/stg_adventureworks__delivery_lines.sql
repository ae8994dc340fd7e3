-- One row per line of a shipped sales order, with the ordered quantity: the source ships an order whole.
{{ config(enabled='adventureworks' in var('adapters')) }}
with lines as (
    select * from {{ source('adventureworks', 'SalesOrderDetail') }}
),

shipped_orders as (
    select SalesOrderID
    from {{ source('adventureworks', 'SalesOrderHeader') }}
    where Status = 5 and ShipDate is not null
),

final as (
    select
        cast(lines.SalesOrderDetailID as varchar) as delivery_line_id,
        cast(lines.SalesOrderID as varchar) as delivery_id,
        cast(lines.SalesOrderDetailID as varchar) as sales_order_line_id,
        cast(lines.ProductID as varchar) as item_id,
        cast(lines.OrderQty as decimal(18, 6)) as shipped_quantity,
        {{ absent_columns(delivered_quantity='decimal(18, 6)', lot_id='varchar', uom='varchar') }},
        lines._source,
        'SalesOrderDetail' as _source_table,
        lines._row_number
    from lines
    inner join shipped_orders
        on lines.SalesOrderID = shipped_orders.SalesOrderID
)

select * from final
