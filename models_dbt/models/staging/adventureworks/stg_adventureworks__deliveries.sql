-- One row per shipped sales order: the source ships an order whole, on one day.
{{ config(enabled='adventureworks' in var('adapters')) }}
with orders as (
    select * from {{ source('adventureworks', 'SalesOrderHeader') }}
),

ship_methods as (
    select * from {{ source('adventureworks', 'ShipMethod') }}
),

final as (
    select
        cast(orders.SalesOrderID as varchar) as delivery_id,
        cast(orders.CustomerID as varchar) as customer_id,
        {{ absent_columns(from_location_id='varchar') }},
        ship_methods.Name as carrier,
        {{ absent_columns(planned_ship_date='date') }},
        orders.ShipDate as shipped_at,
        {{ absent_columns(expected_arrival_date='date', delivered_at='timestamp') }},
        'shipped' as delivery_status,
        {{ absent_columns(freight_cost='decimal(18, 6)') }},
        orders._source,
        'SalesOrderHeader' as _source_table,
        orders._row_number
    from orders
    left join ship_methods
        on orders.ShipMethodID = ship_methods.ShipMethodID
    where orders.Status = 5 and orders.ShipDate is not null
)

select * from final
