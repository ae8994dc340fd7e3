-- One row per ended time log of a work centre. What still runs has no end yet and is none.
{{ config(enabled='odoo' in var('adapters')) }}
with logs as (
    select * from {{ source('odoo', 'mrp_workcenter_productivity') }}
),

losses as (
    select * from {{ source('odoo', 'mrp_workcenter_productivity_loss') }}
),

final as (
    select
        cast(logs.id as varchar) as state_id,
        cast(logs.workcenter_id as varchar) as work_centre_id,
        {{ absent_columns(work_unit='varchar') }},
        logs.date_start as started_at,
        logs.date_end as ended_at,
        -- Odoo knows four kinds of loss; what it delivers under "availability" is told apart by its own names.
        case
            when losses.loss_type in ('productive', 'performance', 'quality') then 'production'
            when lower(losses.name) like '%setup%' then 'setup'
            when lower(losses.name) like '%material%' then 'idle'
            when lower(losses.name) like '%planned%' or lower(losses.name) like '%maintenance%' then 'planned_downtime'
            else 'breakdown'
        end as state,
        cast(logs.workorder_id as varchar) as work_order_id,
        losses.name as reason,
        logs._source,
        'mrp_workcenter_productivity' as _source_table,
        logs._row_number
    from logs
    left join losses
        on
            logs.loss_id = losses.id
            and logs._source = losses._source
    where logs.date_end is not null
)

select * from final
