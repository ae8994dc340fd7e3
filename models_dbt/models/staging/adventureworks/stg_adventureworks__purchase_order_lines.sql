-- One row per purchase order line, with the totals received and rejected: the source dates no receipt.
{{ config(enabled='adventureworks' in var('adapters')) }}
with lines as (
    select * from {{ source('adventureworks', 'PurchaseOrderDetail') }}
),

orders as (
    select * from {{ source('adventureworks', 'PurchaseOrderHeader') }}
),

final as (
    select
        cast(lines.PurchaseOrderDetailID as varchar) as purchase_order_line_id,
        cast(lines.PurchaseOrderID as varchar) as purchase_order_id,
        cast(lines.ProductID as varchar) as item_id,
        {{ absent_columns(location_id='varchar') }},
        cast(lines.OrderQty as decimal(18, 6)) as ordered_quantity,
        cast(lines.UnitPrice as decimal(18, 6)) as unit_price,
        cast(lines.LineTotal as decimal(18, 6)) as net_value,
        cast(lines.DueDate as date) as requested_date,
        {{ absent_columns(first_confirmed_date='date', confirmed_date='date') }},
        case
            when orders.Status in (1, 2) and lines.ReceivedQty < lines.OrderQty then 'open'
            when orders.Status in (1, 2, 3, 4) then 'completed'
            else cast(orders.Status as varchar)
        end as line_status,
        {{ absent_columns(is_subcontract='boolean', production_order_id='varchar', uom='varchar') }},
        cast(lines.ReceivedQty as decimal(18, 6)) as received_quantity,
        cast(lines.RejectedQty as decimal(18, 6)) as rejected_quantity,
        lines._source,
        'PurchaseOrderDetail' as _source_table,
        lines._row_number
    from lines
    left join orders
        on lines.PurchaseOrderID = orders.PurchaseOrderID
)

select * from final
