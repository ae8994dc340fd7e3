-- One row per operation of a manufacturing order.
{{ config(enabled='odoo' in var('adapters')) }}
with work_orders as (
    select * from {{ source('odoo', 'mrp_workorder') }}
),

orders as (
    select * from {{ source('odoo', 'mrp_production') }}
),

boms as (
    {{ odoo_boms() }}
),

operations as (
    select * from {{ source('odoo', 'mrp_routing_workcenter') }}
),

final as (
    select
        cast(work_orders.id as varchar) as work_order_id,
        cast(work_orders.production_id as varchar) as production_order_id,
        cast(
            row_number() over (
                partition by work_orders._source, work_orders.production_id
                order by coalesce(operations.sequence, 2147483647), work_orders.operation_id, work_orders.id
            ) as integer
        ) as sequence,
        cast(operations.id as varchar) || boms.suffix as operation_id,
        cast(work_orders.workcenter_id as varchar) as work_centre_id,
        case work_orders.state
            when 'progress' then 'in_progress'
            when 'done' then 'completed'
            when 'cancel' then 'cancelled'
            when 'ready' then 'ready'
            else 'waiting'
        end as work_order_status,
        work_orders.planned_start as planned_start_at,
        work_orders.planned_finish as planned_finish_at,
        case when work_orders.state in ('progress', 'done') then work_orders.date_start end as started_at,
        case when work_orders.state = 'done' then work_orders.date_finished end as finished_at,
        work_orders.duration_expected / 60 as planned_hours,
        work_orders.duration / 60 as actual_hours,
        {{ absent_columns(setup_hours='double') }},
        work_orders.qty_produced as good_quantity,
        {{ absent_columns(scrap_quantity='decimal(18, 6)', rework_quantity='decimal(18, 6)') }},
        work_orders._source,
        'mrp_workorder' as _source_table,
        work_orders._row_number
    from work_orders
    left join orders
        on
            work_orders.production_id = orders.id
            and work_orders._source = orders._source
    left join boms
        on
            orders.bom_id = boms.raw_bom_id
            and orders.product_id = boms.product_id
            and orders._source = boms._source
    left join operations
        on
            work_orders.operation_id = operations.id
            and work_orders._source = operations._source
            and orders.bom_id = operations.bom_id
)

select * from final
