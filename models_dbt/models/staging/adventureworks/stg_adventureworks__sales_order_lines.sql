-- One row per sales order line.
{{ config(enabled='adventureworks' in var('adapters')) }}
with lines as (
    select * from {{ source('adventureworks', 'SalesOrderDetail') }}
),

orders as (
    select * from {{ source('adventureworks', 'SalesOrderHeader') }}
),

final as (
    select
        cast(lines.SalesOrderDetailID as varchar) as sales_order_line_id,
        cast(lines.SalesOrderID as varchar) as sales_order_id,
        -- The source numbers its lines through all orders.
        cast(lines.SalesOrderDetailID as integer) as line_number,
        cast(lines.ProductID as varchar) as item_id,
        {{ absent_columns(ship_from_location_id='varchar') }},
        cast(lines.OrderQty as decimal(18, 6)) as ordered_quantity,
        cast(case when orders.Status in (4, 6) then lines.OrderQty else 0 end as decimal(18, 6)) as cancelled_quantity,
        cast(lines.UnitPrice as decimal(18, 6)) as unit_price,
        cast(lines.UnitPriceDiscount as double) as discount_rate,
        cast(lines.LineTotal as decimal(18, 6)) as net_value,
        cast(orders.DueDate as date) as requested_date,
        {{ absent_columns(first_promised_date='date', promised_date='date') }},
        case
            when orders.Status in (1, 2, 3) then 'open'
            when orders.Status = 5 then 'completed'
            when orders.Status in (4, 6) then 'cancelled'
            else cast(orders.Status as varchar)
        end as line_status,
        {{ absent_columns(uom='varchar') }},
        lines._source,
        'SalesOrderDetail' as _source_table,
        lines._row_number
    from lines
    left join orders
        on lines.SalesOrderID = orders.SalesOrderID
)

select * from final
