-- One row per work order of the source, which is an order to make a product.
{{ config(enabled='adventureworks' in var('adapters')) }}
with orders as (
    select * from {{ source('adventureworks', 'WorkOrder') }}
),

-- The order's own start is the scheduled one; the actual one is that of its first operation.
first_operations as (
    select
        WorkOrderID,
        min(ActualStartDate) as started_at
    from {{ source('adventureworks', 'WorkOrderRouting') }}
    group by WorkOrderID
),

final as (
    select
        cast(orders.WorkOrderID as varchar) as production_order_id,
        cast(orders.ProductID as varchar) as item_id,
        'AW-PLANT' as location_id,
        {{ absent_columns(bom_id='varchar') }},
        cast(orders.OrderQty as decimal(18, 6)) as ordered_quantity,
        cast(orders.StockedQty as decimal(18, 6)) as completed_quantity,
        cast(orders.ScrappedQty as decimal(18, 6)) as scrapped_quantity,
        case when orders.EndDate is not null then 'completed' else 'in_progress' end as order_status,
        orders.StartDate as created_at,
        cast(orders.StartDate as date) as planned_start_date,
        cast(orders.DueDate as date) as planned_finish_date,
        first_operations.started_at,
        orders.EndDate as finished_at,
        {{ absent_columns(
            sales_order_line_id='varchar', priority='integer', is_firm='boolean', is_subcontract='boolean',
            uom='varchar'
        ) }},
        orders._source,
        'WorkOrder' as _source_table,
        orders._row_number
    from orders
    left join first_operations
        on orders.WorkOrderID = first_operations.WorkOrderID
)

select * from final
