-- One row per operation of a production order.
{{ config(enabled='adventureworks' in var('adapters')) }}
with operations as (
    select * from {{ source('adventureworks', 'WorkOrderRouting') }}
),

final as (
    select
        cast(WorkOrderID as varchar) || '-' || cast(OperationSequence as varchar) as work_order_id,
        cast(WorkOrderID as varchar) as production_order_id,
        cast(OperationSequence as integer) as sequence,
        {{ absent_columns(operation_id='varchar') }},
        cast(LocationID as varchar) as work_centre_id,
        case
            when ActualEndDate is not null then 'completed'
            when ActualStartDate is not null then 'in_progress'
            else 'waiting'
        end as work_order_status,
        ScheduledStartDate as planned_start_at,
        ScheduledEndDate as planned_finish_at,
        ActualStartDate as started_at,
        ActualEndDate as finished_at,
        {{ absent_columns(planned_hours='double') }},
        cast(ActualResourceHrs as double) as actual_hours,
        {{ absent_columns(
            setup_hours='double', good_quantity='decimal(18, 6)', scrap_quantity='decimal(18, 6)',
            rework_quantity='decimal(18, 6)'
        ) }},
        _source,
        'WorkOrderRouting' as _source_table,
        _row_number
    from operations
)

select * from final
