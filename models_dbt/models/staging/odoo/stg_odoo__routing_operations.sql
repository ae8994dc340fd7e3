-- One row per operation of a bill of material.
{{ config(enabled='odoo' in var('adapters')) }}
with operations as (
    select * from {{ source('odoo', 'mrp_routing_workcenter') }}
),

boms as (
    {{ odoo_boms() }}
),

work_centres as (
    select * from {{ source('odoo', 'mrp_workcenter') }}
),

final as (
    select
        cast(operations.id as varchar) || boms.suffix as operation_id,
        boms.bom_id,
        cast(operations.sequence as integer) as sequence,
        cast(operations.workcenter_id as varchar) as work_centre_id,
        operations.name as operation_name,
        (coalesce(work_centres.time_start, 0) + coalesce(work_centres.time_stop, 0)) / 60 as setup_hours,
        -- Minutes of one cycle, in which the work centre takes as many pieces as its capacity.
        operations.time_cycle_manual / 60 / coalesce(nullif(work_centres.default_capacity, 0), 1) as run_hours_per_unit,
        {{ absent_columns(queue_hours='double', move_hours='double', is_inspection='boolean') }},
        operations._source,
        'mrp_routing_workcenter' as _source_table,
        operations._row_number
    from operations
    inner join boms
        on
            operations.bom_id = boms.raw_bom_id
            and operations._source = boms._source
    left join work_centres
        on
            operations.workcenter_id = work_centres.id
            and operations._source = work_centres._source
)

select * from final
