-- One row per purchase order.
{{ config(enabled='adventureworks' in var('adapters')) }}
with orders as (
    select * from {{ source('adventureworks', 'PurchaseOrderHeader') }}
),

people as (
    select * from {{ source('adventureworks', 'Person') }}
),

final as (
    select
        cast(orders.PurchaseOrderID as varchar) as purchase_order_id,
        cast(orders.VendorID as varchar) as supplier_id,
        orders.OrderDate as ordered_at,
        {{ absent_columns(currency_code='varchar') }},
        {{ person_name('people') }} as buyer,
        -- 1 pending, 2 approved, 3 rejected, 4 complete. Goods arrived for orders of every status, even for pending ones;
        -- "rejected" are orders whose goods were received and refused, not orders that were never placed.
        case
            when orders.Status in (1, 2) then 'sent'
            when orders.Status in (3, 4) then 'completed'
            else cast(orders.Status as varchar)
        end as order_status,
        {{ absent_columns(confirmed_at='timestamp') }},
        orders._source,
        'PurchaseOrderHeader' as _source_table,
        orders._row_number
    from orders
    left join people
        on orders.EmployeeID = people.BusinessEntityID
)

select * from final
