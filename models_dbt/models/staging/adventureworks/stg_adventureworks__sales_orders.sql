-- One row per sales order. Amounts are in US dollars whatever the country, so no currency is stated.
{{ config(enabled='adventureworks' in var('adapters')) }}
with orders as (
    select * from {{ source('adventureworks', 'SalesOrderHeader') }}
),

final as (
    select
        cast(SalesOrderID as varchar) as sales_order_id,
        cast(CustomerID as varchar) as customer_id,
        cast(SalesPersonID as varchar) as sales_rep_id,
        case when OnlineOrderFlag then 'web_shop' else 'direct' end as channel,
        {{ absent_columns(opportunity_id='varchar') }},
        OrderDate as ordered_at,
        {{ absent_columns(currency_code='varchar', priority='integer') }},
        -- 1 in process, 2 approved, 3 backordered, 4 rejected, 5 shipped, 6 cancelled; the contract refuses others.
        case
            when Status in (1, 2, 3) then 'confirmed'
            when Status = 5 then 'completed'
            when Status in (4, 6) then 'cancelled'
            else cast(Status as varchar)
        end as order_status,
        PurchaseOrderNumber as customer_reference,
        _source,
        'SalesOrderHeader' as _source_table,
        _row_number
    from orders
)

select * from final
